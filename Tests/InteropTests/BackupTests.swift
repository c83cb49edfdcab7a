import Foundation
import Platform
import TestSupport
import Testing
import TokenStore

/// Backups, and what comes back out of them.
struct BackupTests {
    private let person: Person

    init() throws {
        person = try Person()
        try "correct horse".write(
            toFile: person.home + "/password", atomically: true, encoding: .utf8)
    }

    private func run(
        _ arguments: String..., status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try Program.run(
            Program.otptoken, arguments + ["--password-file", person.home + "/password"],
            home: person.home)
        #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
        return outcome
    }

    private var saved: String { person.home + "/saved" }

    /// A token whose codes are mailed: there is no seed to be saved.
    private func mailed(_ name: String) throws {
        let folder = person.home + "/Maildir"
        for part in ["new", "cur", "tmp"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
        }
        let outcome = try person.run(
            "init", "--mailed", "--profile", "hellowork", "--name", name, "--maildir", folder)
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test func `what no backup holds stays where one takes the place of the rest`() throws {
        try StoreMaker.write(
            [StoreMaker.token("Acme"), StoreMaker.pending("98765432101234XY")], home: person.home)
        try mailed("work")
        #expect(try run("backup", saved).errors.contains("Left out: work"))
        try #require(person.run("rename", "Acme", "Job").status == 0)
        try #require(person.run("rename", "work", "Acme").status == 0)
        let outcome = try run("restore", "--replace", saved)
        #expect(outcome.errors.contains("Kept: Acme: no backup holds it."))
        #expect(outcome.errors.contains("Restored 1 token: Acme 2."))
        #expect(outcome.errors.contains("Kept: 98765432101234XY: no backup holds it."))
        let names = try person.tokens().map { "\($0.name) \($0.kind)" }
        #expect(names.sorted() == ["98765432101234XY totp", "Acme 2 totp", "Acme mailed"])
        #expect(FileManager.default.fileExists(atPath: person.locations.store + ".aside-1"))
    }

    /// The file that it takes the place of stays beside it, with what an app lock or a lost key hides.
    @Test(arguments: ["damaged", "of another machine"])
    func `a store that does not open is replaced, and kept`(what: String) throws {
        try StoreMaker.write([StoreMaker.token("Acme")], home: person.home)
        _ = try run("backup", saved)
        var file = try PrivateFile.read(person.locations.store, limit: 1 << 16)
        if what == "damaged" {
            file[file.count - 20] ^= 1
            try PrivateFile.replace(person.locations.store, with: file)
        } else {
            try PrivateFile.replace(
                person.locations.deviceKey, with: [UInt8](repeating: 7, count: 32))
        }
        #expect(try person.run("list").status == 5)
        // Beside what is there nothing can be put.
        _ = try run("restore", saved, status: 5)
        #expect(try PrivateFile.read(person.locations.store, limit: 1 << 16) == file)
        let outcome = try run("restore", "--replace", saved)
        #expect(outcome.errors.contains("a new one is in its place, without an app lock"))
        #expect(outcome.errors.contains("tokens.aside-1"))
        #expect(try person.tokens().map(\.name) == ["Acme"])
        let aside = person.locations.store + ".aside-1"
        #expect(try PrivateFile.read(aside, limit: 1 << 16) == file)
    }

    @Test func `a wrong password replaces nothing`() throws {
        try StoreMaker.write([StoreMaker.token("Acme")], home: person.home)
        _ = try run("backup", saved)
        try PrivateFile.replace(person.locations.store, with: [1, 2, 3])
        try "wrong".write(toFile: person.home + "/password", atomically: true, encoding: .utf8)
        _ = try run("restore", "--replace", saved, status: 4)
        #expect(try PrivateFile.read(person.locations.store, limit: 1 << 16) == [1, 2, 3])
    }

    @Test(arguments: ["tokens", "tokens.bak", "device.key", "config", "new", "link/new"])
    func `none is written among the program's own files`(name: String) throws {
        try StoreMaker.write([StoreMaker.token("Acme")], home: person.home)
        let folder = person.locations.data
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/link", withDestinationPath: ".")
        let before = try person.folder.files()
        let outcome = try run("backup", "--force", "\(folder)/\(name)", status: 2)
        #expect(outcome.errors.contains("is in a folder of otptoken's own files"))
        #expect(try person.folder.files() == before)
    }

    @Test func `several at once leave one that is whole, and nothing else`() throws {
        try StoreMaker.write([StoreMaker.token("Acme")], home: person.home)
        _ = try run("backup", saved)
        let programs = try (0..<4).map { _ in
            try RunningProgram(
                Program.otptoken,
                ["backup", "--force", saved, "--password-file", person.home + "/password"],
                home: person.home)
        }
        for program in programs { #expect(program.outcome()?.status == 0) }
        _ = try run("backup", "--verify", saved)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: person.home)
                .filter { $0.hasPrefix("saved") } == ["saved"])
    }

    @Test(arguments: ["-9223372036854775808", "9223372036854775807", "0", "-1"])
    func `an end beyond all time stops nothing`(end: String) throws {
        let list = "otpauth://totp/T:bob?secret=JBSWY3DPEHPK3PXPJBSWY3DP&expires_at=\(end)\n"
        try list.write(toFile: person.home + "/list", atomically: true, encoding: .utf8)
        #expect(try person.run("import", "list").status == 0)
        for command in [["list"], ["show", "--force"], ["doctor", "--offline"]] {
            let outcome = try Program.run(Program.otptoken, command, home: person.home)
            #expect([0, 1, 6].contains(outcome.status), "\(command): \(outcome)")
        }
    }

    @Test func `a URI on the command line is not repeated`() throws {
        let uri = "otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP"
        for arguments in [["import", uri], ["import", "--format", uri]] {
            let outcome = try Program.run(Program.otptoken, arguments, home: person.home)
            #expect(outcome.status == 2 && !outcome.errors.contains("JBSWY"), "\(outcome)")
        }
    }
}
