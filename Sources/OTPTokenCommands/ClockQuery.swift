internal import ClockCheck
internal import Cryptography
internal import Platform

/// Why a server said nothing that counts.
enum ServerFailure: Error, Equatable {
    case network(NetworkError)
    case rejected(ServerRejection)
    case keyExchange(NTSKeyExchange.Failure)
    /// It does not know its own cookie any more, or somebody says so in its name.
    case unknownCookie
    case cryptography
}

/// What came of asking one server.
struct ServerReport: Sendable {
    let server: TimeServerURL
    /// Where the answer came from, or would have: address and port.
    var address: String?
    var result: Result<ClockSample, ServerFailure>
    /// D when it was asked: what the sample is relative to.
    fileprivate var step: Nanoseconds = 0
}

/// Asks time servers, all at once.
struct ClockQuery: Sendable {
    /// The PEM file to trust instead of the system's certificates.
    let caFile: String?
    /// How long it may take, in milliseconds.
    let patience: Int

    /// Asks each server once.
    ///
    /// - Parameter servers: at least one.
    /// - Returns: a report for each, in order, and the clocks that their offsets are relative to: those of the end,
    ///   whoever has set them meanwhile.
    func ask(_ servers: [TimeServerURL]) -> (reports: [ServerReport], clocks: ClockReading) {
        let deadline = Deadline(milliseconds: patience)
        let found = Thread.gather(servers.count) { ask(servers[$0], deadline) }
        let clocks = ClockReading.now()
        let reports = zip(servers, found).map { server, found in
            var report =
                found ?? ServerReport(server: server, result: .failure(.network(.timedOut)))
            if case .success(let sample) = report.result {
                report.result = .success(sample.carried(from: report.step, to: clocks))
            }
            return report
        }
        return (reports, clocks)
    }

    private func ask(_ server: TimeServerURL, _ deadline: Deadline) -> ServerReport {
        var report = ServerReport(server: server, result: .failure(.network(.timedOut)))
        do throws(ServerFailure) {
            report.result = .success(
                server.isNTS
                    ? try authenticated(server, deadline, &report)
                    : try plain(server, deadline, &report))
        } catch {
            report.result = .failure(error)
        }
        return report
    }

    // MARK: NTP

    private func plain(
        _ server: TimeServerURL, _ deadline: Deadline, _ report: inout ServerReport
    ) throws(ServerFailure) -> ClockSample {
        let socket = try connect(
            server.host, server.port ?? NTPPacket.port, deadline, &report.address)
        let query = try Self.newQuery()
        report.step = query.query.sentAt - query.boottime
        return try exchange(socket, query.query, query.boottime, deadline, nil)
    }

    private static func newQuery() throws(ServerFailure) -> (query: NTPQuery, boottime: Int64) {
        var nonce: UInt64 = 0
        do throws(CryptographyError) {
            for byte in try publicRandom(count: 8, from: SecretBytes.random) {
                nonce = nonce << 8 | UInt64(byte)
            }
        } catch {
            throw .cryptography
        }
        let now = SystemClock.together()
        return (NTPQuery(nonce: nonce, sentAt: now.realtime), now.boottime)
    }

    private func connect(
        _ host: String, _ port: UInt16, _ deadline: Deadline, _ address: inout String?
    ) throws(ServerFailure) -> DatagramSocket {
        do throws(NetworkError) {
            let found = try DatagramAddress.resolve(host: host, port: port, deadline: deadline)
            var reason = NetworkError.timedOut
            // One request a server: to the first of its addresses that there is a way to.
            for candidate in found {
                address = candidate.text
                do {
                    let socket = try DatagramSocket(connectedTo: candidate)
                    // Not as it was named: 0.0.0.0 and ::ffff:127.0.0.1 are one and the same.
                    address = socket.peer ?? candidate.text
                    return socket
                } catch {
                    reason = error
                }
            }
            throw reason
        } catch {
            throw .network(error)
        }
    }

