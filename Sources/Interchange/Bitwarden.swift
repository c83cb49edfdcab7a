internal import Cryptography
internal import JSON
internal import OATH

/// The exports of Bitwarden, as JSON and as CSV: a login may have a token.
enum Bitwarden {
    private static let column = "login_totp"

    /// Whether a JSON text is such an export.
    static func isLikely(_ json: SecretJSON) -> Bool {
        json.isThere("encrypted") && (json.isThere("items") || json.isTrue("encrypted"))
    }

    static func read(_ json: SecretJSON) throws(InterchangeError) -> Harvest {
        guard !json.isTrue("encrypted") else { throw .unsupported("encrypted") }
        guard let items = json.elements("items") else { throw .malformed("items") }
        var harvest = Harvest()
        for item in items {
            guard let text = item.value("login")?.secret("totp"), text.count > 0 else { continue }
            var draft = TokenDraft()
            draft.issuer = item.text("name")
            draft.account = item.value("login")?.text("username") ?? ""
            text.withBytes { read($0, draft, into: &harvest) }
        }
        return harvest
    }

    /// What stands in the field for a token: a URI, Steam's own, or a secret alone.
    private static func read(_ text: Span<UInt8>, _ known: TokenDraft, into harvest: inout Harvest)
    {
        if text.holdsIgnoringCase("steam://", at: 0) {
            var draft = known
            draft.kind = "steam"
            return draft.judge(nil, into: &harvest)
        }
        if URIList.read(text, known, into: &harvest) { return }
        known.judge(Base32.decode(text), into: &harvest)
    }

    // MARK: CSV

    /// Whether the first line of a text names the column of tokens.
    static func isLikely(_ text: Span<UInt8>) -> Bool {
        var reader = CSVReader(text.textStart)
        return reader.row(text).map { names($0, text).contains(column) } ?? false
    }

    static func read(csv text: Span<UInt8>) throws(InterchangeError) -> Harvest {
        guard (try? UTF8Span(validating: text)) != nil else { throw .malformed("line 1") }
        var reader = CSVReader(text.textStart)
        guard let header = reader.row(text),
            let totp = names(header, text).firstIndex(of: column)
        else { throw .malformed("line 1") }
        let name = names(header, text).firstIndex(of: "name")
        let user = names(header, text).firstIndex(of: "login_username")
        var harvest = Harvest()
        while !reader.isAtEnd(text) {
            let place = "line \(reader.line)"
            guard let row = reader.row(text) else { throw .malformed(place) }
            func string(_ column: Int?) -> String {
                guard let column, column < row.count else { return "" }
                return row[column].text(text).withBytes {
                    String(validating: Array(copying: $0), as: UTF8.self)
                } ?? ""
            }
            guard totp < row.count else { continue }
            let secret = row[totp].text(text)
            guard secret.count > 0 else { continue }
            var draft = TokenDraft()
            draft.issuer = string(name)
            draft.account = string(user)
            secret.withBytes { read($0, draft, into: &harvest) }
        }
        return harvest
    }

    private static func names(_ row: [CSVReader.Field], _ text: Span<UInt8>) -> [String] {
        row.map { $0.text(text).withBytes { $0.printableASCII ?? "" } }
    }
}

/// Goes over comma-separated values (RFC 4180), row by row, without copying any of them.
struct CSVReader {
    /// More columns than any export has.
    private static let maximumColumns = 256

    private var position: Int
    /// The number of the line that is read next.
    private(set) var line = 1

    init(_ start: Int) { position = start }

    /// Where a field is.
    struct Field {
        let range: Range<Int>
        let isQuoted: Bool

        /// What it says: a quotation mark in a field that is quoted stands twice.
        func text(_ bytes: Span<UInt8>) -> SecretBytes {
            var buffer = SecretBuffer(capacity: range.count)
            var index = range.lowerBound
            while index < range.upperBound {
                buffer.append(bytes[index])
                index += isQuoted && bytes[index] == UInt8(ascii: "\"") ? 2 : 1
            }
            return buffer.finish()
        }
    }

    /// Whether nothing but line ends is left.
    mutating func isAtEnd(_ bytes: Span<UInt8>) -> Bool {
        while position < bytes.count, bytes[position] == 0x0A || bytes[position] == 0x0D {
            if bytes[position] == 0x0A { line += 1 }
            position += 1
        }
        return position == bytes.count
    }

    /// The next row; nil when it is none.
    mutating func row(_ bytes: Span<UInt8>) -> [Field]? {
        var fields: [Field] = []
        while fields.count < Self.maximumColumns, let field = field(bytes) {
            fields.append(field)
            guard position < bytes.count else { return fields }
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: ","): continue
            case 0x0D where position < bytes.count && bytes[position] == 0x0A: position += 1
            case 0x0A: break
            default: return nil
            }
            line += 1
            return fields
        }
        return nil
    }

    private mutating func field(_ bytes: Span<UInt8>) -> Field? {
        let start = position
        guard start < bytes.count, bytes[start] == UInt8(ascii: "\"") else {
            while position < bytes.count, ![0x2C, 0x0A, 0x0D, 0x22].contains(bytes[position]) {
                position += 1
            }
            return Field(range: start..<position, isQuoted: false)
        }
        position += 1
        while position < bytes.count {
            if bytes[position] == 0x0A { line += 1 }
            guard bytes[position] == UInt8(ascii: "\"") else {
                position += 1
                continue
            }
            position += 1
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                return Field(range: start + 1..<position - 1, isQuoted: true)
            }
            position += 1
        }
        return nil
    }
}
