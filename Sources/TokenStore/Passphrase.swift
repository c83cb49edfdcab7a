package import Cryptography

/// A passphrase as the store takes it: UTF-8 in Normalization Form C (UAX #15), so that it is the same whichever
/// keyboard typed it.
package struct Passphrase: ~Copyable, Sendable {
    /// Shorter ones are taken with a warning.
    package static let advisedCount = 8

    /// The bytes of the form.
    package let bytes: SecretBytes
    /// The bytes that were typed: programs that know no form take these.
    package let typed: SecretBytes

    /// Brings what was typed into the form.
    ///
    /// - Parameter typed: UTF-8; nil is made of anything else, and of nothing.
    package init?(_ typed: borrowing SecretBytes) {
        guard typed.count > 0, let bytes = typed.withBytes(Self.composed) else { return nil }
        self.bytes = bytes
        self.typed = typed.clone()
    }

    /// The number of characters (Unicode scalars of the form).
    package var count: Int {
        bytes.withBytes { text in
            text.indices.reduce(0) { $0 + (text[$1] & 0xC0 == 0x80 ? 0 : 1) }
        }
    }

    private static func composed(_ typed: Span<UInt8>) -> SecretBytes? {
        guard var text = try? UTF8Span(validating: typed) else { return nil }
        if text.checkForNFC(quickCheck: true) { return SecretBytes(copying: typed) }
        // A base and its marks at a time: the whole of it never stands in an ordinary string.
        var composed = SecretBuffer(capacity: 3 * typed.count)
        var piece = ""
        var scalars = text.makeUnicodeScalarIterator()
        while let scalar = scalars.next() {
            if isBoundary(scalar) { compose(&piece, into: &composed) }
            piece.unicodeScalars.append(contentsOf: marks(scalar))
        }
        compose(&piece, into: &composed)
        return composed.finish()
    }

    /// The scalar, or the two marks that it decomposes into.
    ///
    /// U+0F73, U+0F75 and U+0F81 count as starters and yet decompose into marks: the standard library leaves these
    /// where they are instead of putting them in order with the marks around them.
    private static func marks(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        switch scalar.value {
        case 0x0F73: ["\u{F71}", "\u{F72}"]
        case 0x0F75: ["\u{F71}", "\u{F74}"]
        case 0x0F81: ["\u{F71}", "\u{F80}"]
        default: [scalar]
        }
    }

    private static func compose(_ piece: inout String, into composed: inout SecretBuffer) {
        piece._withNFCCodeUnits { composed.append($0) }
        piece.removeAll(keepingCapacity: true)
    }

    /// Whether a scalar never joins what stands before it: a starter whose NFC_Quick_Check is Yes.
    private static func isBoundary(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.properties.canonicalCombiningClass == .notReordered else { return false }
        let text = String(scalar)
        var alone = text.utf8Span
        return alone.checkForNFC(quickCheck: true)
    }
}
