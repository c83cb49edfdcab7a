package import ClockCheck
package import Platform

/// What is written down of the clock, in lines `key = value` like the config.
///
/// The last check that ended in NTS or in a majority, and when which server was asked: there is no secret in it.
package struct ClockRecord: Equatable {
    private static let maximumCount = Configuration.maximumCount
    /// How long is waited for others who write, in seconds: they take some milliseconds.
    private static let patience = 2
    private static let nts = "nts"
    private static let asked = "asked"
    /// In the place of a time of another boot.
    private static let none = "-"

    package var memo: StepMemo?
    package var polls: PollHistory

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
        let lock = try FileLock(locations.clockLock, patience: patience) {}
        try withExtendedLifetime(lock) { () throws(FileError) in
            let origin = SystemClock.origin()
            var record = ClockRecord(lines(at: locations.clock), origin: origin)
            change(&record)
            let text = record.text(origin: origin)
            try PrivateFile.replace(locations.clock, with: Array(text.utf8))
        }
    }

    // MARK: Text

    /// What lies in the file; nil where there is none, or none that this program has written.
    static func lines(at path: String) -> Configuration? {
        guard let text = try? PrivateFile.read(path, limit: maximumCount) else { return nil }
        return try? Configuration(parsing: text)
    }

    /// Reads all of it.
    ///
    /// - Parameters:
    ///   - lines: as they lie in the file; without any, nothing is remembered.
    ///   - origin: what `SystemClock.origin` says.
    package init(_ lines: Configuration?, origin: String?) {
        memo = lines.flatMap(Self.memo)
        if memo?.reading.origin != origin { memo = nil }
        polls = PollHistory(lines.map { Self.polls($0, of: origin) } ?? [])
    }

    /// The lines.
    ///
    /// - Parameter origin: what `SystemClock.origin` says: what was written down before this boot is told apart by it.
    /// - Returns: a text that is read alike.
    package func text(origin: String?) -> String {
        var lines = [(key: "origin", value: origin ?? Self.none)]
        if let memo, origin != nil {
            let reading = memo.reading
            lines += [
                ("realtime", "\(reading.realtime)"), ("boottime", "\(reading.boottime)"),
                ("monotonic", "\(reading.monotonic)"), ("raw", "\(reading.raw)"),
                ("offset", "\(memo.offset)"), ("error", "\(memo.error)"),
                ("evidence", Self.text(memo.evidence)),
            ]
        }
        if !polls.polls.isEmpty {
            let polls = polls.polls.map { poll in
                let boottime = origin == nil ? nil : poll.boottime
                return "\(poll.server) \(poll.time) \(boottime.map(String.init) ?? Self.none)"
                    + " \(poll.interval)"
            }
            lines.append((Self.asked, polls.joined(separator: ", ")))
        }
        return lines.map { "\($0.key) = \($0.value)\n" }.joined()
    }

    /// The last check, or nil.
    static func memo(_ lines: Configuration) -> StepMemo? {
        func number(_ key: String) -> Int64? { lines.value(key).flatMap { Int64($0) } }
        guard let realtime = number("realtime"), let boottime = number("boottime"),
            let monotonic = number("monotonic"), let raw = number("raw"),
            let origin = lines.value("origin"), let offset = number("offset"),
            let error = number("error"), error >= 0,
            let evidence = lines.value("evidence").flatMap(evidence),
            [realtime, boottime, monotonic, raw, offset, error].allSatisfy({
                $0.magnitude < UInt64(Int64.max / 4)
            })
        else { return nil }
        return StepMemo(
            reading: ClockReading(
                realtime: realtime, boottime: boottime, monotonic: monotonic, raw: raw,
                origin: origin, isVirtual: false),
            offset: offset, error: error, evidence: evidence)
    }

    /// When a server was asked last, in unix seconds; nil when none was.
    static func lastAsked(_ lines: Configuration) -> Int64? { polls(lines, of: nil).last?.time }

    /// `SERVER TIME BOOTTIME INTERVAL`, with commas between; a boottime counts in its own boot alone.
    private static func polls(
        _ lines: Configuration, of origin: String?
    ) -> [PollHistory.Poll] {
        let isThisBoot = origin != nil && lines.value("origin") == origin
        return (lines.value(asked) ?? "").split(separator: ",").compactMap { entry in
            let words = entry.split(separator: " ")
            guard words.count == 4, let server = TimeServerURL(String(words[0])),
                let time = Int64(words[1]), let interval = Int64(words[3])
            else { return nil }
            return PollHistory.Poll(
                server: server.text, time: time, boottime: isThisBoot ? Int64(words[2]) : nil,
                interval: interval)
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
