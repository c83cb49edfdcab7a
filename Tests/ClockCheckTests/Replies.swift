import ClockCheck

/// The header of a server's answer, to be altered.
struct Reply {
    var leap: UInt8 = 0
    var version: UInt8 = 4
    var mode: UInt8 = 4
    var stratum: UInt8 = 2
    var poll: UInt8 = 6
    var precision: Int8 = -20
    var rootDelay: UInt32 = 0
    var rootDispersion: UInt32 = 0
    var referenceID: UInt32 = 0x7F00_0001
    var reference: UInt64 = 0
    var origin: UInt64 = 0x0123_4567_89AB_CDEF
    var receive = Self.stamp(Self.moment)
    var transmit = Self.stamp(Self.moment)

    /// 2026-11-01, in nanoseconds.
    static let moment: Nanoseconds = 1_793_491_200 * .second

    /// The bits of a moment, rounded up, so that they are read as the same nanosecond.
    static func stamp(_ moment: Nanoseconds) -> UInt64 {
        let (seconds, rest) = (moment / .second, moment % .second)
        let fraction = ((UInt64(rest) << 32) + UInt64(Nanoseconds.second) - 1) / 1_000_000_000
        return UInt64(truncatingIfNeeded: seconds + 2_208_988_800) << 32 | fraction
    }

    var bytes: [UInt8] {
        func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
            (1...Number.bitWidth / 8).map {
                UInt8(truncatingIfNeeded: number >> (Number.bitWidth - 8 * $0))
            }
        }
        let head = [leap << 6 | version << 3 | mode, stratum, poll, UInt8(bitPattern: precision)]
        return head + big(rootDelay) + big(rootDispersion) + big(referenceID) + big(reference)
            + big(origin) + big(receive) + big(transmit)
    }

    var packet: NTPPacket? { NTPPacket(bytes.span) }

    /// The request that it answers, sent when the server's clock stood at `moment`.
    var query: NTPQuery { NTPQuery(nonce: origin, sentAt: Self.moment) }

    /// The sample of it, or why it is left out.
    func sample(
        elapsed: Nanoseconds = .second / 10, sentAt: Nanoseconds = Self.moment
    ) -> Result<ClockSample, ServerRejection> {
        guard let packet else { preconditionFailure("a header has 48 bytes") }
        let query = NTPQuery(nonce: origin, sentAt: sentAt)
        do throws(ServerRejection) {
            return .success(try query.sample(packet, elapsed: elapsed))
        } catch {
            return .failure(error)
        }
    }
}
