package import Foundation
import Glibc

/// Requests to servers of this machine that tests drive: HTTP without TLS, one connection each.
package enum PlainHTTP {
    /// What came back.
    package struct Answer {
        package let status: Int
        package let body: Data

        /// What the body, an object of JSON, holds by these names, one within the other; nil for nothing.
        package subscript(_ names: String...) -> Any? {
            names.reduce(try? JSONSerialization.jsonObject(with: body)) {
                ($0 as? [String: Any])?[$1]
            }
        }

        /// All of it, to be shown where a test fails.
        package var text: String { "\(status) \(String(decoding: body, as: UTF8.self))" }
    }

    /// A request that got no answer.
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    /// Sends a request and waits for the answer.
    ///
    /// - Parameters:
    ///   - method: `GET`, `POST` and so on.
    ///   - path: what is asked for, as it stands in the request.
    ///   - port: the server's, on 127.0.0.1.
    ///   - fields: additions to the header.
    ///   - object: sent as JSON, where there is one.
    ///   - seconds: how long the server may be silent.
    /// - Returns: the answer.
    /// - Throws: `Failed` when there is none.
    package static func send(
        _ method: String, _ path: String, port: UInt16, fields: [String: String] = [:],
        json object: [String: Any]? = nil, within seconds: Int = 120
    ) throws -> Answer {
        let body = try object.map { try JSONSerialization.data(withJSONObject: $0) }
        var fields = fields
        fields["Content-Type"] = body == nil ? nil : "application/json"
        return try send(method, path, port: port, fields: fields, body: body, within: seconds)
    }

    /// The same with a body of any kind.
    package static func send(
        _ method: String, _ path: String, port: UInt16, fields: [String: String], body: Data?,
        within seconds: Int = 120
    ) throws -> Answer {
        let place = "\(method) http://127.0.0.1:\(port)\(path)"
        guard let descriptor = ScriptedServer.connect(port) else {
            throw Failed(description: "\(place): nobody listens")
        }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(body?.count ?? 0)\r\n\r\n"
        guard write(Data(head.utf8) + (body ?? Data()), to: descriptor) else {
            throw Failed(description: "\(place): the server hung up")
        }
        guard let answer = answer(descriptor) else {
            throw Failed(description: "\(place): no answer")
        }
        return answer
    }

    private static func write(_ data: Data, to descriptor: CInt) -> Bool {
        let bytes = [UInt8](data)
        var done = 0
        while done < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    descriptor, $0.baseAddress.map { unsafe $0 + done }, bytes.count - done,
                    CInt(MSG_NOSIGNAL))
            }
            if sent <= 0 { return false }
            done += sent
        }
        return true
    }

    /// Reads as much as is announced, or up to the end of the connection.
    private static func answer(_ descriptor: CInt) -> Answer? {
        var received = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var isOpen = true
        while true {
            if let end = received.range(of: Data("\r\n\r\n".utf8)) {
                let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self)
                    .components(separatedBy: "\r\n")
                let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).filter { $0 != " " }) }
                let body = received[end.upperBound...]
                if !isOpen || body.count >= length ?? .max {
                    let words = lines[0].split(separator: " ")
                    guard words.count > 1, let status = Int(words[1]), body.count >= length ?? 0
                    else { return nil }
                    return Answer(status: status, body: Data(body))
                }
            }
            if !isOpen { return nil }
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 { return nil }
            isOpen = count > 0
            received += buffer.prefix(count)
        }
    }
}
