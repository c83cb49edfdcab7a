import Foundation
import Platform
import TestSupport
import Testing
import TokenStore

/// `passphrase` where something comes between its two files, the store and the backup.
@Suite struct `A change of the app lock that is cut short` {
    private static let passphrase = "correct horse"

    private let person: Person
    /// A file with the passphrase.
    private let file: String

    init() throws {
        person = try Person()
        file = person.home + "/passphrase"
        try Self.passphrase.write(toFile: file, atomically: true, encoding: .utf8)
        try StoreMaker.write(
            [StoreMaker.token("Acme Bank")], home: person.home, passphrase: Self.passphrase)
        let renamed = try person.run("rename", "Acme Bank", "Work", "--passphrase-file", file)
        try #require(renamed.status == 0, "\(renamed)")
    }

    private func isLocked(_ path: String) throws -> Bool {
        try !SealedStore(Array(Data(contentsOf: URL(fileURLWithPath: path)))).hasSlot(.device)
    }

    @Test func `leaves no backup that opens without asking beside a store that asks`() throws {
        // What the removal would rename to the store cannot be made.
        let obstacle = person.locations.store + ".new"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
        let refused = try person.run("passphrase", "remove", "--passphrase-file", file)
        #expect(refused.status == 1, "\(refused)")
        #expect(refused.errors.contains("hint: nothing was changed"), "\(refused)")
        #expect(try isLocked(person.locations.store))
        #expect(try isLocked(person.locations.backup))
        try FileManager.default.removeItem(atPath: obstacle)

        #expect(
            try person.run("passphrase", "remove", "--passphrase-file", file).status == 0)
        #expect(try !isLocked(person.locations.store))
        #expect(try !isLocked(person.locations.backup))
    }

    @Test func `is done when only the backup cannot be renewed`() throws {
        try FileManager.default.createDirectory(
            atPath: person.locations.backup + ".new", withIntermediateDirectories: true)
        let removed = try person.run("passphrase", "remove", "--passphrase-file", file)
        #expect(removed.status == 0, "\(removed)")
        #expect(try !isLocked(person.locations.store))
        #expect(try isLocked(person.locations.backup))
    }
}
