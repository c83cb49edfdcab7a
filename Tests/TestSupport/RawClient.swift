import Foundation
import Glibc

/// A raw TCP client: what a browser or an attacker might send.
package final class RawClient {
    private let descriptor: CInt

    /// Connects to a port of loopback.
    ///
    /// - Parameters:
    ///   - port: the port.
    ///   - window: how many bytes may lie unread here, about; as many as the system likes by default.
    /// - Throws: when nobody listens.
    package init(port: UInt16, window: CInt? = nil) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if let window { set(SOL_SOCKET, SO_RCVBUF, window) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard connected else { throw POSIXError(.init(rawValue: errno) ?? .EINVAL) }
        set(SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: 20, tv_usec: 0))
        set(CInt(IPPROTO_TCP), TCP_NODELAY, CInt(1))
    }

    deinit { close(descriptor) }

    private func set<Value: BitwiseCopyable>(_ level: CInt, _ option: CInt, _ value: Value) {
        var value = value
        _ = unsafe setsockopt(
            descriptor, level, option, &value, socklen_t(MemoryLayout<Value>.size))
    }

    @discardableResult package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends all of it; false when the other side does not take it.
    @discardableResult package func send(_ bytes: [UInt8]) -> Bool {
        unsafe Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count
    }

    /// Says that nothing more will come.
    package func finish() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Lets the connection end with a reset, once this is let go of.
    package func resetAtEnd() { set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0)) }

    /// Everything until the other side closes; nil when it does not.
    package func readAll() -> String? {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EAGAIN { return nil }
            if count <= 0 { return String(decoding: all, as: UTF8.self) }
            all += buffer.prefix(count)
        }
    }
}
