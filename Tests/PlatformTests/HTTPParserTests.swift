import Platform
import Testing

/// What became of some bytes.
enum Parsed: Equatable {
    case message(HTTPMessage)
    case refused(HTTPError)
}

/// Feeds bytes in pieces, then closes.
func parse(
    _ role: HTTPParser.Role, _ pieces: [[UInt8]], limits: HTTPLimits = .usual
) -> Parsed {
    var parser = HTTPParser(role, limits: limits)
    do throws(HTTPError) {
        for piece in pieces {
            if let message = try parser.feed(piece) { return .message(message) }
        }
        return .message(try parser.finish())
    } catch {
        return .refused(error)
    }
}

func parse(_ role: HTTPParser.Role, _ text: String, limits: HTTPLimits = .usual) -> Parsed {
    parse(role, [Array(text.utf8)], limits: limits)
}

private func message(
    _ status: Int, _ fields: [HTTPMessage.Field] = [], _ body: String = ""
) -> Parsed {
    .message(
        HTTPMessage(.response(status: status, reason: "OK"), fields: fields, body: Array(body.utf8))
    )
}

@Suite struct `HTTP messages` {
    static let samples: [(HTTPParser.Role, String)] = [
        (.response, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        (
            .response,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\n"
        ),
        (.response, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
        (.request, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"),
        (
            .request,
            "POST /x HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n"
        ),
    ]

    @Test func `a body of a stated length`() {
        #expect(
            parse(.response, Self.samples[0].1)
                == message(200, [.init("Content-Length", "5")], "hello"))
    }

    @Test func `a body in chunks, with a trailer that is dropped`() {
        #expect(
            parse(.response, Self.samples[1].1)
                == message(200, [.init("Transfer-Encoding", "chunked")], "hello"))
    }

    @Test func `an interim answer is skipped, with its fields`() {
        #expect(
            parse(
                .response,
                "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 100 Go\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            ) == message(200, [.init("Content-Length", "0")]))
        #expect(
            parse(.response, "HTTP/1.1 101 Switching\r\n\r\n") == .refused(.malformed("status")))
    }

    @Test func `an endless row of interim answers comes to an end`() {
        let flood = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 1000)
        #expect(parse(.response, flood) == .refused(.headTooLarge))
    }

    @Test(arguments: [204, 304]) func `an answer that never has a body`(status: Int) {
        #expect(
            parse(.response, "HTTP/1.1 \(status) OK\r\nContent-Length: 5\r\n\r\n")
                == message(status, [.init("Content-Length", "5")]))
    }

    @Test func `a body that the end of the connection ends`() throws {
        #expect(
            parse(.response, "HTTP/1.1 200 OK\r\n\r\nall of it") == message(200, [], "all of it"))
        #expect(parse(.response, "HTTP/1.0 200 OK\r\n\r\n") == message(200))
        var open = HTTPParser(.response)
        let early = try open.feed(Array("HTTP/1.1 200 OK\r\n\r\nall of it".utf8))
        #expect(early == nil)
    }

    @Test func `a request without a length has no body`() {
        #expect(
            parse(.request, "GET / HTTP/1.1\r\n\r\nleft over")
                == .message(HTTPMessage(.request(method: "GET", target: "/"))))
    }

    @Test func `white space around a value falls away, within stays`() {
        #expect(
            parse(.response, "HTTP/1.1 200 OK\r\nA:\t b  c \t\r\nB:\r\nContent-Length:0\r\n\r\n")
                == message(200, [.init("A", "b  c"), .init("B", ""), .init("Content-Length", "0")]))
    }

    @Test(arguments: samples.indices) func `any split gives the same message`(index: Int) {
        let (role, text) = Self.samples[index]
        let bytes = Array(text.utf8)
        let whole = parse(role, [bytes])
        guard case .message = whole else { Issue.record("\(whole)"); return }
        for cut in 0...bytes.count {
            #expect(
                parse(role, [Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "at \(cut)")
        }
        #expect(parse(role, bytes.map { [$0] }) == whole)
    }

    @Test(arguments: samples.indices) func `anything cut short says so`(index: Int) {
        let (role, text) = Self.samples[index]
        let bytes = Array(text.utf8)
        for cut in 0..<bytes.count {
            #expect(parse(role, [Array(bytes[..<cut])]) == .refused(.cutShort), "at \(cut)")
        }
    }

    @Test func `what is encoded is read back`() {
        let request = HTTPMessage(
            .request(method: "POST", target: "/a?b"), fields: [.init("Host", "h:1")],
            body: [0, 10, 255])
        var expected = request
        expected.fields.append(.init("Content-Length", "3"))
        #expect(parse(.request, [request.encoded]) == .message(expected))
    }

    @Test func `fields are found in any case, but not when there are two`() {
        let message = HTTPMessage(
            .response(status: 200, reason: ""),
            fields: [
                .init("CONTENT-type", "Application/JSON ; charset=x"), .init("A", "1"),
                .init("a", "2"),
            ])
        #expect(message.mediaType == "application/json")
        #expect(message.value(of: "a") == nil)
        #expect(message.value(of: "b") == nil)
    }
}

