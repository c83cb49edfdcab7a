import ClockCheck
import Testing

@Suite struct SelectionTests {
    private func answer(
        _ source: String, _ seconds: Double, error: Double = 0.02, nts: Bool = false
    ) -> (source: String, sample: ClockSample) {
        (
            source,
            ClockSample(
                offset: Nanoseconds(seconds * 1e9), error: Nanoseconds(error * 1e9), delay: 1,
                stratum: 2, isAuthenticated: nts)
        )
    }

    @Test func `three good ones and one that is 90 s off; the dead one has no say`() {
        let selection = ClockSelection([
            answer("a", 0.01), answer("b", 90), answer("c", -0.01, error: 0.01), answer("d", 0.02),
        ])
        #expect(selection?.evidence == .majority(3, of: 4))
        #expect(selection?.used == [0, 2, 3])
        // Of those that agree, the one with the least error, and how far the others are from it.
        #expect(selection?.offset == -10_000_000 && selection?.error == 10_000_000 + 30_000_000)
    }

    @Test func `an error above 5 s says nothing`() {
        func answers(_ error: Double) -> ClockSelection? {
            ClockSelection([answer("a", 0, error: error), answer("b", 0.25, error: 9)])
        }
        #expect(answers(4.75)?.error == 5 * .second)
        #expect(answers(4.751) == nil)
        #expect(ClockSelection([answer("a", 0, error: 5, nts: true)]) != nil)
        #expect(ClockSelection([answer("a", 0, error: 5.1, nts: true)]) == nil)
    }

    @Test func `without a majority nothing is said`() {
        #expect(ClockSelection([]) == nil)
        #expect(ClockSelection([answer("a", 0)]) == nil)
        #expect(ClockSelection([answer("a", 0), answer("b", 90)]) == nil)
        #expect(ClockSelection([answer("a", 0), answer("b", 90), answer("c", -90)]) == nil)
        let halves = [answer("a", 0), answer("b", 0), answer("c", 90), answer("d", 90)]
        #expect(ClockSelection(halves) == nil)
        #expect(ClockSelection(halves + [answer("e", 90)])?.used == [2, 3, 4])
    }

    @Test func `the same server twice is one`() {
        #expect(ClockSelection([answer("a", 0), answer("a", 0)]) == nil)
        let two = ClockSelection([answer("a", 0), answer("a", 0), answer("b", 0)])
        #expect(two?.evidence == .majority(2, of: 2) && two?.used == [0, 2])
        // Nor does it outvote by being asked often.
        #expect(
            ClockSelection([answer("a", 90), answer("a", 90), answer("a", 90), answer("b", 0)])
                == nil)
    }

    @Test func `a tenth of a second is given to each`() {
        func agree(_ apart: Double) -> Bool {
            ClockSelection([answer("a", 0, error: 0), answer("b", apart, error: 0)]) != nil
        }
        #expect(agree(0.2) && agree(-0.2) && !agree(0.200_000_001) && !agree(-0.200_000_001))
        #expect(ClockSelection([answer("a", 0, error: 1), answer("b", 1.2, error: 0)]) != nil)
        #expect(ClockSelection([answer("a", 0, error: 1), answer("b", 1.21, error: 0)]) == nil)
    }

    @Test func `one that is authenticated is enough`() {
        let selection = ClockSelection([answer("a", 15, nts: true)])
        #expect(selection?.evidence == .nts && selection?.offset == 15 * .second)
    }

    @Test func `many that anybody could have sent do not outvote it`() {
        let selection = ClockSelection([
            answer("a", 90, error: 0.001), answer("b", 90, error: 0.001), answer("c", 0, nts: true),
            answer("d", 90, error: 0.001),
        ])
        #expect(selection?.evidence == .nts && selection?.used == [2] && selection?.offset == 0)
    }

    @Test func `those that are authenticated must agree among themselves`() {
        let two = [answer("a", 0, nts: true), answer("b", 90, nts: true)]
        #expect(ClockSelection(two) == nil)
        #expect(ClockSelection(two + [answer("c", 0), answer("d", 0)]) == nil)
        #expect(ClockSelection(two + [answer("c", 0, nts: true)])?.used == [0, 2])
        #expect(ClockSelection([answer("a", 0, nts: true), answer("a", 0)])?.used == [0])
        // Its unauthenticated answer does not keep the authenticated one of the same server out.
        #expect(ClockSelection([answer("a", 90), answer("a", 0, nts: true)])?.used == [1])
    }

    @Test func `offsets of centuries`() {
        let far: Nanoseconds = 7_258_118_400 * .second
        for offset in [-far, far] {
            let sample = ClockSample(
                offset: offset, error: 4 * .second, delay: 0, stratum: 1, isAuthenticated: false)
            #expect(ClockSelection([("a", sample), ("b", sample)])?.offset == offset)
        }
    }
}
