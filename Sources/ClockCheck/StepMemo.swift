/// This machine's clocks at one instant.
package struct ClockReading: Equatable, Sendable {
    /// CLOCK_REALTIME: the clock that codes are computed from.
    package let realtime: Nanoseconds
    /// CLOCK_BOOTTIME: nobody sets it, and it goes on in suspend.
    package let boottime: Nanoseconds
    /// CLOCK_MONOTONIC: stands still in suspend.
    package let monotonic: Nanoseconds
    /// CLOCK_MONOTONIC_RAW: the oscillator alone; nobody makes it go faster or slower.
    package let raw: Nanoseconds
    /// What boottime counts from: the boot and the time namespace; nil when the system does not tell.
    package let origin: String?
    /// Whether this is a virtual machine, which may be stopped without any of its clocks noticing.
    package let isVirtual: Bool

    package init(
        realtime: Nanoseconds, boottime: Nanoseconds, monotonic: Nanoseconds, raw: Nanoseconds,
        origin: String?, isVirtual: Bool
    ) {
        self.realtime = realtime
        self.boottime = boottime
        self.monotonic = monotonic
        self.raw = raw
        self.origin = origin
        self.isVirtual = isVirtual
    }

    // A memo comes from a file, and may hold any number: these do not overflow.

    /// D: changes when the clock is set, and at no other time.
    var step: Int128 { Int128(realtime) - Int128(boottime) }

    /// A difference from which on the clock counts as set: far above what the reading itself is off.
    private static let smallestStep: UInt128 = 10_000_000

    /// Whether somebody has set the clock between an earlier reading and this one.
    func isStepped(since earlier: ClockReading) -> Bool {
        (step - earlier.step).magnitude >= Self.smallestStep
    }

    /// Whether the machine was in suspend since an earlier reading.
    func hasSlept(since earlier: ClockReading) -> Bool {
        suspended - earlier.suspended > Int128(Self.smallestStep)
    }

    /// How much time was made to go by faster since an earlier reading: all clocks but the raw one have it.
    func slew(since earlier: ClockReading) -> Int128 {
        (Int128(monotonic) - Int128(raw)) - (Int128(earlier.monotonic) - Int128(earlier.raw))
    }

    private var suspended: Int128 { Int128(boottime) - Int128(monotonic) }
}

/// The last check, as long as it can be carried forward: who sets the clock since then is found out without any network.
package struct StepMemo: Equatable, Sendable {
    /// How long it can be carried forward.
    private static let lifetime: Nanoseconds = 24 * 3600 * .second
    private static let virtualLifetime: Nanoseconds = 3600 * .second
    /// How much a clock may have drifted since, in millionths.
    private static let drift: Int128 = 100
    /// What a suspend adds to the error.
    private static let suspendError = Int128(Nanoseconds.second)

    package let reading: ClockReading
    package let offset: Nanoseconds
    package let error: Nanoseconds
    package let evidence: ClockSelection.Evidence

    package init(
        reading: ClockReading, offset: Nanoseconds, error: Nanoseconds,
        evidence: ClockSelection.Evidence
    ) {
        self.reading = reading
        self.offset = offset
        self.error = error
        self.evidence = evidence
    }

    /// What the offset must be now.
    package struct Prediction: Equatable, Sendable {
        package let offset: Nanoseconds
        package let error: Nanoseconds
        /// Whether somebody has set the clock since the check.
        package let isStepped: Bool
    }

    /// Carries the check forward.
    ///
    /// - Parameter now: the clocks as they are.
    /// - Returns: nil when it cannot be: too old, another boot or time namespace, a machine that was put back to an
    ///   earlier state, or numbers that cannot be.
    package func prediction(_ now: ClockReading) -> Prediction? {
        guard let origin = reading.origin, origin == now.origin else { return nil }
        let age = Int128(now.boottime) - Int128(reading.boottime)
        let lifetime = now.isVirtual ? Self.virtualLifetime : Self.lifetime
        guard age >= 0, age <= lifetime else { return nil }
        let step = now.step - reading.step
        // Whoever slews the clock either makes up for what it is off, or for an oscillator that goes wrong: half of it
        // is taken off, and the other half is the doubt.
        let slew = now.slew(since: reading)
        let drift =
            age / 1_000_000 * Self.drift + Int128(slew.magnitude / 2)
            + (now.hasSlept(since: reading) ? Self.suspendError : 0)
        guard let offset = Nanoseconds(exactly: Int128(self.offset) - step - slew / 2),
            let error = Nanoseconds(exactly: Int128(self.error) + drift)
        else { return nil }
        return Prediction(
            offset: offset, error: error, isStepped: now.isStepped(since: reading))
    }
}
