internal import ClockCheck
internal import Platform

/// The clock beside an enrolment: checked meanwhile by another process, and compared with the issuer's.
struct EnrolmentClock: ~Copyable {
    private let session: Session
    private let wishes: ClockWishes
    private let check: UnaskedCheck?
    private var issuer: ClockState?

    /// Begins.
    init(_ session: Session, _ wishes: ClockWishes) {
        self.session = session
        self.wishes = wishes
        check = wishes.mayCheck ? UnaskedCheck(session, patience: .long) : nil
    }

    /// Takes the issuer's word.
    ///
    /// - Parameters:
    ///   - time: the issuer's clock when it answered, in unix seconds; nil when it does not say.
    ///   - asked: this machine's clocks when the request went out.
    mutating func compare(_ time: Int64?, askedAt asked: (realtime: Int64, boottime: Int64)) {
        let elapsed = SystemClock.boottime() - asked.boottime
        issuer = time.flatMap {
            ClockState(issuerTime: $0, askedAt: asked.realtime, elapsed: elapsed)
        }
    }

    /// Tells what is known of the clock; where the check is not done, it is waited for a second at most.
    ///
    /// - Returns: the clock for the first code.
    func tell() -> CodeClock {
        check?.wait()
        let known = KnownClock(session.locations)
        let measured = known.measured
        var clock = CodeClock(known.state, correcting: wishes.wantsCorrection)
        // What servers have said lately comes first, then the issuer's word, then what they said earlier.
        let age = measured?.checkedAt.map { wallClockSeconds() - $0 }
        let isRecent = age.map { (0...PollHistory.minimumInterval).contains($0) } ?? false
        if let issuer, !isRecent, !clock.isCorrected {
            clock = CodeClock(issuer, correcting: wishes.wantsCorrection)
        }
        if let issuer, let measured, let words = Messages.issuerClock(measured, of: issuer) {
            session.note(words)
            // It is the issuer who takes codes or not.
            if issuer.verdict == .ok || issuer.verdict == .note, !clock.isCorrected { return clock }
        }
        session.tell(clock, wishes)
        return clock
    }
}
