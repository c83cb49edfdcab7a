internal import Cryptography
internal import Platform

/// A mail to somebody who has a token, or is to have one, or who signs in; there is no secret in it but a code that is
/// mailed.
struct Mail {
    /// Who sends it, in its own words.
    let issuer: String
    /// Where the issuer is reached; the domain of the sender comes from it.
    let url: String
    let recipient: String
    let subject: String
    let content: String
    /// That of subject and content.
    let language: Language
    /// The part of the Message-ID before the `@`.
    let messageID: String
    /// Unix seconds.
    let time: Int64

    /// The message (RFC 5322) with the line ends that sendmail takes.
    var text: String {
        """
        From: \(mailbox)
        To: \(recipient)
        Subject: \(Self.encoded(subject))
        Date: \(mailDate(time))
        Message-ID: <\(messageID)@\(Self.domain(of: url))>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Language: \(language.tag)
        Content-Transfer-Encoding: 8bit
        Auto-Submitted: auto-generated

        \(content)

        """
    }

    private var mailbox: String {
        let name = Self.isASCII(issuer) ? quoted : Self.encoded(issuer)
        return "\(name)\n <\(Self.sender(for: url))>"
    }

    /// The address that the mails of an issuer come from.
    static func sender(for url: String) -> String { "no-reply@\(domain(of: url))" }

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
    private static func domain(of url: String) -> String {
        guard let host = ServerURL(url)?.host, !host.contains(":"),
            host.split(separator: ".").last.map({ Int($0) == nil }) ?? false
        else { return "localhost" }
        return host
    }
}

extension Issuer {
    /// Lays a mail into the outbox.
    ///
    /// - Parameters:
    ///   - name: the name of the file.
    ///   - recipient: the address.
    ///   - subject: one line.
    ///   - content: lines.
    ///   - language: theirs.
    ///   - now: unix seconds.
    ///   - random: the Message-ID.
    /// - Returns: the path of the file.
    /// - Throws: `IssuerError.file`, `.cryptography`.
    func post(
        _ name: String, to recipient: String, _ subject: String, _ content: String,
        in language: Language, now: Int64, random: RandomSource
    ) throws(IssuerError) -> String {
        let mail = try mail(
            to: recipient, subject, content, in: language, now: now, random: random)
        return try post(mail, name)
    }

    /// Lays a mail into the outbox; the path of the file.
    func post(_ mail: Mail, _ name: String) throws(IssuerError) -> String {
        let path = "\(home)/outbox/\(name).eml"
        try Self.put(Array(mail.text.utf8), at: path)
        return path
    }

    /// A mail of this issuer's.
    func mail(
        to recipient: String, _ subject: String, _ content: String, in language: Language,
        now: Int64, random: RandomSource
    ) throws(IssuerError) -> Mail {
        let messageID = try IssuerError.wrapping { () throws(CryptographyError) in
            try publicRandom(count: 16, from: random)
        }
        return Mail(
            issuer: self.name, url: url, recipient: recipient, subject: subject, content: content,
            language: language, messageID: Hex.encode(messageID.span), time: now)
    }
}
