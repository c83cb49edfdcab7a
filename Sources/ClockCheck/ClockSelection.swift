/// What several servers agree upon.
package struct ClockSelection: Equatable, Sendable {
    /// How sure it is whose word it is.
    package enum Evidence: Equatable, Sendable {
        /// At least one authenticated server, and no authenticated majority against it.
        case nts
        /// So many of so many servers agree; at least two, and more than half.
        case majority(Int, of: Int)
    }

    /// The room given to each server beside its own error bound: what their clocks may be apart.
    private static let margin: Nanoseconds = .second / 10
    /// The greatest error bound of a check that says anything.
    private static let maximumError: Nanoseconds = 5 * .second

    /// That of the server with the least error bound among those that agree.
    package let offset: Nanoseconds
    /// That server's bound, and how far the others that agree are from it (the selection jitter of RFC 5905,
    /// section 11.2.3).
    package let error: Nanoseconds
    package let evidence: Evidence
    /// The positions of the servers that agree.
    package let used: Set<Int>

    /// Selects by the algorithm of Marzullo: the point that most intervals offset ± error have in common.
    ///
    /// Where there are authenticated samples, the others have no say. A server that answers under two names counts
    /// once. Nil when there is no majority, or an error bound above 5 s.
    ///
    /// - Parameter answers: for each server where its answer came from (address and port) and what it said.
    package init?(_ answers: [(source: String, sample: ClockSample)]) {
        let voices = Self.voices(answers)
        let voters = voices.indices.filter { voices[$0] == .counts }
        let hasAuthenticated = answers.contains { $0.sample.isAuthenticated }
        guard let (used, count) = Self.agreeing(voters, answers.map(\.sample)) else { return nil }
        guard 2 * count > voters.count, hasAuthenticated || count >= 2 else { return nil }
        let samples = used.map { answers[$0].sample }
        guard let best = samples.min(by: { $0.error < $1.error }) else { return nil }
        let jitter = samples.map { ($0.offset - best.offset).magnitude }.max() ?? 0
        guard best.error + Nanoseconds(jitter) <= Self.maximumError else { return nil }
        offset = best.offset
        error = best.error + Nanoseconds(jitter)
        evidence = hasAuthenticated ? .nts : .majority(count, of: voters.count)
        self.used = used
    }

    /// Whether an answer has a say.
    package enum Voice: Equatable, Sendable {
        case counts
        /// Others are authenticated, this one is not.
        case unauthenticated
        /// The same server has answered under another name, further in front.
        case repeated
    }

    /// Finds out which answers have a say, before it is asked whether they agree.
    ///
    /// - Parameter answers: as for the selection.
    /// - Returns: one for each.
    package static func voices(_ answers: [(source: String, sample: ClockSample)]) -> [Voice] {
        let hasAuthenticated = answers.contains { $0.sample.isAuthenticated }
        var sources: Set<String> = []
        return answers.map { answer in
            guard answer.sample.isAuthenticated == hasAuthenticated else { return .unauthenticated }
            return sources.insert(answer.source).inserted ? .counts : .repeated
        }
    }

    private static func agreeing(
        _ voters: [Int], _ samples: [ClockSample]
    ) -> (used: Set<Int>, count: Int)? {
        func interval(_ index: Int) -> ClosedRange<Nanoseconds> {
            let reach = samples[index].error + margin
            return samples[index].offset - reach...samples[index].offset + reach
        }
        // The most crowded point is the beginning of some interval.
        let points = voters.map { interval($0).lowerBound }
        let crowds = points.map { point in voters.filter { interval($0).contains(point) } }
        guard let crowd = crowds.max(by: { $0.count < $1.count }) else { return nil }
        return (Set(crowd), crowd.count)
    }
}
