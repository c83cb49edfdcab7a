import Foundation
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

    @Test func `what cannot be is refused before anything is issued`() throws {
        for wrong in [["--language", "fr"], ["--sendmail", "'a"], ["--sendmail", " "]] {
            let refused = try issuer.run("issue", ["--email", "a@example.com"] + wrong)
            #expect(refused.status == 2 && refused.output == "")
        }
        #expect(try issuer.run("list").output == "")
    }
}
