package import Cryptography

/// A random source that gives worked values in turn, and fails when none is left that fits.
package final class ScriptedRandom {
    private var values: [[UInt8]]
    /// How many values are left.
    package var left: Int { values.count }

    package init(_ values: [[UInt8]]) { self.values = values }

    /// The next value.
    ///
    /// - Parameter count: the length that is asked for.
    /// - Returns: what stands there.
    /// - Throws: `CryptographyError.libraryFailed` where the script has nothing to say.
    package func draw(_ count: Int) throws(CryptographyError) -> SecretBytes {
        guard let next = values.first, next.count == count else { throw .libraryFailed }
        values.removeFirst()
        return SecretBytes(next)
    }
}

/// SplitMix64: the same numbers for the same seed, so that a failure can be repeated.
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The next `count` bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}
