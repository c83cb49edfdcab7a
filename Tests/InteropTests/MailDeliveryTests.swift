import Foundation
import Glibc
import TestSupport
import Testing
import TokenStore

/// The issuance mail on its way: a real delivery agent takes it, a real library reads it, and `init --mail` enrols by it.
struct MailDeliveryTests {
    private let person: Person
    private let issuer: RunningIssuer

    init() throws {
        person = try Person()
        issuer = try RunningIssuer()
        try "MAILDIR=\(person.home)\n:0\ninbox/\n".write(
            toFile: person.home + "/procmailrc", atomically: true, encoding: .utf8)
    }

    private func issue(_ more: String...) throws -> Outcome {
        try "48151623".write(
            toFile: issuer.folder.path + "/password", atomically: true, encoding: .utf8)
        return try issuer.run(
            "issue",
            [
                "--email", "taro@example.jp", "--start-password-file",
                issuer.folder.path + "/password",
            ] + more)
    }

    /// What Python's email package reads, as "KEY: value" lines and the text.
    private func read(_ mail: String) throws -> String {
        let script = """
            import email, email.policy, sys
            message = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
            for part in message.walk(): assert not part.defects, part.defects
            for name in ("From", "To", "Subject", "Content-Language"): print(name + ":", message[name])
            print(message["Date"].datetime.timestamp() > 0, message.get_content())
            """
        let outcome = try Program.run(
            "python3", ["-c", script, mail], home: person.home,
            extra: ["PYTHONIOENCODING": "utf-8"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    @Test(arguments: ["en", "ja"])
    func `is delivered, read and enrolled by, in the language of its reader`(
        language: String
    ) throws {
        let issued = try issue(
            "--language", language, "--sendmail", "procmail -m \(person.home)/procmailrc")
        #expect(issued.status == 0, "\(issued)")
        #expect(issued.output.contains("mail:           sent to taro@example.jp\n"))
        let user = try #require(issued.output.firstMatch(of: #/user ID: +(\S+)/#)).1
        let outbox = issuer.folder.path + "/issuer/outbox"
        #expect(try FileManager.default.contentsOfDirectory(atPath: outbox) == [])
        let inbox = person.home + "/inbox/new"
        let names = try FileManager.default.contentsOfDirectory(atPath: inbox)
        try #require(names.count == 1)
        let mail = "\(inbox)/\(names[0])"
        let text = try read(mail)
        #expect(text.contains("To: taro@example.jp\n"))
        #expect(text.contains("Content-Language: \(language)\n"))
        #expect(text.contains(language == "ja" ? "トークンを発行しました" : "has issued a one-time"))
        #expect(
            text.contains(
                language == "ja"
                    ? "Subject: ワンタイムパスワードトークン発行のお知らせ\n"
                    : "Subject: Your one-time password token\n"))
        #expect(
            text.contains(
                "\notptoken init --server https://otp.example --service-id 10121234 --user-id \(user)\n"
            ))
        #expect(!text.contains("48151623"))
        // The issuer does not know which port its server has got.
        let enrolled = try person.run(
            "init", "--mail", mail, "--server", issuer.url, "--start-password-file",
            issuer.folder.path + "/password")
        #expect(enrolled.status == 0, "\(enrolled)")
        #expect(try person.tokens().map(\.userID) == [String(user)])
    }

    @Test(arguments: ["false", "/nowhere/sendmail -t"])
    func `that nobody takes stays in the outbox, and the token is issued`(command: String) throws {
        let issued = try issue("--sendmail", command)
        #expect(issued.status == 7)
        #expect(issued.errors.hasPrefix("otptoken-issuer: the mail was not sent\nhint: it is /"))
        let path = try #require(issued.output.firstMatch(of: #/mail: +(\S+)/#)).1
        #expect(FileManager.default.fileExists(atPath: String(path)))
        let user = try #require(issued.output.firstMatch(of: #/user ID: +(\S+)/#)).1
        #expect(try person.enrol(issuer.url, user: String(user)).status == 0)
    }

    /// What has arrived, once there are so many mails.
    private func arrived(_ count: Int) throws -> [String] {
        let inbox = person.home + "/inbox/new"
        let names = try poll { () throws -> [String]? in
            let names = try? FileManager.default.contentsOfDirectory(atPath: inbox)
            return names.flatMap { $0.count == count ? $0 : nil }
        }
        return try #require(names, "\(count) mails").map { "\(inbox)/\($0)" }
    }

    @Test func `is sent for those who issue their token on the pages, and before its end`() throws {
        // The agent lives in the present.
        let options = [
            "--sendmail", "env -u LD_PRELOAD procmail -m \(person.home)/procmailrc",
        ]
        let served = try RunningIssuer(options, port: try ScriptedServer.deadPort())
        try served.addAccount("hanako@example.jp", "correct horse")
        // A person with Python for a browser.
        let script = """
            import http.cookiejar, re, sys, urllib.parse, urllib.request
            url = sys.argv[1]
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            browser.addheaders = [("Accept-Language", "ja")]
            page = browser.open(url + "/sign-in").read().decode()
            def send(path, **fields):
                global page
                token = re.search('name="token" value="([0-9a-f]+)"', page)[1]
                pairs = [(name.replace("_", "-"), value) for name, value in fields.items()]
                form = urllib.parse.urlencode([("token", token)] + pairs).encode()
                page = browser.open(url + path, form).read().decode()
            send("/sign-in", email="hanako@example.jp", password="correct horse")
            page = browser.open(url + "/issue").read().decode()
            send("/issue", email="taro@example.jp", email_again="taro@example.jp",
                start_password="48151623", start_password_again="48151623")
            print(re.search("[0-9]{14}[A-Z]{2}", page)[0])
            """
        let issued = try Program.run("python3", ["-c", script, served.url], home: person.home)
        try #require(issued.status == 0, "\(issued.errors)")
        let user = String(issued.output.dropLast())
        let mail = try arrived(1)[0]
        let text = try read(mail)
        #expect(text.contains("To: taro@example.jp\n") && text.contains("Content-Language: ja\n"))
        #expect(try person.run("init", "--mail", mail).status == 2)
        let enrolled = try person.enrol(served.url, user: user)
        #expect(enrolled.status == 0, "\(enrolled.errors)")

        // Five years later, but for 20 days.
        served.server.signal(SIGTERM)
        #expect(served.server.outcome()?.status == 0)
        var later = Interposer()
        later.age = person.home + "/age"
        try "\((5 * 365 - 20) * 86400)".write(
            toFile: person.home + "/age", atomically: true, encoding: .utf8)
        let server = try RunningProgram(
            Program.issuer,
            ["--home", served.folder.path + "/issuer", "serve", "--listen", "127.0.0.1:0"]
                + options,
            home: person.home, extra: try later.environment())
        let both = try? arrived(2)
        try #require(both != nil, "\(server.errors)")
        let notice = try #require(both?.first { $0 != mail })
        let told = try read(notice)
        #expect(told.contains("Subject: ワンタイムパスワードトークンの有効期限が近づいています\n"))
        #expect(told.contains(user) && told.contains("ログイン"))
        #expect(server.errors.split(separator: "\n").count == 1, "\(server.errors)")
    }

    @Test func `what cannot be is refused before anything is issued`() throws {
        for wrong in [["--language", "fr"], ["--sendmail", "'a"], ["--sendmail", " "]] {
            let refused = try issuer.run("issue", ["--email", "a@example.com"] + wrong)
            #expect(refused.status == 2 && refused.output == "")
        }
        #expect(try issuer.run("list").output == "")
    }
}
