internal import CShims

/// Sockets that many threads wait for at once; each event is given to one of them.
final class Watch: Sendable {
    private let descriptor: FileDescriptor
    private let bell: FileDescriptor

    init() throws(Errno) {
        descriptor = FileDescriptor(owning: try retrying { shim_watch_open() })
        let watch = descriptor.number
        bell = FileDescriptor(owning: try retrying { shim_watch_bell(watch) })
    }

    /// Waits for the first event of a socket; it leaves when it is closed.
    ///
    /// - Parameters:
    ///   - socket: the descriptor.
    ///   - events: POLLIN or POLLOUT.
    ///   - number: its name here, above 0.
    /// - Throws: the reason.
    func add(_ socket: CInt, for events: CInt, as number: Int) throws(Errno) {
        try set(socket, isNew: true, events, number)
    }

    /// Waits for the next event of a socket that has had one.
    func await(_ socket: CInt, for events: CInt, as number: Int) throws(Errno) {
        try set(socket, isNew: false, events, number)
    }

    private func set(_ socket: CInt, isNew: Bool, _ events: CInt, _ number: Int) throws(Errno) {
        _ = try retrying {
            shim_watch_set(
                descriptor.number, socket, isNew ? 1 : 0, UInt32(events), UInt64(number))
        }
    }

    /// The next socket that is ready; nil at the end.
    func next() -> Int? {
        let number = try? retrying { shim_watch_next(descriptor.number) }
        return number.flatMap { $0 == 0 ? nil : Int($0) }
    }

    /// Makes `next` return nil, in every thread.
    func end() {
        let one: UInt64 = 1
        try? bell.write(unsafe withUnsafeBytes(of: one) { unsafe Array($0) })
    }
}
