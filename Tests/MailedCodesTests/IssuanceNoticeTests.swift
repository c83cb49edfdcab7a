import Foundation
import TestSupport
import Testing

@testable import MailedCodes

private let server = "https://otp.aoba.example/issuer"
private let serviceID = "10121234"
private let userID = "12345678901234DC"

@Suite struct `An issuance mail` {
    @Test func `is understood as mail programs write it`() throws {
        let mails = try pythonMails().filter { !$0.key.hasPrefix("code-") }
        #expect(mails.count == 13)
        for (name, bytes) in mails {
            let mail = try mail(bytes)
            #expect(try notice(mail.text).values == [server, serviceID, userID], "\(name)")
            #expect(mail.unknownCharsets.isEmpty, "\(name)")
            let subject = mail.texts(of: "subject").first
            let hasSubject = !["no-charset", "copied-text"].contains(name)
            #expect(subject == (hasSubject ? "【あおば銀行】ワンタイムパスワードトークン発行のお知らせ" : nil), "\(name)")
        }
    }

    @Test func `of otptoken-issuer is understood`() throws {
        let folder = try TemporaryFolder()
        let base = ["--home", folder.path + "/issuer"]
        let url = "https://otp.example:8443/a'b"
        for arguments in [
            ["init", "--service-id", "acme-1", "--name", "Acme 銀行", "--url", url],
            ["issue", "--email", "taro@example.jp"],
        ] {
            let outcome = try Program.run(
                Program.issuer, base + arguments, home: folder.path)
            try #require(outcome.status == 0, "\(outcome.errors)")
        }
        let sent = try #require(try folder.files().first { $0.key.hasSuffix(".eml") })
        let user = sent.key.split(separator: "/").last?.dropLast(4)
        let mail = try mail(sent.value)
        #expect(try notice(mail.text).values == [url, "acme-1", user.map(String.init)])
        #expect(mail.texts(of: "from")[0].hasPrefix("Acme 銀行 <"))
        // Each way by itself.
        let lines = mail.text.split(separator: "\n")
        let command = try #require(lines.first { $0.hasPrefix("otptoken init") })
        #expect(try notice(String(command)).values == [url, "acme-1", user.map(String.init)])
        let labels = lines.filter { $0 != command }.joined(separator: "\n")
        #expect(try notice(labels).values == [url, "acme-1", user.map(String.init)])
    }
}

@Suite struct `A command in a mail` {
    @Test(arguments: [
        "otptoken init --server https://a.b/c --service-id s-1 --user-id u@1",
        "> otptoken init --user-id=u@1 --service-id='s-1' --server=\"https://a.b/c\"",
        "Type: $ otptoken init --server 'https://a.b/c' --name 'it'\\''s' --service-id s-1 --user-id u@1",
        "otptoken init --server https://a.b/c \\\n  --service-id s-1 \\\n  --user-id u@1\n",
        "otptoken init --server https://a.b/c --service-id\ns-1 --user-id u@1\nand enter it.",
        "otptoken init --server https://a.b/c/ --service-id ｓ－１ --user-id ｕ＠１",
    ]) func `is taken apart as a shell would`(text: String) throws {
        #expect(try notice(text).values == ["https://a.b/c", "s-1", "u@1"])
    }

    @Test(arguments: [
        "otptoken init --server ftp://a.b --service-id 'a b!' --user-id ''",
        "otptoken init\n\n--server https://a.b --service-id 1 --user-id 2 is no line of its own",
        "otptoken init --server 'https://a.b --service-id 1 --user-id 2",
        "otptoken init --server https://a.b\u{1B}[A --service-id 1 --user-id 2",
        "otptoken initialise --server https://a.b", "otptoken init --server", "otptoken init",
        "otptoken init --user-id 銀行 --service-id \(String(repeating: "1", count: 65))",
    ]) func `tells nothing when it is none`(text: String) throws {
        #expect(try notice(text.replacing("\n\n--", with: "\n\n:--")).values == [nil, nil, nil])
    }
}

@Suite struct `A label in a mail` {
    @Test(arguments: [
        "User ID: u-1", "USER ID:u-1", "UserID = u-1", "user_id=u-1", "User ID\tu-1",
        "(User ID: u-1)",
        "User-ID:  u-1  ",
        "Your user ID is u-1.", "* User ID: u-1", "> > User ID: u-1", "ユーザID：u-1", "ユーザーＩＤ　ｕ－１",
        "・ユーザID：「u-1」", "【ユーザID】u-1", "【ユーザID】\nu-1", "■ユーザＩＤ\n\n　u-1\n", "ユーザIDは、u-1です。",
        "ユーザID：u-1（半角）", "ﾕｰｻﾞID:u-1", "利用者ID｜u-1", "User ID: <u-1>", "User ID: u-1, as before",
        "User\u{200B} ID: u-\u{AD}1", "Service ID:\nUser ID: u-1", "| User ID | u-1 |",
    ]) func `stands before a user ID`(text: String) throws {
        #expect(try notice(text).values == [nil, nil, "u-1"])
    }

