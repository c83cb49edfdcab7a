import Foundation
import MailedCodes
import TestSupport
import Testing

@Suite struct `The header of a mail` {
    @Test(arguments: ["\n", "\r\n"]) func `is unfolded, and keeps its order`(end: String) throws {
        let mail = try mail(
            [
                "Received: from c (c [192.0.2.3])", "\tby d; Thu, 13 Feb 2025 23:31:32 +0900",
                "Received: from a", "  by b", "Subject : hello,", " world",
                "X-Mixed-Case:no blank", "", "the text", "",
            ].joined(separator: end))
        #expect(
            mail.values(of: "Received") == [
                "from c (c [192.0.2.3])\tby d; Thu, 13 Feb 2025 23:31:32 +0900",
                "from a  by b",
            ])
        #expect(mail.values(of: "subject") == ["hello, world"])
        #expect(mail.values(of: "x-mixed-CASE") == ["no blank"])
        #expect(mail.values(of: "X-Other").isEmpty && mail.texts(of: "X-Other").isEmpty)
        #expect(mail.text == "the text\n")
    }

    // RFC 2047, section 8.
    @Test(arguments: [
        ("(=?ISO-8859-1?Q?a?=)", "(a)"), ("(=?ISO-8859-1?Q?a?= b)", "(a b)"),
        ("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"),
        ("(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"),
        ("(=?ISO-8859-1?Q?a?=\n    =?ISO-8859-1?Q?b?=)", "(ab)"),
        ("(=?ISO-8859-1?Q?a_b?=)", "(a b)"),
        ("(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"),
        ("=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>"),
        ("=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <k@d.dk>", "Keld Jørn Simonsen <k@d.dk>"),
        ("=?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1>", "André Pirard <PIRARD@vm1>"),
        (
            "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\n"
                + " =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
            "If you can read this you understand the example."
        ),
        ("N (=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?=)", "N (םולש ןב ילטפנ)"),
    ]) func `has encoded words`(value: String, text: String) throws {
        #expect(try mail("From: \(value)\n\n").texts(of: "from") == [text])
    }

    @Test(arguments: [
        // A character cut in two, a language (RFC 2231), quotation marks around a word.
        ("=?utf-8?B?6YqA6KE=?= =?UTF-8?b?jA==?=", "銀行"), ("=?utf-8*ja?q?=E9=8A=80?=", "銀"),
        ("\"=?ISO-2022-JP?B?GyRCNmQ5VBsoQg==?=\" <a@b.c>", "\"銀行\" <a@b.c>"),
        ("=?iso-2022-jp?B?GyRCLSEbKEI=?=", "①"), ("=?utf-8?Q?a b?=", "a b"),
        // No words.
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="), ("=?utf-8?Q?abc", "=?utf-8?Q?abc"),
        ("=?utf-8?Q?abc? =", "=?utf-8?Q?abc? ="), ("=??Q?abc?=", "=??Q?abc?="), ("=?", "=?"),
        ("=?utf-8", "=?utf-8"), ("=?utf-8?Q", "=?utf-8?Q"), ("=?utf-8?Q?=", "=?utf-8?Q?="),
        ("銀行", "銀行"), ("=?utf-8?Q??=x", "x"),
    ]) func `is read as programs write it`(value: String, text: String) throws {
        #expect(try mail("Subject: \(value)\n\n").texts(of: "Subject") == [text])
    }

    @Test func `begins behind the first line of an mbox, and a mark of UTF-8`() throws {
        #expect(try mail("From a@b.c Thu Feb 13\nSubject: x\n\ny").values(of: "subject") == ["x"])
        #expect(try mail("\u{FEFF}Subject: x\n\ny").text == "y")
    }

    @Test func `may be missing: a text that was copied is a text`() throws {
        for text in ["Server: https://a.b\nUser ID: 1\n", "\n\nhello", "a b: c\n", "", "X: y"] {
            let mail = try mail(text)
            #expect(mail.text == text && mail.values(of: "server").isEmpty)
        }
    }

    @Test func `ends at the first line that is no field`() throws {
        let mail = try mail("Subject: x\nno field\nFrom: y\n")
        #expect(mail.text == "no field\nFrom: y\n" && mail.values(of: "from").isEmpty)
    }
}

@Suite struct `The text of a mail` {
    private func text(_ type: String, _ encoding: String, _ body: String) throws -> String {
        try mail(
            "Content-Type: \(type)\nContent-Transfer-Encoding: \(encoding)\n\n\(body)"
        ).text
    }

