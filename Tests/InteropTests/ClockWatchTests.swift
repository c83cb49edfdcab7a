import Foundation
import TestSupport
import Testing

/// The clock beside `watch`.
@Suite struct `The clock in the live view` {
    /// Two servers that are so far ahead of this machine.
    private func servers(ahead seconds: Double) throws -> [ScriptedTimeServer] {
        try [ScriptedTimeServer(ahead: seconds), ScriptedTimeServer(ahead: seconds)]
    }

    /// The code on a screen, both of its groups.
    private func code(on screen: String) -> String? {
        screen.firstMatch(of: #/([0-9]{4}) ([0-9]{4})/#).map { "\($0.1)\($0.2)\n" }
    }

    @Test(arguments: [
        (0.0, "clock is right (±0.1 s, 2 of 2 servers)", "\u{1B}[2m"),
        (5, "clock is 5.0 s behind (±0.1 s, 2 of 2 servers): codes are right", "\u{1B}[2m"),
        (-15, "clock is 15.0 s ahead (±0.1 s, 2 of 2 servers): codes may be", "\u{1B}[33m"),
        (90, "clock is 90.0 s behind (±0.1 s, 2 of 2 servers): codes are l", "\u{1B}[31m"),
    ]) func `is shown below the codes`(ahead: Double, words: String, colour: String) throws {
        let home = try ClockHome(asking: servers(ahead: ahead))
        let terminal = try home.terminal()
        try terminal.type("otptoken watch; echo left")
        let screen = try terminal.wait { $0.contains(words) }
        #expect(code(on: screen) != nil)
        #expect(try terminal.colouredScreen().contains(colour + words.prefix(9)))
        try terminal.press("q")
        try terminal.wait { $0.contains("left") }
        try terminal.type("clear; NO_COLOR=1 otptoken watch")
        try terminal.wait { $0.contains(words) }
        #expect(try !terminal.colouredScreen().contains(colour + words.prefix(9)))
        // What is known already is not asked for again.
        #expect(home.requests == [1, 1])
    }

    @Test func `is shown in fewer words where there is less room`() throws {
        let home = try ClockHome(asking: servers(ahead: -90))
        let terminal = try home.terminal()
        try terminal.type("otptoken watch")
        let full = "clock is 90.0 s ahead (±0.1 s, 2 of 2 servers)"
        for (columns, rows, line) in [
            (90, 16, "\(full): codes are likely to be refused"),
            (80, 8, "clock is 90.0 s ahead: codes are likely to be refused"),
            (50, 7, "clock is 90.0 s ahead"),
            (40, 6, "clock is 90.0 s ahead"), (20, 6, "90.0 s ahead"), (14, 6, "90.0 s ahe…"),
        ] {
            try terminal.resize(columns: columns, rows: rows)
            let screen = try terminal.wait {
                $0.split(separator: "\n").contains("  \(line)") && code(on: $0) != nil
                    && $0.contains("q leaves\n")
            }
            // What to do about it, where that fits as a whole.
            #expect(screen.contains("  → `timedatectl set-ntp true` lets") == (columns >= 80))
        }
        // The code stays longest, and the warning with it.
        for (rows, lines) in [(4, 4), (3, 3), (2, 2), (1, 1)] {
            try terminal.resize(columns: 40, rows: rows)
            try terminal.wait { screen in
                let shown = screen.split(separator: "\n")
                return shown.count == lines && code(on: screen) != nil
                    && shown.contains("  clock is 90.0 s ahead") == (rows > 1)
            }
        }
    }

    @Test func `is never in the way`() throws {
        let silent = try [ScriptedTimeServer { _, _ in [] }, ScriptedTimeServer { _, _ in [] }]
        let home = try ClockHome(asking: silent)
        var interposer = Interposer()
        interposer.kernelBound = -1
        let terminal = try home.terminal(interposer)
        try terminal.type("otptoken watch; echo left")
        let screen = try terminal.wait { $0.contains("clock: being checked…") }
        #expect(code(on: screen) != nil)
        try terminal.wait { $0.contains("clock unknown: no majority of time servers has answered") }
        #expect(home.requests == [1, 1])
        try terminal.press("q")
        try terminal.wait { $0.contains("left") }
    }

    @Test func `that is set is shown at once`() throws {
        let home = try ClockHome(asking: servers(ahead: 0))
        let file = home.person.home + "/time"
        func set(_ seconds: String) throws {
            try seconds.write(toFile: file, atomically: true, encoding: .utf8)
        }
        try set("+0s")
        let terminal = try home.terminal()
        let words = try RunningChronyd.clock(from: file)
        try terminal.type("\(words.joined(separator: " ")) otptoken watch")
        try terminal.wait { $0.contains("clock is right (±0.1 s, ") }
        for (step, line) in [
            ("+90s", "clock is 90.0 s ahead (±0.1 s, stepped since "),
            ("-3700s", "clock is 3700.0 s behind (±0.1 s, stepped since "),
            ("+0s", "clock is right (±0.1 s, "),
        ] {
            try set(step)
            try terminal.wait { $0.contains(line) }
        }
        // Without asking anybody.
        #expect(home.requests == [1, 1])
    }

    /// What the kernel says of it: the alarm ends when the clock is set, or the machine wakes up.
    @Test func `wakes the view when it is set`() throws {
        let home = try ClockHome(asking: servers(ahead: 0))
        var interposer = Interposer()
        interposer.makesReadable = true
        let program = try RunningProgram(
            Program.otptoken, ["watch"], home: home.person.home, extra: interposer.environment())
        #expect(poll { program.output.contains("\t") ? true : nil } == true)
        let folder = "/proc/\(program.processID)/fdinfo"
        let alarms = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
            try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
        }.filter { $0.contains("clockid: ") }
        // TFD_TIMER_ABSTIME and TFD_TIMER_CANCEL_ON_SET, by CLOCK_REALTIME.
        #expect(alarms.count == 1 && alarms[0].contains("settime flags: 03"), "\(alarms)")
        #expect(alarms.first?.contains("clockid: 0") == true)
    }

