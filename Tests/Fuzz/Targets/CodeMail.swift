import MailedCodes
import Platform

/// A mail with a code, alone or as one of an mbox; it is taken when it tells one.
func fuzzCodeMail(_ input: [UInt8]) throws(Broken) -> Bool {
    let mails = mailsOfMbox(input)
    let places = mails.map { $0.startIndex..<$0.endIndex }
    try require(
        zip(places, places.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound },
        "mails of an mbox do not overlap, and a line is between them")
    guard let mail = try? MailMessage(input, decoding: { decoded($0, charset: $1) }) else {
        return false
    }
    let rule = CodeMailRule(
        sender: "otp@mail.example", subject: "Your code", recipient: nil, digits: 6)
    let narrow = CodeMailRule(
        sender: rule.sender, subject: rule.subject, recipient: "taro@example.jp", digits: 6)
    try require(rule.fits(mail) || !narrow.fits(mail), "a recipient makes a rule fit less")
    try require(
        MailAuthentication(of: mail, believing: [], sender: rule.sender) == .unknown,
        "nobody is believed who is not named")
    _ = MailAuthentication(of: mail, believing: ["mx.example"], sender: rule.sender)
    if let time = mail.arrival {
        // Years have four digits.
        try require((-62_200_000_000...253_500_000_000).contains(time), "a date is one")
    }
    let code: String
    do throws(CodeNotice.Failure) {
        code = try CodeNotice.code(in: mail.text, digits: 6)
    } catch .ambiguous(let first, let second) {
        for place in [first, second] {
            try require(
                place.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F },
                "what is told does not steer a terminal")
        }
        return false
    } catch {
        return false
    }
    try require(
        code.utf8.count == 6 && code.utf8.allSatisfy { (48...57).contains($0) },
        "a code has six digits")
    for text in ["Code: \(code)", "\(code)", "コード\n\(code)\n"] {
        try require((try? CodeNotice.code(in: text, digits: 6)) == code, "a code is found again")
    }
    return true
}
