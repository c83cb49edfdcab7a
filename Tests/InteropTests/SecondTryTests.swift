import Foundation
import Platform
import TestSupport
import Testing

/// `doctor` where the store stays closed at first, and its backup does not.
@Suite struct `A store that opens at the second try` {
    private let person: Person

    init() throws {
        person = try Person()
        try StoreMaker.write([StoreMaker.token("Acme Bank")], home: person.home)
        let command = person.home + "/secret"
        // A keeper of secrets that does not answer now and then.
        let script = """
            #!/bin/sh
            if rm "$HOME/busy" 2> /dev/null; then exit 1; fi
            echo 0123456789abcdef0123456789abcdef

            """
        try script.write(toFile: command, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: command)
        try PrivateFile.replace(
            person.locations.config, with: Array("passphrase.command = \(command)\n".utf8))
        try #require(person.run("passphrase", "set", "--command").status == 0)
        try #require(person.run("rename", "Acme Bank", "Work").status == 0)
    }

    private func makeBusy() throws {
        try Data().write(to: URL(fileURLWithPath: person.home + "/busy"))
    }

    @Test func `is not replaced by its backup`() throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: person.locations.store))
        try makeBusy()
        let outcome = try person.run("doctor", "--restore-backup")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains("the store is not damaged, and nothing was changed"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: person.locations.store)) == before)
    }

    @Test func `is not called damaged`() throws {
        try makeBusy()
        let outcome = try person.run("doctor", "--offline")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.contains("store \(person.locations.store): 1 token: Work"))
        #expect(!outcome.output.contains("--restore-backup"))
    }
}
