import Foundation
import TestSupport
import Testing
import TokenStore

/// The questions of `import`, `export`, `backup` and `restore`, in a real terminal.
struct ExchangeQuestionTests {
    private static let fixtures = Program.root + "/Tests/InterchangeTests/Fixtures"
    private let home: TemporaryFolder
    private let terminal: Tmux

    init() throws {
        home = try TemporaryFolder()
        try Program.configure(home: home.path)
        terminal = try Tmux(home: home, columns: 110, rows: 40)
    }

    private func writeStore() throws {
        try StoreMaker.write(
            [
                StoreMaker.token("Acme Bank", seed: "of the bank"),
                StoreMaker.token("Work", seed: "of work"),
            ],
            home: home.path)
    }

    /// Types a command, and waits until what is asked stands on the screen.
    private func ask(_ line: String, until question: String) throws {
        try terminal.type("clear; \(line); echo left with $?")
        try terminal.wait { $0.contains(question) && !$0.contains("clear;") }
    }

    /// Waits for the end of it.
    private func expectEnd(_ status: Int32) throws -> String {
        try terminal.wait { $0.contains("left with \(status)\n") }
    }

    private func names() throws -> [String] { try StoreMaker.read(home: home.path).map(\.name) }

    @Test func `a URI is asked for without echo`() throws {
        try ask("otptoken import --uri", until: "otpauth URI")
        try terminal.type("otpauth://totp/GitHub:alice?secret=GEZDGNBV&issuer=GitHub")
        let screen = try expectEnd(0)
        #expect(screen.contains("Imported 1 token: GitHub."))
        #expect(!screen.contains("GEZDGNBV") && !screen.contains("alice"))
        #expect(try names() == ["GitHub"])
        // And Ctrl-C brings nothing in.
        try ask("otptoken import --uri", until: "otpauth URI")
        try terminal.press("C-c")
        try terminal.wait { $0.contains("\n%") || $0.contains("left with 130") }
        #expect(try names() == ["GitHub"])
    }

    @Test func `a wrong password may be put right, three times in all`() throws {
        let file = "\(Self.fixtures)/aegis-published.json"
        let question = "Password for"
        try ask("otptoken import '\(file)'", until: question)
        try terminal.type("tset")
        try terminal.wait { $0.components(separatedBy: question).count == 3 }
        try terminal.type("test")
        let screen = try expectEnd(0)
        #expect(screen.contains("Wrong password, try again."))
        #expect(
            !screen.contains("tset") && screen.contains("Imported 3 tokens: Deno, SPDX, Airbnb."))
        try ask("otptoken import '\(file)'", until: question)
        for count in 3...5 {
            try terminal.type("wrong")
            if count < 5 {
                try terminal.wait { $0.components(separatedBy: question).count == count }
            }
        }
        #expect(try expectEnd(4).contains("does not open: wrong password"))
    }

    @Test func `secrets are shown to those who say yes`() throws {
        try writeStore()
        for options in ["--format otpauth", "--format qr", ""] {
            try ask("otptoken export Work --plain \(options)", until: "[y/N]")
            try terminal.type("n")
            let no = try expectEnd(1)
            #expect(
                no.contains("Warning: whoever reads this") && no.contains("nothing was exported"))
            #expect(!no.contains("secret=") && !no.contains("█") && !no.contains("entries"))
        }
        try ask("otptoken export Work --plain --format otpauth", until: "[y/N]")
        try terminal.type("y")
        #expect(try expectEnd(0).contains("otpauth://totp/Work:12345678901234DC?secret="))
        try ask("otptoken export Work --plain --format qr", until: "[y/N]")
        try terminal.type("yes")
        #expect(try expectEnd(0).contains("▄▄▄▄▄"))
    }

    @Test func `a new password is asked for twice, and the backup opens with it`() throws {
        try writeStore()
        try ask("otptoken backup saved", until: "Password for the backup:")
        try terminal.type("correct horse")
        try terminal.wait { $0.contains("again:") }
        try terminal.type("correct house")
        try terminal.wait { $0.contains("differ") }
        for _ in 0..<2 {
            let before = try terminal.screen().components(separatedBy: ":").count
            try terminal.type("correct horse")
            try terminal.wait {
                $0.components(separatedBy: ":").count > before || $0.contains("left")
            }
        }
        let screen = try expectEnd(0)
        #expect(screen.contains("2 tokens saved in saved") && !screen.contains("horse"))
        try ask("otptoken backup --verify saved", until: "Password for saved:")
        try terminal.type("correct horse")
        #expect(try expectEnd(0).contains("saved opens, and holds the 2 tokens"))
        try ask("otptoken --home other restore saved", until: "Password for saved:")
        try terminal.type("correct horse")
        #expect(try expectEnd(0).contains("Restored 2 tokens: Acme Bank, Work."))
    }

    /// Of a locked store both are asked for, its passphrase and the other file's password.
    @Test func `a locked store asks for its own passphrase, too`() throws {
        try StoreMaker.write(
            [StoreMaker.token("Acme Bank")], home: home.path, passphrase: "battery staple")
        try ask("otptoken import '\(Self.fixtures)/2fas-encrypted.json'", until: "Password for")
        try terminal.type("correct horse")
        try terminal.wait { $0.contains("Passphrase:") }
        try terminal.type("battery staple")
        #expect(try expectEnd(0).contains("Imported 2 tokens: Example Bank, Mail."))
    }
}
