import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// What `show` knows of the clock without asking anybody, and what it makes of it.
@Suite struct `The known clock` {
    private static let hour = 3600

    /// A home whose clock was checked just now against two servers that are so far ahead of it.
    private func checked(
        _ seconds: Double = 0, _ config: String = "", period: Int = 3600
    ) throws -> ClockHome {
        let home = try ClockHome(
            asking: [
                ScriptedTimeServer(ahead: seconds), ScriptedTimeServer(ahead: seconds),
            ], config, period: period)
        _ = try home.run("clock", "--quiet")
        #expect(home.requests == [1, 1])
        return home
    }

    @Test(arguments: [(90, "ahead", 9), (-3700, "behind", 9), (15, "ahead", 8), (-5, "behind", 0)])
    func `shows a step since the last check`(step: Int, direction: String, status: Int32) throws {
        let home = try checked()
        let clock = try home.shown(ahead: step)
        let offset = try #require(clock.offset)
        #expect(abs(offset + Double(step)) < 0.1, "\(clock)")
        #expect(clock.verdict == (status == 9 ? "error" : status == 8 ? "warning" : "note"))
        #expect(clock.evidence?.hasPrefix("stepped since 20") == true)
        let shown = try home.run("show", ahead: step)
        #expect(shown.status == 0 && shown.output.count == 9)
        // The code first, on a stream of its own.
        let words = "clock is \(abs(step)).0 s \(direction) (±0.1 s, stepped since "
        #expect((shown.errors.contains(words)) == (status > 0), "\(shown.errors)")
        #expect(shown.errors.contains("hint: `timedatectl set-ntp true`") == (status > 0))
        let strict = try home.run("show", "--strict-clock", ahead: step)
        #expect(strict.status == status && (strict.output == "") == (status > 0), "\(strict)")
        // Set right again.
        #expect(try home.shown().verdict == "ok")
    }

    @Test func `ages, and ends`() throws {
        let home = try checked()
        let (interposer, age) = try home.ageing()
        try age(1800)
        let clock = try home.shown(interposer: interposer)
        #expect(clock.verdict == "ok" && clock.evidence == "2 of 2 servers")
        // 100 ppm of half an hour, and its own bound.
        let error = try #require(clock.error)
        #expect(error > 0.18 && error < 0.28)
        // An hour in a virtual machine, a day elsewhere.
        try age(25 * Self.hour)
        let old = try home.shown(interposer: interposer)
        #expect(old.verdict == "unknown" && old.offset == nil && old.error == nil)
        #expect(old.evidence == nil && old.checked_at == clock.checked_at)
        #expect(try home.run("show", "--strict-clock", interposer: interposer).status == 10)
    }

    @Test func `is the kernel's word where nobody was asked, which nobody has verified`() throws {
        let home = try ClockHome([])
        var interposer = Interposer()
        // Kept; not kept; kept too loosely; and the kernel may not be asked.
        for (bound, isKept) in [
            (0, true), (20_000, true), (16_000_000, false), (10_000_001, false), (-1, false),
        ] {
            interposer.kernelBound = bound
            let clock = try home.shown(interposer: interposer)
            #expect(clock.verdict == "unknown" && clock.offset == nil && clock.error == nil)
            #expect(clock.evidence == (isKept ? "the kernel's word" : nil), "\(bound)")
            #expect(clock.checked_at == nil)
            let strict = try home.run("show", "--strict-clock", interposer: interposer)
            #expect(strict.status == 10 && strict.output == "", "\(bound)")
            #expect(strict.errors.contains("by the kernel's word it is kept") == isKept)
            #expect(try home.run("show", interposer: interposer).errors == "")
            // Where somebody reads along, it is a reason not to worry.
            let terminal = try home.terminal(interposer)
            try terminal.type("OTPTOKEN_HOME=$HOME/quiet; mkdir -m 700 quiet; cp otptoken/* quiet")
            try terminal.type("echo 'clock.servers = ntp://127.0.0.1:9' > quiet/config")
            try terminal.type("clear; otptoken show; echo left with $?")
            let screen = try terminal.wait { $0.contains("left with 0") }
            #expect(screen.contains("clock unknown: ") != isKept, "\(bound) \(screen)")
            try terminal.type("rm -r quiet; echo gone")
            try terminal.wait { $0.contains("gone\n") }
        }
    }

    @Test func `is not taken for right while somebody slews it`() throws {
        let home = try checked(47)
        var interposer = Interposer()
        // Made up for by a daemon: no step, and the check says nothing any more.
        interposer.slew = 47
        interposer.kernelBound = -1
        #expect(try home.shown(interposer: interposer).verdict == "unknown")
        #expect(try home.run("show", "--strict-clock", interposer: interposer).status == 10)
        let shown = try home.run("show", "--correct", interposer: interposer)
        #expect(shown.errors.hasPrefix("the code is not corrected"))
        interposer.slew = 1
        let clock = try home.shown(interposer: interposer)
        #expect(clock.offset.map { abs($0 - 46.5) < 0.1 } == true)
        #expect(clock.error.map { abs($0 - 0.5) < 0.1 } == true)
    }

    @Test func `of servers outweighs the kernel's word`() throws {
        let home = try checked(47)
        var interposer = Interposer()
        interposer.kernelBound = 1000
        let clock = try home.shown(interposer: interposer)
        #expect(clock.verdict == "error" && clock.evidence == "2 of 2 servers")
    }

