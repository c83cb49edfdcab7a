internal import ClockCheck
internal import Platform

/// What is known of this machine's clock without asking anybody.
struct ClockState {
    let verdict: ClockVerdict
    let offset: Nanoseconds?
    let error: Nanoseconds?
    /// In a few words; nil when nothing is known.
    let evidence: String?
    /// Unix seconds.
    let checkedAt: Int64?

    static let unknown = ClockState(
        verdict: .unknown, offset: nil, error: nil, evidence: nil, checkedAt: nil)

    /// Carries the last check forward to this moment.
    ///
    /// - Parameter locations: where the check was written down.
    init(_ locations: Locations) {
        guard let memo = StepMemo(at: locations.clock), let now = memo.prediction(.now()) else {
            self = .unknown
            return
        }
        let checkedAt = memo.reading.realtime / .second
        self.init(
            verdict: ClockVerdict(offset: now.offset, error: now.error), offset: now.offset,
            error: now.error,
            evidence: now.isStepped
                ? Messages.steppedSince(checkedAt) : Messages.evidence(memo.evidence),
            checkedAt: checkedAt)
    }

    private init(
        verdict: ClockVerdict, offset: Nanoseconds?, error: Nanoseconds?, evidence: String?,
        checkedAt: Int64?
    ) {
        self.verdict = verdict
        self.offset = offset
        self.error = error
        self.evidence = evidence
        self.checkedAt = checkedAt
    }
}

extension ClockReading {
    /// The clocks as they are.
    static func now() -> ClockReading {
        let clocks = SystemClock.together()
        return ClockReading(
            realtime: clocks.realtime, boottime: clocks.boottime,
            monotonic: SystemClock.monotonic(), origin: SystemClock.origin(),
            isVirtual: SystemClock.isVirtual())
    }
}

/// How a check is written down: lines `key = value`, like the config.
extension StepMemo {
    private static let maximumCount = 4096
    private static let nts = "nts"

    /// Reads the last check.
    ///
    /// - Parameter path: the file; nil is made of one that is not there, or is not as this program writes it.
    init?(at path: String) {
        guard let text = try? PrivateFile.read(path, limit: Self.maximumCount),
            let lines = try? Configuration(parsing: text)
        else { return nil }
        func number(_ key: String) -> Int64? { lines.value(key).flatMap { Int64($0) } }
        guard let realtime = number("realtime"), let boottime = number("boottime"),
            let monotonic = number("monotonic"), let origin = lines.value("origin"),
            let offset = number("offset"), let error = number("error"), error >= 0,
            let evidence = lines.value("evidence").flatMap(Self.evidence),
            [realtime, boottime, monotonic, offset, error].allSatisfy({
                $0.magnitude < UInt64(Int64.max / 4)
            })
        else { return nil }
        self.init(
            reading: ClockReading(
                realtime: realtime, boottime: boottime, monotonic: monotonic, origin: origin,
                isVirtual: false),
            offset: offset, error: error, evidence: evidence)
    }

    /// Writes the check down, in the place of the one before.
    ///
    /// - Parameter locations: where.
    /// - Throws: when the file cannot be written.
    func write(_ locations: Locations) throws(FileError) {
        guard let origin = reading.origin else { return }
        let text = """
            origin = \(origin)
            realtime = \(reading.realtime)
            boottime = \(reading.boottime)
            monotonic = \(reading.monotonic)
            offset = \(offset)
            error = \(error)
            evidence = \(Self.text(evidence))

            """
        try PrivateFolder.ensure(locations.state)
        try PrivateFile.replace(locations.clock, with: Array(text.utf8))
    }

    private static func text(_ evidence: ClockSelection.Evidence) -> String {
        switch evidence {
        case .nts: nts
        case .majority(let count, let all): "\(count) of \(all)"
        }
    }

    private static func evidence(_ text: String) -> ClockSelection.Evidence? {
        if text == nts { return .nts }
        let words = text.split(separator: " ")
        guard words.count == 3, words[1] == "of", let count = Int(words[0]),
            let all = Int(words[2]), (1...all).contains(count)
        else { return nil }
        return .majority(count, of: all)
    }
}
