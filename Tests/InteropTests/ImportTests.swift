import Cryptography
import Foundation
import Interchange
import OATH
import Platform
import TestSupport
import Testing
import TokenStore

/// What `import` says of what it takes, and of what it does not.
@Suite struct ImportTests {
    private let person: Person

    init() throws { person = try Person() }

    private func importing(_ text: String, _ options: String...) throws -> Outcome {
        try importing(Array(text.utf8), options)
    }

    private func importing(_ bytes: [UInt8], _ options: [String] = []) throws -> Outcome {
        try Data(bytes).write(to: URL(filePath: person.home + "/file"))
        return try Program.run(
            Program.otptoken, ["import", "file"] + options, home: person.home)
    }

    private func uri(_ account: String, _ more: String = "") -> String {
        "otpauth://totp/A:\(account)?secret=GEZDGNBVGY3TQOJQ\(more)\n"
    }

    @Test func `the same secret by another rule is another token`() throws {
        let others = ["", "&digits=8", "&period=60", "&algorithm=SHA256", "&service_id=7"]
        let list = others.map { uri("a", $0) }.joined()
        #expect(try importing(list).status == 0)
        let names = try person.tokens().map(\.name)
        // Where a token has a service ID, and the other one does not say: it may be the same.
        #expect(names == ["A", "A 2", "A 3", "A 4", "A 5"])
        let again = try importing(list)
        #expect(
            again.status == 0 && again.errors.hasSuffix("Nothing is new: nothing was changed.\n"))
        #expect(again.errors.contains("Skipped: A:a is here already as A 4.\n"), "\(again)")
        #expect(try importing(uri("a", "&service_id=8")).status == 0)
        #expect(try person.tokens().count == 6)
    }

    @Test func `a token without a user ID is known by its name, too`() throws {
        try StoreMaker.write([StoreMaker.token("Acme")], home: person.home)
        let export = try person.run("export", "--plain", "--format", "otpauth")
        #expect(
            try importing(export.output).errors.contains("Skipped: Acme is here already as Acme."))
    }

    @Test func `thousands with one secret, and one name, come in once each`() throws {
        let name = String(repeating: "n", count: 300)
        let list = (0..<20_000).map { uri("\($0)", "&name=\(name)\($0)") }.joined()
        #expect(try importing(list).status == 0)
        let names = try person.run("list", "--names").output.split(separator: "\n")
        #expect(Set(names).count == 20_000)
        let again = try importing(list)
        let lines = again.errors.split(separator: "\n")
        #expect(again.status == 0 && lines.count == 22, "\(lines.count)")
        #expect(lines[20] == "Skipped: 19980 more that are here already.")
    }

    @Test func `what is left out fits on a screen`() throws {
        let odd = (0..<50).map { "otpauth://hotp/\($0)?secret=GE\n" }.joined()
        let outcome = try importing(odd + uri("a"))
        let lines = outcome.errors.split(separator: "\n")
        #expect(outcome.status == 0 && lines.count == 22, "\(outcome)")
        #expect(lines[20] == "Left out: 30 more that cannot be used.")
    }

    @Test func `more tokens than a store can hold change nothing, and nothing is damaged`() throws {
        var large = StoreMaker.token("large")
        let filling = [UInt8](repeating: 0x61, count: (64 << 20) - 1500)
        large.extras = [Token.Extra(key: "x", value: Shared(SecretBytes(filling)))]
        try StoreMaker.write([large], home: person.home)
        let before = try Data(contentsOf: URL(filePath: person.locations.store))
        let outcome = try importing((0..<20).map { uri("\($0)") }.joined())
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.hasPrefix("otptoken: these are more tokens than the store "))
        #expect(outcome.errors.hasSuffix("can hold\nhint: nothing was changed\n"))
        #expect(try Data(contentsOf: URL(filePath: person.locations.store)) == before)
    }

    @Test(arguments: [
        ("{\"version\":1,\n \"header\":{\"slots\":null,", "line 2 (byte 39)"),
        ("[{\"secret\":", "line 1 (byte 12)"),
        (" {\"a\":1}x", "line 1 (byte 9)"),
    ])
    func `JSON that is cut short is damaged, and where it is`(text: String, place: String) throws {
        let outcome = try importing(text)
        #expect(outcome.status == 5, "\(outcome)")
        #expect(
            outcome.errors.contains("file is damaged, or no JSON: look at \(place)\n"), "\(outcome)"
        )
        let named = try importing(text, "--format", "aegis")
        #expect(
            named.status == 5 && named.errors.contains("not aegis: look at \(place)\n"), "\(named)")
    }

    @Test(arguments: [
        Array("{\"version\":1,\"name\":\"".utf8) + [0xFF] + Array("\"}                ".utf8)
    ])
    func `JSON with a byte that is no text is damaged JSON`(file: [UInt8]) throws {
        let outcome = try importing(file)
        #expect(outcome.status == 5 && outcome.errors.contains("line 1 (byte 22)"), "\(outcome)")
    }

    @Test(arguments: [
        Array("PK\u{3}\u{4}".utf8), Array("%PDF-1.7\n".utf8), [0x7F] + Array("ELF".utf8),
        [0xFF, 0xFE],
        Array("<?xml v".utf8), [UInt8](repeating: 0, count: 40),
    ])
    func `a file of another kind is not asked for a password`(start: [UInt8]) throws {
        let outcome = try importing(start + [UInt8](repeating: 0xE9, count: 100))
        #expect([2, 5].contains(outcome.status), "\(outcome)")
        #expect(
            !outcome.errors.contains("password") && !outcome.errors.contains("andOTP"), "\(outcome)"
        )
    }

    @Test func `bytes without any mark may be an old backup of andOTP, which is said`() throws {
        let outcome = try importing((0..<100).map { UInt8(truncatingIfNeeded: 200 &+ $0 &* 89) })
        #expect(outcome.status == 4, "\(outcome)")
        #expect(
            outcome.errors.hasPrefix(
                "file does not say what it is; it may be an encrypted backup of andOTP.\n"))
    }

    @Test func `what is protected or newer than is known says what helps`() throws {
        let bitwarden = try importing(#"{"encrypted":true,"passwordProtected":true,"data":"2.x"}"#)
        #expect(bitwarden.status == 5 && bitwarden.errors.contains("without encryption"))
        #expect(!bitwarden.errors.contains("with a password"))
        let newer = try importing(#"{"schemaVersion":5,"services":[]}"#)
        #expect(
            newer.status == 5 && newer.errors.contains("newer than is known here: schemaVersion 5"))
    }

    @Test(arguments: ["aegis", "pskc"])
    func `a password that is typed in another form opens what it closed`(format: String) throws {
        try StoreMaker.write([StoreMaker.token("Acme")], home: person.home)
        try Data("cafe\u{301} au lait".utf8).write(to: URL(filePath: person.home + "/password"))
        let export = try person.run(
            "export", "--format", format, "--password-file", person.home + "/password")
        #expect(export.status == 0, "\(export)")
        let outcome = try importing(export.output, "--password-file", person.home + "/password")
        #expect(outcome.status == 0 && outcome.errors.contains("Skipped"), "\(outcome)")
    }

    @Test func `a backup of tokens that are larger than any comes back whole`() throws {
        let large = String(repeating: "銀", count: 64)
        let tokens = [
            StoreMaker.token(large, seed: String(repeating: "s", count: 60_000)),
            StoreMaker.token("Acme"),
        ]
        try StoreMaker.write(tokens, home: person.home)
        try Data("correct horse".utf8).write(to: URL(filePath: person.home + "/password"))
        let other = try Person()
        for (home, words) in [
            (person.home, ["backup"]), (person.home, ["backup", "--verify"]),
            (other.home, ["restore"]),
        ] {
            let outcome = try Program.run(
                Program.otptoken,
                words + [person.home + "/saved", "--password-file", person.home + "/password"],
                home: home)
            #expect(outcome.status == 0 && !outcome.errors.contains("Left out"), "\(outcome)")
        }
        let back = try other.tokens()
        #expect(back.map(\.name) == tokens.map(\.name))
        #expect(back.map { $0.seed.value.exposed } == tokens.map { $0.seed.value.exposed })
    }
}
