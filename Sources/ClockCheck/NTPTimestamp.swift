/// A moment or a length of time, in nanoseconds; moments count from the beginning of 1970 (UTC).
package typealias Nanoseconds = Int64

extension Nanoseconds {
    /// The nanoseconds of a second.
    package static let second: Nanoseconds = 1_000_000_000
}

/// A moment as NTP sends it: seconds since 1900 modulo 2^32, and a fraction (RFC 5905, section 6).
package struct NTPTimestamp: Equatable, Sendable {
    /// Seconds since 1900 above, 2^-32 seconds below.
    package let bits: UInt64

    package init(bits: UInt64) { self.bits = bits }

    /// Seconds from the beginning of 1900 to that of 1970.
    private static let epochOffset: Int64 = 2_208_988_800
    /// The moment around which the 136 years of an era are laid: 68 years after this was written.
    ///
    /// Never this machine's clock, which is what is to be checked.
    package static let pivot: Int64 = 1_793_491_200 + 68 * 365 * 86_400

    /// Zero stands for "unknown".
    package var isZero: Bool { bits == 0 }

    /// The moment in the era around the pivot.
    ///
    /// - Parameter pivot: unix seconds; the result is at most 68 years away from it.
    /// - Returns: unix nanoseconds.
    package func unixTime(pivot: Int64 = NTPTimestamp.pivot) -> Nanoseconds {
        let seconds = UInt32(truncatingIfNeeded: bits >> 32)
        let distance = Int32(
            bitPattern: seconds &- UInt32(truncatingIfNeeded: pivot + Self.epochOffset))
        let fraction = ((bits & 0xFFFF_FFFF) * UInt64(Nanoseconds.second)) >> 32
        return (pivot + Int64(distance)) * .second + Int64(fraction)
    }

    /// The time from an earlier stamp to this one, whatever the era; they are less than 68 years apart.
    package func time(since earlier: NTPTimestamp) -> Nanoseconds {
        let difference = Int64(bitPattern: bits &- earlier.bits)
        let (seconds, fraction) = (difference >> 32, difference & 0xFFFF_FFFF)
        return seconds * .second + (fraction * .second) >> 32
    }
}
