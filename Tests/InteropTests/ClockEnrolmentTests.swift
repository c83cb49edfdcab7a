import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// The clock beside an enrolment.
@Suite struct `The clock at enrolment` {
    private static let right = Result { try [RunningChronyd(), RunningChronyd()] }
    private static let wrong = Result {
        try [RunningChronyd(ahead: 90), RunningChronyd(ahead: 90)]
    }

    /// Somebody whose config names these servers.
    private func person(_ servers: [RunningChronyd], _ more: String = "") throws -> Person {
        try Person(config: "clock.servers = \(servers.map(\.url).joined(separator: " "))\n\(more)")
    }

    /// An issuer whose clock is so far ahead of this machine's; nil when it says nothing of the time.
    private func issuer(ahead seconds: Int?) throws -> ScriptedServer {
        try Behaviour(finish: { half, request in
            let time = seconds.map {
                "\(Int(Date().timeIntervalSince1970) + $0)"
            }
            return Behaviour.finish(
                half, request,
                IssuerHalf.usual.replacingOccurrences(of: "1767225600", with: time ?? "null"))
        }).serve(IssuerHalf())
    }

    private func enrol(
        _ person: Person, _ url: String, user: String = Person.userID, ahead: Int
    ) throws -> Outcome {
        let command =
            RunningChronyd.clock(ahead: ahead) + [Program.otptoken]
            + (try person.enrolment(url, user: user))
        return try Program.run(command[0], Array(command.dropFirst()), home: person.home)
    }

    @Test func `is checked meanwhile, and remembered`() throws {
        let person = try person(Self.right.get())
        let issuer = try issuer(ahead: 0)
        let done = try person.enrol(issuer.url)
        #expect(done.status == 0 && !done.errors.contains("clock"), "\(done)")
        // Without asking anybody again.
        try Program.configure(home: person.home)
        let shown = try person.run("show", "--json")
        #expect(shown.output.contains(#""evidence":"2 of 2 servers""#), "\(shown)")
        #expect(try person.run("show", "--strict-clock").status == 0)
    }

    @Test func `is told when servers say that it is wrong; the code is printed all the same`()
        throws
    {
        let person = try person(Self.wrong.get())
        let issuer = try issuer(ahead: nil)
        let done = try person.enrol(issuer.url)
        let code = try code(person.seed())
        #expect(done.status == 0 && done.output == "\(code)\n", "\(done)")
        #expect(
            done.errors.contains(
                "\nclock is 90.0 s behind (±0.1 s, 2 of 2 servers): codes are likely to be refused"
                    + "\nhint: "), "\(done.errors)")
    }

    @Test func `is made up for in the first code where the config says so`() throws {
        let person = try person(Self.wrong.get(), "clock.correct = on")
        let issuer = try issuer(ahead: 90)
        let done = try person.enrol(issuer.url)
        let code = try code(person.seed(), after: 90)
        #expect(done.output == "\(code)\n", "\(done)")
        #expect(done.errors.contains("2 of 2 servers): codes are corrected\n"))
    }

    @Test(arguments: [
        // It is known to a second only.
        (90, ["clock is 89.", "clock is 90."], "ahead", "codes are likely to be refused"),
        (-17, ["clock is 16.", "clock is 17."], "behind", "codes may be refused"),
        (0, [], "", ""),
    ]) func `is compared with the issuer's where nobody else is asked`(
        ahead: Int, starts: [String], direction: String, end: String
    ) throws {
        let person = try Person()
        let issuer = try issuer(ahead: 0)
        let done = try enrol(person, issuer.url, ahead: ahead)
        #expect(done.status == 0 && done.output.count == 9)
        if !starts.isEmpty {
            #expect(starts.contains { done.errors.contains("\n\($0)") }, "\(done.errors)")
            #expect(done.errors.contains(" s \(direction) (±1."), "\(done.errors)")
            #expect(done.errors.contains(" s, the issuer's clock): \(end)\nhint: "))
        } else {
            #expect(!done.errors.contains("clock"), "\(done.errors)")
        }
        // What the issuer says is no check: it is not carried forward.
        #expect(!FileManager.default.fileExists(atPath: person.locations.clock))
    }

    @Test(arguments: [
        // That of the issuer is wrong; it is as wrong as this machine's, and takes its codes.
        (false, -62, "62", "behind", "codes may be refused"),
        (true, 0, "90", "behind", "it takes codes of this machine's clock as they are"),
    ]) func `of the issuer is told when it is another than the servers'`(
        isWrong: Bool, ahead: Int, size: String, direction: String, end: String
    ) throws {
        let person = try person(isWrong ? Self.wrong.get() : Self.right.get())
        let issuer = try issuer(ahead: ahead)
        let done = try person.enrol(issuer.url)
        let code = try code(person.seed())
        #expect(done.status == 0 && done.output == "\(code)\n")
        let about = try Regex(
            "\nthe issuer's clock is (\(size)|[0-9]+)\\.[0-9] s \(direction) that of the time servers"
                + " \\(2 of 2 servers\\): \(end)\nhint: tell the people")
        #expect(done.errors.contains(about), "\(done.errors)")
        #expect(!done.errors.contains("--correct") && !done.errors.contains("likely"))
    }

    @Test(arguments: ["null", "1", "253402300799", "9223372036"])
    func `may be any time of an issuer`(time: String) throws {
        let person = try Person()
        let server = try Behaviour(finish: { half, request in
            Behaviour.finish(
                half, request,
                IssuerHalf.usual.replacingOccurrences(of: "1767225600", with: time))
        }).serve(IssuerHalf())
        let done = try person.enrol(server.url)
        #expect(done.status == 0 && done.output.count == 9, "\(done)")
    }

    @Test func `of the real issuer is this machine's`() throws {
        let real = try RunningIssuer()
        let person = try Person()
        let user = try real.issue()
        let enrolled = try enrol(person, real.url, user: user, ahead: 47)
        #expect(enrolled.status == 0, "\(enrolled)")
        #expect(enrolled.errors.contains(" s ahead (±1."), "\(enrolled.errors)")
        #expect(enrolled.errors.contains("the issuer's clock): codes are likely to be refused"))
    }

    @Test func `keeps no result waiting, and leaves nothing behind`() throws {
        let silent = try [ScriptedTimeServer { _, _ in [] }, ScriptedTimeServer { _, _ in [] }]
        let person = try Person(
            config: "clock.servers = \(silent.map(\.url).joined(separator: " "))")
        let issuer = try issuer(ahead: 0)
        for url in [issuer.url, "http://127.0.0.1:9"] {
            let program = try RunningProgram(
                Program.otptoken, try person.enrolment(url) + ["--force"], home: person.home)
            let outcome = try #require(program.outcome())
            #expect(outcome.status == (url.hasSuffix(":9") ? 7 : 0), "\(outcome)")
        }
        // The second run has come too early to ask again.
        #expect(silent.map(\.received.count) == [1, 1])
        // The check that is left ends by itself.
        #expect(poll { try? checks(of: person).isEmpty ? true : nil } == true)
    }

    /// The processes that check the clock for somebody.
    private func checks(of person: Person) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { process in
            let words = FileManager.default.contents(atPath: "/proc/\(process)/cmdline")
            let variables = FileManager.default.contents(atPath: "/proc/\(process)/environ")
            return words?.range(of: Data("--if-due".utf8)) != nil
                && variables?.range(of: Data(person.home.utf8)) != nil
        }
    }
}
