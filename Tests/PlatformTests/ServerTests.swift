import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// A server of this process on a free loopback port; it serves until the process ends.
func serve(
    _ context: TLSContext? = nil, capacity: Capacity = .usual, patience: Int = 10,
    address: String = "127.0.0.1",
    _ handler: @escaping HTTPServer.Handler = echo
) throws -> UInt16 {
    let listener = try Listener(address: address, port: 0)
    let server = HTTPServer(
        listener, context: context, capacity: capacity, patience: patience, handler: handler)
    try Platform.Thread.start {
        guard let stop = try? SignalDescriptor() else { return }
        try? server.run(until: stop)
    }
    return listener.port
}

/// Answers with the body it was sent.
@Sendable func echo(_ request: HTTPMessage, _ peer: String) -> HTTPMessage {
    HTTPMessage(
        .response(status: 200, reason: "OK"), fields: [.init("Content-Type", "application/json")],
        body: request.body)
}

/// Posts, and tells status and body.
func post(
    _ url: String, _ body: [UInt8] = [1, 2, 3], caFile: String? = nil, seconds: Int = 10
) throws -> (status: Int, body: [UInt8]) {
    let server = try #require(ServerURL(url))
    let answer = try HTTPClient(server, caFile: caFile, agent: "test").post(
        body, to: "/x", deadline: Deadline(seconds: seconds))
    guard case .response(let status, _) = answer.start else { return (0, []) }
    return (status, answer.body)
}

@Suite struct `A server and its clients` {
    @Test func `understand each other`() throws {
        let port = try serve()
        let body = (0..<60_000).map { UInt8(truncatingIfNeeded: $0) }
        let answer = try post("http://127.0.0.1:\(port)", body)
        #expect(answer.status == 200)
        #expect(answer.body == body)
        #expect(try post("http://localhost:\(port)/path/").status == 200)
    }

    @Test func `understand each other over IPv6`() throws {
        guard let port = try? serve(address: "::1") else { return }
        #expect(try post("http://[::1]:\(port)").body == [1, 2, 3])
    }

    @Test func `the request is as HTTP wants it`() throws {
        let port = try serve(nil) { request, peer in
            var answer = echo(request, peer)
            let fields = request.fields.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
            answer.body = Array("\(request.start)\n\(fields)".utf8)
            return answer
        }
        let text = String(decoding: try post("http://127.0.0.1:\(port)/a").body, as: UTF8.self)
        #expect(text.contains("method: \"POST\", target: \"/a/x\""))
        #expect(text.contains("Host: 127.0.0.1:\(port)\n"))
        #expect(text.contains("Content-Length: 3"))
    }

