import Foundation
import Glibc
import TestSupport
import Testing

/// The questions of the app lock, in a real terminal.
struct PassphrasePromptTests {
    private static let passphrase = "correct horse"
    private static let again = "New passphrase again:"
    private let home: TemporaryFolder

    init() throws {
        home = try TemporaryFolder()
        try Program.configure(home: home.path)
    }

    /// A store whose only code holds for an hour.
    private func writeStore(_ passphrase: String? = PassphrasePromptTests.passphrase) throws {
        try StoreMaker.write(
            [StoreMaker.token("Acme Bank", period: 3600)], home: home.path, passphrase: passphrase)
    }

    private func terminal(_ line: String? = nil, until prompt: String = "Passphrase:") throws
        -> Tmux
    {
        let terminal = try Tmux(home: home, columns: 100, rows: 24)
        if let line {
            try terminal.type(line)
            try terminal.wait { $0.contains(prompt) }
        }
        return terminal
    }

    /// Answers a question: waits until it stands there for the `count`th time, and types.
    private func answer(
        _ terminal: Tmux, _ prompt: String, _ text: String, count: Int = 1
    ) throws {
        try terminal.wait { $0.components(separatedBy: prompt).count > count }
        try terminal.type(text)
    }

    /// The code, by somebody who knows the passphrase.
    private func code(_ passphrase: String = PassphrasePromptTests.passphrase) throws -> String? {
        let outcome = try Program.run(
            Program.otptoken, ["show", "--passphrase-file", "-"], home: home.path,
            input: passphrase)
        return outcome.status == 0 ? String(outcome.output.dropLast()) : nil
    }

    private func expectEcho(_ terminal: Tmux, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        try terminal.type("clear; stty -a")
        let screen = try terminal.wait { $0.contains("icanon") && !$0.contains("clear;") }
        #expect(screen.contains(" echo "), sourceLocation: sourceLocation)
        #expect(screen.contains(" icanon "), sourceLocation: sourceLocation)
    }

    /// Waits for the shell to take over from the question, and has it tell the exit status.
    private func expectEnd(_ terminal: Tmux, _ status: Int32) throws {
        try terminal.wait { $0.components(separatedBy: "assphrase:").last?.contains("%") == true }
        try terminal.type("echo left with $?")
        try terminal.wait { $0.contains("\nleft with \(status)\n") }
    }

    // MARK: A new one

    @Test func `set asks twice, and shows neither answer`() throws {
        try writeStore(nil)
        let terminal = try terminal("otptoken passphrase set; echo left with $?", until: "New pass")
        #expect(try !terminal.screen().contains("again"))
        try terminal.type("battery staple")
        try answer(terminal, Self.again, "battery staple")
        let screen = try terminal.wait { $0.contains("left with 0") }
        #expect(!screen.contains("battery") && !screen.contains("staple"))
        #expect(screen.contains("The app lock is set"))
        try expectEcho(terminal)
        #expect(try code("battery staple") != nil)
    }

    @Test func `answers that differ are asked for again, but not without end`() throws {
        try writeStore(nil)
        let before = try home.files()["otptoken/tokens"]
        let terminal = try terminal("otptoken passphrase set; echo left with $?", until: "New pass")
        for attempt in 1...3 {
            try answer(terminal, "New passphrase:", "battery staple", count: attempt)
            try answer(terminal, Self.again, "Battery staple", count: attempt)
        }
        let screen = try terminal.wait { $0.contains("left with 1") }
        #expect(screen.components(separatedBy: "differ, try again").count == 3)
        #expect(screen.contains("otptoken: the two passphrases differ"))
        #expect(!screen.contains("attery"))
        #expect(try home.files()["otptoken/tokens"] == before)
        try terminal.type("clear; otptoken passphrase set; echo left with $?")
        try terminal.wait { !$0.contains("differ") }
        try answer(terminal, "New passphrase:", "battery staple")
        try answer(terminal, Self.again, "")
        try answer(terminal, "New passphrase:", "short", count: 2)
        try answer(terminal, Self.again, "short", count: 2)
        let done = try terminal.wait { $0.contains("left with 0") }
        #expect(done.contains("Warning: a passphrase of 5 characters is soon guessed"))
        #expect(try code("short") != nil)
    }

