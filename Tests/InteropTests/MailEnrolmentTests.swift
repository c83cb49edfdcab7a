import Foundation
import TestSupport
import Testing
import TokenStore

/// `init --mail` with the mail that a real issuer wrote, and with others.
struct MailEnrolmentTests {
    private let person: Person

    init() throws { person = try Person() }

    private func initialise(mail: Data, _ more: [String] = []) throws -> Outcome {
        let file = person.home + "/mail"
        try mail.write(to: URL(fileURLWithPath: file))
        try Person.startPassword.write(
            toFile: person.home + "/password", atomically: true, encoding: .utf8)
        return try Program.run(
            Program.otptoken,
            ["init", "--mail", file, "--start-password-file", person.home + "/password"] + more,
            home: person.home)
    }

    @Test func `the issuer's mail is all that it takes`() throws {
        let issuer = try RunningIssuer()
        let user = try issuer.issue()
        let outbox = try FileManager.default.subpathsOfDirectory(atPath: issuer.folder.path)
        let name = try #require(outbox.first { $0.hasSuffix("/\(user).eml") })
        let mail = try Data(contentsOf: URL(fileURLWithPath: "\(issuer.folder.path)/\(name)"))
        // The issuer does not know which port its server has got.
        let outcome = try initialise(mail: mail, ["--server", issuer.url])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try person.tokens().map(\.userID) == [user])
    }

    @Test func `a Japanese mail in ISO-2022-JP is all that it takes`() throws {
        let issuer = try RunningIssuer()
        let user = try issuer.issue()
        let text = """
            トークンを発行しました。

            サーバURL：\(issuer.url)
            【サービスID】１０１２１２３４
            【ユーザID】\(user)

            """
        var mail = Data(
            "Subject: token\nMIME-Version: 1.0\nContent-Type: text/plain; charset=ISO-2022-JP\n\n"
                .utf8)
        mail += try #require(text.data(using: .iso2022JP))
        let outcome = try initialise(mail: mail)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try person.tokens().map(\.userID) == [user])
    }

    @Test func `two candidates are an error that names both`() throws {
        let mail = "Subject: t\n\nUser ID: 11111111111111AB\nUser ID: 22222222222222AB\n"
        let outcome = try initialise(mail: Data(mail.utf8))
        #expect(outcome.status == 1)
        #expect(
            outcome.errors == """
                otptoken: the mail names two user IDs: 11111111111111AB and 22222222222222AB
                hint: give the right one by --user-id

                """)
    }

    @Test func `a mail about something else is refused`() throws {
        let outcome = try initialise(mail: Data("Subject: hello\n\nHow are you?\n".utf8))
        #expect(outcome.status == 1 && outcome.errors.contains("names no server"))
        let missing = try person.run("init", "--mail", "no-such-file")
        #expect(missing.status == 1 && missing.errors.contains("no-such-file does not exist"))
    }
}
