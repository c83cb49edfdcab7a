/// What one server said of this machine's clock.
package struct ClockSample: Equatable, Sendable {
    /// θ: what would have to be added to this clock; positive when it is behind.
    package let offset: Nanoseconds
    /// λ: how far the offset may be from the truth, if the server is right.
    package let error: Nanoseconds
    /// δ: the time on the way, there and back.
    package let delay: Nanoseconds
    package let stratum: Int
    /// Whether NTS proves whose word it is.
    package let isAuthenticated: Bool

    package init(
        offset: Nanoseconds, error: Nanoseconds, delay: Nanoseconds, stratum: Int,
        isAuthenticated: Bool
    ) {
        self.offset = offset
        self.error = error
        self.delay = delay
        self.stratum = stratum
        self.isAuthenticated = isAuthenticated
    }
}

extension ClockSample {
    /// The same, relative to the clocks of a later moment.
    ///
    /// - Parameters:
    ///   - step: what CLOCK_REALTIME was ahead of CLOCK_BOOTTIME when the server was asked.
    ///   - now: the clocks of the later moment.
    /// - Returns: the sample with another offset.
    package func carried(from step: Nanoseconds, to now: ClockReading) -> ClockSample {
        // Far from the ends, where a bound added to it would be no number.
        let furthest = Int128(Nanoseconds.max / 2)
        let carried = Int128(offset) - (now.step - Int128(step))
        return ClockSample(
            offset: Nanoseconds(min(max(carried, -furthest), furthest)), error: error,
            delay: delay, stratum: stratum, isAuthenticated: isAuthenticated)
    }
}

/// Why a server that answered does not count.
package enum ServerRejection: Error, Equatable, Sendable {
    /// Of another version than 3 and 4.
    case version(Int)
    /// It says itself that it has no time: leap 3, stratum 0 without a kiss code, or above 15.
    case unsynchronised
    /// A kiss code: four letters by which it asks to be left alone (RFC 5905, section 7.4).
    case kiss(String)
    /// Timestamps that cannot be.
    case timestamps
    /// It may be too far from its own source; the root distance.
    case rootDistance(Nanoseconds)
    /// The answer was on its way for too long; how long.
    case roundTrip(Nanoseconds)
}

/// A request that is under way.
package struct NTPQuery: Equatable, Sendable {
    /// The greatest root distance taken; RFC 5905 allows 16 s, which would bound nothing here.
    package static let maximumRootDistance: Nanoseconds = .second * 3 / 2
    /// The longest way, there and back, that is taken.
    package static let maximumRoundTrip: Nanoseconds = .second * 2
    /// How fast a clock may drift (PHI of RFC 5905), in millionths.
    private static let drift: Int64 = 15

    /// What the server has to send back.
    package let nonce: UInt64
    /// T1: this machine's clock when the request went out.
    package let sentAt: Nanoseconds

    package init(nonce: UInt64, sentAt: Nanoseconds) {
        self.nonce = nonce
        self.sentAt = sentAt
    }

    /// Whether a datagram answers this request.
    ///
    /// What does not, anybody may have sent: go on listening.
    ///
    /// - Parameter datagram: as it came.
    /// - Returns: its header, or nil.
    package func header(of datagram: Span<UInt8>) -> NTPPacket? {
        guard let packet = NTPPacket(datagram), packet.mode == 4, packet.origin.bits == nonce else {
            return nil
        }
        return packet
    }

    /// Checks an answer and computes offset and delay (RFC 5905, section 8), in whole nanoseconds.
    ///
    /// - Parameters:
    ///   - packet: what `header(of:)` returned.
    ///   - elapsed: the time since the request went out, by a clock that nobody sets.
    ///   - isAuthenticated: whether NTS proved whose answer it is.
    ///   - pivot: the middle of the era, in unix seconds.
    /// - Returns: the sample.
    /// - Throws: `ServerRejection`.
    package func sample(
        _ packet: NTPPacket, elapsed: Nanoseconds, isAuthenticated: Bool = false,
        pivot: Int64 = NTPTimestamp.pivot
    ) throws(ServerRejection) -> ClockSample {
        guard packet.version == 3 || packet.version == 4 else {
            throw .version(Int(packet.version))
        }
        guard packet.stratum > 0 else { throw packet.kissCode.map { .kiss($0) } ?? .unsynchronised }
        guard packet.leap != 3, packet.stratum <= 15 else { throw .unsynchronised }
        let held = packet.transmit.time(since: packet.receive)
        guard !packet.receive.isZero, !packet.transmit.isZero, held >= 0, held <= elapsed,
            packet.precision <= 0
        else { throw .timestamps }
        guard packet.rootDistance <= Self.maximumRootDistance else {
            throw .rootDistance(packet.rootDistance)
        }
        guard elapsed <= Self.maximumRoundTrip else { throw .roundTrip(elapsed) }
        let delay = elapsed - held
        // θ = ((T2 - T1) + (T3 - T4)) / 2, with T4 = T1 + elapsed.
        let there = packet.receive.unixTime(pivot: pivot) - sentAt
        let back = packet.transmit.unixTime(pivot: pivot) - (sentAt + elapsed)
        let precision = max(1, Nanoseconds.second >> -Int64(packet.precision))
        return ClockSample(
            offset: there / 2 + back / 2 + (there % 2 + back % 2) / 2,
            error: delay / 2 + packet.rootDistance + precision
                + elapsed * Self.drift / 1_000_000,
            delay: delay, stratum: Int(packet.stratum), isAuthenticated: isAuthenticated)
    }
}

extension NTPPacket {
    /// The kiss code of a packet of stratum 0: four printable letters, or nil.
    package var kissCode: String? {
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: referenceID >> (24 - 8 * $0)) }
        guard stratum == 0, letters.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(decoding: letters, as: UTF8.self)
    }
}
