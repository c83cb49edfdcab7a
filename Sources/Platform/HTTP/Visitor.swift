internal import Glibc

/// A client of a server: what has come from it, and what it gets.
///
/// Nothing here waits for the client.
final class Visitor: @unchecked Sendable {
    // Sendable: in the hands of one thread at a time, which takes it out of the waiting room.
    private enum Stage {
        case greeting, asking, answering, leaving
    }

    /// Its IP address.
    let peer: String
    /// Handshake, request and answer together: a client that is slow at any of them is cut off.
    let deadline: Deadline
    /// The socket, to wait for; open as long as the visitor is there.
    let number: CInt
    private var connection: Connection
    private let context: TLSContext?
    private var stage: Stage
    private var parser = HTTPParser(.request)
    private var received = 0
    private var answer: ArraySlice<UInt8> = []
    /// Whether it sends what nobody reads: a connection that is closed then may cost it the answer.
    private var saysMore = false

    init(_ descriptor: consuming FileDescriptor, context: TLSContext?, until deadline: Deadline) {
        peer = descriptor.peer
        self.deadline = deadline
        self.context = context
        stage = context == nil ? .asking : .greeting
        number = descriptor.number
        connection = Connection(accepting: descriptor)
    }

    /// What it takes, in bytes, about.
    var memory: Int { 1024 + (connection.isSecure ? 40 << 10 : 0) + 2 * received + answer.count }

    /// Whether it has asked and its answer is on the way.
    var hasAsked: Bool { stage == .answering }

    /// Does what can be done without waiting.
    ///
    /// - Parameter handler: answers the request, once it is whole.
    /// - Returns: what the client has to be waited for: POLLIN or POLLOUT; nil at the end.
    func proceed(_ handler: HTTPServer.Handler) -> CInt? {
        do throws(NetworkError) {
            while true {
                if case .waits(let events) = try step(handler) { return events }
            }
        } catch {
            // The client has what it wanted, or is gone, or never spoke TLS: there is nobody to tell.
            return nil
        }
    }

    /// Ends it, from outside; tells why, if it can be told without waiting.
    func dismiss(_ message: HTTPMessage) {
        guard stage == .asking else { return }
        say(message)
        _ = try? connection.write(answer)
        connection.finish()
        _ = try? connection.discard()
    }

    private func step(_ handler: HTTPServer.Handler) throws(NetworkError) -> Attempt<Void> {
        switch stage {
        case .greeting:
            guard let context else { break }
            if case .waits(let events) = try connection.greet(context) { return .waits(events) }
            stage = .asking
        case .asking:
            switch try connection.read() {
            case .done(let bytes): try hear(bytes, handler)
            case .waits(let events): return .waits(events)
            }
        case .answering:
            switch try connection.write(answer) {
            case .done(let count): answer = answer.dropFirst(count)
            case .waits(let events): return .waits(events)
            }
            guard answer.isEmpty else { break }
            connection.finish()
            stage = .leaving
        case .leaving:
            switch try connection.discard() {
            case .done(true):
                saysMore = true
                // Others may have something to say, too.
                return .waits(POLLIN)
            case .waits(let events) where saysMore: return .waits(events)
            default: throw .http(.cutShort)
            }
        }
        return .done(())
    }

    private func hear(_ bytes: [UInt8], _ handler: HTTPServer.Handler) throws(NetworkError) {
        do throws(HTTPError) {
            if bytes.isEmpty {
                _ = try parser.finish()
            } else if let request = try parser.feed(bytes) {
                say(handler(request, peer))
            }
            received += bytes.count
            return
        } catch .bodyTooLarge {
            say(.status(413, "Content Too Large"))
        } catch .headTooLarge {
            say(.status(431, "Request Header Fields Too Large"))
        } catch .malformed {
            say(.status(400, "Bad Request"))
        } catch {
            throw .http(error)
        }
        saysMore = true
    }

    private func say(_ message: HTTPMessage) {
        var message = message
        message.fields.append(.init("Connection", "close"))
        answer = message.encoded[...]
        stage = .answering
    }
}

extension HTTPMessage {
    /// An answer without a body.
    static func status(_ status: Int, _ reason: String) -> HTTPMessage {
        HTTPMessage(.response(status: status, reason: reason))
    }
}
