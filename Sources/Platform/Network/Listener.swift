internal import CShims
internal import Glibc

/// A listening TCP socket.
package final class Listener: Sendable {
    private let descriptor: FileDescriptor
    /// Where it listens: the port is the real one when 0 was asked for.
    package let port: UInt16

    /// Binds and listens.
    ///
    /// - Parameters:
    ///   - address: an IP literal or `localhost`.
    ///   - port: 0 for any free one.
    /// - Throws: `NetworkError.nameNotFound` or `.cannotConnect` with the reason.
    package init(address: String, port: UInt16) throws(NetworkError) {
        var found = shim_address()
        var why: CInt = 0
        guard unsafe shim_resolve(address, port, 5000, &found, 1, &why) == 1 else {
            throw .nameNotFound(
                unsafe shim_resolve_text(why).map { unsafe String(cString: $0) } ?? "")
        }
        do throws(Errno) {
            let number = try retrying {
                openStream(family: found.family)
            }
            let descriptor = FileDescriptor(owning: number)
            var one: CInt = 1
            _ = try retrying {
                unsafe setsockopt(
                    number, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<CInt>.size))
            }
            var storage = found.address
            var count = found.count
            _ = try retrying {
                unsafe withUnsafePointer(to: &storage) {
                    unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe bind(number, $0, count)
                    }
                }
            }
            _ = try retrying { listen(number, CInt(SOMAXCONN)) }
            count = socklen_t(MemoryLayout<sockaddr_storage>.size)
            _ = try retrying {
                unsafe withUnsafeMutablePointer(to: &storage) {
                    unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe getsockname(number, $0, &count)
                    }
                }
            }
            // The port lies at the same place in both families' addresses, in network order.
            self.port = unsafe withUnsafeBytes(of: &storage) {
                unsafe UInt16($0[2]) << 8 | UInt16($0[3])
            }
            self.descriptor = descriptor
        } catch {
            throw .cannotConnect(error)
        }
    }

    /// What came of waiting for a connection.
    enum Arrival {
        /// A non-blocking socket.
        case connection(CInt)
        /// A connection that cannot be taken for want of descriptors or memory, and waits on.
        case tooMany
        /// The time is over, or the connection gone again.
        case nobody
        /// The signal has come.
        case stop
    }

    /// Waits for the next connection.
    ///
    /// - Parameters:
    ///   - stop: ends the wait.
    ///   - milliseconds: for how long at most; -1 for ever.
    /// - Returns: what came.
    /// - Throws: the reason why no connection can be taken.
    func arrival(
        unless stop: borrowing SignalDescriptor, within milliseconds: Int
    ) throws(Errno) -> Arrival {
        var entries = [
            pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stop.number, events: Int16(POLLIN), revents: 0),
        ]
        _ = try retrying { unsafe poll(&entries, 2, CInt(clamping: milliseconds)) }
        if entries[1].revents != 0, let signal = stop.next(), signal.endsProcess { return .stop }
        return entries[0].revents == 0 ? .nobody : try accept()
    }

    /// Takes the next connection, if there is one.
    func accept() throws(Errno) -> Arrival {
        let number = shim_accept(descriptor.number)
        if number >= 0 { return .connection(number) }
        switch errno {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .tooMany
        // Troubles of the one connection that would have been next (accept(2)).
        case EAGAIN, EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH,
            ENOPROTOOPT, EOPNOTSUPP, ENONET, EPERM:
            return .nobody
        default: throw .last
        }
    }
}
