internal import Glibc
internal import Synchronization

/// Answers HTTP requests: a thread a connection, one request each, and a bound on how many at once.
package final class HTTPServer: Sendable {
    /// What turns a request, and the IP address that it came from, into an answer; called in many threads.
    package typealias Handler = @Sendable (_ request: HTTPMessage, _ peer: String) -> HTTPMessage

    /// How long a client may take, in seconds, when nothing else is said.
    package static let patience = 15

    /// How many connections above the limit are answered with 503.
    private static let overflow = 32

    private let listener: Listener
    private let context: TLSContext?
    private let limit: Int
    private let patience: Int
    private let handler: Handler
    private let open = Mutex(0)
    private let asked = Mutex(0)

    /// Makes a server; it listens, but answers only in `run`.
    ///
    /// - Parameters:
    ///   - listener: where it listens.
    ///   - context: the certificate, when TLS is spoken.
    ///   - limit: the number of connections served at once.
    ///   - patience: how long a client may take, in seconds.
    ///   - handler: answers a request.
    package init(
        _ listener: Listener, context: TLSContext?, limit: Int = 256,
        patience: Int = HTTPServer.patience, handler: @escaping Handler
    ) {
        self.listener = listener
        self.context = context
        self.limit = limit
        self.patience = patience
        self.handler = handler
    }

    /// Serves until `stop` is readable, then lets those who have asked get their answers, for at most the patience;
    /// those who have not are left alone.
    ///
    /// - Parameter stop: a signal descriptor.
    /// - Throws: the reason why no connection can be taken any more.
    package func run(until stop: borrowing SignalDescriptor) throws(Errno) {
        while let connection = try listener.accept(unless: stop) { serve(connection) }
        let deadline = Deadline(seconds: patience)
        while !deadline.isOver, asked.withLock({ $0 > 0 }) { usleep(10_000) }
    }

    private func serve(_ number: CInt) {
        let count = open.withLock { count in
            count += 1
            return count
        }
        // A few more are told that there are too many; beyond that even telling would cost too much.
        guard count <= limit + Self.overflow else {
            close(number)
            open.withLock { $0 -= 1 }
            return
        }
        let admitted = count <= limit
        do throws(Errno) {
            try Thread.start { [self] in
                answer(FileDescriptor(owning: number), admitted: admitted)
                open.withLock { $0 -= 1 }
            }
        } catch {
            close(number)
            open.withLock { $0 -= 1 }
        }
    }

    private func answer(_ descriptor: consuming FileDescriptor, admitted: Bool) {
        // One clock for handshake, request and answer: a client that is slow at any of them is cut off.
        let deadline = Deadline(seconds: admitted ? patience : 1)
        var hasAsked = false
        let peer = descriptor.peer
        defer { if hasAsked { asked.withLock { $0 -= 1 } } }
        do throws(NetworkError) {
            let connection = try Connection(
                accepting: descriptor, context: context, deadline: deadline)
            var answer: HTTPMessage
            do throws(NetworkError) {
                let request = try connection.message(.request, deadline: deadline)
                asked.withLock { $0 += 1 }
                hasAsked = true
                answer = admitted ? handler(request, peer) : .status(503, "Service Unavailable")
            } catch .http(.bodyTooLarge) {
                answer = .status(413, "Content Too Large")
            } catch .http(.headTooLarge) {
                answer = .status(431, "Request Header Fields Too Large")
            } catch .http(.malformed) {
                answer = .status(400, "Bad Request")
            } catch .timedOut {
                answer = .status(408, "Request Timeout")
            }
            answer.fields.append(.init("Connection", "close"))
            try connection.write(
                answer.encoded, deadline: Deadline(seconds: 1 + deadline.remaining / 1000))
            connection.close()
        } catch {
            // The client is gone, or never spoke TLS: there is nobody to tell.
        }
    }
}

extension HTTPMessage {
    /// An answer without a body.
    static func status(_ status: Int, _ reason: String) -> HTTPMessage {
        HTTPMessage(.response(status: status, reason: reason))
    }
}
