import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// What strangers may send to a real issuer, over a real socket.
@Suite struct `The serving issuer and a hostile client` {
    /// One issuer for all tests.
    private static let shared = Result { try RunningIssuer() }
    private let issuer: RunningIssuer
    private let port: UInt16

    init() throws {
        issuer = try Self.shared.get()
        port = try #require(ServerURL(issuer.url)?.port)
    }

    private static let start = "/enrol/v1/start"

    private static func request(
        _ method: String = "POST", _ target: String = start, _ fields: String = "",
        body: String = "{}"
    ) -> String {
        "\(method) \(target) HTTP/1.1\r\nContent-Type: application/json\r\n\(fields)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// Sends bytes, and tells all that comes back; nil when the connection stays.
    private func ask(_ bytes: [UInt8], ending: Bool = false) throws -> String? {
        let client = try RawClient(port: port)
        client.send(bytes)
        if ending { client.finish() }
        return client.readAll()
    }

    private func status(_ text: String) throws -> Int? {
        let answer = try #require(try ask(Array(text.utf8)))
        // One answer, which ends the connection.
        #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
        #expect(answer.contains("\r\nConnection: close\r\n"))
        return Int(answer.dropFirst(9).prefix(3))
    }

    /// The issuer lives, and answers who asks as it should be.
    private func expectService() throws {
        #expect(try status(Self.request()) == 400)
        #expect(issuer.server.waitStatus(within: 0) == nil)
    }

    @Test func `heads that are too large`() throws {
        let long = String(repeating: "a", count: 17 << 10)
        #expect(try status("POST /\(long) HTTP/1.1\r\n\r\n") == 431)
        #expect(try status(long + long + long) == 431)
        #expect(try status(Self.request("POST", Self.start, "A: \(long)\r\n")) == 431)
        let many = (0..<65).map { "A\($0): b\r\n" }.joined()
        #expect(try status(Self.request("POST", Self.start, many)) == 431)
        let chunked = "POST \(Self.start) HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try status("\(chunked)0\r\nA: \(long)\r\n\r\n") == 431)
        try expectService()
    }

    @Test func `bodies that are too large`() throws {
        let large = String(repeating: " ", count: 1 << 20)
        #expect(try status(Self.request(body: large)) == 413)
        let chunked = "POST \(Self.start) HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunk = "4000\r\n\(String(repeating: " ", count: 16 << 10))\r\n"
        #expect(try status(chunked + String(repeating: chunk, count: 5)) == 413)
        #expect(try status("\(chunked)fffffffff\r\n") == 413)
        #expect(
            try status("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n") == 400)
        try expectService()
    }

