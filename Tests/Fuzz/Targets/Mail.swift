import Enrolment
import MailedCodes
import Platform

/// A mail about an issued token; it is taken when it tells something.
func fuzzMail(_ input: [UInt8]) throws(Broken) -> Bool {
    let mail: MailMessage
    do {
        mail = try MailMessage(input) { decoded($0, charset: $1) }
    } catch {
        return false
    }
    // A byte of ISO-2022-JP is two on its way, and each of them U+FFFD at worst; nothing else grows more.
    try require(mail.text.utf8.count <= 6 * input.count, "a text is not much longer than its mail")
    try require(!mail.text.utf8.contains(0x0D), "lines end with LF")
    let notice = IssuanceNotice(
        mail.text, server: { ServerURL($0)?.text }, id: Identifier.read)
    var isTaken = false
    // Not behind labels, where a sign at the end belongs to the sentence.
    var command = "otptoken init"
    let options: [(IssuanceNotice.Item, String)] = [
        (.server, "server"), (.serviceID, "service-id"), (.userID, "user-id"),
    ]
    for (item, option) in options {
        guard let value = try? notice.value(of: item) else { continue }
        isTaken = true
        command += " --\(option) \(shellQuoted(value))"
        try require(
            item == .server ? ServerURL(value)?.text == value : Identifier.isValid(value),
            "what is told has the form of its kind")
    }
    let again = IssuanceNotice(command, server: { ServerURL($0)?.text }, id: Identifier.read)
    for (item, _) in options {
        guard let value = try? notice.value(of: item) else { continue }
        let other = try certain("one value") { () throws(IssuanceNotice.Ambiguity) in
            try again.value(of: item)
        }
        try require(other == value, "what is told is told the same by the command to paste")
    }
    return isTaken
}
