internal import ClockCheck
internal import Platform

/// `clock`: asks time servers how far this machine's clock is off.
///
/// - Returns: the status that says so.
func clock(_ line: Invocation, _ session: Session) throws(CommandFailure) -> ExitStatus {
    let patience = try clockPatience(line)
    var servers = try timeServers(line, session)
    let caFile = line.value("ca-file")
    if let caFile, !isReadable(caFile) { throw .file(.missing, caFile) }
    if line.has("if-due") {
        servers = try session.claim(servers)
        guard !servers.isEmpty else {
            let known = KnownClock(session.locations).state
            session.note(Messages.nothingDue)
            try writeResult(
                line.has("json")
                    ? ClockReport.json(known) : Messages.clockVerdict(known) + "\n")
            return known.verdict.status
        }
    }
    session.progress(Messages.askingTime(servers.count))
    let asked = ClockReading.now()
    let (reports, clocks) = ClockQuery(caFile: caFile, patience: patience).ask(servers)
    let report = ClockReport(reports)
    // A check that cannot be written down is a check all the same.
    try? ClockRecord.change(session.locations) { record in
        record.note(reports, askedAt: asked)
        if let selection = report.selection {
            record.memo = StepMemo(
                reading: clocks, offset: selection.offset, error: selection.error,
                evidence: selection.evidence)
        }
    }
    try writeResult(line.has("json") ? report.json : report.text)
    guard report.hasAnswers else { throw Messages.noTime(report.failures) }
    return report.state.verdict.status
}

extension Session {
    /// Of time servers those that may be asked although nobody asks for it, all together or none; from now on they count
    /// as asked.
    ///
    /// - Parameter servers: all that there are.
    /// - Returns: none where `clock.check` says never.
    /// - Throws: when it cannot be written down: whoever cannot remember does not ask.
    fileprivate func claim(_ servers: [TimeServerURL]) throws(CommandFailure) -> [TimeServerURL] {
        guard try settings.read().checksClock() else { return [] }
        let now = ClockReading.now()
        var due: [String] = []
        try Messages.naming(locations.clock) { () throws(FileError) in
            try ClockRecord.change(locations) { record in
                due = record.polls.due(servers.map(\.text), at: now)
                for server in due { record.polls.ask(server, at: now) }
            }
        }
        return due.compactMap { TimeServerURL($0) }
    }
}

extension ClockRecord {
    /// Notes who was asked, and who wants to be left alone.
    fileprivate mutating func note(_ reports: [ServerReport], askedAt now: ClockReading) {
        for report in reports {
            let server = report.server.text
            polls.ask(server, at: now)
            switch report.result {
            case .success(let sample): polls.note(server, .success(sample))
            case .failure(.rejected(let why)): polls.note(server, .failure(why))
            case .failure: break
            }
        }
    }
}

/// Milliseconds.
private func clockPatience(_ line: Invocation) throws(CommandFailure) -> Int {
    guard let text = line.value("timeout") else { return 3000 }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), text.utf8.count <= 5,
        parts.allSatisfy({ part in
            !part.isEmpty && part.utf8.allSatisfy { (48...57).contains($0) }
        }), let seconds = Double(text), (0.1...60).contains(seconds)
    else { throw Messages.badTimeout(text) }
    return Int(seconds * 1000)
}

private func timeServers(
    _ line: Invocation, _ session: Session
) throws(CommandFailure) -> [TimeServerURL] {
    let given = line.values("server")
    guard given.isEmpty else { return try TimeServerURL.all(given) }
    return try session.settings.read().clockServers() ?? TimeServerURL.usual
}

extension TimeServerURL {
    /// How many may be named.
    private static let maximumCount = 16

    /// Reads names of servers.
    ///
    /// - Parameters:
    ///   - texts: URLs.
    ///   - place: the line of the config that they are from; nil for the command line.
    /// - Returns: the servers, 1 to 16.
    /// - Throws: when one of them is none, or their number is not as it should be.
    static func all(
        _ texts: [String], at place: String? = nil
    ) throws(CommandFailure) -> [TimeServerURL] {
        var servers: [TimeServerURL] = []
        for text in texts {
            guard let server = TimeServerURL(text) else {
                throw Messages.badTimeServer(text, at: place)
            }
            servers.append(server)
        }
        guard (1...maximumCount).contains(servers.count) else {
            throw Messages.badServerCount(servers.count, most: maximumCount, at: place)
        }
        return servers
    }

    /// How many of this machine's own servers are asked.
    private static let maximumUsual = 4

    /// Who is asked when nobody else is named: the servers that this machine keeps its clock by, and one that proves
    /// who it is.
    fileprivate static var usual: [TimeServerURL] {
        let files = TimeServiceFiles()
        let own =
            files.chrony.map { text in
                SystemServers.chrony(text) { inclusion in
                    switch inclusion {
                    case .files(let pattern): files.texts(matching: pattern)
                    case .folders(let folders, let ending):
                        files.texts(in: folders, ending: ending)
                    }
                }
            } ?? SystemServers.timesyncd(files.timesyncd)
        let servers = own.prefix(maximumUsual).map {
            TimeServerURL(host: $0.host, port: $0.port, isNTS: $0.isNTS)
        }
        return servers + [TimeServerURL(host: "time.cloudflare.com", port: nil, isNTS: true)]
    }
}
