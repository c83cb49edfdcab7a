/// Base64 (RFC 4648, section 4), strict: one text for one sequence of bytes.
package enum Base64 {
    /// Whether `=` fills the last group.
    package enum Padding: Sendable {
        case required
        case none
    }

    // Four at a time, and without a branch, which a secret would steer.

    /// The symbols of four values: A-Z, a-z, 0-9, + and / in this order.
    private static func symbols(_ values: SIMD4<Int32>) -> SIMD4<Int32> {
        // All ones when value > limit.
        func above(_ limit: Int32) -> SIMD4<Int32> { (limit &- values) &>> 8 }
        return values &+ 65 &+ (above(25) & 6) &- (above(51) & 75) &- (above(61) & 15)
            &+ (above(62) & 3)
    }

    /// The values of four symbols, -1 for what is none.
    private static func values(_ symbols: SIMD4<Int32>) -> SIMD4<Int32> {
        // All ones when low < symbol < high.
        func between(_ low: Int32, _ high: Int32) -> SIMD4<Int32> {
            ((low &- symbols) & (symbols &- high)) &>> 8
        }
        return -1 &+ (between(64, 91) & (symbols &- 64)) &+ (between(96, 123) & (symbols &- 70))
            &+ (between(47, 58) & (symbols &+ 5)) &+ (between(42, 44) & 63)
            &+ (between(46, 48) & 64)
    }

    /// Encodes bytes, secret or not, symbol by symbol.
    private static func encode(_ bytes: Span<UInt8>, padding: Padding, _ emit: (UInt8) -> Void) {
        var index = 0
        while index < bytes.count {
            let available = min(3, bytes.count - index)
            var group: Int32 = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < available ? Int32(bytes[index + offset]) : 0)
            }
            let symbols = symbols([group >> 18, group >> 12 & 63, group >> 6 & 63, group & 63])
            for position in 0...available { emit(UInt8(truncatingIfNeeded: symbols[position])) }
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
        secret.withBytes { encode($0, padding: padding) { buffer.append($0) } }
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
        var faults = SIMD4<Int32>()
        var left: Int32 = 0
        let bytes = SecretBytes(count: symbols * 3 / 4) { out in
            // A group that is short is filled with symbols of the value 0.
            func symbol(_ index: Int) -> Int32 { index < symbols ? Int32(text[index]) : 65 }
            var (start, at) = (0, 0)
            while start < symbols {
                let values = values([
                    symbol(start), symbol(start &+ 1), symbol(start &+ 2), symbol(start &+ 3),
                ])
                faults |= values
                left = values[0] << 18 | values[1] << 12 | values[2] << 6 | values[3]
                let end = min(at &+ 3, out.count)
                while at < end {
                    out[at] = UInt8(truncatingIfNeeded: left >> 16)
                    left = left << 8 & 0xFF_FFFF
                    at &+= 1
                }
                start &+= 4
            }
        }
        // The bits that fill the last symbol are zero, or two texts would mean the same bytes.
        guard faults.min() >= 0, left == 0 else { return nil }
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

/// Hexadecimal.
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

    /// Appends the lower-case digits of a secret to a secret.
    package static func append(_ secret: borrowing SecretBytes, to buffer: inout SecretBuffer) {
        // 10 to 15 become a to f without a branch, which a secret would steer.
        func digit(_ value: UInt8) -> UInt8 { value &+ 48 &+ ((9 &- value) >> 7) &* 39 }
        secret.withBytes { bytes in
            for index in bytes.indices {
                buffer.append(digit(bytes[index] >> 4))
                buffer.append(digit(bytes[index] & 15))
            }
        }
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
