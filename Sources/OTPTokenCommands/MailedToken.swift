internal import Cryptography
internal import MailedCodes
internal import OATH
internal import Platform
internal import TokenStore

/// A token whose codes are mailed: what the store keeps of it beside what it keeps of every token.
struct MailedToken {
    private enum Key: String {
        case sender = "mail_from"
        case subject = "mail_subject"
        case source = "mail_source"
        case skipDays = "mail_skip_days"
        case signature = "mail_dkim"
        case trust
    }
    private static let required = "required"

    var sender: String
    var subject: String
    var source: MailSource
    /// For how many days the service skips the code on a device, once its person has asked for that.
    var skipDays: Int
    /// Whether a mail counts only when its sender's domain has signed it.
    var requiresSignature: Bool
    var trusts: [Trust] = []

    init(
        sender: String, subject: String, source: MailSource, skipDays: Int, requiresSignature: Bool
    ) {
        self.sender = sender
        self.subject = subject
        self.source = source
        self.skipDays = skipDays
        self.requiresSignature = requiresSignature
    }

    /// Reads what the store keeps.
    ///
    /// - Parameter token: one whose codes are mailed.
    /// - Throws: when something is missing, or not as it is written here.
    init(_ token: Token) throws(CommandFailure) {
        func texts(_ key: Key) -> [String] {
            token.extras.filter { $0.key == key.rawValue }.map { extra in
                extra.value.value.withBytes { String(decoding: Array(copying: $0), as: UTF8.self) }
            }
        }
        func text(_ key: Key) -> String? {
            let found = texts(key)
            return found.count == 1 ? found[0] : nil
        }
        guard let sender = text(.sender), isMailAddress(sender), let subject = text(.subject),
            let source = text(.source).flatMap({ MailSource($0) }),
            let skipDays = text(.skipDays).flatMap({ Int($0) }), (0...3650).contains(skipDays),
            texts(.signature) == [] || texts(.signature) == [Self.required]
        else { throw Messages.damagedMailedToken(token) }
        self.init(
            sender: sender, subject: subject, source: source, skipDays: skipDays,
            requiresSignature: text(.signature) != nil)
        for text in texts(.trust) {
            guard let trust = Trust(text) else { throw Messages.damagedMailedToken(token) }
            trusts.append(trust)
        }
    }

    /// What the store is to keep.
    ///
    /// - Parameter others: keys that mean nothing here.
    /// - Returns: they, and those of this token.
    func extras(beside others: [Token.Extra] = []) -> [Token.Extra] {
        let own: [(Key, String)] =
            [
                (.sender, sender), (.subject, subject), (.source, source.text),
                (.skipDays, "\(skipDays)"),
            ] + (requiresSignature ? [(.signature, Self.required)] : [])
            + trusts.map { (.trust, $0.text) }
        return own.map { key, value in
            let bytes = Array(value.utf8)
            return .init(key: key.rawValue, value: Shared(SecretBytes(copying: bytes.span)))
        } + others.filter { Key(rawValue: $0.key) == nil }
    }

    /// Which mails bring its codes.
    func rule(for token: Token) -> CodeMailRule {
        CodeMailRule(
            sender: sender, subject: subject, recipient: token.userID.isEmpty ? nil : token.userID,
            digits: token.totp.digits)
    }
}
