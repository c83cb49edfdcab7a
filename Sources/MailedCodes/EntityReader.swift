/// Finds the text of a mail among its parts (RFC 2046).
struct EntityReader {
    private static let maximumDepth = 8
    private static let maximumParts = 200
    private static let maximumBoundaryCount = 200

    let decode: CharsetDecoder
    private(set) var unknownCharsets: [String] = []
    private var partCount = 0

    init(decode: @escaping CharsetDecoder) { self.decode = decode }

    /// A text, and whether it was written as one, not as HTML.
    struct Found {
        var text: String
        var isPlain: Bool

        var isBlank: Bool { text.utf8.allSatisfy { $0 <= 0x20 } }
    }

    /// The text of a mail or of one of its parts; nil when it has none.
    mutating func text(of entity: MailEntity, depth: Int = 0) throws(MailError) -> Found? {
        guard depth <= Self.maximumDepth else { throw .tooComplex }
        let type = entity.structured("content-type")
        // What has no type, or none that can be used, is text (RFC 2045, section 5.2).
        let name = type?.value ?? ""
        if name.hasPrefix("multipart/"), let boundary = type?.parameters["boundary"],
            (1...Self.maximumBoundaryCount).contains(boundary.utf8.count)
        {
            return try text(
                ofParts: entity.body, boundary, isChoice: name == "multipart/alternative", depth)
        }
        if name == "message/rfc822", let bytes = transferred(entity) {
            return try text(of: MailEntity(bytes[...]), depth: depth + 1)
        }
        let isAttached = entity.structured("content-disposition")?.value == "attachment"
        guard depth == 0 || !isAttached else { return nil }
        let isHTML = name == "text/html"
        let isPlain = name == "text/plain" || !name.contains("/") || name.hasPrefix("multipart/")
        guard isPlain || isHTML, let bytes = transferred(entity) else { return nil }
        let text = decoded(bytes, charset: type?.parameters["charset"] ?? "")
        return Found(text: linesEnded(isHTML ? plainText(ofHTML: text) : text), isPlain: isPlain)
    }

    /// The text of parts between boundaries: of each, or where they say the same, of the plainest.
    private mutating func text(
        ofParts body: ArraySlice<UInt8>, _ boundary: String, isChoice: Bool, _ depth: Int
    ) throws(MailError) -> Found? {
        var found: [Found] = []
        for part in try parts(of: body, boundary) {
            if let text = try text(of: MailEntity(part), depth: depth + 1), !text.isBlank {
                found.append(text)
            }
        }
        if isChoice { return found.first(where: \.isPlain) ?? found.first }
        guard !found.isEmpty else { return nil }
        return Found(
            text: found.map(\.text).joined(separator: "\n"), isPlain: found.allSatisfy(\.isPlain))
    }

    /// What stands between boundaries; the last part goes to the end when no boundary ends it.
    private mutating func parts(
        of body: ArraySlice<UInt8>, _ boundary: String
    ) throws(MailError) -> [ArraySlice<UInt8>] {
        let mark = Array("--\(boundary)".utf8)
        var parts: [ArraySlice<UInt8>] = []
        var start: Int?
        var rest = body
        while true {
            let place = rest.startIndex
            let line = takeLine(&rest)
            if let line, !line.starts(with: mark) { continue }
            var tail = line?.dropFirst(mark.count) ?? []
            let isLast = line == nil || tail.starts(with: "--".utf8)
            if isLast { tail = tail.dropFirst(2) }
            // A longer boundary that begins like this one is another.
            guard tail.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { continue }
            if let start {
                partCount += 1
                guard partCount <= Self.maximumParts else { throw .tooComplex }
                parts.append(body[start..<place])
            }
            guard !isLast else { return parts }
            start = rest.startIndex
        }
    }

    /// The body without its transfer encoding (RFC 2045, section 6); nil for one that is not known.
    private func transferred(_ entity: MailEntity) -> [UInt8]? {
        switch entity.structured("content-transfer-encoding")?.value ?? "" {
        case "", "7bit", "8bit", "binary": Array(entity.body)
        case "quoted-printable": quotedPrintable(entity.body)
        case "base64": looseBase64(entity.body)
        default: nil
        }
    }

    /// Bytes of a charset as text.
    private mutating func decoded(_ bytes: [UInt8], charset: String) -> String {
        let name = charset.lowercased()
        let isUTF8 = name == "utf-8" || name == "utf8"
        guard !isUTF8 else { return String(decoding: bytes, as: UTF8.self) }
        let isASCII = name.isEmpty || name == "us-ascii" || name == "ascii"
        // Old programs do not name the charset that everybody used.
        if !isASCII || bytes.contains(0x1B) {
            if let text = decode(bytes, isASCII ? "iso-2022-jp" : charset) { return text }
            if !unknownCharsets.contains(charset), unknownCharsets.count < 8 {
                unknownCharsets.append(isASCII ? "iso-2022-jp" : charset)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A header field with its encoded words decoded (RFC 2047).
    ///
    /// Bytes of neighbours in one charset are put together first: many programs cut characters in two.
    mutating func decodingWords(_ value: String) -> String {
        let bytes = Array(value.utf8)
        var rest = bytes[...]
        var text = ""
        var open = EncodedWord(charset: "", bytes: [])
        // What stands between words; nothing but blanks there means nothing.
        var between: [UInt8] = []
        while let byte = rest.first {
            guard let word = EncodedWord(&rest) else {
                between.append(byte)
                rest = rest.dropFirst()
                continue
            }
            let isNeighbour =
                !open.charset.isEmpty && between.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            if isNeighbour, open.charset.lowercased() == word.charset.lowercased() {
                open.bytes += word.bytes
            } else {
                text += decoded(open.bytes, charset: open.charset)
                if !isNeighbour { text += String(decoding: between, as: UTF8.self) }
                open = word
            }
            between = []
        }
        return text + decoded(open.bytes, charset: open.charset)
            + String(decoding: between, as: UTF8.self)
    }
}

/// A text with LF at the end of each line.
private func linesEnded(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var last: UInt8 = 0
    for byte in text.utf8 {
        if byte != 0x0A || last != 0x0D { bytes.append(byte == 0x0D ? 0x0A : byte) }
        last = byte
    }
    return String(decoding: bytes, as: UTF8.self)
}
