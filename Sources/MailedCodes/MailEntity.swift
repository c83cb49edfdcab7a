/// Header fields and a body: a mail, or a part of one (RFC 2045, section 2.4).
struct MailEntity {
    private static let maximumFields = 1000
    private static let maximumFieldCount = 64 << 10
    /// One of these has every mail, and hardly any text that somebody has copied.
    private static let fieldsOfMail: Set = [
        "from", "date", "subject", "received", "return-path", "message-id", "content-type",
    ]

    /// Names in small letters, and values without the line ends that fold them.
    let fields: [(name: String, value: String)]
    let body: ArraySlice<UInt8>

    /// A body alone.
    init(text: ArraySlice<UInt8>) {
        fields = []
        body = text
    }

    /// Reads up to the empty line, or up to the first line that is no field: that one belongs to the body.
    init(_ bytes: ArraySlice<UInt8>) throws(MailError) {
        var fields: [(name: String, value: [UInt8])] = []
        var rest = bytes
        while true {
            let start = rest
            guard let line = takeLine(&rest), !line.isEmpty else { break }
            if Self.isBlank(line[line.startIndex]), !fields.isEmpty {
                fields[fields.count - 1].value += line
            } else if let (name, value) = Self.field(line) {
                guard fields.count < Self.maximumFields else { throw .tooComplex }
                fields.append((name, Array(value)))
            } else {
                rest = start
                break
            }
            guard fields[fields.count - 1].value.count <= Self.maximumFieldCount else {
                throw .tooComplex
            }
        }
        self.fields = fields.map { field in
            let start = field.value.drop(while: Self.isBlank)
            return (field.name, String(decoding: start, as: UTF8.self))
        }
        body = rest
    }

    var isMail: Bool { fields.contains { Self.fieldsOfMail.contains($0.name) } }

    /// The first field of a name, taken apart; nil when there is none.
    func structured(_ name: String) -> StructuredValue? {
        fields.first { $0.name == name }.map { StructuredValue($0.value) }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func field(_ line: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
        let name = line.prefix { (33...126).contains($0) && $0 != UInt8(ascii: ":") }
        // Blanks before the colon are an old way of writing (RFC 5322, section 4.5).
        let rest = line[name.endIndex...].drop(while: isBlank)
        guard !name.isEmpty, rest.first == UInt8(ascii: ":") else { return nil }
        return (String(decoding: name, as: UTF8.self).lowercased(), rest.dropFirst())
    }
}

/// A value and its parameters, such as `text/plain; charset=utf-8` (RFC 2045, section 5.1), without those of RFC 2231.
struct StructuredValue {
    /// What stands before the first semicolon, in small letters, without blanks.
    let value: String
    /// By their names in small letters; the first of a name counts.
    private(set) var parameters: [String: String] = [:]

    init(_ text: String) {
        var rest = Array(text.utf8)[...]
        value = Self.word(&rest, until: [UInt8(ascii: ";")]).lowercased()
        while rest.popFirst() != nil {
            let name = Self.word(&rest, until: [UInt8(ascii: "="), UInt8(ascii: ";")]).lowercased()
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst()
            let value = Self.word(&rest, until: [UInt8(ascii: ";")])
            if parameters[name] == nil { parameters[name] = value }
        }
    }

    /// Takes what stands before one of these signs: blanks and comments fall away, quotation marks hold what is in them.
    private static func word(_ rest: inout ArraySlice<UInt8>, until ends: [UInt8]) -> String {
        var word: [UInt8] = []
        var inQuotes = false
        var comments = 0
        while let byte = rest.first, inQuotes || comments > 0 || !ends.contains(byte) {
            rest = rest.dropFirst()
            switch byte {
            case UInt8(ascii: "\\") where inQuotes || comments > 0:
                guard let next = rest.popFirst() else { continue }
                if inQuotes { word.append(next) }
            case UInt8(ascii: "\"") where comments == 0: inQuotes.toggle()
            case UInt8(ascii: "(") where !inQuotes: comments += 1
            case UInt8(ascii: ")") where comments > 0: comments -= 1
            case 0x09, 0x20: if inQuotes { word.append(byte) }
            default: if comments == 0 { word.append(byte) }
            }
        }
        return String(decoding: word, as: UTF8.self)
    }
}

/// Takes a line, without the LF or CRLF that ends it; nil when nothing is left.
func takeLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard !rest.isEmpty else { return nil }
    let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
    let line = rest[..<end]
    rest = end < rest.endIndex ? rest[(end + 1)...] : rest[end...]
    return line.last == 0x0D ? line.dropLast() : line
}
