internal import Cryptography

/// An element of an XML document; what it says stays where it is in the document, as it may be a secret.
struct XMLElement {
    /// The name without the prefix of its namespace.
    let name: String
    let attributes: [String: String]
    fileprivate(set) var children: [XMLElement] = []
    /// Where its text is, as it is written.
    fileprivate(set) var place = 0..<0

    /// The element at a path of names, the first of each name.
    func child(_ path: String...) -> XMLElement? {
        var element = self
        for name in path {
            guard let next = element.children.first(where: { $0.name == name }) else { return nil }
            element = next
        }
        return element
    }

    /// Its text, without white space at both ends, to be kept secret.
    func secret(_ document: Span<UInt8>) -> SecretBytes {
        let text = document.extracting(document.trimmed(place))
        // What it holds has been checked.
        return XMLReader.unescaped(text) ?? SecretBytes(zeros: 0)
    }

    /// Its text, without white space at both ends.
    func text(_ document: Span<UInt8>) -> String {
        secret(document).withBytes { String(validating: Array(copying: $0), as: UTF8.self) } ?? ""
    }
}

/// Reads as much of XML 1.0 as files with keys need, and refuses the rest.
///
/// Refused: document types, instructions, CDATA, and every reference but to the five characters that need one and to
/// numbers. Nothing outside the document is ever asked for.
struct XMLReader {
    private static let maximumDepth = 32
    /// More elements than any container has.
    private static let maximumElements = 1_000_000

    private var position: Int
    private var elements = 0

    private init(_ start: Int) { position = start }

    /// Reads a document.
    ///
    /// - Parameter document: UTF-8.
    /// - Returns: its outermost element.
    /// - Throws: `InterchangeError.malformed` with the number of the line where it ends to be one.
    static func read(_ document: Span<UInt8>) throws(InterchangeError) -> XMLElement {
        var reader = XMLReader(document.textStart)
        guard (try? UTF8Span(validating: document)) != nil,
            document.indices.allSatisfy({ isCharacter(document[$0]) }),
            reader.skipDeclaration(document),
            reader.skipMisc(document), let root = reader.element(document, depth: 0),
            reader.skipMisc(document), reader.position == document.count
        else { throw .malformed("line \(reader.line(document))") }
        return root
    }

