package import Cryptography

/// What people paste or type, brought into the form that machines take.
package enum Identifier {
    /// Reads a service ID or a user ID.
    ///
    /// Full-width letters, digits and signs become half-width, and spaces fall away. Hyphens fall away only from an
    /// ID that has the issuer's shape without them (8 digits, or 14 digits and 2 letters): elsewhere a hyphen may
    /// be part of the ID.
    ///
    /// - Parameter text: as it was pasted.
    /// - Returns: 1 to 64 of `[A-Za-z0-9._@-]`, or nil for anything else.
    package static func read(_ text: String) -> String? {
        let scalars = text.unicodeScalars.map(halfWidth).filter { $0 != " " }
        var id = String(String.UnicodeScalarView(scalars))
        let joined = id.filter { $0 != "-" }
        if hasIssuersShape(joined) { id = joined }
        return isValid(id) ? id : nil
    }

    /// Whether a text is an ID as it goes over the wire: 1 to 64 of `[A-Za-z0-9._@-]`.
    package static func isValid(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                isDigit($0) || isLetter($0) || "._@-".utf8.contains($0)
            }
    }

    private static func hasIssuersShape(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        switch bytes.count {
        case 8: return bytes.allSatisfy(isDigit)
        case 16: return bytes.prefix(14).allSatisfy(isDigit) && bytes.suffix(2).allSatisfy(isLetter)
        default: return false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte)
    }

    /// The half-width form of a full-width character (U+FF01 to U+FF5E) or of an ideographic space.
    static func halfWidth(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x3000, 0xA0, 0x09: " "
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
        default: scalar
        }
    }
}

/// The start password (利用開始パスワード): 4 to 8 digits.
package struct StartPassword: ~Copyable, Sendable {
    package static let lengths = 4...8

    /// The digits, ASCII.
    package let digits: SecretBytes

    /// Reads what was typed; nil unless 4 to 8 digits are left.
    ///
    /// Full-width digits become half-width, spaces around and between fall away.
    ///
    /// - Parameter typed: UTF-8, without a line end.
    package init?(_ typed: borrowing SecretBytes) {
        var buffer = SecretBuffer(capacity: typed.count + 1)
        var valid = true
        typed.withBytes { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                // U+FF10 to U+FF19 are EF BC 90 to EF BC 99, U+3000 is E3 80 80.
                if byte == 0xEF, index + 2 < bytes.count, bytes[index + 1] == 0xBC,
                    (0x90...0x99).contains(bytes[index + 2])
                {
                    buffer.append(bytes[index + 2] - 0x90 + UInt8(ascii: "0"))
                    index += 3
                } else if byte == 0xE3, index + 2 < bytes.count, bytes[index + 1] == 0x80,
                    bytes[index + 2] == 0x80
                {
                    index += 3
                } else {
                    if (48...57).contains(byte) {
                        buffer.append(byte)
                    } else if byte != UInt8(ascii: " ") {
                        valid = false
                    }
                    index += 1
                }
            }
        }
        guard valid, Self.lengths.contains(buffer.count) else { return nil }
        digits = buffer.finish()
    }
}
