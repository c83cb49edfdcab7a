/// What is left of HTML without its tags: enough for labels and values, and no more.
///
/// It is not found out what a reader would hide.
func plainText(ofHTML html: String) -> String {
    let bytes = Array(html.utf8)
    var rest = bytes[...]
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    while let byte = rest.first {
        if byte == UInt8(ascii: "<"), let tag = HTMLTag(&rest) {
            if HTMLTag.unread.contains(tag.name) {
                skip(to: "</\(tag.name)", &rest)
            } else if HTMLTag.cells.contains(tag.name) {
                text.append(0x09)
            } else if HTMLTag.blocks.contains(tag.name) {
                text.append(0x0A)
            }
        } else if byte == UInt8(ascii: "&"), let character = takeEntity(&rest) {
            text += Array(String(character).utf8)
        } else {
            text.append((0x09...0x0D).contains(byte) ? 0x20 : byte)
            rest = rest.dropFirst()
        }
    }
    return String(decoding: text, as: UTF8.self)
}

/// A tag, by its name in small letters, without the slash; a comment or a declaration has none.
private struct HTMLTag {
    static let unread: Set = ["script", "style", "head", "title"]
    static let cells: Set = ["td", "th"]
    static let blocks: Set = [
        "address", "article", "blockquote", "body", "br", "caption", "center", "dd", "div", "dl",
        "dt", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p",
        "pre", "section", "table", "tr", "ul",
    ]

    var name = ""

    /// Takes the tag that begins here; nil, and nothing is taken, when there is none.
    init?(_ rest: inout ArraySlice<UInt8>) {
        if rest.starts(with: "<!--".utf8) {
            rest = rest.dropFirst(4)
            skip(to: "-->", &rest)
            rest = rest.dropFirst(3)
            return
        }
        var inner = rest.dropFirst()
        let isEnd = inner.first == UInt8(ascii: "/")
        if isEnd { inner = inner.dropFirst() }
        guard let first = inner.first,
            isLetter(first) || first == UInt8(ascii: "!") || first == UInt8(ascii: "?")
        else { return nil }
        let word = inner.prefix(16).prefix { isLetter($0) || (48...57).contains($0) }
        name = String(decoding: word, as: UTF8.self).lowercased()
        // A closing tag of what is passed over has nothing to pass over.
        if isEnd, Self.unread.contains(name) { name = "" }
        var quote: UInt8?
        while let byte = inner.popFirst() {
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                break
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            }
        }
        rest = inner
    }
}

private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

/// Goes to where a text stands, in any case; to the end when it does not come any more.
private func skip(to mark: String, _ rest: inout ArraySlice<UInt8>) {
    let mark = Array(mark.utf8)
    while !rest.isEmpty {
        if zip(mark, rest).allSatisfy({ $0 == $1 || isLetter($1) && $0 == $1 | 0x20 }),
            rest.count >= mark.count
        {
            return
        }
        rest = rest.dropFirst()
    }
}

/// Takes the character that `&name;` or `&#number;` stands for; nil, and nothing is taken, for any other text.
private func takeEntity(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
    let inner = rest.dropFirst().prefix(10).prefix { $0 != UInt8(ascii: ";") }
    guard rest[inner.endIndex...].first == UInt8(ascii: ";"),
        let scalar = entity(String(decoding: inner, as: UTF8.self))
    else { return nil }
    rest = rest[inner.endIndex...].dropFirst()
    return scalar
}

private func entity(_ name: String) -> Unicode.Scalar? {
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    case "nbsp": return " "
    default: break
    }
    guard name.hasPrefix("#") else { return nil }
    let digits = name.dropFirst()
    let number =
        digits.lowercased().hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap(Unicode.Scalar.init)
}
