import Cryptography
import Enrolment
import Foundation
import TestSupport
import Testing

/// What an issuer says, and what the person is told about it.
struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let status: Int32
    let words: String
    var behaviour = Behaviour()
    /// Whether the client gets as far as the second request.
    let finishes: Bool

    var testDescription: String { name }

    /// Something wrong about the first answer.
    static func start(
        _ name: String, _ status: Int32, _ words: String, _ reply: @escaping Behaviour.Step
    ) -> Row {
        Row(
            name: name, status: status, words: words, behaviour: .init(start: reply),
            finishes: false)
    }

    /// Something wrong about one field of the first answer.
    static func field(
        _ name: String, _ field: String, _ status: Int32, _ words: String,
        _ value: @escaping @Sendable (String) -> String
    ) -> Row {
        start(name, status, words) { half, request in
            var fields = half.start(request)
            fields[field] = fields[field].map(value)
            return answer(200, json(fields))
        }
    }

    /// Something wrong about the second answer.
    static func finish(
        _ name: String, _ status: Int32, _ words: String, _ reply: @escaping Behaviour.Step
    ) -> Row {
        Row(
            name: name, status: status, words: words, behaviour: .init(finish: reply),
            finishes: true)
    }

    /// Parameters that are sealed rightly, and wrong.
    static func parameters(
        _ name: String, _ status: Int32, _ words: String, _ old: String, _ new: String
    ) -> Row {
        finish(name, status, words) { half, request in
            Behaviour.finish(
                half, request, IssuerHalf.usual.replacingOccurrences(of: old, with: new))
        }
    }
}

private func base64(_ bytes: [UInt8]) -> String { Base64.encode(bytes.span, padding: .required) }

private func decoded(_ text: String) -> [UInt8] { Base64.decode(text, padding: .required) ?? [] }

private let html = "<!DOCTYPE html><html><body>It works!</body></html>"
private let large = [UInt8](repeating: 32, count: 8 << 20)
private let share = "is not a valid key share"
private let cut = "was cut short"

