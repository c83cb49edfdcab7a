/// Which mails bring a code, and where they tell it.
package struct CodeMailRule: Equatable, Sendable {
    /// The one address that they come from.
    package let sender: String
    /// What their subject holds; blanks within it do not count.
    package let subject: String
    /// One of the addresses that they go to; nil for any.
    package let recipient: String?
    /// How many digits the code has.
    package let digits: Int

    package init(sender: String, subject: String, recipient: String?, digits: Int) {
        self.sender = sender.lowercased()
        self.subject = subject
        self.recipient = recipient?.lowercased()
        self.digits = digits
    }

    /// Whether a mail is one of them, by what its header says: sender and subject, and recipient where one is named.
    package func fits(_ mail: MailMessage) -> Bool {
        let senders = mail.values(of: "from").map(mailAddresses)
        let subjects = mail.texts(of: "subject")
        // Two of a field are a forger's: one reader sees the first, another one the second.
        guard senders == [[sender]], subjects.count == 1,
            Self.folded(subjects[0]).contains(Self.folded(subject))
        else { return false }
        guard let recipient else { return true }
        let fields = ["delivered-to", "x-original-to", "envelope-to", "to", "cc"]
        return fields.contains { field in
            mail.values(of: field).contains { mailAddresses($0).contains(recipient) }
        }
    }

    private static func folded(_ text: String) -> String {
        String(
            String.UnicodeScalarView(NoticeLine(text.unicodeScalars).scalars.filter { $0 != " " }))
    }
}

extension MailMessage {
    /// When it came, in unix seconds: by the last host that handled it, else by its sender; nil when neither says.
    ///
    /// Each host puts its field Received on top of the others.
    package var arrival: Int64? {
        if let last = values(of: "received").first, let semicolon = last.lastIndex(of: ";"),
            let time = mailDate(last[last.index(after: semicolon)...])
        {
            return time
        }
        return values(of: "date").first.flatMap { mailDate($0) }
    }
}

/// The mails of an mbox, in their order, each behind its line `From `.
///
/// - Parameter file: its bytes, or the last of them: what stands in front of the first such line is left out.
/// - Returns: the mails.
package func mailsOfMbox(_ file: [UInt8]) -> [ArraySlice<UInt8>] {
    var mails: [ArraySlice<UInt8>] = []
    var start: Int?
    var rest = file[...]
    var isAfterBlank = true
    while true {
        let place = rest.startIndex
        guard let line = takeLine(&rest) else { break }
        if isAfterBlank, line.starts(with: "From ".utf8) {
            if let start { mails.append(file[start..<place]) }
            start = rest.startIndex
        }
        isAfterBlank = line.isEmpty
    }
    if let start { mails.append(file[start...]) }
    return mails
}

extension CodeMailRule {
    /// Whether a mail may be one of them, told by a quick look at its first bytes: its header names the sender.
    package func mayFit(_ start: [UInt8]) -> Bool {
        let wanted = Array(sender.utf8)
        guard let at = wanted.firstIndex(of: UInt8(ascii: "@")) else { return false }
        var place = start.startIndex
        while let found = start[place...].firstIndex(of: UInt8(ascii: "@")) {
            place = found + 1
            let first = found - at
            guard first >= 0, first + wanted.count <= start.count else { continue }
            let isSame = wanted.indices.allSatisfy { index in
                let byte = start[first + index]
                return byte == wanted[index]
                    || (0x41...0x5A).contains(byte) && byte + 0x20 == wanted[index]
            }
            if isSame { return true }
        }
        return false
    }
}
