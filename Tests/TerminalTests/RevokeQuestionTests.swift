import Foundation
import JSON
import TestSupport
import Testing
import TokenStore

/// Whether a token that is removed is revoked as well: the question, in a real terminal.
struct RevokeQuestionTests {
    private let home: TemporaryFolder

    init() throws {
        home = try TemporaryFolder()
        try Program.configure(home: home.path)
    }

    /// Enrols at an issuer: the user.
    private func enrol(_ issuer: RunningIssuer) throws -> String {
        let user = try issuer.issue()
        let outcome = try Program.run(
            Program.otptoken,
            [
                "init", "--server", issuer.url, "--service-id", RunningIssuer.serviceID,
                "--user-id", user, "--start-password-file", "-",
            ], home: home.path, input: RunningIssuer.startPassword)
        try #require(outcome.status == 0, "\(outcome)")
        return user
    }

    private func state(_ user: String, _ issuer: RunningIssuer) throws -> String? {
        let list = try issuer.run("list", ["--json"])
        guard case .array(let users) = JSONValue(Array(list.output.utf8)) else { return nil }
        return users.first { $0["user_id"]?.string == user }?["state"]?.string
    }

    private func names() throws -> [String] { try StoreMaker.read(home: home.path).map(\.name) }

    private func terminal(_ line: String, japanese: Bool = false) throws -> Tmux {
        let terminal = try Tmux(home: home, columns: 160)
        if japanese { try terminal.type("unset LC_ALL; LANG=ja_JP.UTF-8; export LANG") }
        try terminal.type("clear; \(line); echo left with $?")
        try terminal.wait { $0.contains("[y/N]") }
        return terminal
    }

    @Test func `comes after the first one, names the server, and yes revokes`() throws {
        let issuer = try RunningIssuer()
        let user = try enrol(issuer)
        let terminal = try terminal("otptoken remove 'Acme Bank'")
        #expect(try !terminal.screen().contains("Revoke"))
        try terminal.type("y")
        try terminal.wait {
            $0.contains("Revoke it at \(issuer.url), too? That cannot be taken back. [y/N]")
        }
        try terminal.type("yes")
        let screen = try terminal.wait { $0.contains("left with 0") }
        let host = issuer.url.dropFirst("http://".count)
        #expect(screen.contains("\nRevoking Acme Bank at \(host)…\nRevoked Acme Bank at \(host), "))
        #expect(screen.contains("\nRemoved Acme Bank.\n"))
        #expect(!screen.contains("goes on accepting"))
        #expect(try state(user, issuer) == "revoked")
        #expect(try names() == [])
    }

    @Test func `is asked and answered in Japanese`() throws {
        let issuer = try RunningIssuer()
        let user = try enrol(issuer)
        let terminal = try terminal("otptoken remove 'Acme Bank'", japanese: true)
        try terminal.type("はい")
        try terminal.wait { $0.contains("\(issuer.url) でも失効させますか？ 失効は取り消せません。 [y/N]") }
        try terminal.type("はい")
        let screen = try terminal.wait { $0.contains("left with 0") }
        let host = issuer.url.dropFirst("http://".count)
        #expect(screen.contains("\(host) で Acme Bank を失効させています…\n"), "\(screen)")
        #expect(screen.contains("\(host) で Acme Bank を失効させました。コードはもう受け付けられません。\n"))
        #expect(screen.contains("\nAcme Bank を削除しました。\n"))
        #expect(try state(user, issuer) == "revoked")
        #expect(try names() == [])
    }

    @Test func `Enter leaves the token valid, and removes it here`() throws {
        let issuer = try RunningIssuer()
        let user = try enrol(issuer)
        let terminal = try terminal("otptoken remove 'Acme Bank'")
        try terminal.type("y")
        try terminal.wait { $0.contains("Revoke it at") }
        try terminal.press("Enter")
        let screen = try terminal.wait { $0.contains("left with 0") }
        #expect(
            screen.contains("The issuer goes on accepting its codes until it is revoked there."))
        #expect(try state(user, issuer) == "enrolled")
        #expect(try names() == [])
    }

    @Test func `Ctrl-C and Ctrl-D at it change nothing anywhere`() throws {
        let issuer = try RunningIssuer()
        let user = try enrol(issuer)
        let terminal = try terminal("otptoken remove 'Acme Bank'")
        try terminal.type("y")
        try terminal.wait { $0.contains("Revoke it at") }
        try terminal.press("C-c")
        try terminal.type("clear; echo ended by $?; otptoken remove 'Acme Bank'; echo left with $?")
        try terminal.wait { $0.contains("Remove Acme") }
        try terminal.type("y")
        try terminal.wait { $0.contains("Revoke it at") }
        try terminal.press("C-d")
        let screen = try terminal.wait { $0.contains("left with 1") }
        #expect(screen.contains("given up: nothing was changed"))
        #expect(try state(user, issuer) == "enrolled")
        #expect(try names() == ["Acme Bank"])
    }

    @Test func `is not asked where the command line answers, or where it cannot be done`() throws {
        let issuer = try RunningIssuer()
        let user = try enrol(issuer)
        let revoking = try terminal("otptoken remove 'Acme Bank' --revoke")
        #expect(
            try revoking.screen().contains(
                "It is revoked at \(issuer.url), too, which cannot be taken back. [y/N]"))
        try revoking.type("y")
        try revoking.wait { $0.contains("left with 0") }
        #expect(try state(user, issuer) == "revoked")

        var ended = StoreMaker.token("Old")
        ended.expiresAt = 1_700_000_000
        var open = StoreMaker.token("Open")
        open.server = "http://token.example.com"
        let pending = StoreMaker.pending("98765432101234XY")
        try StoreMaker.write([ended, open, pending, StoreMaker.token("Work")], home: home.path)
        for line in ["Old", "Open", "98765432101234XY", "Work --no-revoke"] {
            let terminal = try terminal("otptoken remove \(line)")
            try terminal.type("y")
            let screen = try terminal.wait { $0.contains("left with 0") }
            #expect(!screen.contains("Revoke it"), "\(line)")
            #expect(screen.contains("The issuer goes on accepting its codes"), "\(line)")
        }
        #expect(try names() == [])
    }

    @Test func `with a server that is down, says so and keeps the token`() throws {
        var token = StoreMaker.token("Work")
        token.server = "http://127.0.0.1:\(try ScriptedServer.deadPort())"
        try StoreMaker.write([token], home: home.path)
        let terminal = try terminal("otptoken remove Work")
        try terminal.type("y")
        try terminal.wait { $0.contains("Revoke it at \(token.server), too?") }
        try terminal.type("y")
        let screen = try terminal.wait { $0.contains("left with 7") }
        #expect(screen.contains("does not answer: Connection refused"))
        #expect(screen.contains("`otptoken remove --no-revoke Work` removes it here alone"))
        #expect(try names() == ["Work"])
    }
}
