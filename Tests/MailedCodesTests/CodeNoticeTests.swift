import Foundation
import MailedCodes
import TestSupport
import Testing

@Suite struct `The code in a mail` {
    private func code(_ text: String, _ digits: Int = 6) throws(CodeNotice.Failure) -> String {
        try CodeNotice.code(in: text, digits: digits)
    }

    @Test(arguments: [
        "ワンタイムパスワード：123456", "ワンタイムパスワード：１２３４５６\n", "認証コードは 123456 です。",
        "【ワンタイムパスワード】\n　１２３４５６　\n", "ワンタイムパスワード\n\n■ 123456（30分間有効）",
        "Your verification code is 123456.", "123456 is your one-time password.", "Code:123456",
        "PIN = 123456", "Use code 123 456 to log in", "code: 123-456", "123456\n", "ログイン用：\n123456",
        "以下のコードを入力してください。\n\n123456\n\n本メールに心当たりのない場合は 0120-123-456 まで。",
        // Twice the same is one.
        "Code: 123456\n…\n123456 is the code.",
        "ワンタイムパスワード\u{200B}：12\u{200B}3456", "（コード：123456）", "\"123456\" is the passcode",
        "受付番号：654321\nワンタイムパスワード：123456", "受付番号 654321 ワンタイムパスワード 123456",
        "ワンタイムパスワード 123456 受付番号 654321", "ワンタイムパスワード：123456\nお問い合わせ番号\n654321\n",
        "ワンタイムパスワード：123456\n\n\n\n\n654321\n",
        "Order 654321 needs your code. The code is 123456", "> Code: 123456",
        "ワンタイムパスワードをお送りします。\n求人番号：654321\n\nワンタイムパスワード\n123456",
    ]) func `is found by its name`(text: String) throws { #expect(try code(text) == "123456") }

    @Test(arguments: [
        // Numbers of other kinds, in the place of a code.
        "", "no code", "コード：1234567", "コード：12345", "Code A123456", "code: 123456B", "code x_123456",
        "日付 2025/11/27", "2025-11-27 13:05:06", "code by 13:05:123456", "code 123456-7890",
        "Tel 03-123456", "TEL: 123456", "電話 123456", "〒123456", "郵便番号 123456", "+123456 code",
        "code ¥123456", "コード 123456円", "code: 123456 yen", "code $123456", "コード 123456年",
        "code https://example.com/123456", "code: a.123456@example.com",
        "code https://a.example?c=123456",
        "postal code 123456", "エラーコード 123456", "店舗コード: 123456", "order 123456", "受付番号\n123456",
        "口座番号 123456", "code 1,123456", "code 123456.78", "code 123456%", "code #123456",
        "code 06 123456", "code 123456 78", "barcode 123456", "会員番号は 123456 です",
        "code 12 34 56", "code 12-3456", "the number 123456 among words",
        // Nobody knows what is seen there.
        "code: \u{202E}123456", "code: 123456\u{1B}[2K",
        // Other digits than those of Latin and Japanese writing.
        "code: ١٢٣٤٥٦",
    ]) func `is not another number`(text: String) {
        #expect(throws: CodeNotice.Failure.none) { try code(text) }
    }

    @Test(arguments: [
        ("code: 123456\ncode: 654321", 1, 2), ("123456\n\n654321", 1, 3),
        ("code: 123456 or code: 654321", 1, 1),
        ("ワンタイムパスワード：１２３４５６\nパスワード\n６５４３２１", 1, 3),
    ]) func `is not guessed among two`(text: String, first: Int, second: Int) throws {
        do {
            _ = try code(text)
            Issue.record("one was taken")
        } catch .ambiguous(let one, let other) {
            #expect(one.line == first && other.line == second)
            #expect(one.text.contains("123456") && other.text.contains("654321"))
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: [
        ("Code: 1234 5678", 8, "12345678"), ("コード 12345678", 8, "12345678"),
        ("1234567", 7, "1234567"),
    ]) func `has as many digits as it should`(text: String, digits: Int, found: String) throws {
        #expect(try code(text, digits) == found)
    }

    @Test func `is no date that stands alone`() throws {
        #expect(throws: CodeNotice.Failure.none) { try code("20251127", 8) }
        #expect(try code("20251327", 8) == "20251327")
        #expect(try code("Code:\n20251127", 8) == "20251127")
    }

    @Test func `is read in every charset and encoding`() throws {
        let mails = try pythonMails().filter { $0.key.hasPrefix("code-") }
        #expect(mails.count == 9)
        let rule = CodeMailRule(
            sender: "system@mail.hellowork.mhlw.go.jp", subject: "【ハローワーク】ワンタイムパスワード通知",
            recipient: "taro@example.jp", digits: 6)
        for (name, bytes) in mails {
            let mail = try mail(bytes)
            #expect(rule.fits(mail), "\(name)")
            #expect(try CodeNotice.code(in: mail.text, digits: 6) == "048151", "\(name)")
            #expect(mail.arrival == 1_739_457_090, "\(name)")
        }
    }
}

@Suite struct `A mail with a code` {
    private let rule = CodeMailRule(
        sender: "Otp@Mail.example", subject: "Your code", recipient: nil, digits: 6)

    private func fits(_ header: String, to recipient: String? = nil) throws -> Bool {
        let rule = CodeMailRule(
            sender: rule.sender, subject: rule.subject, recipient: recipient, digits: 6)
        return try rule.fits(mail(header + "\n\n"))
    }

    @Test(arguments: [
        "From: otp@mail.example\nSubject: Your code",
        "From: <OTP@MAIL.EXAMPLE>\nSubject: Re: your  Your  code!",
        "From: \"a, b <x@y.z>\" <otp@mail.example>\nSubject: Your\n code",
        "From: Example (otp) <otp@mail.example>\nSubject: =?utf-8?q?Your_code?=",
    ]) func `is told by sender and subject`(header: String) throws { #expect(try fits(header)) }

    @Test(arguments: [
        "Subject: Your code", "From: otp@mail.example",
        "From: otp@mail.example\nSubject: Your  cod",
        "From: otp@mail.example.evil.example\nSubject: Your code",
        "From: xotp@mail.example\nSubject: Your code",
        "From: \"otp@mail.example\" <x@evil.example>\nSubject: Your code",
        "From: otp@mail.example <x@evil.example>\nSubject: Your code",
        "From: x@evil.example (otp@mail.example)\nSubject: Your code",
        "From: =?utf-8?q?otp=40mail=2Eexample?= <x@evil.example>\nSubject: Your code",
        "From: otp@mail.example, x@evil.example\nSubject: Your code",
        "From: otp@mail.example\nFrom: x@evil.example\nSubject: Your code",
        "From: otp@mail.example\nSubject: Your code\nSubject: other",
        "Reply-To: otp@mail.example\nFrom: x@evil.example\nSubject: Your code",
    ]) func `is no other one`(header: String) throws { #expect(try !fits(header)) }

    @Test(arguments: [
        ("To: taro@example.jp", true),
        ("To: Hanako <hanako@example.jp>, Taro <TARO@example.jp>", true),
        ("Cc: friends: taro@example.jp;", true),
        ("Delivered-To: taro@example.jp\nTo: undisclosed:;", true),
        ("X-Original-To: taro@example.jp", true), ("To: hanako@example.jp", false),
        ("To: \"taro@example.jp\" <hanako@example.jp>", false),
        ("To: taro@example.jp.example", false),
    ]) func `goes to one of several accounts`(field: String, is expected: Bool) throws {
        let header = "From: otp@mail.example\nSubject: Your code\n\(field)"
        #expect(try fits(header, to: "Taro@example.jp") == expected)
        #expect(try fits(header))
    }

    private static let here =
        "Received: from mx.example by home.example; Thu, 13 Feb 2025 23:31:40 +0900"
    private static let there =
        "Received: from otp.example by mx.example; Thu, 13 Feb 2025 14:31:35 +0000"

    @Test(arguments: [
        ("\(here)\n\(there)\nDate: Thu, 13 Feb 2025 23:31:30 +0900", 1_739_457_100),
        ("\(there)\n\(here)", 1_739_457_095),
        ("Date: Thu, 13 Feb 2025 23:31:30 +0900", 1_739_457_090),
        ("Received: by a; soon\nDate: 13 Feb 2025 14:31:30 GMT", 1_739_457_090),
        (
            "Received: (; 1 Jan 2000 00:00 GMT) by a;\n 13 Feb 2025 14:31:30 -0000 (UTC)",
            1_739_457_090
        ),
        ("Received: by a\nDate: Thu, 13 Feb 2025 09:31:30 EST", 1_739_457_090),
    ]) func `came when the last host says so, else when it was sent`(header: String, time: Int)
        throws
    {
        #expect(try mail("\(header)\n\n").arrival == Int64(time))
    }

    @Test(arguments: [
        ("1 Jan 1970 00:00:00 +0000", 0), ("Thu,1 Jan 70 01:00 +0100", 0),
        ("29 Feb 2024 23:59:60 -0930", 1_709_285_400),
        ("(a (b)) Sat, 1 (c) Mar 1900 00:00:00 GMT", -2_203_891_200),
        ("1 jan 100 0:0:0 jst", 946_652_400),
    ]) func `has a date`(text: String, time: Int) { #expect(mailDate(text) == Int64(time)) }

    @Test(arguments: [
        "", "today", "1 Jan", "30 Feb 2025 00:00:00 +0000", "29 Feb 2023 00:00 GMT",
        "0 Jan 2025 00:00 GMT",
        "1 Foo 2025 00:00 GMT", "1 Jan 2025 24:00 GMT", "1 Jan 2025 23:60 GMT",
        "1 Jan 2025 1:2:3:4 GMT",
        "1 Jan 20255 00:00 GMT", "1 Jan 2025 00:00 +00", "1 Jan 2025 00:00 +0060",
        "+1 Jan 2025 00:00 GMT",
    ]) func `has none that is one`(text: String) { #expect(mailDate(text) == nil) }

    @Test(
        arguments: [
            ("mx.example; dkim=pass header.d=mail.example", .passed),
            (
                "MX.example 1; spf=fail smtp.mailfrom=x; dkim = pass (ok) header.i = @mail.example",
                .passed
            ),
            (
                "mx.example; dkim=pass header.d=example.org; dkim=pass header.d=sub.mail.example",
                .passed
            ),
            (
                "mx.example; dkim=fail header.d=evil.example; dkim=pass header.d=mail.example",
                .passed
            ),
            ("mx.example; dkim=fail reason=\"a; dkim=pass\" header.d=mail.example", .failed),
            ("mx.example; dkim=fail (dkim=pass header.d=mail.example)", .failed),
            ("mx.example; dkim=permerror", .failed),
            ("mx.example; dkim=pass header.d=evil.example", .otherDomain("evil.example")),
            ("mx.example; dkim=pass header.d=vilmail.example", .otherDomain("vilmail.example")),
            ("mx.example; dkim=pass header.d=example", .otherDomain("example")),
            ("mx.example; dkim=pass", .otherDomain("")),
            ("mx.example; none", .unknown), ("mx.example; dkim=none; spf=pass", .unknown),
            ("", .unknown),
            ("mx.example; dkim=temperror", .unknown),
            ("evil.example; dkim=pass header.d=mail.example", .unknown),
            // A host puts its own on top.
            (
                "mx.example; dkim=fail\nAuthentication-Results: mx.example; dkim=pass header.d=mail.example",
                .failed
            ),
            (
                "evil.example; dkim=fail\nAuthentication-Results: mx.example; dkim=pass header.d=mail.example",
                .passed
            ),
        ] as [(String, MailAuthentication)])
    func `is signed, as a host that is believed says`(value: String, result: MailAuthentication)
        throws
    {
        let mail = try mail("From: otp@mail.example\nAuthentication-Results: \(value)\n\n")
        let sender = rule.sender
        #expect(MailAuthentication(of: mail, believing: ["mx.example"], sender: sender) == result)
        #expect(MailAuthentication(of: mail, believing: [], sender: sender) == .unknown)
    }

    @Test func `is one of an mbox`() {
        let box =
            "From a\nx: 1\n\nFrom here on\n\nFrom b\r\nx: 2\r\n\r\nFrom c\nx: 3\n>From d\nFrom e\n"
        let mails = mailsOfMbox(Array(box.utf8)).map { String(decoding: $0, as: UTF8.self) }
        // What delivers into an mbox writes ">From " where a line of the mail would begin so.
        #expect(mails == ["x: 1\n\n", "\n", "x: 2\r\n\r\n", "x: 3\n>From d\nFrom e\n"])
        // The end of one: the first is cut off.
        #expect(mailsOfMbox(Array(box.utf8.dropFirst(3))).count == 3)
        #expect(mailsOfMbox([]).isEmpty && mailsOfMbox(Array("no mail".utf8)).isEmpty)
    }
}