    @Test func `change and remove ask for the old one first`() throws {
        try writeStore()
        let terminal = try terminal("otptoken passphrase change; echo left with $?")
        try terminal.type(Self.passphrase)
        try answer(terminal, "New passphrase:", "battery staple")
        try answer(terminal, Self.again, "battery staple")
        let screen = try terminal.wait { $0.contains("left with 0") }
        #expect(screen.contains("The passphrase is changed."))
        try terminal.type("clear; otptoken passphrase remove; echo left with $?")
        try terminal.wait { !$0.contains("changed") && $0.contains("Passphrase:") }
        try terminal.type("battery staple")
        try terminal.wait { $0.contains("left with 0") }
        try expectEcho(terminal)
        #expect(try Program.run(Program.otptoken, ["show"], home: home.path).status == 0)
    }

    // MARK: To open the store

    @Test func `show prints the code alone, and the question goes to the terminal`() throws {
        try writeStore()
        let terminal = try terminal("code=$(otptoken show 2>errors); echo \"got [$code] with $?\"")
        try terminal.type(Self.passphrase)
        let screen = try terminal.wait { $0.contains("\ngot") }
        let code = try #require(try code())
        #expect(screen.contains("got [\(code)] with 0"))
        #expect(!screen.contains(Self.passphrase))
        #expect(try home.files()["errors"] == [])
    }

    @Test func `wrong ones are asked for again after a pause that grows, and thrice at most`()
        throws
    {
        try writeStore()
        var interposer = Interposer()
        interposer.sleeps = home.path + "/sleeps"
        let variables = try interposer.environment().map { "\($0)='\($1)'" }
        try (variables + ["otptoken show", ""]).joined(separator: " ").write(
            toFile: home.path + "/show", atomically: true, encoding: .utf8)
        let terminal = try terminal(". ./show; echo left with $?")
        for attempt in 1...2 {
            try answer(terminal, "Passphrase:", "Correct horse", count: attempt)
        }
        try answer(terminal, "Passphrase:", "\u{FF}", count: 3)
        let screen = try terminal.wait { $0.contains("\nleft with") }
        #expect(screen.contains("otptoken: wrong passphrase: the store"))
        #expect(screen.contains("Caps Lock"))
        #expect(screen.contains("left with 4"))
        #expect(screen.components(separatedBy: "Passphrase:").count == 4)
        #expect(!screen.contains("orrect"))
        #expect(screen.components(separatedBy: "Wrong passphrase, try again.").count == 3)
        // Microseconds, which a test need not wait for.
        #expect(try home.files()["sleeps"] == Array("1000000\n2000000\n".utf8))
        // Right the second time is right.
        try terminal.type("clear; otptoken show; echo left with $?")
        try terminal.wait { !$0.contains("Caps Lock") }
        try answer(terminal, "Passphrase:", "wrong")
        try answer(terminal, "Passphrase:", Self.passphrase, count: 2)
        let code = try #require(try code())
        try terminal.wait { $0.contains("\(code)\n") && $0.contains(" s left\nleft with 0") }
    }

    @Test func `init asks once for the passphrase, before the issuer hears of it`() throws {
        try writeStore()
        let issuer = try RunningIssuer()
        let user = try issuer.issue()
        let terminal = try terminal(
            "otptoken init --server \(issuer.url) --service-id \(RunningIssuer.serviceID)"
                + " --user-id \(user); echo left with $?")
        #expect(try !terminal.screen().contains("Start password"))
        try terminal.type(Self.passphrase)
        try answer(terminal, "Start password", RunningIssuer.startPassword)
        try terminal.wait { $0.contains("Enter when it is confirmed") }
        try terminal.press("q")
        let screen = try terminal.wait { $0.contains("\nleft with") }
        #expect(screen.contains("left with 0"))
        #expect(screen.components(separatedBy: "Passphrase:").count == 2)
    }

    @Test(.enabled(if: Keyring.isAvailable, "this system keeps programs from the keyring"))
    func `unlock asks, and nothing asks after it until lock`() throws {
        try writeStore()
        let code = try #require(try code())
        let terminal = try terminal("otptoken unlock --for 5m; echo left with $?")
        try terminal.type(Self.passphrase)
        let screen = try terminal.wait { $0.contains("left with 0") }
        #expect(screen.contains("The store is unlocked for 5m, until "))
        try terminal.type("clear; otptoken show; otptoken lock; echo locked with $?")
        let shown = try terminal.wait { $0.contains("locked with 0") && !$0.contains("clear;") }
        #expect(shown.hasPrefix("\(code)\n"))
        #expect(!shown.contains("Passphrase"))
    }

    // MARK: Whichever keyboard

