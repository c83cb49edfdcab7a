/// Base64 (RFC 4648, section 4), strict: one text for one sequence of bytes.
package enum Base64 {
    /// Whether `=` fills the last group.
    package enum Padding: Sendable {
        case required
        case none
    }

    private static func symbol(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: 65 + value
        case 26..<52: 97 + (value - 26)
        case 52..<62: 48 + (value - 52)
        case 62: 43
        default: 47
        }
    }

    /// The value of a symbol, or -1; without a branch, which a secret would steer.
    private static func value(_ symbol: UInt8) -> Int32 {
        let symbol = Int32(symbol)
        // All ones when low < symbol < high.
        func between(_ low: Int32, _ high: Int32) -> Int32 {
            ((low &- symbol) & (symbol &- high)) >> 8
        }
        return -1 &+ (between(64, 91) & (symbol &- 64)) &+ (between(96, 123) & (symbol &- 70))
            &+ (between(47, 58) & (symbol &+ 5)) &+ (between(42, 44) & 63)
            &+ (between(46, 48) & 64)
    }

    /// Encodes bytes, secret or not, symbol by symbol.
    private static func encode(_ bytes: Span<UInt8>, padding: Padding, _ emit: (UInt8) -> Void) {
        var index = 0
        while index < bytes.count {
            let available = min(3, bytes.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < available ? UInt32(bytes[index + offset]) : 0)
            }
            for position in 0...available {
                emit(symbol(UInt8(truncatingIfNeeded: group >> (18 - 6 * UInt32(position))) & 63))
            }
            if padding == .required {
                for _ in available..<3 { emit(61) }
            }
            index += 3
        }
    }

    /// Encodes bytes that are no secret.
    ///
    /// - Parameters:
    ///   - bytes: what to encode.
    ///   - padding: whether `=` fills the last group.
    /// - Returns: ASCII.
    package static func encode(_ bytes: Span<UInt8>, padding: Padding) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        encode(bytes, padding: padding) { text.append($0) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the text of a secret to a secret.
    package static func append(
        _ secret: borrowing SecretBytes, padding: Padding, to buffer: inout SecretBuffer
    ) {
        let text = SecretBytes(count: (secret.count + 2) / 3 * 4) { out in
            var at = 0
            secret.withBytes { bytes in
                encode(bytes, padding: padding) {
                    out[at] = $0
                    at += 1
                }
            }
        }
        let used = padding == .required ? text.count : (secret.count * 4 + 2) / 3
        text.withBytes { buffer.append($0.extracting(0..<used)) }
    }

    /// Decodes a text.
    ///
    /// - Parameters:
    ///   - text: ASCII.
    ///   - padding: whether `=` must, or must not, fill the last group.
    /// - Returns: the bytes, or nil for anything that `encode` would not have written.
    package static func decode(_ text: Span<UInt8>, padding: Padding) -> SecretBytes? {
        var symbols = text.count
        if padding == .required {
            guard text.count % 4 == 0 else { return nil }
            for _ in 0..<2 where symbols > 0 && text[symbols - 1] == 61 { symbols -= 1 }
        }
        let rest = symbols % 4
        guard rest != 1 else { return nil }
        var faults: Int32 = 0
        let bytes = SecretBytes(count: symbols * 3 / 4) { out in
            var bits: UInt32 = 0
            var held: UInt32 = 0
            var at = 0
            for index in 0..<symbols {
                let value = value(text[index])
                faults |= value
                bits = (bits << 6 | UInt32(truncatingIfNeeded: value & 63)) & 0xFFFF
                held += 6
                if held >= 8 {
                    held -= 8
                    out[at] = UInt8(truncatingIfNeeded: bits >> held)
                    at += 1
                }
            }
            // The bits that fill the last symbol are zero, or two texts would mean the same bytes.
            if bits & ((1 << held) - 1) != 0 { faults = -1 }
        }
        guard faults >= 0 else { return nil }
        return bytes
    }

    /// Decodes a text that is no secret.
    ///
    /// - Parameters:
    ///   - text: ASCII.
    ///   - padding: whether `=` must, or must not, fill the last group.
    /// - Returns: the bytes, or nil for anything that `encode` would not have written.
    package static func decode(_ text: String, padding: Padding) -> [UInt8]? {
        let utf8 = Array(text.utf8)
        guard let bytes = decode(utf8.span, padding: padding) else { return nil }
        return bytes.withBytes { Array(copying: $0) }
    }
}

/// Hexadecimal, for constants and identifiers that are no secret.
package enum Hex {
    /// Decodes digits of either case; nil for anything else or an odd number of them.
    package static func decode(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }

    /// Lower-case digits.
    package static func encode(_ bytes: Span<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for index in bytes.indices {
            text.append(digits[Int(bytes[index] >> 4)])
            text.append(digits[Int(bytes[index] & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