    @Test(arguments: [
        // RFC 2045, section 6.7, with LF and CRLF.
        (
            "Now's the time =\nfor all folk to come=\n to the aid of their country.",
            "Now's the time for all folk to come to the aid of their country."
        ),
        ("a=20=  \r\nb \t\r\n=3D=e9=8A=80\r\n", "a b\n=銀\n"), ("a=XYb=", "a=XYb"),
        ("=", ""), ("==41", "=A"), ("=4", "=4"), ("", ""), ("\n\n", "\n\n"),
    ]) func `is decoded from quoted-printable`(body: String, text: String) throws {
        #expect(try self.text("text/plain; charset=utf-8", "Quoted-Printable", body) == text)
    }

    @Test(arguments: [
        ("6YqA\r\n6KGM\n", "銀行"), ("6YqA6KGM!!", "銀行"), ("6Y qA", "銀"), ("YQ==YmM=", "abc"),
        ("YQ", "a"), ("Y", ""), ("====", ""),
    ]) func `is decoded from base64`(body: String, text: String) throws {
        #expect(try self.text("text/plain; charset=UTF-8", "base64", body) == text)
    }

    @Test(arguments: [
        "text/plain; charset=utf-8", "TEXT/Plain ;CHARSET = \"UTF-8\"", "text/plain", "text", "",
        "(a \\) comment) text/plain (; charset=x);charset=\"utf\\-8\"; charset=latin1", "x;;=",
        "text/plain; charset=us-ascii", "multipart/mixed", "multipart/mixed; boundary=\"\"",
    ]) func `has the charset that its type says, else UTF-8`(type: String) throws {
        #expect(try self.text(type, "8bit", "銀行") == "銀行")
    }

    @Test func `is kept where a byte is wrong`() throws {
        let head = Array("Content-Type: text/plain; charset=utf-8\n\n".utf8)
        #expect(try mail(head + [0x61, 0xFF, 0x62]).text == "a\u{FFFD}b")
        let japanese = Array("Content-Type: text/plain; charset=Shift_JIS\n\n".utf8)
        #expect(try mail(japanese + [0x61, 0xFF, 0x8B, 0xE2]).text == "a\u{FFFD}銀")
    }

    @Test func `in a charset that nobody knows is read as far as it is ASCII`() throws {
        let mail = try mail("Subject: x\nContent-Type: text/plain; charset=x-mine\n\nID: 1")
        #expect(mail.text == "ID: 1" && mail.unknownCharsets == ["x-mine"])
        let none = try MailMessage(Array("Subject: x\n\n\u{1B}$B6d\u{1B}(B\n".utf8)) { _, _ in nil }
        #expect(none.unknownCharsets == ["iso-2022-jp"])
    }

    @Test(arguments: [
        ("a<br>b<BR/>c", "a\nb\nc"), ("<p class='>'>a</p>", "\na\n"),
        ("a < b <3 &amp; c", "a < b <3 & c"),
        ("a<!-- <p>x</p> -->b", "ab"), ("<style>x</style>a<SCRIPT>x < y</Script >b", "ab"),
        ("a\r\nb", "a  b"), ("&lt;&gt;&quot;&apos;&nbsp;&#65;&#x42;&#X43;", "<>\"' ABC"),
        ("&copy; &#xD800; &#; &# &amp", "&copy; &#xD800; &#; &# &amp"), ("a<b", "a"),
        ("<!DOCTYPE html><title>x</title>a", "a"), ("a</style>b", "ab"), ("a<!-- b", "a"),
        ("<tr><td>a<td>b", "\n\ta\tb"), ("<a href=\"x\">y</a>", "y"), ("<script>a", ""), ("<", "<"),
    ]) func `is what is left of HTML`(html: String, text: String) throws {
        #expect(try self.text("text/html; charset=utf-8", "8bit", html) == text)
    }

    @Test func `has LF at the end of its lines`() throws {
        #expect(try mail("Subject: x\r\n\r\na\r\nb\rc\n\r\n").text == "a\nb\nc\n\n")
    }

    private func parts(_ kind: String, _ parts: String..., end: String = "--B--\n") -> String {
        "Content-Type: multipart/\(kind); boundary=B\n\npreamble\n"
            + parts.map { "--B\n\($0)\n" }.joined() + end + "epilogue"
    }

    @Test func `is that of the plainest part of a choice`() throws {
        let html = "Content-Type: text/html\n\n<b>html</b>"
        let plain = "\nplain"
        #expect(try mail(parts("alternative", html, plain)).text == "plain\n")
        #expect(try mail(parts("alternative", html, "\n \n")).text == "html ")
        #expect(try mail(parts("mixed", html, plain)).text == "html \nplain\n")
    }

