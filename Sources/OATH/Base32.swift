package import Cryptography

/// Base32 (RFC 4648, section 6), the form in which people and programs pass seeds on.
package enum Base32 {
    /// Appends the text of a secret, without padding, to a secret.
    package static func append(_ secret: borrowing SecretBytes, to buffer: inout SecretBuffer) {
        secret.withBytes { bytes in
            var bits: UInt32 = 0
            var held: UInt32 = 0
            for index in bytes.indices {
                bits = (bits << 8 | UInt32(bytes[index])) & 0xFFFF
                held += 8
                while held >= 5 {
                    held -= 5
                    buffer.append(symbol(UInt8(bits >> held & 31)))
                }
            }
            if held > 0 { buffer.append(symbol(UInt8(bits << (5 - held) & 31))) }
        }
    }

    /// Decodes a text as people write it: either case, spaces and hyphens between groups, padding or none.
    ///
    /// - Parameter text: ASCII.
    /// - Returns: the bytes, or nil for anything else, for a length that no encoder makes and for bits left over.
    package static func decode(_ text: Span<UInt8>) -> SecretBytes? {
        decode(text, isLenient: false)
    }

    /// Decodes a text as other programs do, which drop the bits that make no byte, and do not count padding.
    ///
    /// - Parameter text: ASCII.
    /// - Returns: the bytes, or nil for what is no Base32.
    package static func lenient(_ text: Span<UInt8>) -> SecretBytes? {
        decode(text, isLenient: true)
    }

    private static func decode(_ text: Span<UInt8>, isLenient: Bool) -> SecretBytes? {
        var buffer = SecretBuffer(capacity: text.count * 5 / 8 + 1)
        var bits: UInt32 = 0
        var held: UInt32 = 0
        var symbols = 0
        var padding = 0
        for index in text.indices {
            let byte = text[index]
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-") { continue }
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(byte) else { return nil }
            symbols += 1
            bits = (bits << 5 | value) & 0xFFFF
            held += 5
            if held >= 8 {
                held -= 8
                buffer.append(UInt8(truncatingIfNeeded: bits >> held))
            }
        }
        if isLenient { return buffer.finish() }
        guard bits & ((1 << held) - 1) == 0, ![1, 3, 6].contains(symbols % 8) else { return nil }
        guard padding == 0 || (symbols + padding) % 8 == 0 && padding < 8 else { return nil }
        return buffer.finish()
    }

    private static func symbol(_ value: UInt8) -> UInt8 {
        value < 26 ? UInt8(ascii: "A") + value : UInt8(ascii: "2") + (value - 26)
    }

    private static func value(_ symbol: UInt8) -> UInt32? {
        switch symbol {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(symbol - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(symbol - UInt8(ascii: "a"))
        case UInt8(ascii: "2")...UInt8(ascii: "7"): UInt32(symbol - UInt8(ascii: "2")) + 26
        default: nil
        }
    }
}
