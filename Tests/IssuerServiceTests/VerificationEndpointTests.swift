import Cryptography
import IssuerService
import JSON
import Platform
import TestSupport
import Testing

/// POST /verify/v1, as other services ask.
@Suite struct `Verification for others` {
    private let desk: Desk
    private let bearer: String

    init() throws {
        desk = try Desk()
        bearer = try Self.key(desk.issuer, "vpn")
    }

    private static func key(_ issuer: Issuer, _ name: String) throws -> String {
        let key = try issuer.addKey(name: name, now: Desk.now, random: SecretBytes.random)
        return key.withBytes { String(decoding: Array(copying: $0), as: UTF8.self) }
    }

    private func ask(
        _ body: String, bearer: String? = nil, authorization: String? = nil,
        method: String = "POST",
        type: String = "application/json", path: String = "/verify/v1"
    ) -> Answer {
        Answer(
            Site(desk.issuer).answer(
                HTTPMessage(
                    .request(method: method, target: path),
                    fields: [
                        .init("Content-Type", type),
                        .init("Authorization", authorization ?? "Bearer \(bearer ?? self.bearer)"),
                    ], body: Array(body.utf8)),
                now: Desk.now, random: SecretBytes.random, report: { _ in }))
    }

    private func ask(_ userID: String, _ code: String) -> [String?] {
        let answer = ask(#"{"user_id":"\#(userID)","code":"\#(code)","more":[1]}"#)
        #expect(answer.status == 200)
        let json = JSONValue(answer.body)
        return [json?["result"]?.string, json?["reason"]?.string]
    }

    @Test func `accepts a code once, and says why it rejects one`() throws {
        let userID = try desk.issue()
        #expect(ask(userID, "12345678") == ["rejected", "pending"])
        let seed = try desk.enrol(userID)
        #expect(try ask(userID, code(seed)) == ["accepted", nil])
        #expect(try ask(userID, code(seed)) == ["rejected", "used"])
        #expect(try ask(userID, wrongCode(seed)) == ["rejected", "wrong"])
        #expect(ask(userID, "123") == ["rejected", "malformed"])
        #expect(ask("12345678901234ZZ", "12345678") == ["rejected", "unknown"])
        #expect(ask("../../issuer", "12345678") == ["rejected", "unknown"])
        for _ in 2...10 { #expect(try ask(userID, wrongCode(seed)) == ["rejected", "wrong"]) }
        #expect(try ask(userID, code(seed, steps: 1)) == ["rejected", "locked"])
        try desk.issuer.revoke(userID: userID, now: Desk.now, random: SecretBytes.random)
        #expect(try ask(userID, code(seed, steps: 1)) == ["rejected", "revoked"])
    }

    @Test func `is for those alone who have a key`() throws {
        let body = #"{"user_id":"12345678901234ZZ","code":"12345678"}"#
        let other = try Desk()
        let stranger = try Self.key(other.issuer, "vpn")
        let number = bearer.prefix { $0 != "." }
        let secret = bearer.drop { $0 != "." }.dropFirst()
        for wrong in [
            "", "Bearer", "Bearer ", "Basic \(bearer)", "Bearer \(stranger)", "Bearer \(number)",
            "Bearer \(number).", "Bearer .\(secret)", "Bearer \(number).\(secret.dropLast(4))AAA=",
            "Bearer ../keys/\(number).\(secret)", "Bearer \(bearer) ",
            "Bearer \(number.uppercased()).\(secret)x",
        ] {
            let answer = ask(body, authorization: wrong)
            #expect(answer.status == 401, "\(wrong)")
            #expect(answer.message.value(of: "www-authenticate") == "Bearer")
        }
        #expect(ask(body, authorization: "bEARER \(bearer)").status == 200)
        // Two fields are no answer to the question who asks.
        let twice = HTTPMessage(
            .request(method: "POST", target: "/verify/v1"),
            fields: [
                .init("Content-Type", "application/json"),
                .init("Authorization", "Bearer \(bearer)"), .init("Authorization", "Bearer x"),
            ], body: Array(body.utf8))
        let answer = Site(desk.issuer).answer(
            twice, now: Desk.now, random: SecretBytes.random, report: { _ in })
        #expect(Answer(answer).status == 401)
        try desk.issuer.removeKey(name: "vpn")
        #expect(ask(body).status == 401)
    }

    @Test func `takes its own kind of request alone`() throws {
        let body = #"{"user_id":"12345678901234ZZ","code":"12345678"}"#
        #expect(ask(body, path: "/token/verify/v1").status == 200)
        #expect(ask(body, path: "/verify/v1/").status == 404)
        #expect(ask(body, method: "GET").status == 405)
        #expect(ask(body, type: "text/plain").status == 415)
        for wrong in [
            "", "{}", "[]", #"{"user_id":"a"}"#, #"{"user_id":1,"code":"1"}"#,
            #"{"user_id":"\#(String(repeating: "1", count: 65))","code":"1"}"#,
            #"{"user_id":"a","code":"\#(String(repeating: "1", count: 65))"}"#,
        ] { #expect(ask(wrong).status == 400, "\(wrong)") }
    }

    @Test func `names are taken once, and the file has no key`() throws {
        #expect(throws: IssuerError.keyExists("vpn")) { try Self.key(desk.issuer, "vpn") }
        #expect(throws: IssuerError.invalid(.keyName)) { try Self.key(desk.issuer, "a b") }
        #expect(throws: IssuerError.noSuchKey("web")) { try desk.issuer.removeKey(name: "web") }
        _ = try Self.key(desk.issuer, "radius")
        #expect(try desk.issuer.keys().map(\.name) == ["radius", "vpn"])
        let secret = String(bearer.drop { $0 != "." }.dropFirst())
        for (name, text) in try desk.folder.files() {
            let isThere = String(decoding: text, as: UTF8.self).contains(secret)
            #expect(!isThere, "\(name)")
        }
    }
}
