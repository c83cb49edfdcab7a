package import Cryptography

/// What a form sends: application/x-www-form-urlencoded (URL Standard, section 5), strictly.
///
/// Nothing is decoded until it is asked for, so that a secret is decoded into memory that is wiped.
package struct Form: Sendable {
    private static let maximumCount = 16
    private static let longestName = 32

    private var values: [String: ArraySlice<UInt8>] = [:]

    /// A form without fields.
    package init() {}

    /// Reads a body or a query.
    ///
    /// - Parameter body: the bytes; nil is made of wrong escapes, odd names, names that come twice, and too many.
    package init?(_ body: [UInt8]) {
        guard !body.isEmpty else { return }
        let pairs = body.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
        guard pairs.count <= Self.maximumCount else { return nil }
        for pair in pairs {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, (1...Self.longestName).contains(parts[0].count),
                parts[0].allSatisfy({ Self.isLetter($0) || $0 == UInt8(ascii: "-") }),
                Self.decode(parts[1], { _ in })
            else { return nil }
            let name = String(decoding: parts[0], as: UTF8.self)
            guard values.updateValue(parts[1], forKey: name) == nil else { return nil }
        }
    }

    /// The names of its fields, in order.
    package var names: [String] { values.keys.sorted() }

    /// A field that is no secret; nil when it is missing, is no UTF-8, or has control characters.
    package func text(_ name: String) -> String? {
        guard let value = values[name] else { return nil }
        var bytes: [UInt8] = []
        _ = Self.decode(value) { bytes.append($0) }
        guard let text = String(validating: bytes, as: UTF8.self),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return nil }
        return text
    }

    /// A field that is a secret; empty when it is missing.
    package func secret(_ name: String) -> SecretBytes {
        guard let value = values[name] else { return SecretBytes(zeros: 0) }
        var bytes = SecretBuffer(capacity: value.count + 1)
        _ = Self.decode(value) { bytes.append($0) }
        return bytes.finish()
    }

    /// Decodes a value byte by byte; false for an escape that is none.
    private static func decode(_ value: ArraySlice<UInt8>, _ take: (UInt8) -> Void) -> Bool {
        var rest = value
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): take(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit),
                    let low = rest.popFirst().flatMap(digit)
                else { return false }
                take(high << 4 | low)
            default: take(byte)
            }
        }
        return true
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
