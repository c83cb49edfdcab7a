import Foundation
import TestSupport
import Testing

/// `show` of a token whose codes are mailed.
struct MailedCodeTests {
    private static let code = "ワンタイムパスワード：１２３４５６\n受付番号：654321\n電話：0570-077450\n"

    private struct Shown: Decodable {
        let name: String
        let kind: String
        let code: String
        let digits: Int
        let period: Int
        let valid_from: Int
        let valid_until: Int
        let remaining: Int
    }

    @Test func `prints the code of the newest mail, and leaves the mail as it is`() throws {
        let home = try MailedHome()
        let now = MailedHome.now
        try home.put(
            MailedHome.mail("コード：111111", at: now - 600), at: now - 600, in: "cur", name: "a:2,S")
        try home.put(MailedHome.mail(Self.code, at: now - 60), at: now - 60)
        try home.put(MailedHome.mail("コード：222222", at: now - 900), at: now - 30, name: "late")
        try home.put("not a mail at all", name: "b")
        try home.put(MailedHome.mail("コード：333333", from: "a@evil.example"), name: "c")
        try home.put(MailedHome.mail("コード：444444", subject: "お知らせ"), name: "d")
        let mails = try home.mails()
        for arguments in [
            ["show"], ["show", "hellowork"], ["show", "--wait"], ["show", "--wait=5s"],
        ] {
            let shown = try home.run(arguments)
            #expect(
                shown.status == 0 && shown.output == "123456\n" && shown.errors == "", "\(shown)")
        }
        let object = try home.run("show", "--json")
        let shown = try JSONDecoder().decode(Shown.self, from: Data(object.output.utf8))
        #expect(shown.name == "hellowork" && shown.kind == "mailed" && shown.code == "123456")
        #expect(shown.digits == 6 && shown.period == 1800 && shown.valid_from == now - 60)
        #expect(shown.valid_until == now + 1740 && (1700...1740).contains(shown.remaining))
        #expect(try home.run("show", "--all").output == "hellowork\t123456\n")
        // At an earlier moment the one before was the newest.
        #expect(try home.run("show", "--at", "\(now - 500)").output == "111111\n")
        #expect(try home.mails() == mails)
    }

    @Test func `says that none has come, and when the last one lapsed`() throws {
        let home = try MailedHome()
        let none = try home.run("show")
        #expect(none.status == 3 && none.output == "")
        #expect(none.errors.contains("no code of hellowork has been mailed yet\nhint: log in"))
        let time = MailedHome.now - 1801
        try home.put(MailedHome.mail(Self.code, at: time), at: time)
        let lapsed = try home.run("show")
        #expect(lapsed.status == 3 && lapsed.output == "")
        #expect(
            lapsed.errors.contains("lapsed on ")
                && lapsed.errors.contains("login at the service anew"))
        // Its last second, and the first that is none.
        #expect(try home.run("show", "--at", "\(time + 1799)").output == "123456\n")
        #expect(try home.run("show", "--at", "\(time + 1800)").status == 3)
        let japanese = try home.run(["show"], extra: ["LC_ALL": "ja_JP.UTF-8"])
        #expect(japanese.errors.contains("有効期間が過ぎました"))
    }

    @Test func `waits for the mail that a real agent delivers`() throws {
        let home = try MailedHome()
        let waiting = try RunningProgram(
            Program.otptoken, ["show", "--wait=2m", "--mark-seen"], home: home.home)
        try home.deliver(MailedHome.mail("別のメール", subject: "お知らせ"))
        #expect(waiting.output == "")
        try home.deliver(MailedHome.mail(Self.code, fields: "X-First: 1\n"))
        let outcome = try #require(waiting.outcome())
        #expect(outcome.status == 0 && outcome.output == "123456\n", "\(outcome)")
        // It was marked, the other one was not.
        let names = try home.mails().keys.sorted()
        #expect(
            names.count == 2 && names[0].hasPrefix("Maildir/cur/") && names[0].hasSuffix(":2,S"))
        #expect(names[1].hasPrefix("Maildir/new/"))
    }

    @Test func `gives up in time`() throws {
        let home = try MailedHome()
        let outcome = try home.run("show", "--wait=1s")
        #expect(outcome.status == 7 && outcome.output == "")
        #expect(outcome.errors.contains("no code of hellowork came in time\nhint: "))
    }

    @Test(arguments: [
        (
            "コード：123456\nコード：654321",
            "two numbers that may be the code\nhint: line 1: コード:123456\nhint: line 2: コード:654321"
        ),
        ("no code here: 03-1234-5678", "no code of 6 digits is found"),
    ]) func `guesses nothing`(text: String, words: String) throws {
        let home = try MailedHome()
        try home.put(MailedHome.mail(text))
        let outcome = try home.run(["show"], extra: ["LC_ALL": "C.UTF-8"])
        #expect(outcome.status == 1 && outcome.output == "")
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }

    @Test func `says what is odd about a date`() throws {
        let home = try MailedHome()
        try home.put(MailedHome.mail(Self.code, at: MailedHome.now + 3600))
        let future = try home.run("show")
        #expect(future.output == "123456\n")
        #expect(
            future.errors.contains("lies 59 min in the future")
                || future.errors.contains("60 min in the future"))
        let other = try MailedHome()
        try other.put(MailedHome.mail(Self.code, at: nil))
        let undated = try other.run("show")
        #expect(undated.output == "123456\n" && undated.errors.contains("has no date"))
    }

    @Test func `tells accounts apart by their recipients`() throws {
        let home = try MailedHome([
            "--profile", "hellowork", "--name", "taro", "--to", "Taro@example.jp",
        ])
        let options = ["init", "--mailed", "--profile", "hellowork", "--maildir", "Maildir"]
        let second = try home.run(options + ["--name", "hanako", "--to", "hanako@example.jp"])
        #expect(second.status == 0, "\(second)")
        try home.put(MailedHome.mail("コード：111111"), name: "a")
        try home.put(MailedHome.mail("コード：222222", to: "Hanako <hanako@example.jp>"), name: "b")
        #expect(try home.run("show", "--all").output == "taro\t111111\nhanako\t222222\n")
        for more in [["--name", "x"], ["--name", "x", "--to", "taro@example.jp"]] {
            let refused = try home.run(options + more)
            #expect(refused.status == 1 && refused.errors.contains("the same mails"), "\(refused)")
        }
    }

    @Test func `is looked for in an mbox`() throws {
        let home = try MailedHome(nil)
        let box = home.home + "/box"
        let made = try home.run(
            "init", "--mailed", "--profile", "hellowork", "--mbox", "box", "--name", "x")
        #expect(made.status == 0, "\(made)")
        #expect(try home.run("show").status == 3)
        let mails = [
            MailedHome.mail("コード：111111", at: MailedHome.now - 60), MailedHome.mail(Self.code),
        ]
        let text = mails.map { "From a Thu Feb 13 23:31:30 2025\n\($0)\n" }.joined()
        try text.write(toFile: box, atomically: true, encoding: .utf8)
        #expect(try home.run("show").output == "123456\n")
        #expect(try home.run("show", "--mark-seen").status == 2)
        #expect(try String(contentsOfFile: box, encoding: .utf8) == text)
        try FileManager.default.removeItem(atPath: box)
        let waiting = try RunningProgram(Program.otptoken, ["show", "--wait=2m"], home: home.home)
        try "MAILDIR=\(home.home)\n:0:\nbox\n".write(
            toFile: home.home + "/procmailrc", atomically: true, encoding: .utf8)
        try home.deliver("From a Thu Feb 13 23:31:30 2025\n" + mails[1])
        #expect(try #require(waiting.outcome()).output == "123456\n")
    }

    @Test func `is taken from what a command prints`() throws {
        let home = try MailedHome(nil)
        let mail = home.home + "/mail"
        try "".write(toFile: mail, atomically: true, encoding: .utf8)
        let made = try home.run(
            "init", "--mailed", "--profile", "hellowork", "--command", "cat '\(mail)'")
        #expect(made.status == 0, "\(made)")
        #expect(try home.run("show").status == 3)
        try MailedHome.mail(Self.code).write(toFile: mail, atomically: true, encoding: .utf8)
        #expect(try home.run("show").output == "123456\n")
        try FileManager.default.removeItem(atPath: mail)
        let failed = try home.run("show")
        #expect(failed.status == 7 && failed.errors.contains("cat ended with status 1"))
    }

    @Test func `is out of reach when the box is gone`() throws {
        let home = try MailedHome()
        try FileManager.default.removeItem(atPath: home.maildir)
        let outcome = try home.run("show")
        #expect(
            outcome.status == 7
                && outcome.errors.contains("the mail box of hellowork is out of reach"))
    }

    @Test func `is not taken from a mail that another one has signed`() throws {
        let home = try MailedHome(
            config: "clock.check = never\nmail.hosts = mx.example, home.example")
        func results(_ text: String) -> String { "Authentication-Results: \(text)\n" }
        try home.put(
            MailedHome.mail(Self.code, at: MailedHome.now - 5, fields: results("mx.example; none")),
            name: "a")
        try home.put(
            MailedHome.mail(
                "コード：111111", fields: results("mx.example; dkim=fail header.d=mhlw.go.jp")),
            name: "b")
        try home.put(
            MailedHome.mail(
                "コード：222222", fields: results("home.example; dkim=pass header.d=evil.example")),
            name: "c")
        let shown = try home.run("show")
        #expect(shown.status == 0 && shown.output == "123456\n")
        #expect(shown.errors.contains("was passed over: its signature (DKIM) is wrong\n"))
        #expect(shown.errors.contains("was passed over: evil.example has signed it"))
        // Demanded, a signature must be there.
        let options = [
            "init", "--mailed", "--profile", "hellowork", "--maildir", "Maildir", "--force",
        ]
        #expect(try home.run(options + ["--require-dkim"]).status == 0)
        #expect(try home.run("show").status == 3)
        let signed = results("mx.example; dkim=pass header.d=hellowork.mhlw.go.jp")
        try home.put(MailedHome.mail("コード：333333", fields: signed), name: "d")
        #expect(try home.run("show").output == "333333\n")
        try Program.configure(home: home.home)
        let unnamed = try home.run("show")
        #expect(unnamed.status == 1 && unnamed.errors.contains("set mail.hosts in "))
    }

    @Test func `is shown among codes that are computed`() throws {
        let home = try MailedHome()
        let tokens = try home.person.tokens()
        try StoreMaker.write(
            [StoreMaker.token("Acme Bank", period: 3600)] + tokens, home: home.home)
        let without = try home.run("show", "--all")
        #expect(without.status == 0 && without.output.hasPrefix("Acme Bank\t"))
        #expect(without.errors.contains("no code of hellowork has been mailed yet"))
        try home.put(MailedHome.mail(Self.code))
        let both = try home.run("show", "--all", "--quiet")
        #expect(both.output == without.output + "hellowork\t123456\n" && both.errors == "")
        // Nothing to wait for.
        #expect(try home.run("show", "Acme Bank", "--wait").output.utf8.count == 9)
        #expect(try home.run("show", "hellowork", "--next").status == 2)
        #expect(try home.run("show", "hellowork", "--min-remaining", "5").status == 2)
        let removed = try home.run("remove", "hellowork", "--yes")
        #expect(removed.status == 0 && !removed.errors.contains("issuer"), "\(removed)")
    }

    // MARK: Setting up

    private static let good = [
        "--from", "otp@mail.example", "--subject", "Your code", "--maildir", "Maildir",
    ]

    @Test func `is set up for any service`() throws {
        let home = try MailedHome(nil)
        let made = try home.run(
            [
                "init", "--mailed", "--name", "Shop", "--digits", "8", "--valid", "10m",
                "--skip-days", "30",
            ]
                + Self.good)
        #expect(made.status == 0 && made.output == "" && made.errors.contains("Shop is set up."))
        let list = try home.run("list", "--json").output
        #expect(list.contains("\"from\":\"otp@mail.example\",\"subject\":\"Your code\""))
        #expect(
            list.contains(
                "\"source\":\"maildir \(home.maildir)\",\"digits\":8,\"period\":600,\"skip_days\":30"
            ))
        try home.put(
            MailedHome.mail("code 12345678", from: "otp@mail.example", subject: "Your code"))
        #expect(try home.run("show", "Shop").output == "12345678\n")
        #expect(try home.run("rename", "Shop", "Laden").status == 0)
        #expect(try home.run("show").output == "12345678\n")
        #expect(try home.run(["init", "--mailed", "--name", "Laden"] + Self.good).status == 1)
        #expect(
            try home.run(["init", "--mailed", "--name", "Laden", "--force"] + Self.good).status == 0
        )
        #expect(try home.run("list", "--names").output == "Laden\n")
    }

    @Test(arguments: [
        [], ["--profile", "nobody"], ["--profile", "hellowork"],
        ["--from", "a", "--subject", "x", "--maildir", "Maildir"],
        ["--from", "a@b.c", "--maildir", "Maildir"], ["--subject", "x", "--maildir", "Maildir"],
        good + ["--mbox", "x"], good + ["--to", "x"], good + ["--digits", "5"],
        good + ["--valid", "2h"],
        good + ["--skip-days", "-1"], good + ["--server", "https://a.example"],
        good + ["--backend", "privacyidea"],
        good + ["--mail", "x"],
        good + ["--name", " x"], good.dropLast(2) + ["--command", "'"],
        good.dropLast(2) + ["--mbox", ""],
        good.dropLast(3) + [" ", "--maildir", "Maildir"],
    ]) func `is not set up with what cannot be`(options: [String]) throws {
        let home = try MailedHome(nil)
        let outcome = try home.run(["init", "--mailed"] + options)
        #expect(
            outcome.status == 2 && outcome.output == "" && outcome.errors.contains("hint: "),
            "\(outcome)")
        #expect(try home.run("list").output == "")
    }

    @Test func `is not set up where no mail arrives`() throws {
        let home = try MailedHome(nil)
        for source in [
            ["--maildir", "Nowhere"], ["--mbox", "Nowhere/box"], ["--mbox", "Maildir"],
            ["--command", "false"],
        ] {
            let outcome = try home.run(["init", "--mailed", "--profile", "hellowork"] + source)
            #expect(outcome.status == 7, "\(outcome)")
        }
        #expect(
            try home.run("init", "--profile", "hellowork").errors.contains(
                "--profile goes with --mailed"))
        #expect(try home.run("list").output == "")
    }
}