    @Test func `leaves out what is attached, or no text`() throws {
        let mail = try mail(
            parts(
                "mixed", "\ntext", "Content-Disposition: Attachment; filename=x\n\nattached",
                "Content-Type: image/png\n\nimage", "Content-Type: text/calendar\n\ncalendar",
                "Content-Transfer-Encoding: x-uuencode\n\nencoded"))
        #expect(mail.text == "text\n")
        #expect(try self.mailText("Subject: x\nContent-Disposition: attachment\n\na") == "a")
        #expect(try self.mailText("Content-Type: image/png\n\na") == "")
    }

    private func mailText(_ text: String) throws -> String { try mail(text).text }

    @Test func `is found between boundaries that end badly`() throws {
        #expect(try mail(parts("mixed", "\na", "\nb", end: "")).text == "a\n\nb\nepilogue")
        #expect(
            try mail(parts("mixed", "\na\n--BB\n--B-\n-- B", end: "--B--  ")).text.hasPrefix(
                "a\n--BB"))
        #expect(try mail(parts("mixed")).text == "")
        #expect(try mail("Content-Type: multipart/mixed; boundary=B\n\nnothing").text == "")
    }
}

@Suite struct `A hostile mail` {
    private static let maximum = MailMessage.maximumCount

    /// Repeats a text: what one look at each byte costs is no time, its square would be noticed.
    private func fill(_ head: String, _ text: String, count: Int = 1 << 16) -> [UInt8] {
        let pieces = repeatElement(text.utf8, count: (count - head.utf8.count) / text.utf8.count)
        return Array(head.utf8) + pieces.joined()
    }

    @Test func `is refused when it is too large`() throws {
        let bytes = fill("Subject: x\n\n", "a", count: Self.maximum)
        #expect(try mail(bytes).text.utf8.count == Self.maximum - 12)
        #expect(throws: MailError.tooLarge) { try mail(bytes + [0x61]) }
    }

    @Test(arguments: [
        ("", "a:\n"), ("a:", "aaaaaaaa"), ("a:\n", " x\n"), ("a:", "=?a?q?"),
        ("Content-Type: multipart/mixed; boundary=B\n\n", "--B\n"),
        ("Content-Type: multipart/mixed; boundary=B\n\n--B\n", "Content-Type: message/rfc822\n\n"),
    ]) func `is refused when it has too much of something`(head: String, text: String) {
        let bytes = fill(head, text, count: Self.maximum)
        #expect(throws: MailError.tooComplex) { try mail(bytes) }
    }

    private func nested(_ depth: Int) -> String {
        (0..<depth).map { "Content-Type: multipart/mixed; boundary=B\($0)\n\n--B\($0)\n" }.joined()
            + "\ntext"
    }

    @Test func `is refused when it is too deep`() throws {
        #expect(try mail(nested(8)).text == "text")
        for depth in [9, 1000] {
            #expect(throws: MailError.tooComplex) { try mail(nested(depth)) }
        }
    }

    @Test(arguments: [
        ("Content-Type: multipart/mixed; boundary=B\n\n", "--C\n"),
        ("Content-Type: multipart/mixed\n\n", "--B\n"),
        ("Content-Type: text/html\n\n", "<"), ("Content-Type: text/html\n\n", "<!--"),
        ("Content-Type: text/html\n\n", "<a '"), ("Content-Type: text/html\n\n", "&#"),
        ("Content-Type: text/html\n\n", "<script>"), ("Content-Type: text/html\n\n", "</script"),
        ("Subject: x\nContent-Transfer-Encoding: base64\n\n", "===="),
        ("Subject: x\nContent-Transfer-Encoding: quoted-printable\n\n", "=\n"),
        ("Content-Type: text/plain; charset=iso-2022-jp\n\n", "\u{1B}$B"),
        ("Content-Type: text/plain; charset=iso-2022-jp\n\n", "\u{1B}"),
        ("Content-Type: text/plain; charset=utf-16\n\n", "\u{0}"), ("Subject: x\n\n", "User ID\n"),
        ("Subject: x\n\n", "User ID "), ("Subject: x\n\n", "URL: 1 "), ("Subject: x\n\n", "\n"),
        ("Subject: x\n\n", "otptoken init \n"), ("Subject: x\n\n", "otptoken init --server '"),
        ("Subject: x\n\n", "u-"), ("Subject: x\n\nUser ID: ", "1 "), ("Subject: x\n\n", " "),
    ]) func `takes no time, and tells nothing`(head: String, text: String) throws {
        #expect(try notice(mail(fill(head, text)).text).values == [nil, nil, nil])
    }
}
