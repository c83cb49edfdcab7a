import Cryptography
import Foundation
import TestSupport
import Testing
import TokenStore

@Suite struct PassphraseTests {
    private func form(_ typed: [UInt8]) -> [UInt8]? {
        Passphrase(SecretBytes(typed))?.bytes.exposed
    }

    private func form(_ typed: String) -> [UInt8]? { form(Array(typed.utf8)) }

    /// Normalization Form C of each line, by Python's unicodedata.
    private func python(_ program: String) throws -> String {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            "python3", ["-c", "import sys, unicodedata, random\n" + program], home: folder.path,
            extra: ["PYTHONIOENCODING": "utf-8"])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    @Test func `ASCII stays as it is`() {
        let text = String(decoding: 0x20...0x7E as ClosedRange<UInt8>, as: UTF8.self)
        #expect(form(text) == Array(text.utf8))
    }

    @Test(arguments: [
        ("e\u{301}", "é"), ("é", "é"), ("\u{212B}", "Å"), ("\u{1100}\u{1161}\u{11A8}", "각"),
        ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("\u{FB1D}", "\u{5D9}\u{5B4}"),
        ("\u{F900}", "豈"), ("か\u{3099}", "が"),
        ("a\u{316}\u{F73}\u{323}", "a\u{F71}\u{F72}\u{316}\u{323}"),
        ("\u{958}", "\u{915}\u{93C}"),
        ("e\u{301}e\u{301}", "éé"), ("\u{301}e", "\u{301}e"), ("Å", "Å"), ("ﬁ", "ﬁ"),
    ])
    func `whichever keyboard typed it, it is the same`(_ typed: String, _ expected: String) {
        #expect(form(typed) == Array(expected.utf8))
    }

    @Test func `every character of Unicode comes out as Python has it`() throws {
        let table = try python(
            """
            for c in range(0x20, 0x110000):
                if 0xD800 <= c < 0xE000 or unicodedata.category(chr(c)) in ("Cn", "Co"): continue
                nfc = unicodedata.normalize("NFC", chr(c))
                if nfc != chr(c) or c % 97 == 0:
                    print("%x %s" % (c, nfc.encode().hex()))
            """)
        let rows = table.split(separator: "\n")
        #expect(rows.count > 2000)
        for row in rows {
            let fields = row.split(separator: " ")
            let scalar = try #require(UInt32(fields[0], radix: 16).flatMap(Unicode.Scalar.init))
            let made = try #require(form(String(scalar)))
            #expect(Hex.encode(made.span) == String(fields[1]), "\(fields[0])")
        }
    }

    @Test func `long mixtures come out as Python has them`() throws {
        // Bases, marks of several classes, Hangul, and vowel signs that join a base before them.
        let table = try python(
            """
            random.seed(7)
            few = [0x41, 0x61, 0x65, 0x6F, 0x20, 0x3042, 0x304B, 0x3099, 0x309A, 0x300, 0x301, 0x308,
                    0x323, 0x327, 0x345, 0x3B1, 0x1100, 0x1112, 0x1161, 0x1175, 0x11A8, 0x11C2, 0xAC00,
                    0xAC01, 0x9BE, 0x9C7, 0x9D7, 0xB47, 0xB57, 0xDD9, 0xDCA, 0xDDF, 0x1025, 0x102E,
                    0x958, 0xFB2A, 0x1D15E, 0x2126, 0x5D0, 0x5B7, 0x1F600, 0xFE0F, 0x11131, 0x11127,
                    0x316, 0x344, 0xF40, 0xF71, 0xF72, 0xF73, 0xF74, 0xF75, 0xF80, 0xF81]
            # All that has a class or a decomposition, or that composes.
            joining = [c for c in range(0x110000) if unicodedata.combining(chr(c))
                       or unicodedata.decomposition(chr(c)) and not 0xF900 <= c < 0xFB00
                       and not 0x2F800 <= c < 0x2FA20]
            for length in [2, 3, 5, 8, 20, 200] * 200:
                pool = random.choice([few, joining])
                text = "".join(chr(random.choice(pool)) for _ in range(length))
                print(text.encode().hex(), unicodedata.normalize("NFC", text).encode().hex())
            """)
        for row in table.split(separator: "\n") {
            let fields = row.split(separator: " ")
            let typed = try #require(Hex.decode(String(fields[0])))
            let made = try #require(form(typed))
            #expect(Hex.encode(made.span) == String(fields[1]), "\(fields[0])")
        }
    }

    @Test(arguments: [
        [], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE3, 0x81], [0x61, 0x80],
        [0xF4, 0x90, 0x80, 0x80],
    ])
    func `nothing, and what is not UTF-8, is no passphrase`(_ typed: [UInt8]) {
        #expect(form(typed) == nil)
    }

    @Test func `characters are counted, not bytes`() {
        #expect(Passphrase(SecretBytes(text: "e\u{301}銀行🏦a"))?.count == 5)
    }
}
