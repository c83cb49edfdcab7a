import Foundation
import TestSupport
import Testing

/// Every no of privacyIDEA is a sentence that says what to do.
@Suite(privacyIDEAIsNeeded) struct `A no of privacyIDEA` {
    private func expectRefused(
        _ desk: PrivacyIDEADesk, _ password: String, _ words: String, _ hint: String,
        _ japanese: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let refused = try desk.enrol(password)
        #expect(refused.status == 6 && refused.output == "", sourceLocation: sourceLocation)
        #expect(refused.errors.contains(words), "\(refused.errors)", sourceLocation: sourceLocation)
        #expect(
            refused.errors.contains("hint: \(hint)"), "\(refused.errors)",
            sourceLocation: sourceLocation)
        let inJapanese = try desk.enrol(password, language: "ja_JP.UTF-8").errors
        #expect(inJapanese.contains(japanese), "\(inJapanese)", sourceLocation: sourceLocation)
        #expect(try desk.person.tokens().isEmpty, sourceLocation: sourceLocation)
    }

    private func registration(_ desk: PrivacyIDEADesk) throws -> String {
        let tokens = try desk.server.tokens(of: desk.user, in: desk.realm)
        return try #require(tokens.first { $0.kind == "registration" }).serial
    }

    @Test func `to a wrong registration code`() throws {
        let desk = try PrivacyIDEADesk()
        _ = try desk.newCode()
        try expectRefused(
            desk, "00000000", "wrong start password", "compare it with the mail",
            "利用開始パスワードが違います")
    }

    @Test func `to one that is spent, or was never issued`() throws {
        let desk = try PrivacyIDEADesk()
        try expectRefused(
            desk, "00000000", "is spent, or none was issued", "have a new registration code issued",
            "使用済み")
    }

    @Test func `to one that has expired`() throws {
        let desk = try PrivacyIDEADesk()
        let password = try desk.newCode()
        try desk.server.administer(
            "POST", "/token/set",
            [
                "serial": registration(desk), "validity_period_end": "2020-01-01T00:00+0000",
            ])
        try expectRefused(
            desk, password, "the start password has expired", "have a new registration code issued",
            "有効期間外")
    }

    @Test func `to one that wrong ones have locked`() throws {
        let desk = try PrivacyIDEADesk()
        let password = try desk.newCode()
        for _ in 1...5 { #expect(try desk.enrol("00000000").status == 6) }
        try expectRefused(
            desk, password, "locked after too many tries", "have a new registration code issued",
            "ロックされています")
    }

    @Test func `to one that is disabled`() throws {
        let desk = try PrivacyIDEADesk()
        let password = try desk.newCode()
        try desk.server.administer("POST", "/token/disable", ["serial": registration(desk)])
        try expectRefused(
            desk, password, "is disabled there", "have a new registration code issued", "無効")
    }

    @Test func `to a realm that it does not have`() throws {
        let desk = try PrivacyIDEADesk()
        let password = try desk.newCode()
        let refused = try Program.run(
            Program.otptoken,
            desk.arguments(password).map { $0 == desk.realm ? "99999999" : $0 },
            home: desk.person.home)
        #expect(refused.status == 6 && refused.errors.contains("no realm with this service ID"))
        #expect(refused.errors.contains("hint: compare them with the mail"))
    }

    @Test func `to a user that it does not know`() throws {
        let desk = try PrivacyIDEADesk()
        let refused = try Program.run(
            Program.otptoken,
            desk.arguments("12345678").map { $0 == desk.user ? "nobody" : $0 },
            home: desk.person.home)
        #expect(refused.status == 6 && refused.errors.contains("does not know this user ID"))
    }

    @Test func `to too many logins at once`() throws {
        let desk = try PrivacyIDEADesk(rights: nil, ("authorization", "auth_max_fail=2/1m"))
        let password = try desk.newCode()
        for _ in 1...3 { #expect(try desk.enrol("00000000").status == 6) }
        try expectRefused(desk, password, "too many tries", "wait a few minutes", "数分待って")
    }

    @Test func `to a token that nobody may enrol`() throws {
        let desk = try PrivacyIDEADesk(rights: "delete")
        let refused = try desk.enrol(desk.newCode())
        #expect(refused.status == 6 && refused.errors.contains("does not permit it: "))
        #expect(refused.errors.contains("hint: ask the people who issue the token"))
        #expect(refused.errors.contains("the start password is spent"), "\(refused.errors)")
    }

    @Test func `to more tokens than there may be`() throws {
        let desk = try PrivacyIDEADesk()
        #expect(try desk.enrol(desk.newCode()).status == 0)
        let password = try desk.newCode()
        try desk.server.setPolicy(
            "one\(desk.realm)", scope: "enrollment", "max_token_per_user=1", realm: desk.realm)
        let refused = try desk.enrol(password, "--force")
        #expect(refused.status == 6, "\(refused.errors)")
        #expect(refused.errors.contains("or a former token is in the way"), "\(refused.errors)")
        // The token that is here stays.
        #expect(try desk.person.run("show").status == 0)
    }

    @Test func `to a login that is over`() throws {
        let desk = try PrivacyIDEADesk()
        let no = #"{"detail":null,"result":{"status":false,"error":{"code":4033,"message":"x"}}}"#
        desk.relay.plan(.make, .answered(answer(401, no)))
        let refused = try desk.enrol(desk.newCode())
        #expect(refused.status == 6 && refused.errors.contains("the login is over"))
    }
}

/// Somebody else answers in the place of privacyIDEA.
@Suite struct `An answer that is not privacyIDEA's` {
    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int
        let type: String
        let body: String
        let words: String
        var testDescription: String { "\(status) \(body.prefix(20))" }
    }

    @Test(arguments: [
        Row(
            status: 502, type: "text/html", body: "\n  <html><h1>502 Bad Gateway</h1>\nmore",
            words: "(status 502): <html><h1>502 Bad Gateway</h1>\n"),
        Row(
            status: 200, type: "text/html; charset=utf-8", body: "<!DOCTYPE html>",
            words: "(status 200): <!DOCTYPE html>\n"),
        Row(status: 200, type: "application/json", body: "", words: "(status 200): -\n"),
        Row(status: 200, type: "application/json", body: "{}", words: "(status 200): -\n"),
        Row(
            status: 401, type: "application/json", body: #"{"error":"refused"}"#,
            words: "(status 401): -\n"),
        // Nothing that steers a terminal comes through.
        Row(
            status: 404, type: "text/plain", body: "\u{1B}[2Jgone",
            words: "(status 404): ?[2Jgone\n"),
    ]) func `is shown by its first line`(row: Row) throws {
        let server = try ScriptedServer { _ in answer(row.status, row.body, type: row.type) }
        let person = try Person()
        let outcome = try person.enrol(server.url, ["--backend", "privacyidea"])
        #expect(outcome.status == 7 && outcome.output == "")
        #expect(outcome.errors.contains("is not privacyIDEA's"), "\(outcome.errors)")
        #expect(outcome.errors.contains(row.words), "\(outcome.errors)")
        #expect(server.paths == ["/auth"])
        try person.expectNoToken()
    }
}
