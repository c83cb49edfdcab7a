import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// `doctor --restore-backup` is a save, too: of the last thing that somebody has.
@Suite struct `A restore that is disturbed` {
    /// Somebody whose store is damaged and whose backup is not.
    private struct Unlucky {
        let person: Person
        let damaged: [UInt8]
        let backup: [UInt8]

        init() throws {
            person = try Person()
            try StoreMaker.write([StoreMaker.token("first")], home: person.home)
            try #require(person.run("rename", "first", "second").status == 0)
            backup = try PrivateFile.read(person.locations.backup, limit: 1 << 16)
            damaged = try PrivateFile.read(person.locations.store, limit: 1 << 16).dropLast()
            try PrivateFile.replace(person.locations.store, with: damaged)
        }

        func restore(_ extra: [String: String] = [:]) throws -> Outcome {
            try Program.run(
                Program.otptoken, ["doctor", "--restore-backup"], home: person.home, extra: extra)
        }

        func expectNothingLost(_ isDone: Bool, _ comment: Comment) throws {
            let list = try person.run("list", "--names")
            #expect(list.status == (isDone ? 0 : 5), comment)
            #expect(list.output == (isDone ? "first\n" : ""), comment)
            // The damaged store is somewhere, and so is its backup.
            let files = try person.folder.files()
            #expect(files.values.contains(damaged), comment)
            #expect(files["otptoken/tokens.bak"] == backup, comment)
            if !isDone {
                let again = try restore()
                #expect(again.status == 0, "\(comment): \(again.errors)")
            }
            #expect(try person.run("list", "--names").output == "first\n", comment)
            #expect(try person.folder.files().values.contains(damaged), comment)
            #expect(try person.run("rename", "first", "third").status == 0, comment)
        }
    }

    private func calls() throws -> [String] {
        let unlucky = try Unlucky()
        return try Interposer.calls(in: unlucky.person.locations.data) {
            try #require(try unlucky.restore($0).status == 0)
        }
    }

    @Test func `loses nothing when it is killed after any call`() throws {
        let calls = try calls()
        for (index, call) in calls.enumerated() {
            let unlucky = try Unlucky()
            var interposer = Interposer(folder: unlucky.person.locations.data)
            interposer.killsAfter = index + 1
            #expect(try unlucky.restore(interposer.environment()).signal == SIGKILL, "\(call)")
            try unlucky.expectNothingLost(
                calls[...index].contains(Save.turn), "killed after \(index + 1): \(call)")
        }
    }

    @Test func `loses nothing when any call fails`() throws {
        let calls = try calls()
        for (index, call) in calls.enumerated() {
            let unlucky = try Unlucky()
            var interposer = Interposer(folder: unlucky.person.locations.data)
            interposer.failure = (index + 1, EIO)
            let outcome = try unlucky.restore(interposer.environment())
            let comment: Comment = "\(index + 1): \(call): \(outcome)"
            let isHarmless = call == "fchmod tokens.lock"
            #expect(outcome.status == (isHarmless ? 0 : 1), comment)
            #expect(outcome.output == "", comment)
            #expect(isHarmless || outcome.errors.contains("Input/output error"), comment)
            #expect(isHarmless || outcome.errors.contains("\nhint: "), comment)
            try unlucky.expectNothingLost(
                isHarmless || calls[..<index].contains(Save.turn), comment)
        }
    }
}