    /// Whether a byte may stand in XML: there are no control characters but white space.
    private static func isCharacter(_ byte: UInt8) -> Bool {
        byte >= 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private func line(_ document: Span<UInt8>) -> Int {
        (0..<min(position, document.count)).reduce(1) { $0 + (document[$1] == 0x0A ? 1 : 0) }
    }

    /// Goes over `<?xml … ?>`; false when it tells of another encoding than UTF-8.
    private mutating func skipDeclaration(_ document: Span<UInt8>) -> Bool {
        guard document.holds("<?xml", at: position) else { return true }
        guard let end = document.firstIndex(of: UInt8(ascii: ">"), from: position),
            document[end - 1] == UInt8(ascii: "?"),
            let text = document.extracting(position..<end).printableASCII?.lowercased()
        else { return false }
        position = end + 1
        guard let encoding = text.split(separator: "encoding", maxSplits: 1).dropFirst().first
        else {
            return true
        }
        let value = encoding.drop { " =\"'".contains($0) }
        return value.hasPrefix("utf-8") || value.hasPrefix("us-ascii")
    }

    /// Goes over white space and comments.
    private mutating func skipMisc(_ document: Span<UInt8>) -> Bool {
        while true {
            position = document.skippingSpace(from: position)
            guard document.holds("<!--", at: position) else { return true }
            guard skipComment(document) else { return false }
        }
    }

    private mutating func skipComment(_ document: Span<UInt8>) -> Bool {
        var dash = position + 4
        while let found = document.firstIndex(
            of: UInt8(ascii: "-"), from: min(dash, document.count))
        {
            if document.holds("-->", at: found) {
                position = found + 3
                return true
            }
            dash = found + 1
        }
        return false
    }

    private mutating func element(_ document: Span<UInt8>, depth: Int) -> XMLElement? {
        elements += 1
        guard elements <= Self.maximumElements, depth < Self.maximumDepth, take("<", document)
        else { return nil }
        let start = position
        guard let name = name(document), let attributes = attributes(document) else { return nil }
        let tag = start..<start + name.utf8.count
        var element = XMLElement(name: Self.local(name), attributes: attributes)
        if take("/>", document) { return element }
        guard take(">", document) else { return nil }
        element.place = position..<position
        while let next = document.firstIndex(of: UInt8(ascii: "<"), from: position) {
            let text = position..<next
            let isSpace = document.trimmed(text).isEmpty
            guard isSpace || Self.unescaped(document.extracting(text)) != nil else { return nil }
            position = next
            if document.holds("<!--", at: position) {
                // A text that a comment interrupts would have to be put together.
                guard isSpace, skipComment(document) else { return nil }
                element.place = position..<position
            } else if take("</", document) {
                guard isSpace || element.children.isEmpty,
                    document.extracting(tag).isEqual(to: document, at: position)
                else { return nil }
                if element.children.isEmpty { element.place = element.place.lowerBound..<next }
                position += tag.count
                position = document.skippingSpace(from: position)
                return take(">", document) ? element : nil
            } else {
                guard isSpace, let child = self.element(document, depth: depth + 1) else {
                    return nil
                }
                element.children.append(child)
            }
        }
        return nil
    }

    private mutating func attributes(_ document: Span<UInt8>) -> [String: String]? {
        var attributes: [String: String] = [:]
        while true {
            let start = position
            position = document.skippingSpace(from: position)
            guard position < document.count else { return nil }
            if document[position] == UInt8(ascii: ">") || document[position] == UInt8(ascii: "/") {
                return attributes
            }
            guard position > start, let name = name(document) else { return nil }
            position = document.skippingSpace(from: position)
            guard take("=", document) else { return nil }
            position = document.skippingSpace(from: position)
            guard position < document.count, [0x22, 0x27].contains(document[position]),
                let end = document.firstIndex(of: document[position], from: position + 1)
            else { return nil }
            let value = document.extracting(position + 1..<end)
            guard value.firstIndex(of: UInt8(ascii: "<")) == nil,
                let text = Self.unescaped(value)?.withBytes({
                    String(validating: Array(copying: $0), as: UTF8.self)
                }), attributes.updateValue(text, forKey: name) == nil
            else { return nil }
            position = end + 1
        }
    }

    private mutating func name(_ document: Span<UInt8>) -> String? {
        let start = position
        while position < document.count {
            switch document[position] {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: ":"), 0x80...:
                position += 1
                continue
            default: break
            }
            break
        }
        guard position > start, position - start <= 256 else { return nil }
        return String(
            validating: Array(copying: document.extracting(start..<position)), as: UTF8.self)
    }

    private static func local(_ name: String) -> String {
        name.lastIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }

    private mutating func take(_ word: StaticString, _ document: Span<UInt8>) -> Bool {
        guard document.holds(word, at: position) else { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    /// What a text stands for; nil when a reference in it is none.
    fileprivate static func unescaped(_ text: Span<UInt8>) -> SecretBytes? {
        guard text.firstIndex(of: UInt8(ascii: "&")) != nil else {
            return SecretBytes(copying: text)
        }
        var buffer = SecretBuffer(capacity: text.count)
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "&") else {
                buffer.append(text[index])
                index += 1
                continue
            }
            guard let end = text.firstIndex(of: UInt8(ascii: ";"), from: index), end - index <= 10,
                let word = text.extracting(index + 1..<end).printableASCII,
                let character = character(word)
            else { return nil }
            buffer.append(character)
            index = end + 1
        }
        return buffer.finish()
    }

    private static func character(_ word: String) -> String? {
        switch word {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        guard word.hasPrefix("#") else { return nil }
        let digits = word.dropFirst()
        let number =
            digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap(Unicode.Scalar.init).flatMap {
            $0.value < 0x80 && !isCharacter(UInt8($0.value)) ? nil : String($0)
        }
    }
}

extension Span<UInt8> {
    /// Whether the same bytes stand at a place of another span.
    fileprivate func isEqual(to other: Span<UInt8>, at start: Int) -> Bool {
        count <= other.count - start && indices.allSatisfy { self[$0] == other[start + $0] }
    }
}
