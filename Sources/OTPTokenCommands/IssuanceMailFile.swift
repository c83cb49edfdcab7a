internal import Enrolment
internal import MailedCodes
internal import Platform

/// `init --mail`: what a mail about an issued token tells.
extension IssuanceNotice {
    /// Reads a mail.
    ///
    /// - Parameter file: where it lies, or `-` for standard input.
    /// - Throws: when it cannot be read, or tells nothing that could be used.
    init(file: String) throws(CommandFailure) {
        let bytes = try Messages.naming(file) { () throws(FileError) in
            try SecretInput.readPlain(file, limit: MailMessage.maximumCount)
        }
        let mail: MailMessage
        do {
            mail = try MailMessage(bytes) { decoded($0, charset: $1) }
        } catch {
            throw Messages.noMail(file)
        }
        self.init(mail.text, server: { ServerURL($0)?.text }, id: Identifier.read)
        guard Item.allCases.contains(where: tells) else { throw Messages.noIssuanceMail(file) }
    }

    private func tells(_ item: Item) -> Bool {
        do {
            return try value(of: item) != nil
        } catch {
            return true
        }
    }

    /// What the mail tells; nil when it does not.
    ///
    /// - Parameter item: of which.
    /// - Returns: the value.
    /// - Throws: when it tells two.
    func checkedValue(of item: Item) throws(CommandFailure) -> String? {
        do {
            return try value(of: item)
        } catch {
            throw Messages.ambiguousMail(error)
        }
    }
}
