import Cryptography
import Foundation
import Platform
import TestSupport
import Testing
import TokenStore

/// `rename`, `remove` and `default` change what they say, and nothing beside it.
struct HousekeepingTests {
    private let home: TemporaryFolder
    private let places: Locations

    /// Three tokens that differ in everything, one of them pending, with keys of another program's making.
    init() throws {
        home = try TemporaryFolder()
        places = Locations(home: home.path + "/otptoken")
        var bank = StoreMaker.token("Example Bank", period: 30, digits: 6, seed: "of the bank")
        bank.enrolledAt = 1_700_000_000
        bank.expiresAt = 1_900_000_000
        bank.isDefault = true
        bank.extras = [Self.extra("colour", "blue"), Self.extra("colour", "green")]
        var work = StoreMaker.token("Work", seed: "of the office")
        work.extras = [Self.extra("メモ", "階段の下  ")]
        var pending = StoreMaker.pending("98765432101234XY")
        pending.extras = [Self.extra("enrol_session", "c2Vzc2lvbg==")]
        try StoreMaker.write([bank, work, pending], home: home.path)
    }

    private static func extra(_ key: String, _ value: String) -> Token.Extra {
        .init(key: key, value: Shared(SecretBytes(copying: Array(value.utf8).span)))
    }

    /// Everything that the store says of each token, a line each.
    private func contents() throws -> [String] {
        try StoreMaker.read(home: home.path).map { token in
            let seed = text(token.seed)
            let extras = token.extras.map { "\($0.key)=\(text($0.value))" }
            return "\(token.name)|\(token.state)|\(seed)|\(token.totp)|\(token.issuer)"
                + "|\(token.serviceID)|\(token.userID)|\(token.server)|\(token.isDefault)"
                + "|\(token.enrolledAt ?? 0)|\(token.expiresAt ?? 0)|\(extras)"
        }
    }

    private func text(_ secret: Shared<SecretBytes>) -> String {
        secret.value.withBytes { String(decoding: Array(copying: $0), as: UTF8.self) }
    }

    private func file(_ path: String) throws -> [UInt8] {
        try PrivateFile.read(path, limit: 1 << 16)
    }

    /// Runs a command, and checks that the store before it is kept and that the output stays empty.
    private func run(_ arguments: String...) throws {
        let before = try file(places.store)
        let outcome = try Program.run(Program.otptoken, arguments, home: home.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output == "")
        #expect(try file(places.backup) == before)
        #expect(try file(places.store) != before)
    }

    @Test func `rename changes the name alone`() throws {
        var expected = try contents()
        try run("rename", "Example Bank", "銀行")
        expected[0].replace("Example Bank|active", with: "銀行|active")
        #expect(try contents() == expected)
    }

    @Test func `default moves the mark alone`() throws {
        var expected = try contents()
        try run("default", "Work")
        expected[0].replace("|true|", with: "|false|")
        expected[1].replace("|false|", with: "|true|")
        #expect(try contents() == expected)
    }

    @Test(arguments: [(0, "Example Bank"), (1, "Work"), (2, "98765432101234XY")])
    func `remove takes one token away alone`(index: Int, name: String) throws {
        var expected = try contents()
        try run("remove", name, "--yes")
        expected.remove(at: index)
        #expect(try contents() == expected)
    }

    @Test func `the backup brings a removed token back`() throws {
        let expected = try contents()
        try run("remove", "Example Bank", "--yes")
        try PrivateFile.replace(places.store, with: file(places.backup))
        #expect(try contents() == expected)
    }

    @Test func `the two spellings of a name are one name, and the later one is stored`() throws {
        let (composed, decomposed) = ("Caf\u{E9}", "Cafe\u{301}")
        try run("rename", "Work", composed)
        for spelling in [decomposed, composed] {
            let taken = try Program.run(
                Program.otptoken, ["rename", "Example Bank", spelling], home: home.path)
            #expect(taken.status == 1)
        }
        try run("rename", composed, decomposed)
        #expect(try StoreMaker.read(home: home.path)[1].name.utf8.elementsEqual(decomposed.utf8))
        try run("default", composed)
        try run("remove", composed, "--yes")
        #expect(try StoreMaker.read(home: home.path).map(\.name)[0] == "Example Bank")
    }

    @Test(arguments: [
        String(repeating: "a", count: 64), String(repeating: "語", count: 64),
        String(repeating: "e\u{301}", count: 64), String(repeating: "👩🏽‍💻", count: 64),
    ])
    func `a name may have 64 characters, and no more`(name: String) throws {
        try run("rename", "Work", name)
        #expect(try StoreMaker.read(home: home.path)[1].name == name)
        let before = try file(places.store)
        let longer = try Program.run(
            Program.otptoken, ["rename", name, name + "b"], home: home.path)
        #expect(longer.status == 2)
        #expect(try file(places.store) == before)
        try run("remove", name, "--yes")
    }
}
