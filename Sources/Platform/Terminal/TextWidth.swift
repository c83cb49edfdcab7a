/// How many cells of a terminal a text takes: East Asian wide characters take two, combining marks none.
package func displayWidth(_ text: Substring) -> Int { displayWidth(String(text)) }

/// How many cells of a terminal a text takes: East Asian wide characters take two, combining marks none.
package func displayWidth(_ text: String) -> Int {
    // Most texts have nothing that joins its neighbour, or is wide: below U+0300 each character is one cell and its
    // first byte counts. Characters take a hundred times longer.
    var width = 0
    for byte in text.utf8 {
        guard byte < 0xCC else { return text.reduce(0) { $0 + cells($1) } }
        if byte >= 0x20, byte & 0xC0 != 0x80 { width += 1 }
    }
    return width
}

private func cells(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if scalar.value < 0x300 { return scalar.value < 0x20 ? 0 : 1 }
    if scalar.properties.generalCategory == .nonspacingMark { return 0 }
    // A sequence that asks for the emoji form is wide.
    if character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    // The half-width voicing marks of katakana join the letter in front, and take a cell of their own all the same.
    let marks = character.unicodeScalars.dropFirst().count { (0xFF9E...0xFF9F).contains($0.value) }
    return (isWide(scalar) ? 2 : 1) + marks
}

// East_Asian_Width W and F (UAX #11), in ranges wide enough to hold them all.
private func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
        0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD:
        true
    default: false
    }
}

/// A text with blanks behind it up to a width in cells.
package func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - displayWidth(text)))
}

/// A text cut to a width in cells, with an ellipsis where something is missing.
package func clipped(_ text: String, to width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    var kept = ""
    var used = 0
    for character in text {
        used += cells(character)
        if used > width - 1 { break }
        kept.append(character)
    }
    return width > 0 ? kept + "…" : ""
}

/// The lines of a text that is broken at blanks, and where a wide character stands.
///
/// - Parameters:
///   - text: one paragraph.
///   - width: how many cells a line has.
/// - Returns: lines no longer than that; a word that is longer is cut. None for an empty text.
package func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
        for (index, piece) in pieces(word).flatMap({ cut($0, to: width) }).enumerated() {
            let separator = index == 0 ? " " : ""
            if let last = lines.last, displayWidth(last + separator + piece) <= width {
                lines[lines.count - 1] = last + separator + piece
            } else {
                lines.append(String(piece))
            }
        }
    }
    return lines
}

/// The parts of a word between which a line may end: Japanese is written without blanks.
private func pieces(_ word: Substring) -> [Substring] {
    var pieces: [Substring] = []
    var start = word.startIndex
    for (index, next) in zip(word.indices.dropFirst(), word.dropFirst()) {
        let last = word[word.index(before: index)]
        guard displayWidth(String(last)) > 1 || displayWidth(String(next)) > 1,
            !"（「".contains(last), !"、。」）ー〜っゃゅょッャュョ".contains(next)
        else { continue }
        pieces.append(word[start..<index])
        start = index
    }
    return pieces + [word[start...]]
}

/// A word in parts no wider than some cells.
private func cut(_ word: Substring, to width: Int) -> [Substring] {
    var parts: [Substring] = []
    var rest = word
    while displayWidth(rest) > width {
        var used = 0
        let end = rest.indices.dropFirst().first { index in
            used += cells(rest[rest.index(before: index)])
            return used + cells(rest[index]) > width
        }
        guard let end else { break }
        parts.append(rest[..<end])
        rest = rest[end...]
    }
    return parts + [rest]
}