@Suite struct `HTTP that is refused` {
    static let heads: [(String, String)] = [
        ("both lengths", "Content-Length: 1\r\nTransfer-Encoding: chunked"),
        ("both lengths, the other way round", "Transfer-Encoding: chunked\r\nContent-Length: 1"),
        ("two lengths", "Content-Length: 1\r\nContent-Length: 1"),
        ("two lengths in other cases", "Content-Length: 1\r\ncontent-LENGTH: 2"),
        ("two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        ("a list of lengths", "Content-Length: 1, 1"),
        ("a negative length", "Content-Length: -1"),
        ("a signed length", "Content-Length: +1"),
        ("a hexadecimal length", "Content-Length: 0x1"),
        ("a hexadecimal digit", "Content-Length: a"),
        ("an empty length", "Content-Length:"),
        ("a length beyond all integers", "Content-Length: 99999999999999999999999"),
        ("a length with a blank inside", "Content-Length: 1 2"),
        ("an unknown coding", "Transfer-Encoding: gzip"),
        ("a chain of codings", "Transfer-Encoding: gzip, chunked"),
        ("a folded line", "A: b\r\n c"),
        ("a line folded with a tab", "A: b\r\n\tc"),
        ("a blank before the colon", "A : b"),
        ("a tab before the colon", "A\t: b"),
        ("a blank before the name", " A: b"),
        ("no colon", "A b"),
        ("no name", ": b"),
        ("a name with a bracket", "A(: b"),
        ("NUL in a value", "A: b\u{0}c"),
        ("NUL in a name", "A\u{0}: b"),
        ("escape in a value", "A: \u{1B}[31m"),
        ("a lone CR in a value", "A: b\rc"),
        ("DEL in a value", "A: \u{7F}"),
        ("beyond ASCII", "A: é"),
        ("a lone LF", "A: b\nC: d"),
    ]

    @Test(arguments: heads.indices) func `a head that two programs could read differently`(
        index: Int
    ) {
        let (name, fields) = Self.heads[index]
        for (role, start) in [
            (HTTPParser.Role.response, "HTTP/1.1 200 OK"), (.request, "POST / HTTP/1.1"),
        ] {
            let text = "\(start)\r\n\(fields)\r\n\r\n0\r\n\r\n"
            guard case .refused(.malformed) = parse(role, text) else {
                Issue.record("\(name): \(parse(role, text))")
                continue
            }
            #expect(parse(role, text.utf8.map { [$0] }) == parse(role, text), "\(name)")
        }
    }

    @Test(arguments: [
        "HTTP/2 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 OK", "HTTP/1.1 600 OK",
        "HTTP/1.1 -20 OK", "HTTP/1.1 0x1 OK", "HTTP/1.1  200 OK", "http/1.1 200 OK", "HTTP/1.1", "",
        " HTTP/1.1 200 OK", "SSH-2.0-OpenSSH_9.2", "\u{15}\u{3}\u{1}", "HTTP/1.1 1e2 OK",
    ]) func `a first line that is no answer's`(line: String) {
        guard case .refused(.malformed) = parse(.response, "\(line)\r\n\r\n") else {
            Issue.record("\(parse(.response, "\(line)\r\n\r\n"))")
            return
        }
    }

    @Test(arguments: [
        "GET / HTTP/2", "GET /  HTTP/1.1", "GET  / HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 ",
        "GET HTTP/1.1", "GET http://x/ HTTP/1.1", "* * HTTP/1.1", "G(T / HTTP/1.1", "/ HTTP/1.1",
        "",
        "GET x HTTP/1.1", "GET /\u{0} HTTP/1.1",
    ]) func `a first line that is no request's`(line: String) {
        guard case .refused(.malformed) = parse(.request, "\(line)\r\n\r\n") else {
            Issue.record("\(parse(.request, "\(line)\r\n\r\n"))")
            return
        }
    }

    @Test(arguments: [
        ("-1\r\n", HTTPError.malformed("chunk size")), ("+1\r\n", .malformed("chunk size")),
        ("0x1\r\n", .malformed("chunk size")), ("g\r\n", .malformed("chunk size")),
        ("\r\n", .malformed("chunk size")), (" 1\r\n", .malformed("chunk size")),
        ("1 \r\n", .malformed("chunk size")), ("1;a=b\r\n", .malformed("chunk size")),
        ("ffffffffffffffff\r\n", .malformed("chunk size")),
        ("8000000000000000\r\n", .malformed("chunk size")),
        ("7fffffff\r\n", .bodyTooLarge), ("fffffffff\r\n", .bodyTooLarge),
        ("10001\r\n", .bodyTooLarge),
        (String(repeating: "0", count: 100), .malformed("chunk size")),
        ("1\nx\r\n", .malformed("line end")), ("1\r\nxy\r\n", .malformed("chunk")),
        ("1\r\nx\n", .malformed("line end")),
        ("1\r\nx\r\n0\r\n A: b\r\n\r\n", .malformed("header line")),
        ("1\r\nx\r\n0\r\nA\r\n\r\n", .malformed("header line")),
        ("0\r\nA: \u{0}\r\n\r\n", .malformed("character")),
    ]) func `chunks that are none`(chunks: String, error: HTTPError) {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
        #expect(parse(.response, text) == .refused(error))
        #expect(parse(.response, text.utf8.map { [$0] }) == .refused(error))
    }
}