    @Test func `is made up for where that is wanted`() throws {
        let home = try checked(90, period: 60)
        for arguments in [["show", "--correct"], ["show", "--correct", "--strict-clock"]] {
            let before = try home.codes(after: 90)
            let shown = try Program.run(Program.otptoken, arguments, home: home.person.home)
            #expect(shown.status == 0 && before.contains(shown.output), "\(shown)")
            #expect(
                shown.errors.hasPrefix("clock is 90.0 s behind (±")
                    && shown.errors.hasSuffix("2 of 2 servers): codes are corrected\n"))
        }
        let plain = try home.run("show")
        #expect(try home.codes(after: 0).contains(plain.output))
        let hint = "hint: `otptoken show --correct`, or `clock.correct = on`, makes up for it"
        #expect(plain.errors.contains(hint))
        try Program.configure("clock.correct = on", home: home.person.home)
        let before = try home.codes(after: 90)
        #expect(try before.contains(home.run("show").output))
        // The offset that JSON tells is still the clock's own, the time is that of the code.
        let (now, shown) = (Int(Date().timeIntervalSince1970), try home.run("show", "--json"))
        struct Times: Decodable {
            let valid_from: Int
            let valid_until: Int
            let remaining: Int
            let clock: ClockHome.Clock
        }
        let times = try JSONDecoder().decode(Times.self, from: Data(shown.output.utf8))
        #expect(abs((times.clock.offset ?? 0) - 90) < 0.2 && times.clock.verdict == "error")
        let then = times.valid_until - times.remaining
        #expect((now + 89...now + 95).contains(then) && then >= times.valid_from)
        try Program.configure("clock.correct = off", home: home.person.home)
        #expect(try home.codes(after: 0).contains(home.run("show").output))
    }

    @Test func `is not made up for on weak evidence`() throws {
        let home = try ClockHome([], "clock.correct = on", period: 60)
        var interposer = Interposer()
        for (bound, words) in [(20_000, "only the kernel says"), (-1, "no check of the")] {
            interposer.kernelBound = bound
            for arguments in [["show"], ["show", "--correct"]] {
                let before = try home.codes(after: 0)
                let shown = try Program.run(
                    Program.otptoken, arguments, home: home.person.home,
                    extra: interposer.environment())
                #expect(shown.status == 0 && before.contains(shown.output))
                #expect(shown.errors.hasPrefix("the code is not corrected: \(words)"))
                #expect(shown.errors.contains("\nhint: `otptoken clock` checks it\n"))
            }
        }
        let strict = try home.run("show", "--correct", "--strict-clock", interposer: interposer)
        #expect(strict.status == 10 && strict.output == "")
    }

    @Test func `is told to be made up for from the first tenth of a second on`() throws {
        for (offset, words) in [(1.9, "clock is right: 1.9 s behind (±"), (0.0, "")] {
            let shown = try checked(offset, "clock.correct = on").run("show")
            #expect(shown.errors.hasPrefix(words) && shown.errors.isEmpty == words.isEmpty)
            #expect(shown.errors.isEmpty || shown.errors.hasSuffix(": codes are corrected\n"))
        }
    }

    @Test(arguments: [
        ("clock.check = nevr", "clock.check cannot be nevr\nhint: write auto or never"),
        (
            "clock.check = never\nclock.correct = yes",
            "clock.correct cannot be yes\nhint: write on or off"
        ),
        (
            "clock.servers = time.test",
            "clock.servers: time.test is no time server\nhint: write ntp"
        ),
    ]) func `cannot be checked by a config that is wrong, which is told at once`(
        config: String, words: String
    ) throws {
        let home = try ClockHome([], config)
        for command in [["show"], ["watch", "--count", "1"], ["doctor", "--offline"]] {
            let outcome = try Program.run(Program.otptoken, command, home: home.person.home)
            // The code is printed all the same; the check is not made.
            #expect(outcome.status == (command == ["doctor", "--offline"] ? 1 : 0), "\(outcome)")
            let line = config.split(separator: "\n").count
            #expect(
                (outcome.output + outcome.errors).replacing("\n         → ", with: "\nhint: ")
                    .contains("/config, line \(line): \(words)"), "\(outcome)")
        }
    }

    @Test func `does not matter for the code of another time`() throws {
        let home = try checked(90)
        let shown = try home.run("show", "--at", "1767225600")
        #expect(shown.status == 0 && shown.errors == "")
    }

    @Test(arguments: [
        "nonsense", "", "offset = none", "error = -1", "origin = x\nrealtime = 9223372036854775807",
        "evidence = 1 of 0", "evidence = 0 of 0",
        "asked = ntp://127.0.0.1:9 9223372036854775807 - 9223372036854775807, x, ,",
    ])
    func `is not taken from a file that is not this program's`(text: String) throws {
        let home = try checked()
        let path = home.person.locations.clock
        let former = try String(contentsOfFile: path, encoding: .utf8)
        // Lines of the same names take the place of the former ones.
        let names = text.split(separator: "\n").map { $0.prefix { $0 != " " } }
        let kept = former.split(separator: "\n").filter { line in
            !names.contains { line.hasPrefix("\($0) =") }
        }
        let lines = kept.map(String.init) + [text]
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        unsafe chmod(path, 0o600)
        var interposer = Interposer()
        interposer.kernelBound = -1
        let clock = try home.shown(interposer: interposer)
        #expect(clock.verdict == (text.isEmpty || text.hasPrefix("asked") ? "ok" : "unknown"))
        // The next check writes it anew.
        #expect(try home.run("clock", "--quiet").status == 0)
        #expect(try home.shown().verdict == "ok")
    }
}