    @Test func `is checked again every half hour`() throws {
        let home = try ClockHome(asking: servers(ahead: 0))
        let (interposer, age) = try home.ageing()
        let terminal = try home.terminal(interposer)
        try terminal.type("otptoken watch")
        try terminal.wait { $0.contains("clock is right (±0.1 s, ") }
        try age(1750)
        try terminal.wait { $0.contains("±0.2 s") || $0.contains("±0.3 s") }
        #expect(home.requests == [1, 1])
        try age(1803)
        // Only this machine's clock has gone on.
        try terminal.wait { $0.contains("clock is 1803.0 s ahead (±0.1 s, 2 of 2 servers)") }
        #expect(home.requests == [2, 2])
        try age(2 * 1803 + 2)
        try terminal.wait { $0.contains("clock is 3608.0 s ahead (±0.1 s, 2 of 2 servers)") }
        #expect(home.requests == [3, 3])
    }

    @Test func `is made up for where the config says so`() throws {
        let home = try ClockHome(asking: servers(ahead: 90), "clock.correct = on", period: 60)
        let terminal = try home.terminal()
        try terminal.type("otptoken watch")
        try terminal.wait { $0.contains("2 of 2 servers): codes are corrected") }
        let codes = try home.codes(after: 90)
        let screen = try terminal.screen()
        #expect(code(on: screen).map(codes.contains) == true, "\(screen)")
    }

    // MARK: Pipes

    @Test func `is told once beside lines, when it is wrong`() throws {
        let home = try ClockHome(asking: servers(ahead: 40), period: 1)
        let program = try RunningProgram(
            Program.otptoken, ["watch", "--count", "4"], home: home.person.home)
        let outcome = try #require(program.outcome())
        #expect(outcome.status == 0)
        #expect(outcome.output.split(separator: "\n").count == 4)
        let words = "clock is 40.0 s behind (±0.1 s, 2 of 2 servers): codes are likely"
        #expect(outcome.errors.components(separatedBy: words).count == 2, "\(outcome.errors)")
        #expect(home.requests == [1, 1])
    }

    @Test func `is told beside the only line, too`() throws {
        let home = try ClockHome(asking: servers(ahead: 40))
        #expect(try home.run("clock", "--quiet").status == 9)
        let outcome = try home.run("watch", "--count", "1")
        #expect(outcome.status == 0 && outcome.output.hasPrefix("Acme Bank\t"))
        #expect(outcome.errors.hasPrefix("clock is 40.0 s behind (±"), "\(outcome)")
    }

    @Test func `is made up for from the first line on`() throws {
        let home = try ClockHome(asking: servers(ahead: 90), "clock.correct = on", period: 60)
        let codes = try home.codes(after: 90)
        let outcome = try home.run("watch", "--count", "1")
        #expect(outcome.status == 0, "\(outcome)")
        let code = try #require(outcome.output.split(separator: "\t").last)
        #expect(codes.contains(String(code)), "\(outcome)")
    }

    @Test func `is told by each object`() throws {
        let home = try ClockHome(asking: servers(ahead: 40), period: 1)
        struct Line: Decodable { let clock: ClockHome.Clock }
        let outcome = try home.run("watch", "--count", "4", "--json")
        let lines = try outcome.output.split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8)).clock
        }
        #expect(lines.count == 4 && lines.last?.verdict == "error", "\(outcome)")
        #expect(lines.last?.offset.map { abs($0 - 40) < 0.1 } == true)
    }
}
