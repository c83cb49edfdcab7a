import ClockCheck
import Testing

@Suite struct StepMemoTests {
    private static let hour: Nanoseconds = 3600 * .second
    private static let boottime: Nanoseconds = 5 * hour
    private static let realtime: Nanoseconds = 1_793_491_200 * .second

    private func reading(
        after age: Nanoseconds, stepped: Nanoseconds = 0, suspended: Nanoseconds = 0,
        slewed: Nanoseconds = 0, origin: String? = "boot", isVirtual: Bool = false
    ) -> ClockReading {
        ClockReading(
            realtime: Self.realtime + age + stepped, boottime: Self.boottime + age,
            monotonic: Self.boottime + age - suspended,
            raw: Self.boottime + age - suspended - slewed, origin: origin, isVirtual: isVirtual)
    }

    private func memo(_ offset: Nanoseconds = 0, origin: String? = "boot") -> StepMemo {
        StepMemo(
            reading: reading(after: 0, origin: origin), offset: offset, error: 20_000_000,
            evidence: .nts)
    }

    @Test func `nothing happened`() {
        let prediction = memo(5_000_000).prediction(reading(after: Self.hour))
        // 100 ppm of an hour.
        #expect(prediction?.offset == 5_000_000 && prediction?.error == 20_000_000 + 360_000_000)
        #expect(prediction?.isStepped == false)
        #expect(memo().prediction(reading(after: 0))?.error == 20_000_000)
    }

    @Test(arguments: [90 * Nanoseconds.second, -3700 * .second])
    func `a clock that was set is off the other way`(step: Nanoseconds) {
        let stepped = reading(after: 60 * .second, stepped: step)
        #expect(memo().prediction(stepped)?.offset == -step)
        #expect(memo().prediction(stepped)?.isStepped == true)
        // Set right again.
        let back = memo(step).prediction(stepped)
        #expect(back?.offset == 0 && back?.isStepped == true)
    }

    @Test func `what reading the clocks costs is no step`() {
        for (step, isStepped): (Nanoseconds, Bool) in [
            (125, false), (-125, false), (9_999_999, false), (10_000_000, true),
            (-10_000_000, true), (-9_999_999, false),
        ] {
            let prediction = memo().prediction(reading(after: 1, stepped: step))
            #expect(prediction?.isStepped == isStepped && prediction?.offset == -step)
        }
    }

    /// It may make up for what the clock was off, or for an oscillator that goes wrong: nobody can tell.
    @Test(arguments: [20, -20, 1_800_000_000, -1_800_000_001] as [Nanoseconds])
    func `a clock that is slewed is off by half of that, give or take the other half`(
        slew: Nanoseconds
    ) {
        let prediction = memo(5 * .second).prediction(reading(after: Self.hour, slewed: slew))
        #expect(prediction?.offset == 5 * .second - slew / 2 && prediction?.isStepped == false)
        #expect(prediction?.error == 380_000_000 + abs(slew) / 2)
    }

    @Test func `a suspend adds a second`() {
        let slept = memo().prediction(reading(after: Self.hour, suspended: 1800 * .second))
        #expect(slept?.error == 1_380_000_000 && slept?.isStepped == false)
        // Boottime and monotonic are not read in the same instant.
        let awake = memo().prediction(reading(after: Self.hour, suspended: 1000))
        #expect(awake?.error == 380_000_000)
        // Asleep before the check only.
        let before = StepMemo(
            reading: reading(after: 0, suspended: Self.hour), offset: 0, error: 0, evidence: .nts)
        #expect(before.prediction(reading(after: 0, suspended: Self.hour))?.error == 0)
    }

    @Test func `it holds for a day, in a virtual machine for an hour`() {
        let day = 24 * Self.hour
        #expect(memo().prediction(reading(after: day)) != nil)
        #expect(memo().prediction(reading(after: day + 1)) == nil)
        #expect(memo().prediction(reading(after: Self.hour, isVirtual: true)) != nil)
        #expect(memo().prediction(reading(after: Self.hour + 1, isVirtual: true)) == nil)
    }

    @Test func `another boot, another time namespace or a snapshot ends it`() {
        #expect(memo().prediction(reading(after: 1, origin: "boot boottime 3600 0")) == nil)
        #expect(memo().prediction(reading(after: 1, origin: nil)) == nil)
        #expect(memo(origin: nil).prediction(reading(after: 1, origin: nil)) == nil)
        #expect(memo().prediction(reading(after: -1)) == nil)
    }

    @Test func `from 1970 to 2200 and back`() {
        let (early, late): (Nanoseconds, Nanoseconds) = (0, 7_258_118_400 * .second)
        func reading(_ realtime: Nanoseconds) -> ClockReading {
            ClockReading(
                realtime: realtime, boottime: 1, monotonic: 1, raw: 1, origin: "boot",
                isVirtual: false)
        }
        for (from, to) in [(early, late), (late, early)] {
            let memo = StepMemo(
                reading: reading(from), offset: Self.realtime - from, error: 0, evidence: .nts)
            #expect(memo.prediction(reading(to))?.offset == Self.realtime - to)
        }
    }

    @Test func `a memo of numbers that cannot be is none, and ends nothing`() {
        let ends: [Nanoseconds] = [.min, -1, 0, 1, .max]
        for end in ends {
            for other in ends {
                for error in ends {
                    let saved = ClockReading(
                        realtime: end, boottime: other, monotonic: error, raw: -1 - other,
                        origin: "boot", isVirtual: false)
                    let memo = StepMemo(
                        reading: saved, offset: other, error: error, evidence: .nts)
                    _ = memo.prediction(reading(after: 0))
                    _ = self.memo(other).prediction(saved)
                }
            }
        }
        let far = StepMemo(
            reading: reading(after: 0), offset: .min, error: .max, evidence: .nts)
        #expect(far.prediction(reading(after: Self.hour)) == nil)
        #expect(memo(.min).prediction(reading(after: 0, stepped: 1)) == nil)
        #expect(memo(.min).prediction(reading(after: 0)) != nil)
    }
}
