/// Turns bytes of a charset, named as the mail names it, into text; nil for a charset that is not known.
package typealias CharsetDecoder = (_ bytes: [UInt8], _ charset: String) -> String?

/// Why bytes are not read as a mail.
package enum MailError: Error, Equatable, Sendable {
    /// There are more than `MailMessage.maximumCount` bytes.
    case tooLarge
    /// More fields, parts or levels than a mail needs, or a field that is too long.
    case tooComplex
}

/// One mail (RFC 5322, MIME): its header fields, and what a person would read.
///
/// A mail proves nothing: anybody can write one. That a server is the issuer is proved by TLS and SPAKE2+ alone.
package struct MailMessage: Sendable {
    /// The longest mail, in bytes.
    package static let maximumCount = 1 << 20

    /// The text, lines ended by a newline: text/plain where there is any, else what is left of text/html.
    ///
    /// It may hold any character, also such as steer a terminal. Attachments are left out.
    package let text: String
    /// Charsets that were not known, as the mail names them: there, only ASCII was read.
    package let unknownCharsets: [String]
    private let fields: [(name: String, value: String, text: String)]

    /// Reads a mail as it lies in a file: LF or CRLF ends lines, and the line `From ` of an mbox may stand in front.
    ///
    /// Bytes without any field of a mail are taken for the text alone, as somebody has copied it. ASCII and UTF-8 are
    /// decoded here; what is no UTF-8 becomes U+FFFD. So is a text that names no charset, unless it holds the escape
    /// sequences of ISO-2022-JP.
    ///
    /// - Parameters:
    ///   - bytes: the mail.
    ///   - decode: knows the other charsets.
    /// - Throws: `MailError`.
    package init(_ bytes: [UInt8], decoding decode: @escaping CharsetDecoder) throws(MailError) {
        guard bytes.count <= Self.maximumCount else { throw .tooLarge }
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        if rest.starts(with: "From ".utf8) { _ = takeLine(&rest) }
        var reader = EntityReader(decode: decode)
        var entity = try MailEntity(rest)
        if !entity.isMail { entity = MailEntity(text: rest) }
        text = try reader.text(of: entity)?.text ?? ""
        fields = entity.fields.map { ($0.name, $0.value, reader.decodingWords($0.value)) }
        unknownCharsets = reader.unknownCharsets
    }

    /// The values of all fields of a name, as they stand there, unfolded.
    ///
    /// - Parameter name: in any case.
    /// - Returns: the values in their order; the one that was added last comes first.
    package func values(of name: String) -> [String] {
        fields.filter { $0.name == name.lowercased() }.map(\.value)
    }

    /// The values of all fields of a name as a person reads them: encoded words (RFC 2047) are decoded.
    ///
    /// - Parameter name: in any case.
    /// - Returns: the texts in the order of the fields; they may hold any character.
    package func texts(of name: String) -> [String] {
        fields.filter { $0.name == name.lowercased() }.map(\.text)
    }
}
