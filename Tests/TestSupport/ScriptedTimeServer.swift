import Foundation
import Glibc

/// An NTP server on a free loopback port that answers as a test tells it to, right or wrong.
package final class ScriptedTimeServer: Sendable {
    /// The datagrams that are sent back, one after the other; none for silence.
    ///
    /// The request, and how many came before it.
    package typealias Script = @Sendable ([UInt8], Int) -> [Datagram]

    /// What is sent back.
    package struct Datagram: Sendable {
        package var bytes: [UInt8]
        /// How long to wait before it, in seconds.
        package var delay: Double
        /// Whether it comes from another port than that which was asked.
        package var isFromElsewhere: Bool

        package init(_ bytes: [UInt8], after delay: Double = 0, isFromElsewhere: Bool = false) {
            self.bytes = bytes
            self.delay = delay
            self.isFromElsewhere = isFromElsewhere
        }
    }

    package let port: UInt16
    private let descriptor: CInt
    private let requests = Requests()

    /// Starts to listen.
    ///
    /// - Parameter script: answers a request; called in many threads.
    /// - Throws: when there is no port to be had.
    package init(_ script: @escaping Script) throws {
        let (descriptor, port) = try Self.bound()
        self.descriptor = descriptor
        self.port = port
        let requests = requests
        Foundation.Thread.detachNewThread {
            while true {
                var client = sockaddr_in()
                guard let request = Self.receive(descriptor, from: &client) else { break }
                // The empty datagram that the end of this object sends.
                if request.isEmpty {
                    guard requests.isOver else { continue }
                    break
                }
                let number = requests.add(request)
                let address = client
                Foundation.Thread.detachNewThread {
                    Self.answer(script(request, number), to: address, descriptor, requests)
                }
            }
            requests.close(descriptor)
        }
    }

    deinit {
        requests.end()
        // A datagram wakes the thread up; to close its descriptor would not.
        var address = Self.address(port)
        Self.send([], descriptor, &address)
    }

    /// The URL to give to clients.
    package var url: String { "ntp://127.0.0.1:\(port)" }

    /// What was asked until now.
    package var received: [[UInt8]] { requests.all }

    /// A port that nobody answers on.
    package static func deadPort() throws -> UInt16 {
        let (descriptor, port) = try bound()
        close(descriptor)
        return port
    }

    /// Whether a synchronised server answers on a port; waits for a fifth of a second.
    package static func answers(_ port: UInt16, on host: String = "127.0.0.1") -> Bool {
        let request = [0x23] + [UInt8](repeating: 1, count: 47)
        guard let answer = answer(to: request, from: port, on: host, within: 0.2),
            answer.count >= 48
        else { return false }
        return answer[0] & 7 == 4 && answer[0] >> 6 != 3 && answer[1] != 0
    }

    /// What a server answers; nil for silence.
    ///
    /// - Parameters:
    ///   - request: what it is sent.
    ///   - port: where it listens.
    ///   - host: the address that it listens on.
    ///   - seconds: how long to wait for it.
    /// - Returns: the first datagram that comes.
    package static func answer(
        to request: [UInt8], from port: UInt16, on host: String, within seconds: Double
    ) -> [UInt8]? {
        guard let (descriptor, _) = try? bound() else { return nil }
        defer { close(descriptor) }
        let whole = seconds.rounded(.down)
        var limit = timeval(tv_sec: Int(whole), tv_usec: Int((seconds - whole) * 1_000_000))
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = address(port, on: host)
        send(request, descriptor, &address)
        return receive(descriptor, from: &address)
    }

    // MARK: Sockets

    private static func address(_ port: UInt16, on host: String = "127.0.0.1") -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = unsafe inet_addr(host)
        return address
    }

    private static func bound() throws -> (CInt, UInt16) {
        let descriptor = socket(AF_INET, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = address(0)
        var count = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, count) == 0 && getsockname(descriptor, $0, &count) == 0
            }
        }
        guard done else { throw POSIXError(.init(rawValue: errno) ?? .EINVAL) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func receive(_ descriptor: CInt, from address: inout sockaddr_in) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 2048)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe recvfrom(descriptor, &buffer, buffer.count, 0, $0, &size)
            }
        }
        return count < 0 ? nil : Array(buffer.prefix(count))
    }

    private static func send(_ bytes: [UInt8], _ descriptor: CInt, _ address: inout sockaddr_in) {
        _ = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(
                    descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL), $0,
                    socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func answer(
        _ datagrams: [Datagram], to client: sockaddr_in, _ descriptor: CInt, _ requests: Requests
    ) {
        var client = client
        for datagram in datagrams {
            if datagram.delay > 0 { Foundation.Thread.sleep(forTimeInterval: datagram.delay) }
            if datagram.isFromElsewhere {
                guard let (other, _) = try? bound() else { return }
                send(datagram.bytes, other, &client)
                close(other)
            } else {
                requests.whileOpen { send(datagram.bytes, descriptor, &client) }
            }
        }
    }
}

/// What was asked, and whether there is still anybody to answer.
private final class Requests: @unchecked Sendable {
    private let lock = NSLock()
    private var list: [[UInt8]] = []
    private var isEnding = false
    private var isClosed = false

    var all: [[UInt8]] { lock.withLock { list } }
    var isOver: Bool { lock.withLock { isEnding } }
    func end() { lock.withLock { isEnding = true } }

    /// Notes a request; the number of those before it.
    func add(_ request: [UInt8]) -> Int {
        lock.withLock {
            list.append(request)
            return list.count - 1
        }
    }

    func close(_ descriptor: CInt) {
        lock.withLock {
            isClosed = true
            Glibc.close(descriptor)
        }
    }

    /// A late answer must not go out of a descriptor that has become something else.
    func whileOpen(_ body: () -> Void) { lock.withLock { if !isClosed { body() } } }
}
