import Cryptography
import OATH
import TestSupport
import Testing
import TokenStore

@Suite struct PlaintextTests {
    /// A token's lines between `token` and `end`.
    static let lines = [
        "name a", "kind totp", "state active", "secret Zm9v", "algorithm SHA1", "digits 6",
        "period 30", "issuer ", "service_id ", "user_id ", "server ",
    ]
    static let optional = ["enrolled_at 1", "expires_at 2", "default yes"]

    private func open(_ text: [UInt8]) throws -> [Token] {
        try Workshop().open(Workshop().store(text))
    }

    private func open(_ lines: [String]) throws -> [Token] {
        try open(Array((["token"] + lines + ["end"]).map { $0 + "\n" }.joined().utf8))
    }

    private func key(_ line: String) -> String { String(line.prefix { $0 != " " }) }

    /// The error of a token, or nil when it opens.
    private func failure(of lines: [String]) throws -> StoreError? {
        do { _ = try open(lines) } catch let error as StoreError { return error }
        return nil
    }

    private func isDamaged(_ lines: [String]) throws -> Bool {
        guard case .damaged = try failure(of: lines) else { return false }
        return true
    }

    @Test func `the least that a token has`() throws {
        let tokens = try open(Self.lines)
        #expect(tokens.count == 1)
        #expect(try open([UInt8]()).isEmpty)
        #expect(try open(Self.lines + Self.optional).first?.expiresAt == 2)
        #expect(try open(Self.lines.reversed()).map(everything) == tokens.map(everything))
    }

    @Test func `a token that lacks a key is refused`() throws {
        for index in Self.lines.indices {
            var lines = Self.lines
            let gone = lines.remove(at: index)
            #expect(try isDamaged(lines), "\(gone)")
        }
    }

    @Test func `a key that stands twice is refused`() throws {
        for line in Self.lines + Self.optional {
            let lines = Self.lines + Self.optional + [line]
            #expect(try failure(of: lines) == .damaged("key twice"), "\(line)")
        }
    }

    @Test func `a control character is refused in every value`() throws {
        let characters = [
            "\0", "\t", "\r", "\u{B}", "\u{1B}", "\u{7F}", "\u{80}", "\u{85}", "\u{9F}", "\u{2028}",
            "\u{2029}",
        ]
        for index in Self.lines.indices {
            for character in characters {
                var lines = Self.lines
                lines[index] += character
                #expect(try isDamaged(lines), "\(lines[index].debugDescription)")
            }
        }
        for line in Self.optional + ["unknown x", "unknown\u{1}x y"] {
            for character in characters {
                let lines = Self.lines + [line + character]
                #expect(try isDamaged(lines), "\(line) \(character.debugDescription)")
            }
        }
    }

    @Test func `bytes that are no UTF-8 are refused in every value`() throws {
        for line in Self.lines + Self.optional + ["unknown x"] {
            for broken in [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80]] as [[UInt8]] {
                let others = (Self.lines + Self.optional).filter { key($0) != key(line) }
                let text =
                    Array("token\n\(others.joined(separator: "\n"))\n\(line)".utf8) + broken
                    + Array("\nend\n".utf8)
                #expect(throws: StoreError.self, "\(line) \(broken)") { try open(text) }
            }
        }
    }

    static let wrong = [
        "name ", "name  a", "name a ", "state ", "state Active", "state lost", "secret ",
        "secret Zm9", "secret Zh", "secret Zh==", "secret !", "secret Zm9v ", "algorithm MD5",
        "algorithm sha1", "algorithm ", "digits 5", "digits 9", "digits ", "digits 06", "digits +6",
        "digits six", "digits ６", "digits 6.0", "period 0", "period 3601", "period 030",
        "period -30", "period +30", "period ", "period 99999999999999999999", "enrolled_at ",
        "enrolled_at x", "enrolled_at 01", "enrolled_at +1", "enrolled_at -0", "enrolled_at 1.5",
        "expires_at ", "expires_at 9223372036854775808", "default ", "default no", "default YES",
    ]

    @Test(arguments: wrong)
    func `a value that is none is refused`(_ line: String) throws {
        let others = (Self.lines + Self.optional).filter { key($0) != key(line) }
        #expect(try isDamaged(others + [line]))
    }

    @Test func `a secret is read with padding and without`() throws {
        let others = Self.lines.filter { key($0) != "secret" }
        for line in ["secret Zg==", "secret Zg"] {
            let token = try #require(try open(others + [line]).first)
            #expect(token.seed.value.withBytes { Array(copying: $0) } == Array("f".utf8))
        }
    }

    private static let mailed = lines.filter {
        !$0.hasPrefix("secret ") && !$0.hasPrefix("algorithm ")
    }
    .map { $0 == "kind totp" ? "kind mailed" : $0 }

    @Test func `a token whose codes are mailed has no secret`() throws {
        let more = ["mail_from otp@mail.example", "trust 1 2 Firefox", "trust 3 4 a b"]
        let tokens = try open(Self.mailed + Self.optional + more)
        let token = try #require(tokens.first)
        #expect(token.kind == .mailed && token.seed.value.count == 0)
        #expect(token.totp.digits == 6 && token.totp.period == 30)
        #expect(token.extras.map(\.key) == ["mail_from", "trust", "trust"])
        #expect(try open(Self.lines).first?.kind == .totp)
        for index in Self.mailed.indices {
            var lines = Self.mailed
            let gone = lines.remove(at: index)
            #expect(try isDamaged(lines), "\(gone)")
        }
        for line in ["secret Zm9v", "secret ", "algorithm SHA1"] {
            #expect(try isDamaged(Self.mailed + [line]), "\(line)")
        }
    }

    @Test func `a token of another kind is not touched`() throws {
        let others = Self.lines.filter { key($0) != "kind" }
        for kind in ["mail", "hotp", "TOTP", ""] {
            let error = StoreError.unknownKind(kind)
            #expect(try failure(of: others + ["kind \(kind)"]) == error)
        }
    }

    @Test(arguments: [
        "\n", "token", "token\n", "end\n", "token\nend", "name a\n", " token\n", "token \nend\n",
        "TOKEN\n", "token\n\nend\n", "token\nname\nend\n", "token\n x\nend\n",
        "token\ntoken\nend\n",
    ])
    func `lines out of place are refused`(_ text: String) throws {
        let whole = "token\n" + Self.lines.joined(separator: "\n") + "\nend\n"
        #expect(throws: StoreError.self) { try open(Array(text.utf8)) }
        #expect(throws: StoreError.self) { try open(Array((whole + text).utf8)) }
        #expect(try open(Array((whole + whole).utf8)).count == 2)
    }

    @Test func `a last line without its end is refused`() throws {
        let text = "token\n" + Self.lines.joined(separator: "\n") + "\nend"
        #expect(throws: StoreError.damaged("last line")) { try open(Array(text.utf8)) }
    }

    @Test func `unknown keys are kept, in order, through opening and sealing`() throws {
        let extras = [
            "zeta 1", "alpha  two spaces ", "empty ", "end x", "token y", "übung é", "a =b=",
        ]
        let text = "token\n" + (Self.lines + extras).joined(separator: "\n") + "\nend\n"
        let file = try Workshop().store(text)
        let store = try TokenStore(opening: file, .device, SecretBytes(Workshop().device))
        let kept = store.tokens[0].extras.map {
            "\($0.key) \(String(decoding: $0.value.value.exposed, as: UTF8.self))"
        }
        #expect(kept == extras)
        let again = try store.sealed(random: ScriptedRandom([Fixture.payloadNonce]).draw)
        #expect(again == file)
    }
}