    @Test func `a passphrase opens in whichever form a keyboard types it`() throws {
        // e and a mark that joins it; Hangul in pieces; the Ångström sign. As one character each it is another text.
        let decomposed = "cafe\u{301} \u{1112}\u{1161}\u{11AB} \u{212B} 鍵"
        let composed = "caf\u{E9} \u{D55C} \u{C5} 鍵"
        #expect(!decomposed.utf8.elementsEqual(composed.utf8))
        try writeStore(composed)
        let code = try #require(try code(composed))
        let terminal = try terminal()
        try terminal.type("export LC_ALL=C.UTF-8; cat > typed")
        try terminal.type(decomposed)
        try terminal.press("C-d")
        try terminal.type("clear; otptoken show; echo left with $?")
        try answer(terminal, "Passphrase:", decomposed)
        let screen = try terminal.wait { $0.contains("\nleft with") }
        // How long the code lasts is told behind it, on standard error.
        let shown = try Regex("\(code)\n[0-9]{1,4} s left\nleft with 0")
        #expect(screen.contains(shown))
        // The terminal has handed on what was typed as it was.
        #expect(try home.files()["typed"] == Array((decomposed + "\n").utf8))
    }

    // MARK: Ways out

    @Test(arguments: [("C-c", SIGINT), ("C-\\", SIGQUIT)])
    func `a key that ends it puts the echo back`(key: String, number: Int32) throws {
        try writeStore()
        let terminal = try terminal("otptoken show")
        try terminal.press(key)
        try expectEnd(terminal, 128 + number)
        try expectEcho(terminal)
    }

    @Test(arguments: [
        ("show", "TERM"), ("show", "HUP"), ("show", "USR1"), ("show", "ALRM"),
        ("passphrase set", "INT"), ("passphrase change", "TERM"),
    ])
    func `a signal ends it, and puts the echo back`(command: String, signal: String) throws {
        try writeStore(command.hasSuffix("set") ? nil : Self.passphrase)
        let before = try home.files()["otptoken/tokens"]
        let terminal = try terminal(
            "sh -c 'echo $$ > pid; exec otptoken \(command)'", until: "assphrase:")
        let pid = try String(contentsOfFile: home.path + "/pid", encoding: .utf8)
        _ = try Program.run(
            "kill", ["-\(signal)", pid.trimmingCharacters(in: .whitespacesAndNewlines)],
            home: home.path)
        let numbers = [
            "TERM": SIGTERM, "HUP": SIGHUP, "INT": SIGINT, "USR1": SIGUSR1, "ALRM": SIGALRM,
        ]
        try expectEnd(terminal, 128 + (try #require(numbers[signal])))
        try expectEcho(terminal)
        #expect(try home.files()["otptoken/tokens"] == before)
    }

    @Test func `Ctrl-D gives no passphrase`() throws {
        try writeStore()
        let terminal = try terminal("otptoken show; echo left with $?")
        try terminal.press("C-d")
        let screen = try terminal.wait { $0.contains("\nleft with") }
        #expect(screen.contains("otptoken: no passphrase was given: the store stays locked"))
        #expect(screen.contains("left with 4"))
        try expectEcho(terminal)
    }

    @Test func `Ctrl-Z gives the shell its echo back, and fg asks again`() throws {
        try writeStore()
        let terminal = try terminal("otptoken show; echo left with $?")
        try terminal.press("C-z")
        try terminal.wait { $0.contains("\nleft with") }
        try expectEcho(terminal)
        try terminal.type("clear; fg")
        try answer(terminal, "Passphrase:", Self.passphrase)
        let code = try #require(try code())
        let screen = try terminal.wait { $0.contains(code) }
        #expect(!screen.contains(Self.passphrase))
        try expectEcho(terminal)
    }

    @Test func `what stops it from outside does not show what is typed afterwards`() throws {
        try writeStore()
        let terminal = try terminal("sh -c 'echo $$ > pid; exec otptoken show'")
        let pid = try String(contentsOfFile: home.path + "/pid", encoding: .utf8)
        _ = try Program.run(
            "kill", ["-STOP", pid.trimmingCharacters(in: .whitespacesAndNewlines)], home: home.path)
        // Many a shell sees to its echo by itself.
        try terminal.type("stty echo; clear; echo in the shell")
        try terminal.wait { $0.contains("\nin the shell") || $0.hasPrefix("in the shell") }
        try terminal.type("clear; fg")
        try answer(terminal, "Passphrase:", Self.passphrase)
        let code = try #require(try code())
        let screen = try terminal.wait { $0.contains(code) }
        #expect(!screen.contains(Self.passphrase))
        try expectEcho(terminal)
    }
}