    /// Sends the request and waits for the answer to it; what does not fit it is passed over.
    ///
    /// An answer that takes longer than any that counts is not waited for. Once a server, or somebody in its name, does not know the cookie, half of the time left is for another try; with
    /// `isLast` all of it is for the answer.
    private func exchange(
        _ socket: borrowing DatagramSocket, _ query: NTPQuery, _ sentAt: Int64,
        _ end: Deadline, _ nts: borrowing NTSQuery?, isLast: Bool = true
    ) throws(ServerFailure) -> ClockSample {
        let longest = Int(NTPQuery.maximumRoundTrip / 1_000_000)
        var deadline = Deadline(milliseconds: min(end.remaining, longest))
        let request =
            switch nts {
            case .some(let nts): nts.request
            case .none: NTPPacket.request(nonce: query.nonce)
            }
        var silence = ServerFailure.network(.timedOut)
        do throws(NetworkError) {
            try socket.send(request)
        } catch {
            throw .network(error)
        }
        while true {
            let datagram: [UInt8]
            do throws(NetworkError) {
                datagram = try socket.receive(deadline: deadline)
            } catch {
                throw error == .timedOut ? silence : .network(error)
            }
            let elapsed = SystemClock.boottime() - sentAt
            guard let packet = query.header(of: datagram.span) else { continue }
            var isAuthenticated = false
            switch nts {
            case .none: break
            case .some(let nts):
                switch try Self.check(nts, datagram, packet) {
                case .none: continue
                case .unknownCookie:
                    if !isLast, silence != .unknownCookie {
                        deadline = Deadline(
                            milliseconds: min(deadline.remaining, end.remaining / 2))
                    }
                    silence = .unknownCookie
                    continue
                case .authentic: isAuthenticated = true
                }
            }
            do throws(ServerRejection) {
                return try query.sample(
                    packet, elapsed: elapsed, isAuthenticated: isAuthenticated)
            } catch {
                throw .rejected(error)
            }
        }
    }

    private static func check(
        _ nts: borrowing NTSQuery, _ datagram: [UInt8], _ packet: NTPPacket
    ) throws(ServerFailure) -> NTSQuery.Answer {
        do {
            return try nts.check(datagram, header: packet)
        } catch {
            throw .cryptography
        }
    }

    // MARK: NTS

    private func authenticated(
        _ server: TimeServerURL, _ deadline: Deadline, _ report: inout ServerReport,
        isLast: Bool = false
    ) throws(ServerFailure) -> ClockSample {
        let exchanged: KeyExchange
        do throws(NetworkError) {
            exchanged = try KeyExchange(
                Self.keyRequest, host: server.host, isAddress: server.isAddress,
                port: server.port ?? NTSKeyExchange.port, trusting: caFile, deadline: deadline)
        } catch {
            throw .network(error)
        }
        let answer: NTSKeyExchange.Answer
        do throws(NTSKeyExchange.Failure) {
            answer = try NTSKeyExchange.read(exchanged.answer)
        } catch {
            throw .keyExchange(error)
        }
        // Without another name it is the very machine that the keys are from: a name may have several.
        let peer = exchanged.peer
        let socket = try connect(answer.server ?? peer, answer.port, deadline, &report.address)
        let query = try Self.newQuery()
        let nts: NTSQuery?
        do throws(CryptographyError) {
            nts = try NTSQuery(
                query.query, cookie: answer.cookies[0],
                keys: NTSKeys(
                    clientToServer: exchanged.firstKey.clone(),
                    serverToClient: exchanged.secondKey.clone()),
                random: SecretBytes.random)
        } catch {
            throw .cryptography
        }
        // The clocks are read again: sealing has taken its time.
        let fresh = SystemClock.together()
        report.step = fresh.realtime - fresh.boottime
        do throws(ServerFailure) {
            return try exchange(
                socket, NTPQuery(nonce: query.query.nonce, sentAt: fresh.realtime), fresh.boottime,
                deadline, nts, isLast: isLast)
        } catch .unknownCookie where !isLast {
            return try authenticated(server, deadline, &report, isLast: true)
        }
    }

    private static let keyRequest = KeyExchange.Request(
        NTSKeyExchange.request, alpn: NTSKeyExchange.alpn, label: NTSKeyExchange.exporterLabel,
        contexts: (
            NTSKeyExchange.exporterContext(isClientToServer: true),
            NTSKeyExchange.exporterContext(isClientToServer: false)
        ), keyCount: NTSKeyExchange.keyCount, maximumCount: NTSKeyExchange.maximumCount,
        isComplete: NTSKeyExchange.isComplete)
}
