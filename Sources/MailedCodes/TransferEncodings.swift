/// Decodes quoted-printable (RFC 2045, section 6.7); a `=` that encodes nothing stays.
func quotedPrintable(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var rest = text
    while let whole = takeLine(&rest) {
        // Blanks at the end of a line were added on the way.
        let end = whole.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? whole.startIndex
        var line = whole[..<end]
        let isSoft = line.last == UInt8(ascii: "=")
        if isSoft { line = line.dropLast() }
        bytes += escapesDecoded(line)
        let hadEnd = whole.endIndex < rest.startIndex
        if hadEnd, !isSoft { bytes.append(0x0A) }
    }
    return bytes
}

/// Replaces `=` and two hexadecimal digits by their byte.
private func escapesDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "="), let high = rest.first.flatMap(hexDigit),
            let low = rest.dropFirst().first.flatMap(hexDigit)
        {
            bytes.append(high << 4 | low)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte)
        }
    }
    return bytes
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}

/// Decodes base64 as mails have it (RFC 2045, section 6.8): what is no symbol is passed over, padding may be missing.
func looseBase64(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    var bits = 0
    for byte in text {
        let value: UInt8
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): value = 62
        case UInt8(ascii: "/"): value = 63
        case UInt8(ascii: "="):
            // The end; somebody may have put another text behind it.
            bits = 0
            continue
        default: continue
        }
        group = group << 6 | UInt32(value)
        bits += 6
        if bits >= 8 {
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
        }
    }
    return bytes
}

/// A word of a header field that says in which charset its bytes are: `=?utf-8?B?…?=` (RFC 2047, section 2).
struct EncodedWord {
    let charset: String
    var bytes: [UInt8]

    init(charset: String, bytes: [UInt8]) {
        self.charset = charset
        self.bytes = bytes
    }

    /// Takes the word that begins here; nil, and nothing is taken, when there is none.
    init?(_ text: inout ArraySlice<UInt8>) {
        guard text.starts(with: "=?".utf8) else { return nil }
        let question = UInt8(ascii: "?")
        let name = text.dropFirst(2).prefix(64).prefix { $0 != question }
        // RFC 2231, section 5: a language may follow the charset.
        charset = String(decoding: name.prefix { $0 != UInt8(ascii: "*") }, as: UTF8.self)
        let rest = text[name.endIndex...].dropFirst()
        guard !charset.isEmpty, text[name.endIndex...].first == question, let encoding = rest.first,
            rest.dropFirst().first == question
        else { return nil }
        // Old programs leave blanks in the text of a word.
        let encoded = rest.dropFirst(2).prefix { $0 != question }
        guard text[encoded.endIndex...].starts(with: "?=".utf8) else { return nil }
        switch encoding | 0x20 {
        case UInt8(ascii: "b"): bytes = looseBase64(encoded)
        case UInt8(ascii: "q"):
            let blank: [UInt8] = encoded.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }
            bytes = escapesDecoded(blank[...])
        default: return nil
        }
        text = text[encoded.endIndex...].dropFirst(2)
    }
}
