import Foundation
import Glibc
import Platform
import TestSupport
import Testing
import TokenStore

/// `init` makes the device key and saves twice: the pending token, and the active one.
@Suite struct `The saves of an enrolment` {
    /// What is disturbed: the run from the start, or one that takes up what is pending already.
    enum Run: CaseIterable {
        case first
        case resuming
    }

    private static let server = Result { try Behaviour().serve(IssuerHalf()) }

    /// Somebody whose enrolment is pending.
    private static let pending = Result { () throws -> Person in
        let person = try Person()
        var interposer = Interposer(folder: person.locations.data)
        interposer.killsAfter = try calls(.first).firstIndex(of: turn).map { $0 + 1 }
        try #require(try enrol(person, interposer.environment()).signal == SIGKILL)
        return person
    }

    /// The call that puts a new store in the place of the old one.
    private static let turn = "rename tokens.new tokens"

    /// The calls of an undisturbed run; of the first one only those until it has saved, as the others are alike.
    private static func calls(_ run: Run) throws -> [String] {
        let person = try person(run)
        let calls = try Interposer.calls(in: person.locations.data) { variables in
            try #require(try enrol(person, variables).status == 0)
        }
        guard run == .first, let end = calls.firstIndex(of: turn) else { return calls }
        return Array(calls[...end])
    }

    private static func person(_ run: Run) throws -> Person {
        let person = try Person(config: run == .first ? "clock.check = never" : nil)
        if run == .resuming {
            try FileManager.default.copyItem(
                atPath: pending.get().locations.data, toPath: person.locations.data)
        }
        return person
    }

    private static func enrol(_ person: Person, _ extra: [String: String] = [:]) throws -> Outcome {
        try Program.run(
            Program.otptoken, person.enrolment(server.get().url), home: person.home, extra: extra)
    }

    private func states(_ person: Person) throws -> [String] {
        try person.tokens().map(\.state.rawValue)
    }

    /// The states of the tokens after some of the calls of a run.
    private func states(_ run: Run, after calls: some Sequence<String>) -> [String] {
        let states = [[], ["pending"], ["active"]]
        return states[(run == .first ? 0 : 1) + (calls.contains(Self.turn) ? 1 : 0)]
    }

    /// Checks that the next run ends what another has begun.
    private func expectEnrolment(_ person: Person, _ comment: Comment) throws {
        let isActive = try states(person) == ["active"]
        let list = try person.run("list", "--names")
        #expect(list.status == 0 && list.output == (isActive ? "Acme Bank\n" : ""), comment)
        let again = try Self.enrol(person)
        #expect(again.status == (isActive ? 1 : 0), "\(comment): \(again.errors)")
        #expect(again.errors.contains("is enrolled here already") == isActive, "\(again.errors)")
        #expect(try states(person) == ["active"], comment)
        #expect(try person.run("show").status == 0, comment)
        let files = try FileManager.default.contentsOfDirectory(atPath: person.locations.data)
        #expect(
            Set(files) == ["config", "tokens", "tokens.bak", "tokens.lock", "device.key"], comment)
    }

    @Test func `come after a device key that is on the disk`() throws {
        let calls = try Self.calls(.first)
        let key = try #require(calls.firstIndex(of: "rename device.key.new device.key"))
        #expect(calls[key...].contains("fsync ."))
        #expect(!calls[..<key].contains("write tokens.new"))
    }

    @Test(arguments: Run.allCases)
    func `are finished by the next run when this one is killed after any call`(_ run: Run) throws {
        let calls = try Self.calls(run)
        for (index, call) in calls.enumerated() {
            let person = try Self.person(run)
            var interposer = Interposer(folder: person.locations.data)
            interposer.killsAfter = index + 1
            let comment: Comment = "killed after \(index + 1): \(call)"
            let killed = try Self.enrol(person, interposer.environment())
            #expect(killed.signal == SIGKILL && killed.output == "", comment)
            #expect(try states(person) == states(run, after: calls[...index]), comment)
            try expectEnrolment(person, comment)
        }
    }

    @Test(arguments: Run.allCases)
    func `say which call failed, and leave a whole store`(_ run: Run) throws {
        let calls = try Self.calls(run)
        for (index, call) in calls.enumerated() {
            let errno = [ENOSPC, EIO, EACCES, EROFS][index % 4]
            let person = try Self.person(run)
            var interposer = Interposer(folder: person.locations.data)
            interposer.failure = (index + 1, errno)
            let outcome = try Self.enrol(person, interposer.environment())
            let comment: Comment = "\(index + 1): \(call): \(outcome)"
            if call == "fchmod tokens.lock" || call == "open clock"
                || call == "unlink tokens.bak.new" && outcome.status == 0
            {
                // Nobody minds.
                #expect(outcome.status == 0, comment)
                #expect(try states(person) == ["active"], comment)
            } else {
                #expect(outcome.status == 1 && outcome.output == "", comment)
                #expect(unsafe outcome.errors.contains(String(cString: strerror(errno))), comment)
                #expect(outcome.errors.contains("\nhint: "), comment)
                #expect(try states(person) == states(run, after: calls[..<index]), comment)
            }
            if run == .resuming || index % 5 == 0 { try expectEnrolment(person, comment) }
        }
    }
}
