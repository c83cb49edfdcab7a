import Foundation
import TestSupport
import Testing

/// `watch` in a real terminal, and in pipes.
struct WatchTests {
    private let home: TemporaryFolder

    init() throws {
        home = try TemporaryFolder()
        try Program.configure(home: home.path)
    }

    private func started(columns: Int = 60, rows: Int = 16) throws -> Tmux {
        let terminal = try Tmux(home: home, columns: columns, rows: rows)
        try terminal.type("otptoken watch; echo left with $?")
        try terminal.wait { $0.contains("q leaves") }
        return terminal
    }

    /// The code on a screen, both of its groups.
    private func code(on screen: String) -> String? {
        screen.firstMatch(of: #/([0-9]{4}) ([0-9]{4})/#).map { "\($0.1)\($0.2)" }
    }

    @Test func `shows the code in two groups, with name, user, bar and seconds`() throws {
        try StoreMaker.write([StoreMaker.token("Example Bank", period: 3600)], home: home.path)
        let terminal = try started()
        let screen = try terminal.screen()
        let shown = try Program.run(Program.otptoken, ["show"], home: home.path).output
        #expect(code(on: screen).map { "\($0)\n" } == shown)
        #expect(screen.contains("Example Bank · 12345678901234DC"))
        #expect(screen.contains("█"))
        #expect(screen.contains(#/[0-9]+ s\n/#))
        #expect(try !terminal.showsCursor())
    }

    @Test func `rolls when the next code begins`() throws {
        try StoreMaker.write([StoreMaker.token("Example Bank", period: 2)], home: home.path)
        let terminal = try started()
        let first = code(on: try terminal.screen())
        #expect(first != nil)
        try terminal.wait { code(on: $0) != nil && code(on: $0) != first }
    }

    @Test func `q leaves the terminal as it was`() throws {
        try StoreMaker.write([StoreMaker.token("Example Bank")], home: home.path)
        let terminal = try started()
        try terminal.press("q")
        let screen = try terminal.wait { $0.contains("left with 0") }
        #expect(code(on: screen) == nil)
        try expectRestored(terminal)
    }

    @Test func `Ctrl-C leaves the terminal as it was`() throws {
        try StoreMaker.write([StoreMaker.token("Example Bank")], home: home.path)
        let terminal = try started()
        try terminal.press("C-c")
        try terminal.wait {
            $0.contains("left with 0") || $0.contains("%") && !$0.contains("q leaves")
        }
        try expectRestored(terminal)
    }

    @Test(arguments: ["TERM", "HUP", "QUIT"])
    func `a signal ends it, and the terminal is as it was`(signal: String) throws {
        try StoreMaker.write([StoreMaker.token("Example Bank")], home: home.path)
        let terminal = try Tmux(home: home)
        try terminal.type("sh -c 'echo $$ > $HOME/pid; exec otptoken watch'; echo left with $?")
        try terminal.wait { $0.contains("q leaves") }
        let pid = try String(
            contentsOfFile: home.path + "/pid", encoding: .utf8)
        _ = try Program.run(
            "kill", ["-\(signal)", pid.trimmingCharacters(in: .whitespacesAndNewlines)],
            home: home.path)
        let number = ["TERM": 15, "HUP": 1, "QUIT": 3][signal] ?? 0
        try terminal.wait { $0.contains("left with \(128 + number)") }
        try expectRestored(terminal)
    }

    @Test func `goes to the background and comes back`() throws {
        try StoreMaker.write([StoreMaker.token("Example Bank")], home: home.path)
        let terminal = try Tmux(home: home)
        try terminal.type("otptoken watch")
        try terminal.wait { $0.contains("q leaves") }
        try terminal.press("C-z")
        try terminal.wait { !$0.contains("q leaves") }
        try expectRestored(terminal)
        try terminal.type("fg")
        try terminal.wait { $0.contains("q leaves") && $0.contains("Example Bank ·") }
        try terminal.press("q")
        try terminal.wait { !$0.contains("q leaves") }
        try expectRestored(terminal)
    }

    @Test func `follows the size of the window, and clips what does not fit`() throws {
        try StoreMaker.write(
            [StoreMaker.token("みずほサンプル銀行"), StoreMaker.token("Other")], home: home.path)
        let terminal = try started()
        try terminal.resize(columns: 20, rows: 6)
        let screen = try terminal.wait { $0.contains("…") && $0.contains("+1 more") }
        #expect(code(on: screen) != nil)
        #expect(!screen.contains("Other"))
        try terminal.resize(columns: 60, rows: 16)
        try terminal.wait { $0.contains("Other") && $0.contains("みずほサンプル銀行 ·") }
    }

    @Test func `uses no colour with NO_COLOR`() throws {
        try StoreMaker.write([StoreMaker.token("Example Bank")], home: home.path)
        let terminal = try Tmux(home: home)
        try terminal.type("otptoken watch")
        try terminal.wait { $0.contains("q leaves") }
        #expect(try terminal.colouredScreen().contains("\u{1B}[1m"))
        try terminal.press("q")
        try terminal.wait { !$0.contains("q leaves") }
        try terminal.type("NO_COLOR=1 otptoken watch")
        try terminal.wait { $0.contains("q leaves") }
        #expect(try !terminal.colouredScreen().contains("\u{1B}[1m"))
    }

    // MARK: Pipes

    @Test func `writes a line for each new code when there is no terminal`() throws {
        try StoreMaker.write(
            [StoreMaker.token("a", period: 1), StoreMaker.token("b", period: 1)], home: home.path)
        let outcome = try Program.run(Program.otptoken, ["watch", "--count", "4"], home: home.path)
        #expect(outcome.status == 0)
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(lines.map { $0.first } == ["a", "b", "a", "b"])
        #expect(lines.allSatisfy { $0.count == 2 && $0[1].count == 8 })
        #expect(lines[0][1] != lines[2][1])
    }

    @Test func `writes an object a line with --json, each when its code begins`() throws {
        try StoreMaker.write([StoreMaker.token("a", period: 1)], home: home.path)
        let outcome = try Program.run(
            Program.otptoken, ["watch", "a", "--json", "--count", "3"], home: home.path)
        struct Line: Decodable {
            let name: String
            let code: String
            let valid_from: Int64
            let valid_until: Int64
        }
        let lines = try outcome.output.split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        #expect(lines.count == 3)
        #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.valid_until == $1.valid_from })
    }

    @Test func `ends quietly when nobody reads any more`() throws {
        try StoreMaker.write([StoreMaker.token("a", period: 3600)], home: home.path)
        let outcome = try Program.run(
            "/bin/sh", ["-c", "(otptoken watch; echo left with $? >&2) | head -n 1"],
            home: home.path)
        #expect(outcome.output.hasPrefix("a\t"))
        #expect(outcome.errors == "left with 0\n")
    }

    private func expectRestored(_ terminal: Tmux) throws {
        #expect(try terminal.showsCursor())
        try terminal.type("stty -a")
        let screen = try terminal.wait { $0.contains("icanon") }
        #expect(!screen.contains("-icanon"))
        #expect(screen.contains(" echo "))
    }
}
