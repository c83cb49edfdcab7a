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
        #expect(first.contains("clock unknown: no majority of time servers has answered since 20"))
        #expect(first.contains("\nhint: `otptoken clock` tells more"))
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
        let (interposer, age) = try home.ageing()
        let terminal = try home.terminal(interposer)
        for line in ["otptoken show 2>errors", "otptoken show --at 0", "otptoken list"] {
            try terminal.type("clear; \(line); echo left with $?")
            try terminal.wait { $0.contains("left with 0") }
        }
        #expect(home.requests == [0, 0])
        // Nor while the check still holds, although they might be asked again.
        for seconds in [0, 1, 3500] {
            try age(seconds)
            try terminal.type("clear; otptoken show | cat; echo left with $?")
            let screen = try terminal.wait { $0.contains("left with 0") }
            #expect(screen.contains("clock is 90.0 s behind (±"), "\(seconds)")
            #expect(home.requests == [1, 1])
        }
        // No check of 25 hours ago holds.
        try age(90_000)
        try terminal.type("clear; otptoken show | cat; echo left with $?")
        try terminal.wait { $0.contains("left with 0") }
        #expect(home.requests == [2, 2])
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
        let screen = try terminal.wait { $0.contains(#/left with [0-9]+\n/#) }
        #expect(home.requests == [0, 0], "\(screen)")
        #expect(!FileManager.default.fileExists(atPath: home.person.locations.clock))
        let isStrict = line.hasSuffix("-clock") || line.hasSuffix("-due")
        #expect(screen.contains("left with \(isStrict ? 10 : 0)"))
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
        // The way there takes some microseconds more than the way back, or less.
        #expect(object.output.contains(#/^{"verdict":"warning","offset":1(4\.9|5\.0)/#))
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

    @Test func `that were asked lately are not outvoted by those that were not`() throws {
        let good = try (0..<3).map { _ in try ScriptedTimeServer(ahead: 0) }
        let bad = try (0..<2).map { _ in try ScriptedTimeServer(ahead: 90) }
        let home = try ClockHome(asking: good + bad)
        let (interposer, age) = try home.ageing()
        func check(_ arguments: String...) throws -> Outcome {
            try Program.run(
                Program.otptoken, ["clock"] + arguments, home: home.person.home,
                extra: interposer.environment())
        }
        #expect(try check("--server", good[0].url, "--server", good[1].url).status == 0)
        #expect(try check("--if-due").errors == "No server is to be asked now.\n")
        #expect(try home.run("watch", "--count", "1").status == 0)
        #expect(home.requests == [1, 1, 0, 0, 0])
        #expect(try home.shown().evidence == "2 of 2 servers")
        try age(1)
        #expect(try check("--if-due", "--server", bad[0].url, "--server", bad[1].url).status == 9)
        try age(1801)
        let all = try check("--if-due")
        #expect(all.output.contains("3 of 5 servers)"), "\(all)")
        #expect(home.requests == [2, 2, 1, 2, 2])
    }

    @Test func `are asked until the end although nobody waits for that any more`() throws {
        let slow = try (0..<2).map { _ in
            try ScriptedTimeServer { request, _ in
                [.init(TimeAnswer(to: request, ahead: 90).bytes, after: 0.5)]
            }
        }
        let home = try ClockHome(asking: slow)
        let terminal = try home.terminal()
        try terminal.type("clear; otptoken show; echo left with $?")
        // The code is there before anything is asked; Ctrl-C ends the wait.
        try terminal.wait { $0.contains(#/^[0-9]{8}\n/#) && home.requests == [1, 1] }
        try terminal.press("C-c")
        #expect(poll { (try? home.shown().verdict) == "error" ? true : nil } == true)
        let screen = try terminal.screen()
        #expect(!screen.contains("clock is"), "\(screen)")
        try terminal.type("clear; otptoken show; echo left with $?")
        // An answer that is late by half a second is off by half of that.
        try terminal.wait {
            $0.contains("left with 0") && $0.contains(#/clock is 89\.[0-9] s behind/#)
        }
        #expect(home.requests == [1, 1])
    }

    @Test(arguments: [
        (["ntp://127.0.0.1", "ntp://0.0.0.0"]), ["ntp://127.0.0.1", "ntp://[::ffff:127.0.0.1]"],
        ["ntp://[::ffff:127.0.0.1]", "ntp://localhost", "ntp://0.0.0.0"],
    ]) func `that are one by several names are one`(names: [String]) throws {
        let server = try ScriptedTimeServer(ahead: 90)
        let outcome = try ClockAnswer(names.map { "\($0):\(server.port)" })
        #expect(outcome.status == 10 && outcome.verdict == "unknown", "\(outcome)")
        #expect(outcome.servers.allSatisfy { $0.address == "127.0.0.1:\(server.port)" })
        #expect(
            outcome.servers.map(\.reason) == ["no majority confirms it"]
                + names.dropFirst().map { _ in "is another one by a second name" })
    }

    @Test func `are 1 to 16`() throws {
        let home = try ClockHome([], "clock.servers = ,")
        let none = try home.run("clock")
        let words = "config, line 1: clock.servers: no time servers are named\nhint: "
        #expect(none.status == 1 && none.errors.contains(words))
        let many = (1...17).map { "ntp://127.0.0.1:\($0)" }
        try Program.configure(
            "clock.servers = \(many.joined(separator: " "))", home: home.person.home)
        #expect(try home.run("clock").errors.contains(": 17 time servers are named\nhint: "))
        let given = try Program.run(
            Program.otptoken, ["clock"] + many.flatMap { ["--server", $0] },
            home: home.person.home)
        #expect(given.status == 2 && given.errors.contains("17 time servers are named\nhint: "))
    }

    @Test func `are asked, and their answers told, while somebody holds the record`() throws {
        let home = try ClockHome(asking: Self.disagreeing())
        let holder = try RunningProgram(
            "flock",
            [home.person.locations.clockLock, "sh", "-c", "echo held; exec sleep 60"], home: "/")
        #expect(poll { holder.output == "held\n" ? true : nil } == true)
        let outcome = try home.run("clock")
        #expect(outcome.status == 10 && outcome.output.contains("no majority"), "\(outcome)")
        let unasked = try home.run("clock", "--if-due")
        #expect(unasked.status == 1 && unasked.errors.contains("hint: `lslocks`"), "\(unasked)")
        #expect(home.requests == [1, 1])
        withExtendedLifetime(holder) {}
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
