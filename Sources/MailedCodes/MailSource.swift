/// Where mails with codes arrive.
package enum MailSource: Equatable, Sendable {
    /// A folder with `new` and `cur`, a mail a file.
    case maildir(String)
    /// A file of mails, one behind the other.
    case mbox(String)
    /// A command that prints one mail, or nothing.
    case command(String)

    /// Reads what `text` has written.
    package init?(_ text: String) {
        guard let space = text.firstIndex(of: " ") else { return nil }
        let value = String(text[text.index(after: space)...])
        guard !value.isEmpty else { return nil }
        switch text[..<space] {
        case "maildir": self = .maildir(value)
        case "mbox": self = .mbox(value)
        case "command": self = .command(value)
        default: return nil
        }
    }

    /// The source in one line.
    package var text: String {
        switch self {
        case .maildir(let path): "maildir \(path)"
        case .mbox(let path): "mbox \(path)"
        case .command(let words): "command \(words)"
        }
    }
}
