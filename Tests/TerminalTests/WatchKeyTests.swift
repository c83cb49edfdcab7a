import Foundation
import TestSupport
import Testing
import TokenStore

/// The keys of `watch`, and what the view does as time goes by.
struct WatchKeyTests {
    private let home: TemporaryFolder

    init() throws {
        home = try TemporaryFolder()
        try Program.configure(home: home.path)
    }

    private func started(
        _ tokens: [Token], columns: Int = 60, rows: Int = 16, _ variables: String = ""
    ) throws -> Tmux {
        try StoreMaker.write(tokens, home: home.path)
        let terminal = try Tmux(home: home, columns: columns, rows: rows)
        try terminal.type("\(variables) otptoken watch; echo left with $?")
        try terminal.wait { $0.contains(" s\n") || $0.contains(" 秒\n") }
        return terminal
    }

    private func shown(_ arguments: String...) throws -> String {
        try Program.run(Program.otptoken, ["show"] + arguments, home: home.path).output
            .trimmingCharacters(in: .newlines)
    }

    private func grouped(_ code: String) -> String { "\(code.prefix(4)) \(code.dropFirst(4))" }

    private func leave(_ terminal: Tmux) throws {
        try terminal.press("q")
        try terminal.wait { $0.contains("left with 0") }
    }

    @Test func `n shows the next code, and hides it`() throws {
        let terminal = try started([StoreMaker.token("Example Bank", period: 3600)])
        let next = try "next " + grouped(shown("--next"))
        #expect(try !terminal.screen().contains("next \(next.dropFirst(5))"))
        try terminal.press("n")
        try terminal.wait { $0.contains(next) }
        // Faint, so that it is not taken for the current one.
        #expect(try terminal.colouredScreen().contains("\u{1B}[2m\(next)"))
        try terminal.press("n")
        try terminal.wait { !$0.contains(next) }
        try leave(terminal)
    }

    @Test func `in its last seconds the code changes colour, and the next one is shown`() throws {
        let terminal = try started([StoreMaker.token("Example Bank", period: 8)])
        try terminal.wait { !$0.contains(#/next [0-9]/#) }
        #expect(try !terminal.colouredScreen().contains("[33m"))
        let screen = try terminal.wait { $0.contains(#/next [0-9]/#) }
        #expect(try terminal.colouredScreen().contains(#/\e\[1m\e\[33m[0-9]{4} [0-9]{4}/#))
        let next = screen.firstMatch(of: #/next ([0-9]{4} [0-9]{4})/#).map { String($0.1) }
        try #require(next != nil)
        // It becomes what it was announced to be.
        try terminal.wait { $0.contains("  \(next ?? "")\n") && !$0.contains("next \(next ?? "")") }
        try leave(terminal)
    }

    @Test func `c copies the code of the token that was chosen`() throws {
        var tokens = [StoreMaker.token("First", period: 3600)]
        tokens.append(
            StoreMaker.token("Second", period: 3600, seed: String(repeating: "x", count: 32)))
        let terminal = try started(tokens)
        try terminal.acceptCopies()
        try terminal.press("Down")
        try terminal.wait { $0.contains("> Second") }
        try terminal.press("c")
        try terminal.wait { $0.contains("Sent to the terminal's clipboard") }
        #expect(try terminal.copied() == shown("Second"))
        // Another key takes the note away.
        try terminal.press("k")
        try terminal.wait { $0.contains("> First") && $0.contains("q leaves") }
        try leave(terminal)
    }

    @Test func `arrows, j and k reach every token, also those that do not fit`() throws {
        let tokens = (1...5).map { StoreMaker.token("Token \($0)", period: 3600) }
        let terminal = try started(tokens, rows: 10)
        let first = try terminal.wait { $0.contains("> Token 1") }
        #expect(first.contains("Token 2 ·") && !first.contains("Token 3 ·"))
        #expect(first.contains("+3 more"))
        for key in ["j", "Down", "j", "Down", "j"] { try terminal.press(key) }
        let last = try terminal.wait { $0.contains("> Token 5") }
        #expect(last.contains("  Token 4 ·") && !last.contains("Token 3 ·"))
        for key in ["k", "Up", "k", "Up", "k"] { try terminal.press(key) }
        try terminal.wait { $0.contains("> Token 1") && !$0.contains("Token 3 ·") }
        try leave(terminal)
    }

    @Test func `a token alone needs no mark`() throws {
        let terminal = try started([StoreMaker.token("Example Bank")])
        try terminal.press("j")
        #expect(try !terminal.screen().contains(">"))
        try leave(terminal)
    }

    @Test func `the question mark explains the keys until the next key`() throws {
        let terminal = try started([StoreMaker.token("Example Bank")])
        try terminal.press("?")
        let help = try terminal.wait { $0.contains("any key goes back") }
        for word in ["copy the code", "next code", "choose a token", "leave"] {
            #expect(help.contains(word))
        }
        #expect(!help.contains("Example Bank"))
        try terminal.press("Escape")
        try terminal.wait { $0.contains("Example Bank ·") }
        try leave(terminal)
    }

    @Test func `keys that mean nothing do nothing, and full-width ones mean what they show`() throws
    {
        let terminal = try started([StoreMaker.token("Example Bank")])
        for key in ["F5", "PageUp", "Home", "Left", "BTab", "x", "Enter", "Delete"] {
            try terminal.press(key)
        }
        try terminal.press("？")
        try terminal.wait { $0.contains("any key goes back") }
        try terminal.press("x")
        try terminal.wait { $0.contains("Example Bank ·") }
        try terminal.press("ｑ")
        try terminal.wait { $0.contains("left with 0") }
    }

    @Test(arguments: ["en_US.UTF-8", "ja_JP.UTF-8"], [(20, 6), (20, 12), (24, 5), (40, 8)])
    func `fits into a small window, line by line`(locale: String, size: (Int, Int)) throws {
        let terminal = try started(
            [StoreMaker.token("みずほサンプル銀行", period: 3600), StoreMaker.token("Other", period: 3600)],
            columns: size.0, rows: size.1, "LC_ALL=\(locale)")
        try terminal.press("n")
        let code = try grouped(shown())
        let screen = try terminal.wait { $0.contains(code) }
        // Nothing wraps: each line is another thing, and the last but one is no rest of the one before.
        let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.allSatisfy { $0.isEmpty || $0.hasPrefix("  ") || $0.hasPrefix("> ") }, "\(screen)"
        )
        if size.1 >= 8 {
            #expect(try screen.contains(grouped(shown("--next"))), "\(screen)")
        }
        try leave(terminal)
    }

    @Test func `an ended token is not copied`() throws {
        var ended = StoreMaker.token("Old Bank", period: 3600)
        ended.expiresAt = 1_700_000_000
        let terminal = try started([StoreMaker.token("Other", period: 3600), ended])
        try terminal.acceptCopies()
        try terminal.press("j")
        try terminal.press("c")
        try terminal.wait { $0.contains("Old Bank ended on") }
        #expect(terminal.copied() == nil)
        try leave(terminal)
    }
}

extension Tmux {
    /// Has the terminal take what programs send to its clipboard.
    func acceptCopies() throws { try command(["set-option", "-g", "set-clipboard", "on"]) }

    /// What was sent last; nil for nothing.
    func copied() -> String? { try? command(["show-buffer"]) }
}
