internal import ClockCheck
internal import Platform

/// The clock that codes are computed from: what is known of it, and whether its offset is made up for.
struct CodeClock {
    let state: ClockState
    /// Whether codes are computed with the measured offset.
    let isCorrected: Bool

    /// Decides about the correction.
    ///
    /// - Parameters:
    ///   - state: what is known.
    ///   - isWanted: whether codes are to be corrected where that can be done.
    init(_ state: ClockState, correcting isWanted: Bool) {
        self.state = state
        isCorrected = isWanted && state.allowsCorrection
    }

    /// What is added to this machine's clock.
    var shift: Nanoseconds { isCorrected ? state.offset ?? 0 : 0 }

    /// The time for codes, in unix nanoseconds.
    func now() -> Nanoseconds { wallClockNanoseconds() + shift }

    /// The time for codes, in unix seconds.
    func nowSeconds() -> Int64 { now() / .second }

    /// How good that time is: of a corrected one only the error is left.
    var verdict: ClockVerdict {
        guard isCorrected, let error = state.error else { return state.verdict }
        return ClockVerdict(offset: 0, error: error)
    }
}

/// What the settings and the command line say about the clock.
struct ClockWishes {
    /// Whether it may be checked although nobody asks for that.
    let mayCheck: Bool
    /// Whether codes are to be computed with the measured offset.
    let wantsCorrection: Bool

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - session: whose they are.
    ///   - wantsCorrection: whether the command line asks for it.
    /// - Throws: when the config cannot be read.
    init(_ session: Session, wantsCorrection: Bool = false) throws(CommandFailure) {
        let file = session.settings
        let settings = try file.read()
        // Where it is not understood who may be asked, nobody is.
        let checks = file.warning { () throws(CommandFailure) in
            _ = try settings.clockServers()
            return try settings.checksClock()
        }
        mayCheck = checks ?? false
        let corrects = file.warning { () throws(CommandFailure) in try settings.correctsClock() }
        self.wantsCorrection = wantsCorrection || corrects ?? false
    }
}

extension Session {
    /// Whether somebody reads what is said on standard error.
    var hasReader: Bool { !isQuiet && isTerminal(2) }

    /// What is known without asking anybody.
    func knownClock(_ wishes: ClockWishes) -> CodeClock {
        CodeClock(KnownClock(locations).state, correcting: wishes.wantsCorrection)
    }

    /// The same, but where no check holds and somebody reads along, time servers are asked first, for a second at most.
    func checkedClock(_ wishes: ClockWishes) -> CodeClock {
        let known = KnownClock(locations)
        guard wishes.mayCheck, hasReader, known.measured == nil,
            let check = UnaskedCheck(self, patience: .short)
        else { return CodeClock(known.state, correcting: wishes.wantsCorrection) }
        check.wait()
        return knownClock(wishes)
    }

    /// Tells what is worth telling of the clock that a code was computed from.
    func tell(_ clock: CodeClock, _ wishes: ClockWishes) {
        if wishes.wantsCorrection, !clock.isCorrected { note(Messages.notCorrected(clock.state)) }
        let notice = Messages.clockNotice(
            clock.state, isCorrected: clock.isCorrected, toPerson: hasReader && wishes.mayCheck)
        if let notice { note(notice) }
    }
}
