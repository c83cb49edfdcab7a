import Foundation
import Glibc

/// A TCP server on a free loopback port that answers as a test tells it to, right or wrong.
package final class ScriptedServer: Sendable {
    /// What a client asked.
    package struct Request: Sendable {
        /// The first line and the fields.
        package let head: String
        package let body: [UInt8]
        /// The target of the first line.
        package var path: String {
            let words = head.split(separator: " ")
            return words.count > 1 ? String(words[1]) : ""
        }
    }

    /// What is sent back before the connection is closed; nil keeps it open, silently, until the client goes.
    package typealias Script = @Sendable (Request) -> [UInt8]?

    package let port: UInt16
    private let descriptor: CInt
    private let received = Log()

    /// Starts to listen.
    ///
    /// - Parameter script: answers a request; called in many threads.
    /// - Throws: when there is no port to be had.
    package init(_ script: @escaping Script) throws {
        let (descriptor, port) = try Self.listen()
        self.descriptor = descriptor
        self.port = port
        let received = received
        Foundation.Thread.detachNewThread {
            while true {
                let client = accept(descriptor, nil, nil)
                if client < 0 { break }
                Foundation.Thread.detachNewThread { Self.serve(client, script, received) }
            }
        }
    }

    deinit {
        shutdown(descriptor, CInt(SHUT_RDWR))
        close(descriptor)
    }

    /// The URL to give to clients.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// The targets asked for until now.
    package var paths: [String] { received.paths }

    /// A port that nobody listens on.
    package static func deadPort() throws -> UInt16 {
        let (descriptor, port) = try listen()
        close(descriptor)
        return port
    }

    /// Whether somebody listens on a port.
    package static func listens(_ port: UInt16, on host: String = "127.0.0.1") -> Bool {
        guard let descriptor = connect(port, on: host) else { return false }
        close(descriptor)
        return true
    }

    /// A connection to a port; nil when nobody listens.
    static func connect(_ port: UInt16, on host: String = "127.0.0.1") -> CInt? {
        let descriptor = socket(
            AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = unsafe inet_addr(host)
        let isConnected = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected { return descriptor }
        close(descriptor)
        return nil
    }

    private static func listen() throws -> (CInt, UInt16) {
        let descriptor = socket(
            AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var count = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, count) == 0 && Glibc.listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &count) == 0
            }
        }
        guard done else { throw POSIXError(.init(rawValue: errno) ?? .EINVAL) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func serve(_ client: CInt, _ script: Script, _ received: Log) {
        defer { close(client) }
        guard let request = request(client) else { return }
        received.add(request.path)
        guard let answer = script(request) else {
            while !read(client).isEmpty {}
            return
        }
        var done = 0
        while done < answer.count {
            let sent = unsafe answer.withUnsafeBytes {
                unsafe send(
                    client, $0.baseAddress.map { unsafe $0 + done }, answer.count - done,
                    CInt(MSG_NOSIGNAL))
            }
            if sent <= 0 { return }
            done += sent
        }
        shutdown(client, CInt(SHUT_WR))
    }

    private static func request(_ client: CInt) -> Request? {
        var bytes: [UInt8] = []
        let separator = Data("\r\n\r\n".utf8)
        while true {
            if let end = Data(bytes).range(of: separator) {
                let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
                let length = head.lowercased().split(separator: "\r\n")
                    .first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).filter { $0 != " " }) }
                if bytes.count >= end.upperBound + (length ?? 0) {
                    return Request(head: head, body: Array(bytes[end.upperBound...]))
                }
            }
            let more = read(client)
            if more.isEmpty { return nil }
            bytes += more
        }
    }

    private static func read(_ client: CInt) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe recv(client, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }
}

/// The targets that were asked for.
private final class Log: @unchecked Sendable {
    private let lock = NSLock()
    private var list: [String] = []

    func add(_ path: String) { lock.withLock { list.append(path) } }
    var paths: [String] { lock.withLock { list } }
}

/// An HTTP answer as bytes.
///
/// - Parameters:
///   - status: its status.
///   - body: its body.
///   - type: its media type.
/// - Returns: the bytes, with Content-Length.
package func answer(
    _ status: Int, _ body: [UInt8], type: String = "application/json"
) -> [UInt8] {
    Array(
        "HTTP/1.1 \(status) Whatever\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n"
            .utf8) + body
}

/// An HTTP answer as bytes.
package func answer(_ status: Int, _ body: String, type: String = "application/json") -> [UInt8] {
    answer(status, Array(body.utf8), type: type)
}
