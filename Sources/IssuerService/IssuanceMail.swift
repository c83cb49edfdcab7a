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

    private func shellQuoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            Character(UnicodeScalar($0)).isLetter || Character(UnicodeScalar($0)).isNumber
                || ":/._~%-".utf8.contains($0)
        }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}

/// A time as the Date field of a mail has it, in UTC: `Thu, 01 Jan 1970 00:00:00 +0000`.
///
/// - Parameter time: unix seconds, not before 1970.
/// - Returns: the date.
func mailDate(_ time: Int64) -> String {
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let days = time / 86400
    // Years that begin in March end with the leap day; 1 March of the year 0 is day -719468.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let year = 400 * era + yearOfEra + (month >= 10 ? 1 : 0)
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(days % 7)]
    let name = [
        "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb",
    ][Int(month)]
    let clock = [time % 86400 / 3600, time % 3600 / 60, time % 60].map(two).joined(separator: ":")
    return "\(weekday), \(two(day)) \(name) \(year) \(clock) +0000"
}
