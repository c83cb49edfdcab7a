internal import CShims
internal import Glibc

/// Where datagrams go: an address and a port.
@safe package struct DatagramAddress: @unchecked Sendable {
    // Sendable: plain numbers, which C calls a union.
    private let address: shim_address

    /// Looks a host up.
    ///
    /// - Parameters:
    ///   - host: a name or an address.
    ///   - port: the port.
    ///   - deadline: for the answer.
    /// - Returns: its addresses, at least one.
    /// - Throws: `NetworkError`.
    package static func resolve(
        host: String, port: UInt16, deadline: Deadline
    ) throws(NetworkError) -> [DatagramAddress] {
        try Socket.resolve(host: host, port: port, deadline: deadline).map(DatagramAddress.init)
    }

    fileprivate init(_ address: shim_address) { self.address = address }

    /// `127.0.0.1:123` or `[::1]:123`.
    package var text: String { address.text(withPort: true) }

    fileprivate func connect() throws(Errno) -> FileDescriptor {
        let flags = SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = FileDescriptor(
            owning: try retrying { socket(address.family, CInt(bitPattern: flags), 0) })
        var storage = address.address
        _ = try retrying {
            unsafe withUnsafePointer(to: &storage) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(descriptor.number, $0, address.count)
                }
            }
        }
        return descriptor
    }
}

/// A UDP socket with one peer: the kernel keeps all others away, and tells when nobody listens there.
package struct DatagramSocket: ~Copyable {
    private static let maximumCount = 2048
    private let descriptor: FileDescriptor

    /// Connects from a random port.
    ///
    /// - Parameter address: the peer.
    /// - Throws: `NetworkError.cannotConnect`.
    package init(connectedTo address: DatagramAddress) throws(NetworkError) {
        do {
            descriptor = try address.connect()
        } catch {
            throw .cannotConnect(error)
        }
    }

    /// The peer's address and port as text, as the kernel has it: `127.0.0.1:123` or `[::1]:123`.
    package var peer: String? {
        var address = shim_address()
        guard unsafe shim_peer(descriptor.number, &address) == 0 else { return nil }
        return DatagramAddress(address).text
    }

    /// Sends a datagram.
    ///
    /// - Parameter bytes: all of it.
    /// - Throws: `NetworkError.cannotConnect`.
    package func send(_ bytes: [UInt8]) throws(NetworkError) {
        do {
            _ = try retrying {
                unsafe Glibc.send(descriptor.number, bytes, bytes.count, CInt(MSG_NOSIGNAL))
            }
        } catch {
            throw .cannotConnect(error)
        }
    }

    /// Waits for a datagram.
    ///
    /// - Parameter deadline: the end of waiting.
    /// - Returns: the datagram, cut at 2048 bytes.
    /// - Throws: `NetworkError.timedOut`, or `.cannotConnect` when nobody listens there.
    package func receive(deadline: Deadline) throws(NetworkError) -> [UInt8] {
        while true {
            do throws(Errno) {
                return try descriptor.read(atMost: Self.maximumCount)
            } catch .wouldBlock {
                guard !deadline.isOver else { throw .timedOut }
                do {
                    _ = try descriptor.isReady(within: deadline.remaining)
                } catch {
                    throw .connectionLost(error)
                }
            } catch {
                throw .cannotConnect(error)
            }
        }
    }
}
