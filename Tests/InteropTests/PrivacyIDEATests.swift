import TestSupport
import Testing

/// The privacyIDEA that tests run is one as sites have it.
@Suite(
    .enabled(
        if: RunningPrivacyIDEA.isInstalled,
        "privacyIDEA is needed, which scripts/privacyidea installs from PyPI"))
struct PrivacyIDEATests {
    private let server: RunningPrivacyIDEA
    private let realm: String
    private let user: String

    init() throws {
        server = try RunningPrivacyIDEA.shared.get()
        realm = try server.makeRealm()
        user = server.takeUser()
    }

    private func logIn(_ code: String, user: String? = nil) throws -> PlainHTTP.Answer {
        try PlainHTTP.send(
            "POST", "/auth", port: server.port,
            json: ["username": user ?? self.user, "realm": realm, "password": code])
    }

    private func authorization(_ answer: PlainHTTP.Answer) throws -> String {
        try #require(answer["result", "value", "token"] as? String, "\(answer.text)")
    }

    private func enrol(_ authorization: String) throws -> PlainHTTP.Answer {
        let answer = try PlainHTTP.send(
            "POST", "/token/init", port: server.port, fields: ["Authorization": authorization],
            json: ["type": "totp", "genkey": 1])
        #expect(answer.status == 200, "\(answer.text)")
        return answer
    }

    @Test func `a registration code is good for one login, which may enrol a token`() throws {
        let code = try server.issueRegistrationCode(for: user, in: realm)
        #expect(code.contains(#/^[0-9]{8}$/#))
        #expect(try server.tokens(of: user, in: realm).map(\.kind) == ["registration"])
        let answer = try logIn(code)
        #expect(answer.status == 200)
        #expect(try logIn(code).status == 401)

        let token = try enrol(authorization(answer))
        let tokens = try server.tokens(of: user, in: realm)
        #expect(tokens.map(\.serial) == [token["detail", "serial"] as? String])
        #expect(tokens.map(\.kind) == ["totp"] && tokens[0].isActive)
        let link = token["detail", "googleurl", "value"] as? String ?? ""
        #expect(link.contains("algorithm=SHA256&period=60&digits=8"), "\(link)")
    }

    @Test func `a policy holds for its realm, until it is cleared`() throws {
        let policy = "verify\(realm)"
        try server.setPolicy(policy, scope: "enrollment", "verify_enrollment=totp", realm: realm)
        let authorization = try authorization(
            logIn(server.issueRegistrationCode(for: user, in: realm)))
        #expect(try enrol(authorization)["detail", "rollout_state"] as? String == "verify")
        try server.clearPolicy(policy)
        #expect(try enrol(authorization)["detail", "rollout_state"] as? String == "enrolled")
    }

    @Test func `what is wrong is refused, with words`() throws {
        #expect(try logIn("00000000").status == 401)
        let check = try server.check("00000000", of: user, in: realm)
        #expect(!check.isAccepted && check.message.contains("no tokens assigned"), "\(check)")
        #expect(throws: RunningPrivacyIDEA.Failed.self) {
            try server.issueRegistrationCode(for: user, in: "99999999")
        }
        #expect(server.accessLog.contains(#""POST /validate/check HTTP/1.1" 200"#))
    }
}
