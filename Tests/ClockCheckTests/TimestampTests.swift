import ClockCheck
import Testing

@Suite struct TimestampTests {
    private let pivot = NTPTimestamp.pivot

    private func stamp(_ seconds: UInt64, _ fraction: UInt64 = 0) -> NTPTimestamp {
        NTPTimestamp(bits: (seconds & 0xFFFF_FFFF) << 32 | fraction)
    }

    /// The stamp of a unix second.
    private func stamp(unix seconds: Int64) -> NTPTimestamp {
        stamp(UInt64(seconds + 2_208_988_800))
    }

    @Test func `the fraction counts in 2^-32 seconds`() {
        // 2026-11-01: 1793491200.
        let base: Int64 = 1_793_491_200
        for (fraction, nanoseconds): (UInt64, Int64) in [
            (0, 0), (1, 0), (5, 1), (0x8000_0000, 500_000_000), (0x4000_0000, 250_000_000),
            (0xFFFF_FFFF, 999_999_999),
        ] {
            let stamp = NTPTimestamp(bits: stamp(unix: base).bits | fraction)
            #expect(stamp.unixTime() == base * .second + nanoseconds)
        }
    }

    @Test func `worked moments on both sides of the rollover of 2036`() {
        // RFC 5905, figure 4: era 1 begins on 7 February 2036.
        #expect(stamp(0xFFFF_FFFF).unixTime() == 2_085_978_495 * .second)
        #expect(stamp(0).unixTime() == 2_085_978_496 * .second)
        #expect(stamp(1, 0x8000_0000).unixTime() == 2_085_978_497 * .second + 500_000_000)
        #expect(stamp(0).time(since: stamp(0xFFFF_FFFF)) == .second)
        #expect(stamp(0xFFFF_FFFF).time(since: stamp(0)) == -.second)
    }

    @Test func `an era is laid around the pivot, to both its ends`() {
        let half: Int64 = 1 << 31
        for seconds in [-half, -half + 1, -1, 0, 1, half - 1] {
            let moment = pivot + seconds
            #expect(stamp(unix: moment).unixTime() == moment * .second)
        }
        // One further is the other end.
        #expect(stamp(unix: pivot + half).unixTime() == (pivot - half) * .second)
        #expect(stamp(unix: pivot - half - 1).unixTime() == (pivot + half - 1) * .second)
        // The era reaches from before this was written to far beyond.
        #expect(pivot - half < 1_793_491_200 && pivot + half > 6_000_000_000)
    }

    @Test func `another pivot lays another era`() {
        #expect(stamp(0).unixTime(pivot: 0) == 2_085_978_496 * .second)
        #expect(stamp(0).unixTime(pivot: -2_208_988_800) == -2_208_988_800 * .second)
        #expect(stamp(0x8000_0000).unixTime(pivot: 0) == -61_505_152 * .second)
    }

    @Test func `the time between two stamps`() {
        let (early, late) = (stamp(10, 0xC000_0000), stamp(12, 0x4000_0000))
        #expect(late.time(since: early) == 1_500_000_000)
        #expect(early.time(since: late) == -1_500_000_000)
        #expect(early.time(since: early) == 0)
        #expect(stamp(0).isZero && !stamp(0, 1).isZero && !early.isZero)
    }
}
