import Foundation
import TestSupport
import Testing
import TokenStore

/// The question of `remove`, in a real terminal.
struct RemoveTests {
    private let home: TemporaryFolder

    init() throws {
        home = try TemporaryFolder()
        try Self.writeStore(home)
    }

    private static func writeStore(_ home: TemporaryFolder) throws {
        try StoreMaker.write(
            [
                StoreMaker.token("Example Bank", seed: "of the bank"),
                StoreMaker.token("Work", seed: "of the office"),
                StoreMaker.pending("98765432101234XY"),
            ], home: home.path)
    }

    private func asked(_ name: String = "'Example Bank'") throws -> Tmux {
        let terminal = try Tmux(home: home, columns: 100)
        try terminal.type("otptoken remove \(name); echo left with $?")
        try terminal.wait { $0.contains("[y/N]") }
        return terminal
    }

    private func names() throws -> [String] { try StoreMaker.read(home: home.path).map(\.name) }

    private func rename(_ old: String, _ new: String) throws {
        let outcome = try Program.run(Program.otptoken, ["rename", old, new], home: home.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func `names the token, its issuer and its user`() throws {
        let screen = try asked().screen()
        #expect(screen.contains("Remove Example Bank (Example Bank, 12345678901234DC)? It gives"))
        let pending = try asked("98765432101234XY").screen()
        #expect(pending.contains("Remove 98765432101234XY (98765432101234XY)? Its enrolment"))
    }

    @Test func `yes removes`() throws {
        let terminal = try Tmux(home: home, columns: 100)
        for answer in ["y", "Y", "yes", "YES", " yes ", "ｙ", "Ｙ", "ｙｅｓ", "ＹＥＳ", "はい"] {
            try Self.writeStore(home)
            let screen = try self.answer(answer, terminal, revoking: "")
            #expect(screen.contains("gone with 0"), "\(answer)")
            #expect(screen.contains("goes on accepting its codes until it is revoked there"))
            #expect(screen.contains("tokens.bak until the next one"))
            #expect(try names() == ["Work", "98765432101234XY"], "\(answer)")
        }
    }

    @Test func `anything else does not`() throws {
        let terminal = try Tmux(home: home, columns: 100)
        for answer in ["", "n", "no", "yep", "yes please", "いいえ", "--yes"] {
            let screen = try self.answer(answer, terminal)
            #expect(screen.contains("gone with 1"), "\(answer)")
            #expect(screen.contains("otptoken: nothing was removed"), "\(answer)")
            #expect(try names() == ["Example Bank", "Work", "98765432101234XY"], "\(answer)")
        }
    }

    /// Answers one question after another in a terminal: the screen that follows.
    private func answer(
        _ text: String, _ terminal: Tmux, revoking: String? = nil
    ) throws -> String {
        try terminal.type("clear")
        try terminal.wait { !$0.contains("gone") }
        try terminal.type("otptoken remove 'Example Bank'; echo gone with $?")
        try terminal.wait { $0.contains("[y/N]") }
        try terminal.type(text)
        if let revoking {
            try terminal.wait { $0.contains(Self.second) }
            try terminal.type(revoking)
        }
        return try terminal.wait { $0.contains("\ngone with") }
    }

    /// Says no to the second question.
    private func decline(_ terminal: Tmux) throws {
        try terminal.wait { $0.contains(Self.second) }
        try terminal.press("Enter")
    }

    private static let second = "Revoke it at https://token.example.com, too? "

    @Test func `Ctrl-C ends it at once, Ctrl-D gives up`() throws {
        let terminal = try asked()
        try terminal.press("C-c")
        try terminal.type("echo ended by $?")
        try terminal.wait { $0.contains("ended by 130") }
        try terminal.type("otptoken remove Work; echo left with $?")
        try terminal.wait { $0.contains("Remove Work") }
        try terminal.press("C-d")
        try terminal.wait { $0.contains("given up: nothing was changed") }
        try terminal.wait { $0.contains("left with 1") }
        #expect(try names() == ["Example Bank", "Work", "98765432101234XY"])
    }

    @Test func `others change the store while it waits, and their changes stay`() throws {
        let terminal = try asked()
        try rename("Work", "Office")
        try terminal.type("y")
        try decline(terminal)
        try terminal.wait { $0.contains("left with 0") }
        #expect(try names() == ["Office", "98765432101234XY"])
    }

    @Test func `a token that got the name while it waited is not removed`() throws {
        let terminal = try asked()
        try rename("Example Bank", "Savings")
        try rename("Work", "Example Bank")
        try terminal.type("y")
        try decline(terminal)
        let screen = try terminal.wait { $0.contains("\nleft with") }
        #expect(screen.contains("otptoken: Example Bank is another token by now: nothing was"))
        #expect(screen.contains("left with 1"))
        #expect(try names() == ["Savings", "Example Bank", "98765432101234XY"])
    }

    @Test func `a token that is gone when the answer comes is not found`() throws {
        let terminal = try asked()
        try rename("Example Bank", "Savings")
        try terminal.type("y")
        try decline(terminal)
        let screen = try terminal.wait { $0.contains("\nleft with") }
        #expect(screen.contains("there is no token called Example Bank"))
        #expect(screen.contains("left with 3"))
        #expect(try names() == ["Savings", "Work", "98765432101234XY"])
    }
}
