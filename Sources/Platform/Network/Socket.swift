internal import CShims
internal import Glibc

/// A new TCP socket, non-blocking and close-on-exec; -1 when there is none to be had.
func openStream(family: CInt) -> CInt {
    let flags = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    return socket(family, CInt(bitPattern: flags), 0)
}

extension shim_address {
    /// As digits: `127.0.0.1`, `fe80::1%eth0`; with the port `127.0.0.1:123` or `[::1]:123`.
    func text(withPort: Bool) -> String {
        var address = self
        var text = [CChar](repeating: 0, count: 128)
        unsafe shim_address_text(&address, withPort ? 1 : 0, &text, text.count)
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension FileDescriptor {
    /// The IP address at the other end of a connection, as digits; empty when it is gone.
    var peer: String {
        var address = shim_address()
        guard unsafe shim_peer(number, &address) == 0 else { return "" }
        return address.text(withPort: false)
    }
}

/// A TCP connection without TLS; never waits but with a deadline.
struct Socket: ~Copyable {
    let descriptor: FileDescriptor

    /// Connects to a host, trying its addresses in the resolver's order.
    ///
    /// - Parameters:
    ///   - host: a name or an address.
    ///   - port: the port.
    ///   - deadline: for resolving and connecting together.
    /// - Returns: the connected socket.
    /// - Throws: `NetworkError`.
    static func connect(
        host: String, port: UInt16, deadline: Deadline
    ) throws(NetworkError) -> Socket {
        let addresses = try resolve(host: host, port: port, deadline: deadline)
        var reason = NetworkError.timedOut
        for (index, address) in addresses.enumerated() {
            // A dead address may use up its share of the time and no more.
            let share = deadline.remaining / (addresses.count - index)
            do {
                return try connect(to: address, milliseconds: share)
            } catch {
                reason = error
            }
        }
        throw reason
    }

    /// The addresses of a host, in the resolver's order; at least one.
    static func resolve(
        host: String, port: UInt16, deadline: Deadline
    ) throws(NetworkError) -> [shim_address] {
        var addresses = [shim_address](repeating: shim_address(), count: 8)
        var why: CInt = 0
        let count = unsafe shim_resolve(
            host, port, CInt(clamping: deadline.remaining), &addresses, CInt(addresses.count), &why)
        guard count >= 0 else { throw .timedOut }
        guard count > 0 else {
            throw .nameNotFound(
                unsafe shim_resolve_text(why).map { unsafe String(cString: $0) } ?? "")
        }
        return Array(addresses.prefix(Int(count)))
    }

    private static func connect(
        to address: shim_address, milliseconds: Int
    ) throws(NetworkError) -> Socket {
        do throws(Errno) {
            let number = try retrying {
                openStream(family: address.family)
            }
            let descriptor = FileDescriptor(owning: number)
            var storage = address.address
            let status = unsafe withUnsafePointer(to: &storage) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(number, $0, address.count)
                }
            }
            if status != 0 {
                guard errno == EINPROGRESS else { throw Errno.last }
                guard try descriptor.isReady(for: POLLOUT, within: milliseconds) else {
                    throw Errno(ETIMEDOUT)
                }
                var failure: CInt = 0
                var count = socklen_t(MemoryLayout<CInt>.size)
                _ = unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &failure, &count)
                guard failure == 0 else { throw Errno(failure) }
            }
            return Socket(owning: descriptor)
        } catch {
            throw error == Errno(ETIMEDOUT) ? .timedOut : .cannotConnect(error)
        }
    }

    /// The address of the other side, as text without its port.
    ///
    /// - Returns: such as `127.0.0.1` or `fe80::1%eth0`.
    /// - Throws: `NetworkError.connectionLost`.
    func peer() throws(NetworkError) -> String {
        var address = shim_address()
        guard unsafe shim_peer(descriptor.number, &address) == 0 else {
            throw .connectionLost(.last)
        }
        return address.text(withPort: false)
    }

    /// Takes over a connected, non-blocking socket.
    init(owning descriptor: consuming FileDescriptor) {
        // Requests are one small write each: waiting for more only costs time.
        var one: CInt = 1
        _ = unsafe setsockopt(
            descriptor.number, CInt(IPPROTO_TCP), TCP_NODELAY, &one,
            socklen_t(MemoryLayout<CInt>.size))
        self.descriptor = descriptor
    }

    /// The next bytes; none when the peer has closed.
    func read() throws(NetworkError) -> Attempt<[UInt8]> {
        do throws(Errno) {
            return .done(try descriptor.read(atMost: 16 << 10))
        } catch .wouldBlock {
            return .waits(POLLIN)
        } catch {
            throw .connectionLost(error)
        }
    }

    /// Writes some of it, and tells how much.
    func write(_ bytes: Span<UInt8>) throws(NetworkError) -> Attempt<Int> {
        do throws(Errno) {
            return .done(
                try unsafe bytes.withUnsafeBytes { (bytes) throws(Errno) in
                    try retrying {
                        unsafe send(
                            descriptor.number, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
                    }
                })
        } catch .wouldBlock {
            return .waits(POLLOUT)
        } catch {
            throw .connectionLost(error)
        }
    }

    /// Tells the peer that nothing more will come; what it sends can still be read.
    func finish() { _ = shutdown(descriptor.number, CInt(SHUT_WR)) }

    /// Makes attempts until one is done.
    func keepTrying<Value>(
        until deadline: Deadline, _ attempt: () throws(NetworkError) -> Attempt<Value>
    ) throws(NetworkError) -> Value {
        while true {
            // A peer that always has something to say must not keep us past the end.
            guard !deadline.isOver else { throw .timedOut }
            switch try attempt() {
            case .done(let value): return value
            case .waits(let events): try wait(for: events, deadline: deadline)
            }
        }
    }

    /// Writes all of it.
    func write(
        _ bytes: Span<UInt8>, until deadline: Deadline,
        _ attempt: (Span<UInt8>) throws(NetworkError) -> Attempt<Int>
    ) throws(NetworkError) {
        var done = 0
        while done < bytes.count {
            done += try keepTrying(until: deadline) { () throws(NetworkError) in
                try attempt(bytes.extracting(done...))
            }
        }
    }

    private func wait(for events: CInt, deadline: Deadline) throws(NetworkError) {
        let ready: Bool
        do {
            ready = try descriptor.isReady(for: events, within: deadline.remaining)
        } catch {
            throw .connectionLost(error)
        }
        guard ready else { throw .timedOut }
    }
}

/// What came of an attempt that does not wait.
enum Attempt<Value> {
    case done(Value)
    /// It has to be made again, once the socket can be read (POLLIN) or written (POLLOUT).
    case waits(CInt)
}
