import Cryptography
import Interchange
import OATH
import TestSupport
import Testing

/// What other programs' files may hold, and our own backup: bounds, and what lies just within them.
@Suite struct BoundTests {
    private func token(_ text: String = "a", seed: Int = 20) -> ForeignToken {
        ForeignToken(
            name: text, issuer: text, account: text,
            seed: Shared(SecretBytes([UInt8](repeating: 7, count: seed))), totp: .rule)
    }

    private func back(_ list: borrowing SecretBytes) throws(InterchangeError) -> Harvest {
        try list.withBytes { (bytes) throws(InterchangeError) in
            try URIList.read(bytes, isBackup: true)
        }
    }

    @Test func `a backup comes back whatever its tokens are`() throws {
        var extra = token()
        extra.extras = [("k", Shared(SecretBytes([UInt8](repeating: 0x20, count: 100_000))))]
        let tokens = [
            token(String(repeating: "漢", count: 1000)), token(seed: 60_000), extra,
        ]
        let harvest = try back(URIList.write(tokens))
        #expect(harvest.unusable.isEmpty && harvest.tokens.map(\.all) == tokens.map(\.all))
        let many = [ForeignToken](repeating: token(), count: 100_001)
        #expect(try back(URIList.write(many)).tokens.count == many.count)
    }

    @Test func `a line that is none of ours makes a list no backup`() throws {
        let list = SecretBytes(text: "otpauth://totp/a?secret=GE\ntoken\n")
        #expect(throws: InterchangeError.malformed("line 2")) { try back(list) }
    }

    @Test func `a list from elsewhere may have long lines`() throws {
        let long = String(repeating: "漢", count: 1000)
        let list = URIList.write([token(long), token(seed: 1024)]).exposed
        #expect(try Files.read(list).tokens.count == 2)
    }

    @Test func `a secret longer than any is refused by its name, in every format`() throws {
        let harvest = try Files.read(URIList.write([token("long", seed: 1025), token()]).exposed)
        #expect(harvest.unusable == [UnusableToken(name: "long", reason: .longSecret)])
        #expect(harvest.tokens.count == 1)
        let vault = try Aegis.write([token(seed: 1025)], random: counting)
        #expect(try Files.read(vault.exposed).unusable.map(\.reason) == [.longSecret])
    }

    @Test func `times that no calendar has are left out`() throws {
        for time in [Int64.min, -1, 253_402_300_800, .max] {
            let line = "otpauth://totp/a?secret=GE&enrolled_at=\(time)&expires_at=\(time)\n"
            let harvest = try Files.read(line)
            #expect(harvest.tokens.map(\.enrolledAt) == [nil])
            #expect(harvest.tokens.map(\.expiresAt) == [nil])
            // A backup is not the place to change what a store holds.
            let back = try back(SecretBytes(text: line))
            #expect(back.tokens.map(\.enrolledAt) == [time])
            #expect(back.tokens.map(\.expiresAt) == [time])
        }
        let last = "otpauth://totp/a?secret=GE&enrolled_at=0&expires_at=253402300799"
        #expect(try Files.read(last).tokens.map(\.enrolledAt) == [0])
        #expect(try Files.read(last).tokens.map(\.expiresAt) == [253_402_300_799])
    }

    @Test(
        arguments: [
            ("ABCDEFGHIJ", [0x00, 0x44, 0x32, 0x14, 0xC7, 0x42]),
            ("A B", [0]), ("GEZDGN===", Array("123".utf8)), ("GEA", Array("1".utf8)),
            ("MZXW6YTBO", Array("fooba".utf8)),
        ] as [(String, [UInt8])])
    func `bits of a secret that make no byte are dropped, as oathtool does`(
        text: String, seed: [UInt8]
    ) throws {
        let encoded = text.replacing(" ", with: "%20")
        let bare = "{\"encrypted\":false,\"items\":[{\"login\":{\"totp\":\"\(text)\"}}]}"
        for file in ["otpauth://totp/a?secret=\(encoded)", bare] {
            #expect(try Files.read(file).tokens.map { $0.seed.value.exposed } == [seed])
        }
    }

    @Test func `more tokens than anybody has are refused, in lists, tables and messages`() throws {
        let count = 100_001
        func many(_ line: String) -> [UInt8] {
            Array(String(repeating: line, count: count).utf8)
        }
        let files = [
            many("otpauth://totp/a?secret=GE\n"), many("otpauth://hotp/a?secret=GE\n"),
            Array("login_totp\n".utf8) + many("GE\n"),
        ]
        for file in files {
            #expect(throws: InterchangeError.excessive("tokens")) { try Files.read(file) }
        }
        let full = try Files.read(Array(files[0].dropLast(27)))
        #expect(full.tokens.count == count - 1)
    }

