import Cryptography
import Enrolment
import TestSupport
import Testing

@Suite struct IdentifierTests {
    static let forms: [(String, String)] = [
        ("10121234", "10121234"), ("12345678901234DC", "12345678901234DC"),
        ("１０１２１２３４", "10121234"), ("１２３４５６７８９０１２３４ＤＣ", "12345678901234DC"),
        ("1012 1234", "10121234"), (" 1012\t1234 ", "10121234"), ("1012　1234", "10121234"),
        ("1012\u{A0}1234", "10121234"), ("1012-1234", "10121234"),
        ("-1-0-1-2-1-2-3-4-", "10121234"),
        ("1012－1234", "10121234"), ("123456-78901234-DC", "12345678901234DC"),
        ("1234 5678-9012 34dc", "12345678901234dc"),
        // Hyphens are part of an ID that has not the issuer's shape.
        ("1012-123", "1012-123"), ("1012-12345", "1012-12345"), ("alice-b", "alice-b"),
        ("alice－b", "alice-b"), ("12345678901234-D", "12345678901234-D"),
        ("ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｊｐ", "alice@example.jp"), ("a_b", "a_b"), ("-", "-"),
        (String(repeating: "a", count: 64), String(repeating: "a", count: 64)),
    ]

    @Test(arguments: forms)
    func `an ID is read as people paste it`(_ pasted: String, _ id: String) {
        #expect(Identifier.read(pasted) == id)
    }

    @Test(arguments: [
        "", " ", "　", "a/b", "a\nb", "a\0", "a\u{7F}", "é", "e\u{301}", "例", "a+b", "a:b", "a%41",
        "a\\b", "a\u{200B}b", "a‐b", "a–b", "１０１２１２３４！", "\u{1B}[2J",
        String(repeating: "a", count: 65),
    ])
    func `anything else is refused`(_ pasted: String) {
        #expect(Identifier.read(pasted) == nil)
    }

    @Test func `what is read is valid and is read as itself`() {
        for (_, id) in Self.forms {
            #expect(Identifier.isValid(id))
            #expect(Identifier.read(id) == id)
        }
        for text in ["", "１", " 1", "a b", String(repeating: "a", count: 65)] {
            #expect(!Identifier.isValid(text))
        }
    }
}

@Suite struct StartPasswordTests {
    private func read(_ typed: [UInt8]) -> String? {
        guard let password = StartPassword(SecretBytes(typed)) else { return nil }
        return String(decoding: password.digits.exposed, as: UTF8.self)
    }

    static let forms: [(String, String)] = [
        ("1234", "1234"), ("12345678", "12345678"), ("0000", "0000"), ("００１２", "0012"),
        ("１２３４５６７８", "12345678"), ("12３４5６", "123456"), (" 1234 ", "1234"),
        ("12 34", "1234"), ("　1234　5678　", "12345678"),
    ]

    @Test(arguments: forms)
    func `it is read as people type it`(_ typed: String, _ digits: String) {
        #expect(read(Array(typed.utf8)) == digits)
    }

    @Test(arguments: [
        "", "1", "123", "123456789", "１２３", "１２３４５６７８９", "12345678 9", "123a", "abcd", "12-34",
        "-1234", "+1234", "1234\n", "1234\t", "1234\0", "12.34", "１２３ａ", "１２３／", "１２３：",
        "٠١٢٣", "一二三四", "1234é",
    ])
    func `anything else is refused`(_ typed: String) {
        #expect(read(Array(typed.utf8)) == nil)
    }

    @Test func `bytes that are no text are refused`() {
        let digits = Array("1234".utf8)
        let broken: [[UInt8]] = [
            digits + [0xEF], digits + [0xEF, 0xBC], digits + [0xE3, 0x80], [0x80] + digits,
            digits + [0xFF], [0xEF, 0xBC, 0x8F] + digits, [0xEF, 0xBC, 0x9A] + digits,
        ]
        for typed in broken { #expect(read(typed) == nil, "\(typed)") }
    }
}
