import Foundation
import Platform
import TestSupport
import Testing

@Suite struct `A charset` {
    /// Bytes as Python's codec writes a text.
    private func encoded(_ text: String, _ codec: String) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            "python3",
            ["-c", "import sys; print(sys.argv[1].encode(sys.argv[2]).hex())", text, codec],
            home: folder.path, extra: ["PYTHONUTF8": "1"])
        return hex(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test(arguments: [
        ("ISO-2022-JP", "iso2022_jp", "あA\n銀行"), ("iso-2022-jp", "iso2022_jp_ext", "ユーザｱID\\~"),
        ("ISO-2022-JP-1", "iso2022_jp_1", "丂銀"),
        ("Shift_JIS", "cp932", "ａ①～－ｱ髙\\~"), ("windows-31J", "cp932", "銀行"),
        ("EUC-JP", "euc_jp", "銀行ｱ丂"),
        ("utf-8", "utf-8", "銀🏦"), ("UTF-16", "utf-16", "銀🏦"), ("iso-8859-1", "latin-1", "Jørn"),
        ("us-ascii", "ascii", "a"), ("KOI8-R", "koi8_r", "банк"), ("gb18030", "gb18030", "银"),
    ]) func `is decoded as Python encodes it`(name: String, codec: String, text: String) throws {
        let bytes = try encoded(text, codec)
        try #require(!bytes.isEmpty)
        #expect(decoded(bytes, charset: name) == text)
    }

    @Test func `of old Japanese mails may hold what its standard does not`() throws {
        // Row 13, of NEC: the standard's converter would refuse it, and lose its place.
        let bytes = Array("\u{1B}$B-!%f!<%6\u{1B}(II1\u{1B}(J ID\n".utf8)
        #expect(decoded(bytes, charset: "ISO-2022-JP") == "①ユーザﾉｱ ID\n")
    }

    @Test func `is decoded at any length`() throws {
        let text = String(repeating: "銀a", count: 50_000)
        #expect(decoded(try encoded("銀a", "cp932") * 50_000, charset: "sjis") == text)
        #expect(decoded([], charset: "shift_jis") == "")
    }

    @Test(
        arguments: [
            ("shift_jis", [0x61, 0x8B], "a\u{FFFD}"), ("shift_jis", [0xFF, 0x61], "\u{FFFD}a"),
            ("euc-jp", [0xB6, 0xE4, 0xFF, 0x61], "銀\u{FFFD}a"),
            ("utf-8", [0x61, 0xC0, 0x62], "a\u{FFFD}b"),
            ("iso-2022-jp", [0x1B, 0x24, 0x42, 0x36, 0x64, 0x36, 0x0A, 0x61], "銀6\na"),
            ("iso-2022-jp", [0x61, 0x80, 0x62], "a\u{80}b"),
            ("utf-16le", [0x61, 0, 0, 0xD8], "a\u{FFFD}\u{FFFD}"),
        ] as [(String, [UInt8], String)])
    func `survives a byte that is wrong`(name: String, bytes: [UInt8], text: String) {
        #expect(decoded(bytes, charset: name) == text)
    }

    @Test(arguments: [
        "", "x-mine", "utf-8//IGNORE", "utf-8,", "../../lib", "ascii\u{0}", "shift jis", "日本",
        String(repeating: "a", count: 65),
    ]) func `that is none is not known`(name: String) {
        #expect(decoded([0x61], charset: name) == nil)
    }
}

private func * (bytes: [UInt8], count: Int) -> [UInt8] {
    Array(repeatElement(bytes, count: count).joined())
}
