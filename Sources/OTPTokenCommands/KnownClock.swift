internal import ClockCheck
internal import JSON
internal import Platform

/// The last check of the clock, and what it takes to carry it forward again and again.
struct KnownClock {
    private let memo: StepMemo?
    private let origin: String?
    private let isVirtual: Bool
    /// When servers were asked that did not agree, or too long ago; unix seconds.
    private let lastAsked: Int64?

    /// Reads what was written down; where no check was, nothing else is looked at.
    ///
    /// - Parameter locations: where.
    init(_ locations: Locations) {
        let lines = ClockRecord.lines(at: locations.clock)
        let memo = lines.flatMap(ClockRecord.memo)
        let origin = memo == nil ? nil : SystemClock.origin()
        let isVirtual = memo == nil ? false : SystemClock.isVirtual()
        let measured = memo.flatMap {
            ClockState($0, at: .now(origin: origin, isVirtual: isVirtual))
        }
        lastAsked = measured == nil ? lines.flatMap(ClockRecord.lastAsked) : nil
        (self.memo, self.origin, self.isVirtual) = (memo, origin, isVirtual)
    }

    /// What the check says of this moment; nil when there is none, or it does not hold any more.
    var measured: ClockState? {
        guard let memo else { return nil }
        return ClockState(memo, at: .now(origin: origin, isVirtual: isVirtual))
    }

    /// What is known at this moment: by the check, else by the kernel's word.
    var state: ClockState {
        measured
            ?? ClockState(kernelBound: SystemClock.kernelBound(), lastAskedAt: lastAsked)
    }
}

extension ClockReading {
    /// The clocks as they are.
    ///
    /// - Parameters:
    ///   - origin: what `SystemClock.origin` says; it does not change while a process runs.
    ///   - isVirtual: what `SystemClock.isVirtual` says.
    /// - Returns: one reading of all of them.
    static func now(
        origin: String? = SystemClock.origin(), isVirtual: Bool = SystemClock.isVirtual()
    ) -> ClockReading {
        let clocks = SystemClock.together()
        return ClockReading(
            realtime: clocks.realtime, boottime: clocks.boottime,
            monotonic: SystemClock.monotonic(), raw: SystemClock.raw(), origin: origin,
            isVirtual: isVirtual)
    }
}

extension ClockVerdict {
    /// The status of `clock` and of `--strict-clock`.
    var status: ExitStatus {
        switch self {
        case .ok, .note: .done
        case .warning: .clockOff
        case .error: .clockWrong
        case .unknown: .clockUnknown
        }
    }
}

extension ClockState {
    /// The five fields by which JSON tells of the clock.
    var json: JSONValue { .object(members) }

    /// The same, for an object that has more of them.
    var members: [JSONValue.Member] {
        [
            .init(name: "verdict", value: .string(verdict.rawValue)),
            .init(name: "offset", value: .seconds(offset)),
            .init(name: "error", value: .seconds(error)),
            .init(
                name: "evidence",
                value: .optional(evidence.map { Messages.evidence($0, in: .english) })),
            .init(name: "checked_at", value: .optional(checkedAt)),
        ]
    }
}

extension JSONValue {
    /// Nanoseconds as seconds, or null.
    static func seconds(_ time: Nanoseconds?) -> JSONValue {
        time.map { .number(Double($0) / 1e9) } ?? .null
    }
}
