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

    /// The message (RFC 5322) with the line ends that sendmail takes.
    var text: String {
        """
        From: \(mailbox)
        To: \(email)
        Subject: Your one-time password token
        Date: \(mailDate(time))
        Message-ID: <\(messageID)@\(domain)>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        \(issuer) has issued a one-time password token for you.

        Server:     \(url)
        Service ID: \(serviceID)
        User ID:    \(userID)

        Set it up on the computer that is to show the codes, within 7 days:

        otptoken init --server \(shellQuoted(url)) --service-id \(serviceID) --user-id \(userID)

        You will be asked for the start password, which is not in this mail. If you did
        not expect a token, tell \(issuer).

        """
    }

    private var mailbox: String {
        let isASCII = issuer.utf8.allSatisfy { $0 < 0x80 }
        return "\(isASCII ? quoted : encodedWords)\n <no-reply@\(domain)>"
    }

    private var quoted: String {
        "\"" + issuer.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "\""
    }

    // RFC 2047: a word has at most 75 characters, and no character is cut in two.
    private var encodedWords: String {
        var words = [""]
        for scalar in issuer.unicodeScalars {
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
