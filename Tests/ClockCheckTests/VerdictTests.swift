import ClockCheck
import Testing

@Suite struct VerdictTests {
    /// Offset, error, what is to be said: 2, 10 and 30 s are the edges of what the clock is off at least.
    static let table: [(Int64, Int64, ClockVerdict)] = [
        (0, 0, .ok), (1_999_999_999, 0, .ok), (2_000_000_000, 0, .note),
        (3_000_000_000, 1_000_000_000, .note), (2_999_999_999, 1_000_000_000, .ok),
        (9_999_999_999, 0, .note), (10_000_000_000, 0, .warning),
        (10_500_000_000, 500_000_001, .note), (10_500_000_000, 500_000_000, .warning),
        (29_999_999_999, 0, .warning), (30_000_000_000, 0, .error),
        (30_500_000_000, 500_000_001, .warning), (30_500_000_000, 500_000_000, .error),
        // Less than 2 s at least, and perhaps 10: not ok.
        (5_000_000_000, 4_999_999_999, .ok), (5_000_000_000, 5_000_000_000, .note),
        (6_999_999_999, 5_000_000_000, .note), (0, 5_000_000_000, .ok),
        (0, 9_999_999_999, .ok), (0, 10_000_000_000, .note), (9_000_000_000, 10_000_000_000, .note),
        // Nothing is said with an error above 10 s.
        (0, 10_000_000_001, .unknown), (90_000_000_000, 10_000_000_001, .unknown),
        (0, .max, .unknown), (.max, .max, .unknown), (0, -1, .unknown), (0, .min, .unknown),
        (.max, 0, .error), (.max, 5_000_000_000, .error),
    ]

    @Test(arguments: table)
    func `the table at its edges`(offset: Int64, error: Int64, verdict: ClockVerdict) {
        #expect(ClockVerdict(offset: offset, error: error) == verdict)
        #expect(ClockVerdict(offset: -offset, error: error) == verdict)
    }

    @Test func `the least offset that there is`() {
        #expect(ClockVerdict(offset: .min, error: 0) == .error)
        #expect(ClockVerdict(offset: .min, error: 5_000_000_000) == .error)
        #expect(ClockVerdict(offset: .min, error: .min) == .unknown)
    }
}
