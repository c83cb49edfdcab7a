import Foundation
import Platform
import TestSupport
import Testing

/// Whom the program asks for the time, and how often.
@Suite struct `Time servers` {
    /// Two servers that do not agree, so that nothing is ever known.
    private static func disagreeing() throws -> [ScriptedTimeServer] {
        try [ScriptedTimeServer(ahead: 0), ScriptedTimeServer(ahead: 500)]
    }

    @Test func `are asked by show once in half an hour, where somebody reads along`() throws {
        let home = try ClockHome(asking: Self.disagreeing())
        var (interposer, age) = try home.ageing()
        interposer.kernelBound = -1
        let terminal = try home.terminal(interposer)
        func show(_ options: String = "") throws -> String {
            try terminal.type("clear; otptoken \(options) show; echo left with $?")
            return try terminal.wait { $0.contains("left with 0") }
        }
        let first = try show()
        #expect(first.contains("clock unknown: ") && first.contains("hint: `otptoken clock` tells"))
        #expect(home.requests == [1, 1])
        for seconds in [0, 600, 1795] {
            try age(seconds)
            #expect(try show().contains("clock unknown: "))
        }
        #expect(home.requests == [1, 1])
        try age(1800)
        _ = try show("--quiet")
        #expect(home.requests == [1, 1])
        _ = try show()
        #expect(home.requests == [2, 2])
    }

    @Test func `are not asked by show while the last check holds, or where nobody reads along`()
        throws
    {
        let home = try ClockHome(asking: [
            ScriptedTimeServer(ahead: 90), ScriptedTimeServer(ahead: 90),
        ])
        for arguments in [
            [], ["--json"], ["--strict-clock"], ["--correct"], ["--next"], ["--all"],
        ] {
            _ = try Program.run(
                Program.otptoken, ["show"] + arguments, home: home.person.home)
        }
        #expect(home.requests == [0, 0])
        let terminal = try home.terminal()
        for line in ["otptoken show 2>errors", "otptoken show --at 0", "otptoken list"] {
            try terminal.type("clear; \(line); echo left with $?")
            try terminal.wait { $0.contains("left with 0") }
        }
        #expect(home.requests == [0, 0])
        for count in 1...2 {
            try terminal.type("clear; otptoken show | cat; echo left with $?")
            let screen = try terminal.wait { $0.contains("left with 0") }
            #expect(screen.contains("clock is 90.0 s behind (±"), "\(count)")
            #expect(home.requests == [1, 1])
        }
    }

    @Test(arguments: [
        "show", "show --strict-clock", "show --correct", "show --json", "watch --count 1",
        "clock --if-due",
    ])
    func `are never asked where the config says so`(line: String) throws {
        let home = try ClockHome(
            asking: [ScriptedTimeServer(ahead: 0), ScriptedTimeServer(ahead: 0)],
            "clock.check = never")
        let terminal = try home.terminal()
        try terminal.type("otptoken \(line); echo left with $?")
        let screen = try terminal.wait { $0.contains("left with ") && !$0.contains("$?\n\n") }
        #expect(home.requests == [0, 0], "\(screen)")
        #expect(!FileManager.default.fileExists(atPath: home.person.locations.clock))
        // Who asks for it gets it.
        #expect(try home.run("clock").status == 0)
        #expect(home.requests == [1, 1])
        #expect(try home.shown().verdict == "ok")
    }

    @Test func `are asked by clock each time, and with --if-due when they are`() throws {
        let home = try ClockHome(asking: [
            ScriptedTimeServer(ahead: 15), ScriptedTimeServer(ahead: 15),
        ])
        let (interposer, age) = try home.ageing()
        func check(_ arguments: String..., status: Int32 = 8) throws -> Outcome {
            let outcome = try Program.run(
                Program.otptoken, ["clock"] + arguments, home: home.person.home,
                extra: interposer.environment())
            #expect(outcome.status == status, "\(outcome)")
            return outcome
        }
        let first = try check("--if-due")
        #expect(first.output.contains("\nclock is 15.0 s behind (±"))
        #expect(home.requests == [1, 1])
        let second = try check("--if-due")
        #expect(second.output.hasPrefix("clock is 15.0 s behind (±"))
        #expect(second.output.hasSuffix("2 of 2 servers): codes may be refused\n"))
        #expect(second.errors == "No server is to be asked now.\n")
        let object = try check("--if-due", "--json", "--quiet")
        #expect(object.output.hasPrefix(#"{"verdict":"warning","offset":15."#))
        #expect(object.output.hasSuffix(#","servers":[]}"# + "\n") && object.errors == "")
        #expect(home.requests == [1, 1])
        _ = try check()
        _ = try check()
        #expect(home.requests == [3, 3])
        try age(1799)
        _ = try check("--if-due")
        #expect(home.requests == [3, 3])
        try age(1801)
        // Only this machine's clock has gone on.
        let aged = try check("--if-due", status: 9)
        #expect(aged.output.contains("\nclock is 1786.0 s ahead (±"), "\(aged.output)")
        #expect(home.requests == [4, 4])
        // One that was never asked is due.
        let other = try ScriptedTimeServer(ahead: 15)
        let alone = try check("--if-due", "--server", other.url, status: 10)
        #expect(alone.output.contains(other.url))
        #expect(home.requests == [4, 4] && other.received.count == 1)
        // What two servers have said still holds.
        #expect(try home.shown(interposer: interposer).verdict == "error")
    }

    @Test func `that ask to be left alone are left alone twice as long each time`() throws {
        let home = try ClockHome(asking: [.kissing("RATE")])
        let (interposer, age) = try home.ageing()
        var count = 0
        var time = 0
        for wait in [3600, 7200, 14_400] {
            func check(_ seconds: Int) throws {
                try age(seconds)
                _ = try home.run("clock", "--if-due", interposer: interposer)
            }
            count += 1
            try check(time)
            #expect(home.requests == [count], "\(wait)")
            try check(time + 1800)
            try check(time + wait - 2)
            #expect(home.requests == [count], "\(wait)")
            time += wait + 1
        }
        // It is never asked twice in a run, and said to be what it is.
        let outcome = try home.run("clock", interposer: interposer)
        #expect(outcome.status == 7 && outcome.output.contains("left alone (RATE)"))
        #expect(home.requests == [count + 1])
    }

    @Test func `are asked by one of many runs that come at once`() throws {
        let home = try ClockHome(asking: Self.disagreeing())
        let runs = try (0..<8).map { _ in
            try RunningProgram(
                Program.otptoken, ["clock", "--if-due"], home: home.person.home)
        }
        let outcomes = runs.map { $0.outcome() }
        #expect(outcomes.allSatisfy { $0?.status == 10 }, "\(outcomes)")
        #expect(home.requests == [1, 1])
        #expect(outcomes.count { $0?.errors == "No server is to be asked now.\n" } == 7)
    }

    @Test func `are not asked where that cannot be remembered`() throws {
        let home = try ClockHome(asking: Self.disagreeing())
        // A folder in its place cannot be replaced by a file.
        try FileManager.default.createDirectory(
            atPath: home.person.locations.clock, withIntermediateDirectories: false)
        let outcome = try home.run("clock", "--if-due")
        #expect(outcome.status == 1 && outcome.errors.contains("\nhint: "), "\(outcome)")
        #expect(home.requests == [0, 0])
        // Who asks for it gets an answer all the same.
        #expect(try home.run("clock").status == 10)
        #expect(home.requests == [1, 1])
    }
}