    /// Each slot alone is within bounds.
    @Test func `slots that would take minutes together are refused before any is tried`() throws {
        let text = String(decoding: try Files.bytes("aegis-published.json"), as: UTF8.self)
        let password = Shared(SecretBytes(text: "test"))
        func read(n: Int, p: Int) throws -> Harvest {
            let costly = text.replacing("\"n\": 32768", with: "\"n\": \(n)")
                .replacing("\"p\": 1", with: "\"p\": \(p)")
            try #require(costly != text)
            return try Files.read(costly, password: password)
        }
        #expect(throws: InterchangeError.excessive("n, r and p of header.slots")) {
            try read(n: 1 << 20, p: 16)
        }
        let slots = text.matches(of: /"type": 1,/).count
        #expect(throws: InterchangeError.excessive("n, r and p of header.slots")) {
            try read(n: 1 << 20, p: 2 / slots + 1)
        }
    }

    @Test func `2FAS and Aegis of a version to come`() {
        for (text, what) in [
            (#"{"schemaVersion":5,"services":[]}"#, "schemaVersion 5"),
            (#"{"version":2,"header":{},"db":{"entries":[]}}"#, "version 2"),
        ] {
            #expect(throws: InterchangeError.newer(what)) { try Files.read(text) }
        }
        #expect(throws: InterchangeError.malformed("schemaVersion")) {
            try Files.read(#"{"schemaVersion":0,"services":[]}"#)
        }
    }

    @Test func `2FAS: an account that stands behind its issuer in the label`() throws {
        func read(_ otp: String) throws -> [String] {
            try Files.read(
                #"{"schemaVersion":4,"services":[{"name":"Zed","secret":"GEZDGNBV","otp":{\#(otp)}}]}"#
            ).lines
        }
        #expect(try read(#""label":"Zed:carl""#) == ["Zed|carl|SHA1|6|30|12345"])
        #expect(try read(#""label":"Zed:carl","account":"""#) == ["Zed|carl|SHA1|6|30|12345"])
        #expect(try read(#""label":"x:y""#) == ["Zed|x:y|SHA1|6|30|12345"])
        #expect(try read(#""label":"x","account":"Zed:carl""#) == ["Zed|Zed:carl|SHA1|6|30|12345"])
    }

    @Test func `PSKC leaves out what XML cannot write`() throws {
        var odd = token("a\u{FFFE}b\u{FFFF}c\u{1}d\u{FFFD}")
        odd.issuer = "\u{FFFF}"
        let file = try PSKC.write([odd], password: nil, random: counting)
        let text = String(decoding: file.exposed, as: UTF8.self)
        #expect(!text.unicodeScalars.contains { $0 == "\u{FFFE}" || $0 == "\u{FFFF}" })
        #expect(try Files.read(text).tokens.map(\.account) == ["abcd\u{FFFD}"])
        for reference in ["&#xFFFE;", "&#65535;"] {
            #expect(throws: InterchangeError.malformed("line 1")) {
                try Files.read("<a>\(reference)</a>", as: .pskc)
            }
        }
    }

    @Test(
        arguments: [
            ("2031-11-20T09:05:07Z", 1_952_931_907),
            ("2020-02-29T23:59:59.25+09:00", 1_582_988_399),
            ("2000-03-01T00:00:00-00:30", 951_870_600), (" 1970-01-01T00:00:00 ", 0),
            ("9999-12-31T23:59:59Z", 253_402_300_799), ("1969-12-31T23:59:59Z", nil),
            ("2031-11-20", nil), ("2031-13-20T09:05:07Z", nil), ("2031-11-20T09:05:07X", nil),
            ("2031-11-20T09:05:07.Z", nil), ("2031-11-20T09:05:07+0900", nil), ("", nil),
        ] as [(String, Int64?)])
    func `PSKC says when a token ends`(date: String, seconds: Int64?) throws {
        let file = try PSKC.write([token()], password: nil, random: counting).exposed
        let text = String(decoding: file, as: UTF8.self).replacing(
            "</Data>", with: "</Data><Policy><ExpiryDate>\(date)</ExpiryDate></Policy>")
        #expect(try Files.read(text).tokens.map(\.expiresAt) == [seconds])
    }
}
