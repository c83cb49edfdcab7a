/// What is known of this machine's clock, and by whose word.
package struct ClockState: Equatable, Sendable {
    /// Whose word it is, strongest first.
    package enum Evidence: Equatable, Sendable {
        /// Time servers, asked just now, or earlier and nobody has set the clock since.
        case servers(ClockSelection.Evidence)
        /// Time servers, asked at a moment (unix seconds by the clock of then) since which the clock was set.
        case stepped(since: Int64)
        /// The issuer's own time at enrolment.
        case issuer
        /// The kernel's: some daemon claims to keep the clock. Nobody has verified that.
        case kernel
    }

    package let verdict: ClockVerdict
    /// What would have to be added to the clock; nil when it is unknown.
    package let offset: Nanoseconds?
    /// Its bound; nil with it.
    package let error: Nanoseconds?
    /// Nil when nobody says anything.
    package let evidence: Evidence?
    /// When time servers or the issuer were asked, in unix seconds; nil when nobody was.
    package let checkedAt: Int64?

    /// Nobody says anything.
    package static let unknown = ClockState(kernelBound: nil)

    private init(
        verdict: ClockVerdict, offset: Nanoseconds?, error: Nanoseconds?, evidence: Evidence?,
        checkedAt: Int64?
    ) {
        self.verdict = verdict
        self.offset = offset
        self.error = error
        self.evidence = evidence
        self.checkedAt = checkedAt
    }

    /// What cannot be bounded is not half known: nil.
    private init?(
        offset: Nanoseconds, error: Nanoseconds, evidence: Evidence, checkedAt: Int64?
    ) {
        let verdict = ClockVerdict(offset: offset, error: error)
        guard verdict != .unknown else { return nil }
        self.init(
            verdict: verdict, offset: offset, error: error, evidence: evidence,
            checkedAt: checkedAt)
    }

    /// What a check has found that was made just now.
    ///
    /// - Parameters:
    ///   - selection: what the servers agree upon; nil when they do not.
    ///   - time: when that was, in unix seconds.
    package init(_ selection: ClockSelection?, checkedAt time: Int64) {
        let state = selection.flatMap {
            ClockState(
                offset: $0.offset, error: $0.error, evidence: .servers($0.evidence),
                checkedAt: time)
        }
        self = state ?? ClockState(kernelBound: nil, lastAskedAt: time)
    }

    /// Carries a check forward; nil when it says nothing of this moment any more.
    ///
    /// - Parameters:
    ///   - memo: the last check.
    ///   - now: the clocks as they are.
    package init?(_ memo: StepMemo, at now: ClockReading) {
        guard let prediction = memo.prediction(now) else { return nil }
        let checkedAt = memo.reading.realtime / .second
        self.init(
            offset: prediction.offset, error: prediction.error,
            evidence: prediction.isStepped ? .stepped(since: checkedAt) : .servers(memo.evidence),
            checkedAt: checkedAt)
    }

    /// Takes the kernel's word that some daemon keeps the clock.
    ///
    /// That is a claim which nobody has verified: the verdict stays unknown, and the evidence tells that there is one.
    ///
    /// - Parameters:
    ///   - bound: adjtimex's maxerror. It grows to 16 s when nobody keeps the clock, which is no reason to call it
    ///     wrong; with timesyncd it is the time since its last update rather than a bound. Nil where nobody keeps the
    ///     clock, or the kernel does not say.
    ///   - asked: when time servers were asked and did not agree, in unix seconds; nil when they were not asked.
    package init(kernelBound bound: Nanoseconds?, lastAskedAt asked: Int64? = nil) {
        let isKept = bound.map { (0...ClockVerdict.maximumError).contains($0) } ?? false
        self.init(
            verdict: .unknown, offset: nil, error: nil, evidence: isKept ? .kernel : nil,
            checkedAt: asked)
    }

    /// Compares the clock with the issuer's; nil when the answer was too long on its way, or is centuries off.
    ///
    /// - Parameters:
    ///   - time: the issuer's clock when it answered, in whole unix seconds, cut off or rounded.
    ///   - asked: this machine's clock when the request went out.
    ///   - elapsed: the time until the answer was there, by a clock that nobody sets.
    package init?(issuerTime time: Int64, askedAt asked: Nanoseconds, elapsed: Nanoseconds) {
        // The time was the issuer's somewhere near that second, and somewhere on the way.
        let issuer = Int128(time) * Int128(Nanoseconds.second) + Int128(Nanoseconds.second / 2)
        guard let offset = Nanoseconds(exactly: issuer - Int128(asked) - Int128(elapsed / 2)) else {
            return nil
        }
        self.init(
            offset: offset, error: .second + elapsed / 2, evidence: .issuer,
            checkedAt: asked / .second)
    }

    /// Whether codes may be computed from the measured offset: by the word of NTS or of a majority, still bounded.
    package var allowsCorrection: Bool {
        switch evidence {
        case .servers, .stepped: true
        case .issuer, .kernel, nil: false
        }
    }
}
