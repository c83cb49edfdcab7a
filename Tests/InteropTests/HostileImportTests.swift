import Foundation
import TestSupport
import Testing
import TokenStore

/// What cannot be trusted brings nothing in, and leaves what is there as it is.
@Suite struct HostileImportTests {
    private static let fixtures = Program.root + "/Tests/InterchangeTests/Fixtures"
    private let person: Person

    init() throws {
        person = try Person()
        try StoreMaker.write([StoreMaker.token("Acme Bank")], home: person.home)
        try "correct horse".write(
            toFile: person.home + "/password", atomically: true, encoding: .utf8)
    }

    /// Imports bytes, which must fail with one of the statuses, quickly, and change no file.
    private func expectRefusal(
        _ file: [UInt8], _ statuses: Set<Int32> = [2, 4, 5], _ options: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        try Data(file).write(to: URL(filePath: person.home + "/file"))
        let before = try person.folder.files()
        let outcome = try Program.run(
            Program.otptoken,
            ["import", "file", "--password-file", "password"] + options, home: person.home)
        #expect(statuses.contains(outcome.status), "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
        #expect(
            outcome.errors.hasPrefix("otptoken: file "), "\(outcome)",
            sourceLocation: sourceLocation)
        #expect(try person.folder.files() == before, sourceLocation: sourceLocation)
        return outcome
    }

    private func fixture(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "\(Self.fixtures)/\(name)")))
    }

    @Test(arguments: [
        "2fas-encrypted.json", "andotp.bin", "andotp-old.bin", "aegis-published.json",
    ])
    func `an encrypted file, cut short, altered, or with another password`(name: String) throws {
        let file = try fixture(name)
        for count in [file.count - 1, file.count / 2, 40] {
            _ = try expectRefusal(Array(file[..<count]))
        }
        var altered = file
        altered[file.count / 2] ^= 1
        _ = try expectRefusal(altered)
        try "wrong".write(toFile: person.home + "/password", atomically: true, encoding: .utf8)
        let outcome = try expectRefusal(file, [4])
        #expect(outcome.errors.contains("wrong password"))
    }

    @Test(arguments: [
        ("\"n\": 32768", "\"n\": 1073741824", "n"), ("\"r\": 8", "\"r\": 1000000", "r"),
        ("\"p\": 1", "\"p\": 1000000", "p"),
    ])
    func `a key that would cost more than a machine has`(
        old: String, new: String, parameter: String
    ) throws {
        let text = String(decoding: try fixture("aegis-published.json"), as: UTF8.self)
        try #require(text.contains(old))
        let file = text.replacingOccurrences(of: old, with: new)
        let outcome = try expectRefusal(Array(file.utf8), [5])
        #expect(outcome.errors.contains("asks for more than is taken here: \(parameter)\n"))
    }

    @Test func `iterations and key lengths beyond all bounds`() throws {
        var file = try fixture("andotp.bin")
        file.replaceSubrange(0..<4, with: [0x7F, 0xFF, 0xFF, 0xFF])
        let outcome = try expectRefusal(file, [5], "--format", "andotp")
        #expect(outcome.errors.contains("iterations"))
        let text = String(decoding: try fixture("rfc6030-figure7.xml"), as: UTF8.self)
        for (old, new, place) in [
            (">1000<", ">4000000000<", "IterationCount"), (">16<", ">1600000000<", "KeyLength"),
        ] {
            let file = Array(text.replacingOccurrences(of: old, with: new).utf8)
            #expect(try expectRefusal(file, [5]).errors.contains(place))
        }
    }

    @Test func `a file longer than any export`() throws {
        let long = person.home + "/long"
        #expect(FileManager.default.createFile(atPath: long, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: long))
        try handle.truncate(atOffset: 1 << 30)
        let outcome = try person.run("import", long)
        #expect(outcome.status == 1 && outcome.errors.contains("too long"))
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000), String(repeating: "<a>", count: 100_000),
        "{\"version\":1,\"header\":{},\"db\":" + String(repeating: "{\"a\":", count: 50_000),
        "otpauth://totp/a?secret=" + String(repeating: "A", count: 1 << 20),
        "otpauth-migration://offline?data=CgX/////",
        "<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><KeyContainer Version=\"1.0\">&b;",
        "folder,login_totp\n" + String(repeating: ",", count: 100_000),
    ])
    func `texts without end, and depths without bottom`(text: String) throws {
        _ = try expectRefusal(Array(text.utf8))
    }

    @Test func `a save that fails brings in none of them`() throws {
        let list = (0..<200).map { "otpauth://totp/A:\($0)?secret=GEZDGNBVGY3TQOJQ\n" }.joined()
        try Data(list.utf8).write(to: URL(filePath: person.home + "/list"))
        let before = try person.folder.files()
        // The disk is full after a few kilobytes.
        let outcome = try Program.run(
            "/bin/sh", ["-c", "ulimit -f 8; exec otptoken import list"], home: person.home)
        #expect(outcome.status == 1 && outcome.errors.contains("tokens"), "\(outcome)")
        let after = try person.folder.files().filter { !$0.key.hasSuffix("tokens.lock") }
        #expect(after == before)
        #expect(try person.run("import", "list").status == 0)
        #expect(try person.tokens().count == 201)
    }

    @Test func `what steers a terminal is shown as a question mark`() throws {
        let text =
            "otpauth://hotp/%1b%5b2J%07?secret=GE\notpauth://totp/%1b%5b2Ja%0ab?secret=GEZDGNBV"
        try Data(text.utf8).write(to: URL(filePath: person.home + "/list"))
        let outcome = try person.run("import", "list")
        #expect(outcome.status == 0 && !outcome.errors.contains("\u{1B}"))
        let token = try #require(try person.tokens().last)
        #expect(token.name == "[2Jab" && token.userID == "[2Jab")
    }

    @Test func `what only a backup may say is not taken from a list`() throws {
        let text =
            "otpauth://totp/a?secret=GEZDGNBV&default=yes&server=https%3A%2F%2Fevil.example&x.backend=privacyidea"
        try Data(text.utf8).write(to: URL(filePath: person.home + "/list"))
        #expect(try person.run("import", "list").status == 0)
        let token = try #require(try person.tokens().last)
        #expect(!token.isDefault && token.server.isEmpty && token.extras.isEmpty)
    }
}
