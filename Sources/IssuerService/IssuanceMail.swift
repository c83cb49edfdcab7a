internal import Cryptography
internal import Platform

/// The mail that tells a person the IDs; never the start password.
struct IssuanceMail {
    let issuer: String
    let url: String
    let serviceID: String
    let userID: String
    let email: String
    /// The part of the Message-ID before the `@`.
    let messageID: String
    /// Unix seconds.
    let time: Int64
    /// That of the person who reads it.
    let language: Language

    /// The message (RFC 5322) with the line ends that sendmail takes.
    var text: String {
        """
        From: \(mailbox)
        To: \(email)
        Subject: \(Self.encoded(subject))
        Date: \(mailDate(time))
        Message-ID: <\(messageID)@\(domain)>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Language: \(language == .japanese ? "ja" : "en")
        Content-Transfer-Encoding: 8bit
        Auto-Submitted: auto-generated

        \(content)

        """
    }

    private var subject: String {
        localized(
            "Your one-time password token", ja: "ワンタイムパスワードトークン発行のお知らせ", in: language)
    }

    private var content: String {
        localized(
            """
            \(issuer) has issued a one-time password token for you.

            Server:     \(url)
            Service ID: \(serviceID)
            User ID:    \(userID)

            Set it up on the computer that is to show the codes, within 7 days:

            \(command)

            You will be asked for the start password, which is not in this mail. If you did
            not expect a token, tell \(issuer).
            """,
            ja: """
                \(issuer) がワンタイムパスワードトークンを発行しました。

                サーバ: \(url)
                サービスID: \(serviceID)
                ユーザID: \(userID)

                コードを表示するパソコンで、7 日以内に次のコマンドを実行し、登録してください。

                \(command)

                利用開始パスワードを尋ねられます（このメールには書かれていません）。
                お心当たりのない場合は、\(issuer) にご連絡ください。
                """, in: language)
    }

    private var command: String {
        "otptoken init --server \(shellQuoted(url)) --service-id \(serviceID) --user-id \(userID)"
    }

    private var mailbox: String {
        let name = Self.isASCII(issuer) ? quoted : Self.encoded(issuer)
        return "\(name)\n <no-reply@\(domain)>"
    }

    private var quoted: String {
        "\"" + issuer.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "\""
    }

    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    /// A text as a field holds it.
    ///
    /// RFC 2047: a word has at most 75 characters, and no character is cut in two.
    private static func encoded(_ text: String) -> String {
        guard !isASCII(text) else { return text }
        var words = [""]
        for scalar in text.unicodeScalars {
            if words[words.count - 1].utf8.count > 40 { words.append("") }
            words[words.count - 1].unicodeScalars.append(scalar)
        }
        return words.map { "=?UTF-8?B?\(Base64.encode(Array($0.utf8).span, padding: .required))?=" }
            .joined(separator: "\n ")
    }

    // Mail systems take addresses in numbers for spam, and localhost for what it is.
    private var domain: String {
        guard let host = ServerURL(url)?.host, !host.contains(":"),
            host.split(separator: ".").last.map({ Int($0) == nil }) ?? false
        else { return "localhost" }
        return host
    }
}

/// What hands a mail on: sendmail, or another program that reads it from its standard input.
package struct Sendmail: Sendable {
    /// How long it may take, in seconds.
    private static let patience = 60

    private let words: [String]

    /// The system's own.
    package static let system = Sendmail(words: [
        isExecutable("/usr/sbin/sendmail") ? "/usr/sbin/sendmail" : "sendmail", "-t", "-i",
    ])

    /// Another one.
    ///
    /// - Parameter words: the program and its arguments.
    package init(words: [String]) { self.words = words }

    /// Hands a mail on.
    ///
    /// - Parameter mail: the message, at most 4096 bytes.
    /// - Returns: false when the program cannot be run, or says that it did not work.
    func send(_ mail: [UInt8]) -> Bool {
        let program = SideProcess.Program.named(words[0])
        guard var process = try? SideProcess(program, Array(words.dropFirst()), input: mail)
        else { return false }
        return process.succeeds(by: Deadline(seconds: Self.patience))
    }
}

extension Issuer {
    /// Sends the mail of an issuance, which then leaves the outbox.
    ///
    /// - Parameters:
    ///   - path: that of `Issued.mailPath`.
    ///   - sendmail: what hands it on.
    /// - Throws: `IssuerError.notSent` when that did not work; the mail stays in the outbox. `.file`.
    package func sendMail(at path: String, with sendmail: Sendmail) throws(IssuerError) {
        guard let mail = try Self.contents(of: path), sendmail.send(mail) else {
            throw .notSent(path: path)
        }
        try IssuerError.naming(path) { () throws(FileError) in try PrivateFile.remove(path) }
    }
}
