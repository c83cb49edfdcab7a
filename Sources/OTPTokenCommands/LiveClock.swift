internal import ClockCheck
internal import Platform

/// The clock beside a live view: checked at its start and every half hour, by another process, and carried forward in
/// between.
struct LiveClock: ~Copyable {
    /// A little more than the time for which servers are left alone, by another clock than the one that is set.
    private static let interval = (PollHistory.minimumInterval + 2) * .second

    private let session: Session
    private let wishes: ClockWishes
    private var known: KnownClock
    private var check: UnaskedCheck?
    /// By CLOCK_BOOTTIME, which goes on in suspend.
    private var nextCheck: Nanoseconds

    init(_ session: Session, _ wishes: ClockWishes) {
        self.session = session
        self.wishes = wishes
        known = KnownClock(session.locations)
        nextCheck = wishes.mayCheck ? SystemClock.boottime() : .max
    }

    /// The clock as it is known at this moment.
    var now: CodeClock { CodeClock(known.state, correcting: wishes.wantsCorrection) }

    /// Whether a check is under way.
    var isChecking: Bool { check != nil }

    /// A descriptor that becomes readable when the check that is under way is done; nil when none is.
    var end: Int32? {
        switch check {
        case .some(let check): check.end
        case .none: nil
        }
    }

    /// When to come back at the latest, for the next check, in unix nanoseconds of this machine's clock.
    var wakeTime: Nanoseconds {
        let wait = nextCheck == .max ? nextCheck : max(0, nextCheck - SystemClock.boottime())
        let (time, isOverflow) = wallClockNanoseconds().addingReportingOverflow(wait)
        return isOverflow ? .max : time
    }

    /// Begins a check when it is time.
    ///
    /// - Returns: whether it did.
    @discardableResult
    mutating func begin() -> Bool {
        guard SystemClock.boottime() >= nextCheck else { return false }
        nextCheck = SystemClock.boottime() + Self.interval
        check = UnaskedCheck(session, patience: .long)
        return true
    }

    /// Waits for the first check, for a second at most, where codes are to be corrected by it.
    mutating func settle() {
        guard wishes.wantsCorrection, known.measured == nil else { return }
        begin()
        check?.wait()
        known = KnownClock(session.locations)
    }

    /// Takes note of a check that is done.
    mutating func finish() {
        check = nil
        known = KnownClock(session.locations)
    }
}