    @Test(arguments: [300, 301, 302, 303, 307, 308, 399])
    func `a redirect is not followed`(status: Int) throws {
        let port = try serve(nil) { _, _ in
            HTTPMessage(
                .response(status: status, reason: ""),
                fields: [.init("Location", "http://127.0.0.1:9/")])
        }
        #expect(throws: NetworkError.redirect(status: status)) {
            try post("http://127.0.0.1:\(port)")
        }
    }

    @Test func `nobody there`() throws {
        let port = try ScriptedServer.deadPort()
        #expect(throws: NetworkError.cannotConnect(Errno(ECONNREFUSED))) {
            try post("http://127.0.0.1:\(port)")
        }
        #expect {
            try post("http://no-such-host.invalid")
        } throws: {
            if case NetworkError.nameNotFound = $0 { true } else { false }
        }
    }

    @Test func `an answer that never comes`() throws {
        let server = try ScriptedServer { _ in nil }
        #expect(throws: NetworkError.timedOut) { try post(server.url, seconds: 1) }
    }

    @Test func `an answer beyond 64 KiB, said or not`() throws {
        let body = [UInt8](repeating: 65, count: 8 << 20)
        let said = try ScriptedServer { _ in answer(200, body) }
        #expect(throws: NetworkError.http(.bodyTooLarge)) { try post(said.url) }
        let unsaid = try ScriptedServer { _ in Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + body }
        #expect(throws: NetworkError.http(.bodyTooLarge)) { try post(unsaid.url) }
    }

    @Test func `the bound of 64 KiB holds for requests too`() throws {
        let port = try serve()
        let most = [UInt8](repeating: 1, count: 64 << 10)
        #expect(try post("http://127.0.0.1:\(port)", most).body == most)
        let client = try RawClient(port: port)
        client.send("POST /x HTTP/1.1\r\nContent-Length: 65537\r\n\r\n")
        #expect(client.readAll()?.hasPrefix("HTTP/1.1 413 ") == true)
    }

    @Test func `a client that sends on and on is told so all the same`() throws {
        let client = try RawClient(port: try serve())
        client.send("POST /x HTTP/1.1\r\nContent-Length: 16777216\r\n\r\n")
        // Much more than the system takes: it is read, where a reset could cost the client the answer.
        #expect(client.send([UInt8](repeating: 65, count: 16 << 20)))
        #expect(client.readAll()?.hasPrefix("HTTP/1.1 413 ") == true)
    }

    @Test(arguments: [
        ("GARBAGE\r\n\r\n", "400"), ("GET / HTTP/1.1\nHost: a\n\n", "400"),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "400"),
        ("GET /\(String(repeating: "a", count: 17 << 10))", "431"),
        ("GET / HTTP/1.1\r\n\(String(repeating: "A: b\r\n", count: 65))\r\n", "431"),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n", "413"),
    ]) func `a wrong request is told so`(request: String, status: String) throws {
        let client = try RawClient(port: try serve())
        client.send(request)
        let answer = client.readAll()
        // What is still unread when the server closes may cost the client its answer, never more than that.
        #expect(answer?.hasPrefix("HTTP/1.1 \(status) ") == true)
        #expect(answer?.contains("Connection: close\r\n") == true)
    }

    @Test func `a client that is silent is cut off`() throws {
        let client = try RawClient(port: try serve(patience: 1))
        let start = ContinuousClock.now
        #expect(client.readAll()?.hasPrefix("HTTP/1.1 408 ") == true)
        #expect(ContinuousClock.now - start > .milliseconds(900))
        #expect(ContinuousClock.now - start < .seconds(8))
    }

    @Test func `a client that sends a byte now and then is cut off`() throws {
        let client = try RawClient(port: try serve(patience: 1))
        let start = ContinuousClock.now
        var sent = 0
        while sent < 100, client.send("G") {
            sent += 1
            usleep(100_000)
        }
        #expect(ContinuousClock.now - start < .seconds(9))
        #expect((5..<90).contains(sent))
    }

    @Test func `a client that sends a byte at a time gets its answer`() throws {
        let client = try RawClient(port: try serve())
        for byte in "POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello".utf8 {
            client.send([byte])
        }
        #expect(client.readAll()?.hasSuffix("\r\n\r\nhello") == true)
    }

    @Test func `slow clients are cut off, and the others served meanwhile`() throws {
        let port = try serve(patience: 2)
        // More than there are threads.
        let slow = try (0..<100).map { _ in try RawClient(port: port) }
        var (served, open) = (0, slow)
        while !open.isEmpty, served < 1000 {
            open = open.filter { $0.send("G") }
            #expect(try post("http://127.0.0.1:\(port)").status == 200)
            served += 1
            usleep(50_000)
        }
        #expect(open.isEmpty && served >= 10)
    }

    /// Much more than the system takes off a server's hands for a client that does not read.
    private static let long = [UInt8](repeating: 65, count: 4 << 20)

    @Test func `clients that do not read their answers keep nobody waiting`() throws {
        let port = try serve(patience: 60) { request, peer in
            request.body.isEmpty
                ? echo(HTTPMessage(request.start, body: Self.long), peer) : echo(request, peer)
        }
        // More than there are threads.
        let deaf = try (0..<40).map { _ in try RawClient(port: port, window: 4096) }
        for client in deaf { client.send("POST /x HTTP/1.1\r\n\r\n") }
        #expect(try post("http://127.0.0.1:\(port)", seconds: 30).body == [1, 2, 3])
        // Whoever reads in the end gets all of it.
        #expect(try #require(deaf[0].readAll()).utf8.count > Self.long.count)
    }

    @Test func `a client that does not read its answer is cut off`() throws {
        let port = try serve(patience: 1) { request, peer in
            echo(HTTPMessage(request.start, body: Self.long), peer)
        }
        let deaf = try RawClient(port: port, window: 4096)
        deaf.send("POST /x HTTP/1.1\r\n\r\n")
        sleep(3)
        #expect(try #require(deaf.readAll()).utf8.count < Self.long.count)
    }

    @Test func `what is behind the request is not answered, and costs the client nothing`() throws {
        let client = try RawClient(port: try serve())
        let request = "POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"
        #expect(client.send(request + String(repeating: request, count: 400_000)))
        let answer = try #require(client.readAll())
        #expect(answer.hasSuffix("\r\n\r\nhi"))
        #expect(answer.components(separatedBy: "HTTP/1.1").count == 2)
    }

    @Test func `a client that does not speak TLS is cut off`() throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "DNS:localhost")
        let context = try TLSContext(
            showing: certificates.path("server.pem"), key: certificates.path("server.key"))
        let port = try serve(context, patience: 1)
        let silent = try RawClient(port: port)
        #expect(silent.readAll() == "")
        let plain = try RawClient(port: port)
        plain.send("GET / HTTP/1.1\r\n\r\n")
        #expect(plain.readAll()?.contains("HTTP") == false)
    }

    @Test func `of more connections than the bound the oldest is told 503`() throws {
        let port = try serve(capacity: Capacity(guests: 3, alike: 3, memory: 1 << 20))
        let idle = try (0..<3).map { _ in try RawClient(port: port) }
        for client in idle { client.send("POST") }
        #expect(try post("http://127.0.0.1:\(port)").status == 200)
        #expect(idle[0].readAll()?.hasPrefix("HTTP/1.1 503 ") == true)
        for client in idle[1...] { client.send(" /x HTTP/1.1\r\n\r\n") }
        #expect(idle[1...].allSatisfy { $0.readAll()?.hasPrefix("HTTP/1.1 200 ") == true })
    }

    @Test func `a handler answers many at once`() throws {
        let port = try serve(nil) { request, peer in
            usleep(500_000)
            return echo(request, peer)
        }
        let clients = try (0..<8).map { _ in try RawClient(port: port) }
        let start = ContinuousClock.now
        for client in clients { client.send("POST /x HTTP/1.1\r\n\r\n") }
        #expect(clients.allSatisfy { $0.readAll()?.hasPrefix("HTTP/1.1 200 ") == true })
        #expect(ContinuousClock.now - start < .milliseconds(3500))
    }

    @Test func `a port is taken once, and only addresses of this machine`() throws {
        let first = try Listener(address: "127.0.0.1", port: 0)
        #expect(first.port > 0)
        #expect(throws: NetworkError.cannotConnect(Errno(EADDRINUSE))) {
            try Listener(address: "127.0.0.1", port: first.port)
        }
        #expect(throws: NetworkError.cannotConnect(Errno(EADDRNOTAVAIL))) {
            try Listener(address: "192.0.2.1", port: 0)
        }
        #expect(throws: NetworkError.self) { try Listener(address: "no address", port: 0) }
    }
}
