import ClockCheck
import Testing

@Suite struct ClockStateTests {
    private static let realtime: Nanoseconds = 1_793_491_200 * .second

    private func reading(after age: Nanoseconds, stepped: Nanoseconds = 0) -> ClockReading {
        ClockReading(
            realtime: Self.realtime + age + stepped, boottime: age, monotonic: age, raw: age,
            origin: "boot", isVirtual: false)
    }

    private func memo(
        _ evidence: ClockSelection.Evidence = .majority(3, of: 4), error: Nanoseconds = 20_000_000
    ) -> StepMemo {
        StepMemo(
            reading: reading(after: 0), offset: 12 * .second, error: error, evidence: evidence)
    }

    @Test func `a check is carried forward with its evidence`() {
        let state = ClockState(memo(), at: reading(after: 60 * .second))
        #expect(state?.verdict == .warning && state?.offset == 12 * .second)
        #expect(state?.error == 26_000_000 && state?.evidence == .servers(.majority(3, of: 4)))
        #expect(state?.checkedAt == 1_793_491_200 && state?.allowsCorrection == true)
    }

    @Test func `a step since the check is evidence of its own`() {
        let state = ClockState(
            memo(.nts), at: reading(after: 60 * .second, stepped: 12 * .second))
        #expect(state?.verdict == .ok && state?.offset == 0)
        #expect(state?.evidence == .stepped(since: 1_793_491_200))
        #expect(state?.allowsCorrection == true)
    }

    @Test func `a check that is too old, or too vague, says nothing`() {
        #expect(ClockState(memo(), at: reading(after: 24 * 3600 * .second)) != nil)
        #expect(ClockState(memo(), at: reading(after: 24 * 3600 * .second + 1)) == nil)
        #expect(
            ClockState(memo(error: 5 * .second), at: reading(after: 24 * 3600 * .second)) == nil)
    }

    @Test func `a clock that is slewed for long is unknown`() {
        func state(_ slew: Nanoseconds) -> ClockState? {
            let now = ClockReading(
                realtime: Self.realtime + 600 * .second, boottime: 600 * .second,
                monotonic: 600 * .second, raw: 600 * .second - slew, origin: "boot",
                isVirtual: false)
            return ClockState(memo(), at: now)
        }
        #expect(state(19 * .second)?.verdict == .note)
        #expect(state(47 * .second) == nil && state(-47 * .second) == nil)
    }

    @Test func `a check of this moment`() {
        let sample = ClockSample(
            offset: -45 * .second, error: 1000, delay: 1, stratum: 1, isAuthenticated: true)
        let state = ClockState(ClockSelection([("a", sample)]), checkedAt: 7)
        #expect(state.verdict == .error && state.offset == -45 * .second && state.error == 1000)
        #expect(state.evidence == .servers(.nts) && state.checkedAt == 7)
        let none = ClockState(nil as ClockSelection?, checkedAt: 7)
        #expect(none.verdict == .unknown && none.offset == nil && none.error == nil)
        #expect(none.evidence == nil && none.checkedAt == 7 && !none.allowsCorrection)
    }

    @Test func `a sample is carried over a step, and to no number that ends anything`() {
        let sample = ClockSample(
            offset: 5 * .second, error: 2 * .second, delay: 1, stratum: 1, isAuthenticated: true)
        let now = reading(after: 60 * .second, stepped: -60 * .second)
        let carried = sample.carried(from: Self.realtime, to: now)
        #expect(carried.offset == 65 * .second && carried.error == 2 * .second)
        #expect(carried.delay == 1 && carried.isAuthenticated)
        for step in [Nanoseconds.min, -1, 0, .max] {
            let far = sample.carried(from: step, to: now)
            #expect(ClockSelection([("a", far)]) != nil)
        }
    }

    @Test func `the kernel's word is evidence, and no verdict`() {
        for bound in [0, 300_000_000, 10_000_000_000] as [Nanoseconds] {
            let state = ClockState(kernelBound: bound, lastAskedAt: 7)
            #expect(state.verdict == .unknown && state.offset == nil && state.error == nil)
            #expect(state.evidence == .kernel && state.checkedAt == 7)
            #expect(!state.allowsCorrection)
        }
        for bound in [10_000_000_001, 16_000_000_000, -1, nil] as [Nanoseconds?] {
            #expect(ClockState(kernelBound: bound) == .unknown)
        }
        #expect(ClockState.unknown.evidence == nil && ClockState.unknown.checkedAt == nil)
    }

    @Test func `the issuer's time is known to a second and half the way`() {
        func state(
            _ time: Int64, asked: Nanoseconds, elapsed: Nanoseconds = 200_000_000
        ) -> ClockState? {
            ClockState(issuerTime: time, askedAt: asked, elapsed: elapsed)
        }
        let asked = Self.realtime + 400_000_000
        let right = state(1_793_491_200, asked: asked)
        #expect(right?.offset == 0 && right?.error == 1_100_000_000 && right?.verdict == .ok)
        #expect(right?.evidence == .issuer && right?.checkedAt == 1_793_491_200)
        #expect(right?.allowsCorrection == false)
        #expect(state(1_793_491_290, asked: asked)?.offset == 90 * .second)
        #expect(state(1_793_491_290, asked: asked)?.verdict == .error)
        #expect(state(1_793_491_188, asked: asked)?.offset == -12 * .second)
        // Too long on its way.
        #expect(state(1_793_491_200, asked: asked, elapsed: 18 * .second) != nil)
        #expect(state(1_793_491_200, asked: asked, elapsed: 18 * .second + 2) == nil)
    }

    @Test func `an issuer in another millennium ends nothing`() {
        for time in [Int64.min, -1, 0, 1, 253_402_300_799, .max] {
            for asked in [0, Self.realtime, .max / 4] as [Nanoseconds] {
                let state = ClockState(issuerTime: time, askedAt: asked, elapsed: 1)
                #expect(state == nil || state?.offset != nil)
            }
        }
        #expect(ClockState(issuerTime: 253_402_300_799, askedAt: 0, elapsed: 1) == nil)
    }
}
