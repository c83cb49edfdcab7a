/// A key, as a terminal tells of it.
package enum Key: Equatable, Sendable {
    /// One that stands for a character, full-width ones as their half-width forms.
    case character(Unicode.Scalar)
    case up
    case down
    case enter
    /// Escape alone.
    case escape
    /// Any other that is not a character's.
    case other

    /// The keys in what a terminal sent at once: characters, and sequences as of ECMA-48, 5.4 and 5.6.2 (CSI, SS3).
    ///
    /// - Parameter bytes: what was read.
    /// - Returns: the keys, in order; a sequence that is cut off is one of them.
    static func decode(_ bytes: [UInt8]) -> [Key] {
        var keys: [Key] = []
        var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\u{1B}": keys.append(sequence(&rest))
            case "\r", "\n": keys.append(.enter)
            // An input method may be on: ｑ is the key q.
            case "\u{FF01}"..."\u{FF5E}":
                keys.append(.character(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar))
            case _ where scalar.value >= 0x20 && scalar.value != 0x7F:
                keys.append(.character(scalar))
            default: keys.append(.other)
            }
        }
        return keys
    }

    /// Takes the rest of a sequence, behind its escape.
    private static func sequence(_ rest: inout Substring.UnicodeScalarView) -> Key {
        guard let introducer = rest.first, introducer == "[" || introducer == "O" else {
            return .escape
        }
        rest.removeFirst()
        // Parameters and intermediates come before the byte that says what it is.
        rest = rest.drop { (0x20...0x3F).contains($0.value) }
        switch rest.popFirst() {
        case "A": return .up
        case "B": return .down
        default: return .other
        }
    }
}
