package import Cryptography

/// The bytes of hexadecimal digits; a constant that is none ends the test run.
package func hex(_ digits: String) -> [UInt8] {
    guard let bytes = Hex.decode(digits) else { preconditionFailure("not hexadecimal: \(digits)") }
    return bytes
}

/// The same byte, `count` times.
package func bytes(_ byte: UInt8, _ count: Int) -> [UInt8] {
    [UInt8](repeating: byte, count: count)
}

extension SecretBytes {
    /// A secret that is none: what a test works with.
    package init(_ bytes: [UInt8]) { self.init(copying: bytes.span) }

    /// The UTF-8 of a text.
    package init(text: String) { self.init(Array(text.utf8)) }

    /// What is in it, for comparing.
    package var exposed: [UInt8] { withBytes { Array(copying: $0) } }
}

extension SecretBuffer {
    /// What is in it, as text, for comparing.
    package var exposedText: String {
        withBytes { String(decoding: Array(copying: $0), as: UTF8.self) }
    }
}

extension [UInt8] {
    /// Every array that differs from this one in one bit, with the position of that bit.
    package var bitFlips: some Sequence<(bit: Int, bytes: [UInt8])> {
        (0..<count * 8).lazy.map { bit in
            var altered = self
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            return (bit, altered)
        }
    }
}