    @Test(arguments: ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "post", "PRI", "X-Y"])
    func `wrong methods`(method: String) throws {
        for path in [Self.start, "/enrol/v1/finish", "/verify/v1"] {
            #expect(try status(Self.request(method, path)) == 405)
        }
    }

    @Test(arguments: [
        "/nowhere", "//enrol/v1/start", "/enrol/v1/start/", "/enrol/v1/./start",
        "/enrol/v1/../v1/start",
        "/x/../enrol/v1/start", "/enrol/v1/%73tart", "/enrol/v1/start%00", "/enrol/v1/start?a",
        "/enrol/v1/start#a", "/enrol\\v1\\start", "/ENROL/V1/START", "/enrol/v1/start;a",
        "/enrol/v1/sta",
        "/../../../../etc/passwd", "/enrol/v1/%2e%2e/%2e%2e/users",
    ]) func `wrong paths`(path: String) throws {
        #expect(try status(Self.request("POST", path)) == 404)
    }

    @Test(arguments: [
        "CONNECT localhost:80 HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n",
        "POST http://127.0.0.1/enrol/v1/start HTTP/1.1\r\n\r\n", "POST  / HTTP/1.1\r\n\r\n",
        "POST / HTTP/2.0\r\n\r\n", "POST /\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "POST /enrol/v1/start\u{e9} HTTP/1.1\r\n\r\n", "POST /\u{0} HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\nContent-Length: 0\n\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nContent-Length : 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        "POST / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
    ]) func `what is no request that is taken`(text: String) throws {
        #expect(try status(text) == 400)
    }

    @Test func `a request behind the first is not answered`() throws {
        let other = Self.request("GET", "/x", body: "")
        #expect(try status(Self.request() + other) == 400)
        #expect(try status(Self.request() + String(repeating: other, count: 20_000)) == 400)
        // What a front end would take for a body is none, and no request either.
        let hidden = "POST \(Self.start) HTTP/1.1\r\nContent-Length: 0\r\n\r\n\(other)"
        #expect(try status(hidden) == 415)
        #expect(try status(other + Self.request()) == 404)
    }

    @Test func `a byte at a time`() throws {
        let client = try RawClient(port: port)
        for byte in Self.request().utf8 { client.send([byte]) }
        #expect(client.readAll()?.hasPrefix("HTTP/1.1 400 ") == true)
        let chunked = try RawClient(port: port)
        chunked.send("POST \(Self.start) HTTP/1.1\r\nContent-Type: application/json\r\n")
        chunked.send("Transfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<2000 { chunked.send("1\r\n \r\n") }
        chunked.send("0\r\n\r\n")
        #expect(chunked.readAll()?.hasPrefix("HTTP/1.1 400 ") == true)
    }

    @Test func `connections that end in the middle, with a reset or without`() throws {
        let bytes = Array(Self.request().utf8)
        for count in 0..<bytes.count {
            #expect(try ask(Array(bytes.prefix(count)), ending: true) == "", "\(count)")
            let client = try RawClient(port: port)
            client.send(Array(bytes.prefix(count)))
            client.resetAtEnd()
        }
        for _ in 0..<100 {
            // Gone while it is answered.
            let client = try RawClient(port: port)
            client.send(bytes)
            client.resetAtEnd()
        }
        // A client that has said all may close its side and read.
        #expect(try ask(bytes, ending: true)?.hasPrefix("HTTP/1.1 400 ") == true)
        try expectService()
    }

    @Test func `what the decoders were given by libFuzzer`() throws {
        var refused = 0
        for file in try files("http") {
            let bytes = [UInt8](try Data(contentsOf: file))
            let answer = try #require(try ask(bytes, ending: true), "\(file)")
            if answer.isEmpty { continue }
            refused += 1
            // The first page leads on to the sign-in.
            let isPage = answer.hasPrefix("HTTP/1.1 303 ")
            #expect(isPage || answer.hasPrefix("HTTP/1.1 4"), "\(file)")
            try expectService()
        }
        // Both outcomes have been seen.
        #expect((10..<30).contains(refused))
    }

    @Test(arguments: ["start-request", "finish-request", "json"])
    func `what the decoders were given by libFuzzer, as a body`(target: String) throws {
        for file in try files(target) {
            let body = [UInt8](try Data(contentsOf: file))
            for path in [Self.start, "/enrol/v1/finish", "/verify/v1"] {
                let head =
                    "POST \(path) HTTP/1.1\r\nContent-Type: application/json\r\n"
                    + "Authorization: Bearer x\r\nContent-Length: \(body.count)\r\n\r\n"
                let answer = try #require(try ask(Array(head.utf8) + body), "\(file)")
                // A user whom nobody knows is answered like any other at first.
                let isTaken = answer.hasPrefix("HTTP/1.1 200 ")
                #expect(isTaken || answer.hasPrefix("HTTP/1.1 4"), "\(file), \(path)")
            }
        }
        try expectService()
    }

    private func files(_ target: String) throws -> [URL] {
        let folder = Repository.file("Tests/Fuzz/Corpus/\(target)")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        try #require(files.count > 5)
        return files
    }
}
