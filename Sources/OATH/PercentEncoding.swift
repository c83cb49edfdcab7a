package import Cryptography

/// Percent signs of URIs (RFC 3986, section 2.1), around texts that may be secrets.
package enum PercentEncoding {
    /// The bytes that a part of a URI stands for; nil when two digits do not follow a percent sign.
    package static func decode(_ part: Span<UInt8>) -> SecretBytes? {
        func digit(_ index: Int) -> UInt8? {
            guard index < part.count else { return nil }
            return Character(UnicodeScalar(part[index])).hexDigitValue.map { UInt8($0) }
        }
        var buffer = SecretBuffer(capacity: part.count)
        var index = 0
        while index < part.count {
            if part[index] == UInt8(ascii: "%") {
                guard let high = digit(index + 1), let low = digit(index + 2) else { return nil }
                buffer.append(high << 4 | low)
                index += 3
            } else {
                buffer.append(part[index])
                index += 1
            }
        }
        return buffer.finish()
    }

    /// The text that a part of a URI stands for, which is no secret; nil when it is not UTF-8.
    package static func text(_ part: Span<UInt8>) -> String? {
        decode(part)?.withBytes { String(validating: Array(copying: $0), as: UTF8.self) }
    }

    /// Appends bytes so that they may stand in any part of a URI: all but letters, digits and `-._~@` as percent signs.
    package static func append(_ bytes: Span<UInt8>, to buffer: inout SecretBuffer) {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "@"):
                buffer.append(byte)
            default:
                buffer.append(UInt8(ascii: "%"))
                buffer.append(digit(byte >> 4))
                buffer.append(digit(byte & 15))
            }
        }
    }

    /// Appends a text that is no secret, as `append(_:to:)` does.
    package static func append(_ text: String, to buffer: inout SecretBuffer) {
        append(Array(text.utf8).span, to: &buffer)
    }
}
