internal import ClockCheck
internal import Platform

/// What is written down of the clock, in lines `key = value` like the config: the last check that ended in NTS or in a
/// majority, and when which server was asked. There is no secret in it.
struct ClockRecord {
    private static let maximumCount = 16 << 10
    private static let nts = "nts"
    private static let asked = "asked"

    var memo: StepMemo?
    var polls: PollHistory

    /// Reads all of it.
    ///
    /// - Parameter path: the file; where there is none, or none that this program has written, nothing is remembered.
    init(at path: String) {
        let lines = Self.lines(at: path)
        memo = lines.flatMap(Self.memo)
        polls = PollHistory(lines.map(Self.polls) ?? [])
    }

    /// Reads the last check alone.
    ///
    /// - Parameter path: the file.
    /// - Returns: the check, or nil.
    static func memo(at path: String) -> StepMemo? { lines(at: path).flatMap(memo) }

    /// Changes what is written down, while no other process does.
    ///
    /// - Parameters:
    ///   - locations: where it lies.
    ///   - change: what is to be done; it must not wait for anything.
    /// - Throws: when the file cannot be written.
    static func change(
        _ locations: Locations, _ change: (inout ClockRecord) -> Void
    ) throws(FileError) {
        try PrivateFolder.ensure(locations.state)
        let lock = try FileLock(locations.clockLock) {}
        try withExtendedLifetime(lock) { () throws(FileError) in
            var record = ClockRecord(at: locations.clock)
            change(&record)
            try PrivateFile.replace(locations.clock, with: Array(record.text.utf8))
        }
    }

    // MARK: Text

    private static func lines(at path: String) -> Configuration? {
        guard let text = try? PrivateFile.read(path, limit: maximumCount) else { return nil }
        return try? Configuration(parsing: text)
    }

    private var text: String {
        var lines: [(key: String, value: String)] = []
        if let memo, let origin = memo.reading.origin {
            lines = [
                ("origin", origin), ("realtime", "\(memo.reading.realtime)"),
                ("boottime", "\(memo.reading.boottime)"),
                ("monotonic", "\(memo.reading.monotonic)"), ("offset", "\(memo.offset)"),
                ("error", "\(memo.error)"), ("evidence", Self.text(memo.evidence)),
            ]
        }
        if !polls.polls.isEmpty {
            let polls = polls.polls.map { "\($0.server) \($0.time) \($0.interval)" }
            lines.append((Self.asked, polls.joined(separator: ", ")))
        }
        return lines.map { "\($0.key) = \($0.value)\n" }.joined()
    }

    private static func memo(_ lines: Configuration) -> StepMemo? {
        func number(_ key: String) -> Int64? { lines.value(key).flatMap { Int64($0) } }
        guard let realtime = number("realtime"), let boottime = number("boottime"),
            let monotonic = number("monotonic"), let origin = lines.value("origin"),
            let offset = number("offset"), let error = number("error"), error >= 0,
            let evidence = lines.value("evidence").flatMap(evidence),
            [realtime, boottime, monotonic, offset, error].allSatisfy({
                $0.magnitude < UInt64(Int64.max / 4)
            })
        else { return nil }
        return StepMemo(
            reading: ClockReading(
                realtime: realtime, boottime: boottime, monotonic: monotonic, origin: origin,
                isVirtual: false),
            offset: offset, error: error, evidence: evidence)
    }

    /// `SERVER TIME INTERVAL`, with commas between.
    private static func polls(_ lines: Configuration) -> [PollHistory.Poll] {
        (lines.value(asked) ?? "").split(separator: ",").compactMap { entry in
            let words = entry.split(separator: " ")
            guard words.count == 3, let server = TimeServerURL(String(words[0])),
                let time = Int64(words[1]), let interval = Int64(words[2]), interval >= 0
            else { return nil }
            return PollHistory.Poll(server: server.text, time: time, interval: interval)
        }
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
            let all = Int(words[2]), count >= 1, count <= all
        else { return nil }
        return .majority(count, of: all)
    }
}
