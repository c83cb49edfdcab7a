import Foundation
import TestSupport
import Testing

/// A home with a Maildir, in which codes arrive by mail.
struct MailedHome {
    static let sender = "system@mail.hellowork.mhlw.go.jp"
    static let subject = "【ハローワーク】ワンタイムパスワード通知"

    let person: Person
    var home: String { person.home }
    var maildir: String { home + "/Maildir" }
    var new: String { maildir + "/new" }

    /// Makes the home; with a token for Hello Work, unless other options are given, or none.
    init(
        config: String = "clock.check = never", _ options: [String]? = ["--profile", "hellowork"]
    ) throws {
        person = try Person(config: config)
        for name in ["new", "cur", "tmp"] {
            try FileManager.default.createDirectory(
                atPath: "\(maildir)/\(name)", withIntermediateDirectories: true)
        }
        try "MAILDIR=\(home)\n:0\nMaildir/\n".write(
            toFile: home + "/procmailrc", atomically: true, encoding: .utf8)
        guard let options else { return }
        let made = try run(["init", "--mailed", "--maildir", "Maildir"] + options)
        try #require(made.status == 0, "\(made)")
        #expect(made.output == "")
    }

    func run(_ arguments: [String], extra: [String: String] = [:]) throws -> Outcome {
        try Program.run(Program.otptoken, arguments, home: home, extra: extra)
    }

    func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

    static var now: Int { Int(Date().timeIntervalSince1970) }

    /// A mail, as it arrives: its last field Received tells the time; without one it has no date at all.
    static func mail(
        _ text: String, at time: Int? = now, to recipient: String = "taro@example.jp",
        from sender: String = sender, subject: String = subject, fields: String = ""
    ) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        func date(_ time: Int) -> String {
            format.string(from: Date(timeIntervalSince1970: Double(time)))
        }
        // The sender's own clock is not what counts.
        let dates = time.map {
            """
            Received: from a.example by home.example; \(date($0))
            Received: from b.example by a.example; \(date($0 - 20))
            Date: \(date($0 - 3000))

            """
        }
        return """
            \(fields)\(dates ?? "")From: \(sender)
            To: \(recipient)
            Subject: =?utf-8?B?\(Data(subject.utf8).base64EncodedString())?=
            Content-Type: text/plain; charset=utf-8

            \(text)

            """
    }

    /// Puts a mail into the Maildir, as it was delivered at a time.
    @discardableResult
    func put(
        _ mail: String, at time: Int = now, in folder: String = "new", name: String = "M1P1.host"
    ) throws -> String {
        let path = "\(maildir)/\(folder)/\(time).\(name)"
        try mail.write(toFile: maildir + "/tmp/x", atomically: false, encoding: .utf8)
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: maildir + "/tmp/x", toPath: path)
        return path
    }

    /// Has the delivery agent of a real mail system take a mail.
    func deliver(_ mail: String) throws {
        let outcome = try Program.run(
            "procmail", ["-m", home + "/procmailrc"], home: home, input: mail)
        try #require(outcome.status == 0, "\(outcome)")
    }

    /// All files of the Maildir, and what is in them.
    func mails() throws -> [String: [UInt8]] {
        try person.folder.files().filter { $0.key.hasPrefix("Maildir/") }
    }

    func age() throws -> (extra: [String: String], set: @Sendable (Int) throws -> Void) {
        let path = home + "/age"
        var interposer = Interposer()
        interposer.age = path
        let set = { @Sendable (seconds: Int) in
            try "\(seconds)".write(toFile: path, atomically: true, encoding: .utf8)
        }
        try set(0)
        return (try interposer.environment(), set)
    }
}