    @Test(arguments: [
        "Service ID: 10121234", "Service ID: 1012 1234", "Service ID: 1012-1234.",
        "サービスID：１０１２　１２３４",
        "サービスＩＤ　10121234　から始めます", "Service ID 10121234 (8 digits)", "ｻｰﾋﾞｽID【10121234】",
        "Service ID: 10121234; see below", "Service ID:\n1012 1234", "Your service ID is: 10121234",
    ]) func `stands before a service ID`(text: String) throws {
        #expect(try notice(text).values == [nil, "10121234", nil])
    }

    @Test(arguments: [
        "Server: https://a.b/c", "server url = HTTPS://a.b/c/", "サーバ：https://a.b/c",
        "サーバーＵＲＬ　https://a.b/c",
        "【接続先】\nhttps://a.b/c", "接続先は「https://a.b/c」です", "Server: <https://a.b/c>.",
        "URL: https://a.b/c, please",
        "URL：ｈｔｔｐｓ：／／ａ．ｂ／ｃ", "サーバURL\n\n<https://a.b/c>", "Server https://a.b/cで",
        "URL: https://wrong.example\nServer: https://a.b/c",
        "URL: https://apps.apple.com/app/id1\nURL: https://play.google.com/x\nURL: https://a.b/c",
    ]) func `stands before a server`(text: String) throws {
        #expect(try notice(text).values == ["https://a.b/c", nil, nil])
    }

    @Test(arguments: ["User ID: taro", "ユーザID【taro】", "User ID=taro", "User ID: \"taro\""])
    func `stands before a word, when nothing else can be meant`(text: String) throws {
        #expect(try notice(text).values == [nil, nil, "taro"])
    }

    @Test func `may follow another in its line`() throws {
        for text in [
            "Service ID: 1012 1234, User ID: 12345678 901234 DC",
            "サービスID：10121234　ユーザID：12345678901234DC",
            "Service ID 10121234 / User ID 12345678901234DC",
        ] {
            #expect(try notice(text).values == [nil, "10121234", "12345678901234DC"])
        }
    }

    @Test(arguments: [
        "User ID: see below", "User ID: will follow in 2 days", "User ID:\nRegards",
        "User ID:\n\n\nu-1",
        "User ID:\nService ID", "User ID:\ntaro", "User ID: 銀行", "User ID", "User ID:",
        "User IDs: 1",
        "My User ID: 1",
        "User ID: 1+1", "User ID: 1/2", "User ID: 1012 1234 5", "User ID: 1234 5678 9012 34",
        "User ID: 1\u{0}2", "User ID: u\u{1B}[2J", "User ID: 1\u{202E}2", "User ID: ''",
        "User ID: .",
        "User ID: u-1\u{7F}", "User ID:\n1\u{8}2", "User ID: \(String(repeating: "a", count: 65))",
        "Server: otp.example", "Server:\notp.example", "Server: https://",
        "Server: https://user@a.b",
        "Server: https://a.b?c", "Server: see https://a.b", "サーバ証明書: https://a.b",
        "URL: https://apps.apple.com/x", "Server: https://play.google.com/x", "see https://a.b",
        "ダウンロードURL: https://a.b", "Service ID is required", "User ID required", "User ID taro",
        "サービスIDを入力してください。10121234",
    ]) func `without a value tells nothing`(text: String) throws {
        #expect(try notice(text).values == [nil, nil, nil])
    }

    @Test func `with two values is an error that names both`() throws {
        let text =
            "Server: https://a.b\nUser ID: 1\nService ID: 7\nUser ID: 1\nServer: https://a.b/"
        #expect(try notice(text).values == ["https://a.b", "7", "1"])
        let wrong = notice(
            text + "\nUser ID: 2\nUser ID: 3\notptoken init --server https://c.d --service-id 8")
        #expect(throws: IssuanceNotice.Ambiguity(item: .userID, first: "1", second: "2")) {
            try wrong.value(of: .userID)
        }
        #expect(throws: IssuanceNotice.Ambiguity(item: .serviceID, first: "7", second: "8")) {
            try wrong.value(of: .serviceID)
        }
        #expect(
            throws: IssuanceNotice.Ambiguity(
                item: .server, first: "https://a.b", second: "https://c.d")
        ) { try wrong.value(of: .server) }
        #expect(
            throws: IssuanceNotice.Ambiguity(
                item: .server, first: "https://a.b", second: "https://c.d")
        ) { try notice("URL: https://a.b\nURL: https://c.d").value(of: .server) }
    }
}