@Suite struct `A hostile issuer` {
    static let transport: [Row] = [
        .start("silence", 7, "gave no answer in time") { _, _ in nil },
        .finish("silence at the end", 7, "gave no answer in time") { _, _ in nil },
        .start("nothing at all", 7, cut) { _, _ in [] },
        .start("half a head", 7, cut) { _, _ in Array("HTTP/1.1 200 OK\r\nCont".utf8) },
        .start("half a body", 7, cut) { half, request in
            answer(200, json(half.start(request))).dropLast(9)
        },
        .start("half a chunk", 7, cut) { _, _ in
            Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"sess".utf8)
        },
        .start("chunks without an end", 7, cut) { _, _ in
            Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n".utf8)
        },
        .finish("half of the last answer", 7, cut) { half, request in
            Behaviour.finish(half, request).dropLast(9)
        },
        .start("8 MB, declared", 7, "larger than any issuer's") { _, _ in answer(200, large) },
        .start("8 MB, undeclared", 7, "larger than any issuer's") { _, _ in
            Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + large
        },
        .start("8 MB of head", 7, "larger than any issuer's") { _, _ in
            Array("HTTP/1.1 200 OK\r\nX: ".utf8) + large
        },
        .start("another protocol", 7, "is no HTTP") { _, _ in Array("SSH-2.0-x\r\n\r\n".utf8) },
        .start("control characters in a field", 7, "is no HTTP") { _, _ in
            Array("HTTP/1.1 200 OK\r\nX: \u{1B}]0;owned\u{7}\r\n\r\n".utf8)
        },
        .start("a redirect", 7, "sends elsewhere (status 302)") { _, _ in
            Array(
                "HTTP/1.1 302 Found\r\nLocation: /enrol/v1/start\r\nContent-Length: 0\r\n\r\n".utf8)
        },
    ]

    static let content: [Row] = [
        .start("a page", 7, "not an issuer's") { _, _ in answer(200, html, type: "text/html") },
        .start("a proxy's page", 7, "not an issuer's (status 502)") { _, _ in
            answer(502, html, type: "text/html")
        },
        .start("an empty body", 7, "not an issuer's") { _, _ in answer(200, "") },
        .start("garbage", 7, "not an issuer's") { _, _ in answer(200, "{\"session\": \u{1}") },
        .start("not even UTF-8", 7, "not an issuer's") { _, _ in answer(200, [0xFF, 0xFE, 0]) },
        .start("a list", 7, "not an issuer's") { _, _ in answer(200, "[]") },
        .start("null", 7, "not an issuer's") { _, _ in answer(200, "null") },
        .start("fields of other types", 7, "not an issuer's") { _, _ in
            answer(200, #"{"session":5,"share_v":[],"confirm_v":{}}"#)
        },
        .start("a field too few", 7, "not an issuer's") { half, request in
            answer(200, json(half.start(request).filter { $0.key != "confirm_v" }))
        },
        .start("deep nesting", 7, "not an issuer's") { _, _ in
            answer(200, String(repeating: "[", count: 60_000))
        },
        .field("a share off the curve", "share_v", 6, share) { text in
            var point = decoded(text)
            point[64] ^= 1
            return base64(point)
        },
        .field("a share beyond the field", "share_v", 6, share) { _ in
            base64([4] + [UInt8](repeating: 255, count: 64))
        },
        .field("a share at infinity", "share_v", 6, share) { _ in base64([0]) },
        .field("a share of zeros", "share_v", 6, share) { _ in
            base64([UInt8](repeating: 0, count: 65))
        },
        .field("a share of zeros that looks like one", "share_v", 6, share) { _ in
            base64([4] + [UInt8](repeating: 0, count: 64))
        },
        .field("a compressed share", "share_v", 6, share) { text in
            let point = decoded(text)
            return base64([2 + point[64] & 1] + point[1..<33])
        },
        .field("a hybrid share", "share_v", 6, share) { text in
            var point = decoded(text)
            point[0] = 6 + point[64] & 1
            return base64(point)
        },
        .field("a share with more behind it", "share_v", 6, share) { base64(decoded($0) + [0]) },
        .field("an empty share", "share_v", 6, share) { _ in "" },
        .field("a share that is no Base64", "share_v", 7, "(share_v)") { $0 + "!" },
        .field("a wrong confirm_v", "confirm_v", 6, "wrong start password, or not the real issuer")
        {
            var proof = decoded($0)
            proof[31] ^= 1
            return base64(proof)
        },
        .field("a short confirm_v", "confirm_v", 7, "(confirm_v)") {
            base64(decoded($0).dropLast())
        },
        .field("a long confirm_v", "confirm_v", 7, "(confirm_v)") { base64(decoded($0) + [0]) },
        .field("an empty confirm_v", "confirm_v", 7, "(confirm_v)") { _ in "" },
        .field("a session that steers the terminal", "session", 7, "(session)") {
            $0 + "\u{1B}[2J"
        },
        .field("a session with a line end", "session", 7, "(session)") { $0 + "\nstate active" },
        .field("a session with a blank", "session", 7, "(session)") { $0 + " x" },
        .field("an empty session", "session", 7, "(session)") { _ in "" },
        .field("a session without end", "session", 7, "(session)") { _ in
            String(repeating: "x", count: 2049)
        },
    ]

    static let parameters: [Row] = [
        .finish("an altered sealed part", 6, "altered on its way") { half, request in
            var sealed = decoded(half.finish(request) ?? "")
            sealed[20] ^= 4
            return answer(200, json(["sealed": base64(sealed)]))
        },
        .finish("a sealed part without a tag", 6, "altered on its way") { half, request in
            answer(
                200,
                json(["sealed": base64(Array(decoded(half.finish(request) ?? "").dropLast(16)))]))
        },
        .finish("an empty sealed part", 6, "altered on its way") { _, _ in
            answer(200, #"{"sealed":""}"#)
        },
        .finish("a sealed part that is no Base64", 7, "(sealed)") { _, _ in
            answer(200, #"{"sealed":"%%%%"}"#)
        },
        .finish("the first answer again", 7, "(sealed)") { half, request in
            answer(200, #"{"session":"x","share_v":"","confirm_v":""}"#)
        },
        .parameters("5 digits", 6, "(digits or period)", #""digits":8"#, #""digits":5"#),
        .parameters("9 digits", 6, "(digits or period)", #""digits":8"#, #""digits":9"#),
        .parameters("no period", 6, "(digits or period)", #""period":60"#, #""period":0"#),
        .parameters(
            "a negative period", 6, "(digits or period)", #""period":60"#, #""period":-60"#),
        .parameters("a period of years", 6, "(digits or period)", #":60"#, #":9007199254740993"#),
        .parameters("MD5", 6, "(algorithm)", "SHA256", "MD5"),
        .parameters("an issuer that steers", 6, "(issuer)", "Acme", "Acme\\u001b[2J"),
        .parameters("an issuer with a line end", 6, "(issuer)", "Acme", "Acme\\nstate"),
        .parameters("an issuer written backwards", 6, "(issuer)", "Acme", "\\u202eAcme"),
        .parameters("no issuer", 6, "(issuer)", "Acme Bank", ""),
        .parameters(
            "an issuer of 65", 6, "(issuer)", "Acme Bank", String(repeating: "x", count: 65)),
        .parameters(
            "an issuer of 9 MB", 7, "larger than any", "Acme",
            String(repeating: "x", count: 9 << 20)),
        .parameters("a time before all time", 6, "(time)", "1767225600", "-1"),
        .parameters("a time beyond all time", 6, "(time)", "1767225600", "9223372036854775807"),
        .parameters(
            "an end in the past", 6, "(expires_at)", #""time""#, #""expires_at":-5,"time""#),
        .parameters(
            "a script to confirm at", 6, "(confirm_url)", #""time""#,
            #""confirm_url":"javascript:alert(1)","time""#),
        .parameters("a number too large", 7, "(parameters)", "1767225600", "1e300"),
        .parameters("no digits", 7, "(parameters)", #""digits":8,"#, ""),
        .parameters("no JSON", 7, "(parameters)", "{", "<"),
    ]

    @Test(arguments: transport) func `on the wire`(row: Row) async throws {
        try await apart { try check(row) }
    }

    @Test(arguments: content) func `in the first answer`(row: Row) throws { try check(row) }

    @Test(arguments: parameters) func `in the second answer`(row: Row) throws { try check(row) }

    @Test(arguments: [
        (400, "", 6, "does not take these IDs"), (401, "", 6, "wrong service ID, user ID or start"),
        (410, "", 6, "the issuance has expired"), (423, "", 6, "locked after too many tries"),
        (429, #","retry_after":30"#, 6, "wait 30 s"), (429, "", 6, "wait a few minutes"),
        (429, #","retry_after":-30"#, 6, "wait a few minutes"), (503, "", 7, "not available"),
        (500, "", 7, "(status 500)"), (404, "", 7, "(status 404)"), (201, "", 7, "(status 201)"),
        (599, "", 7, "(status 599)"),
    ]) func `an issuer's no`(code: Int, more: String, status: Int32, words: String) throws {
        let body = #"{"error":"\u001b[31mno"\#(more)}"#
        try check(.start("\(code)", status, words) { _, _ in answer(code, body) })
        try check(.finish("\(code), at the end", status, words) { _, _ in answer(code, body) })
    }

    @Test(arguments: [400, 401, 410, 423, 429, 503])
    func `a no with a page is not the issuer's`(code: Int) throws {
        try check(
            .start("\(code)", 7, "not an issuer's (status \(code))") { _, _ in
                answer(code, html, type: "text/html")
            })
    }

    @Test func `one that does not know the start password`() throws {
        let row = Row(
            name: "", status: 6, words: "wrong start password, or not the real issuer",
            finishes: false)
        try check(row, half: IssuerHalf(knowsPassword: false))
    }

    @Test func `a port where nobody listens`() throws {
        let person = try Person()
        let outcome = try person.enrol("http://127.0.0.1:\(try ScriptedServer.deadPort())")
        #expect(outcome.status == 7)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("does not answer: Connection refused"))
        try person.expectNoToken()
    }

    @Test func `a good one, by contrast`() throws {
        let half = try IssuerHalf()
        let server = try Behaviour().serve(half)
        let person = try Person()
        let outcome = try person.enrol(server.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(half.secrets.contains(try person.seed()))
        #expect(try person.run("list", "--names").output == "Acme Bank\n")
    }
}

/// Lets somebody enrol, and checks what they are told and what is left.
func check(
    _ row: Row, half: IssuerHalf? = nil, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let half = try half ?? IssuerHalf()
    let server = try row.behaviour.serve(half)
    let person = try Person()
    let start = ContinuousClock.now
    let outcome = try person.enrol(server.url)
    let took = ContinuousClock.now - start
    #expect(took < .seconds(20), sourceLocation: sourceLocation)
    #expect(outcome.status == row.status, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.output == "", sourceLocation: sourceLocation)
    #expect(outcome.errors.contains(row.words), "\(outcome.errors)", sourceLocation: sourceLocation)
    let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0].hasPrefix("otptoken: ") && lines.last == "", sourceLocation: sourceLocation)
    #expect(lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix("hint: ") })
    let isPlain = outcome.errors.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 }
    #expect(isPlain && outcome.errors.utf8.count < 2000, sourceLocation: sourceLocation)
    // The first request once, the second only after a right answer: no retry, no oracle.
    let paths = [EnrolmentProtocol.startPath] + (row.finishes ? [EnrolmentProtocol.finishPath] : [])
    #expect(server.paths == paths, sourceLocation: sourceLocation)
    try person.expectNoToken(sourceLocation: sourceLocation)
    for secret in half.secrets + [Array(Person.startPassword.utf8)] {
        #expect(!holds(Array(outcome.errors.utf8), secret), sourceLocation: sourceLocation)
    }
}
