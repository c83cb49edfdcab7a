internal import Glibc
internal import Synchronization

/// Answers HTTP requests, one a connection.
///
/// One thread opens the door and watches the time; some others do whatever a client is ready for. None of them ever
/// waits for a client, so that those who are slow or silent cost their memory and nothing else. When there are too many,
/// those who have waited longest make room.
package final class HTTPServer: Sendable {
    /// What turns a request, and the IP address that it came from, into an answer; called in many threads.
    package typealias Handler = @Sendable (_ request: HTTPMessage, _ peer: String) -> HTTPMessage

    /// How long a client may take, in seconds, when nothing else is said.
    package static let patience = 15

    /// How many requests are answered at once.
    private static let workers = 32
    /// Descriptors for other things than clients.
    private static let otherDescriptors = 256

    private let listener: Listener
    private let context: TLSContext?
    private let patience: Int
    private let group: @Sendable (String) -> String?
    private let handler: Handler
    private let room: Mutex<WaitingRoom<Visitor>>

    /// Makes a server; it listens, but answers only in `run`.
    ///
    /// - Parameters:
    ///   - listener: where it listens.
    ///   - context: the certificate, when TLS is spoken.
    ///   - capacity: for connections that are open; the system may allow fewer.
    ///   - patience: how long a client may take, in seconds.
    ///   - group: what an IP address has in common with others that count as one client; nil when it does not count.
    ///   - handler: answers a request.
    package init(
        _ listener: Listener, context: TLSContext?, capacity: Capacity = .usual,
        patience: Int = HTTPServer.patience,
        group: @escaping @Sendable (String) -> String? = { $0 }, handler: @escaping Handler
    ) {
        self.listener = listener
        self.context = context
        self.patience = patience
        self.group = group
        self.handler = handler
        var capacity = capacity
        let descriptors = FileDescriptor.allow(capacity.guests + Self.otherDescriptors)
        capacity.guests = max(1, min(capacity.guests, descriptors - Self.otherDescriptors))
        room = Mutex(WaitingRoom(capacity))
    }

    /// Serves until `stop` is readable, then lets those who have asked get their answers, for at most the patience;
    /// those who have not are left alone.
    ///
    /// - Parameter stop: a signal descriptor.
    /// - Throws: the reason why no connection can be taken any more.
    package func run(until stop: borrowing SignalDescriptor) throws(Errno) {
        let watch = try Watch()
        defer { watch.end() }
        try startWorkers(watch)
        serving: while true {
            switch try listener.arrival(unless: stop, within: showOutLate()) {
            case .connection(let number): admit(FileDescriptor(owning: number), watch)
            case .tooMany: makeRoom()
            case .nobody: break
            case .stop: break serving
            }
        }
        finish(watch)
    }

    private func startWorkers(_ watch: Watch) throws(Errno) {
        for started in 0..<Self.workers {
            do throws(Errno) {
                try Thread.start { [self] in
                    while let number = watch.next() { serve(number, watch) }
                }
            } catch {
                // Fewer do it as well.
                guard started > 0 else { throw error }
                return
            }
        }
    }

    /// Does what a client is ready for.
    private func serve(_ number: Int, _ watch: Watch) {
        guard let visitor = room.withLock({ $0.take(number) }) else { return }
        let events = visitor.proceed(handler)
        let isLate = visitor.deadline.isOver
        if events != nil, isLate { visitor.dismiss(.late) }
        guard let events, !isLate else {
            room.withLock { $0.remove(number) }
            return
        }
        let memory = visitor.memory
        let surplus = room.withLock { $0.putBack(number, memory: memory) }
        // It may have to go at once, but as long as it is in our hands its socket is not closed.
        try? watch.await(visitor.number, for: events, as: number)
        for visitor in surplus { visitor.dismiss(.tooMany) }
    }

    private func admit(_ descriptor: consuming FileDescriptor, _ watch: Watch) {
        let deadline = Deadline(seconds: patience)
        let visitor = Visitor(descriptor, context: context, until: deadline)
        let address = group(visitor.peer)
        let (number, surplus) = room.withLock {
            $0.admit(visitor, from: address, until: deadline)
        }
        do throws(Errno) {
            try watch.add(visitor.number, for: POLLIN, as: number)
        } catch {
            room.withLock { $0.remove(number) }
        }
        surplus?.dismiss(.tooMany)
    }

    /// Cuts off those whose time is over, and tells when the next one's will be.
    private func showOutLate() -> Int {
        let (late, next) = room.withLock { $0.showOutLate() }
        for visitor in late { visitor.dismiss(.late) }
        return next
    }

    private func makeRoom() {
        if let visitor = room.withLock({ $0.showOut() }) {
            visitor.dismiss(.tooMany)
        } else {
            usleep(50_000)
        }
    }

    private func finish(_ watch: Watch) {
        let deadline = Deadline(seconds: patience)
        while !deadline.isOver, case .connection(let number) = try? listener.accept() {
            admit(FileDescriptor(owning: number), watch)
        }
        // Whoever has asked by now may not have been heard.
        for number in room.withLock({ $0.all }) { serve(number, watch) }
        while !deadline.isOver, room.withLock({ $0.contains { $0.hasAsked } }) { usleep(10_000) }
    }
}

extension HTTPMessage {
    fileprivate static let late = status(408, "Request Timeout")
    fileprivate static let tooMany = status(503, "Service Unavailable")
}
