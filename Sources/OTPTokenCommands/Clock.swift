internal import ClockCheck
internal import JSON
internal import Platform

/// `clock`: asks time servers how far this machine's clock is off.
///
/// - Returns: the status that says so.
func clock(_ line: Invocation, _ session: Session) throws(CommandFailure) -> ExitStatus {
    let patience = try clockPatience(line)
    let servers = try timeServers(line, session)
    let caFile = line.value("ca-file")
    if let caFile, !isReadable(caFile) { throw .file(.missing, caFile) }
    session.progress(Messages.askingTime(servers.count))
    let check = ClockReport(ClockQuery(caFile: caFile, patience: patience).ask(servers))
    if let selection = check.selection {
        // A check that cannot be written down is a check all the same.
        try? StepMemo(
            reading: .now(), offset: selection.offset, error: selection.error,
            evidence: selection.evidence
        ).write(session.locations)
    }
    try writeResult(line.has("json") ? check.json.text + "\n" : check.text)
    guard check.answers > 0 else { throw Messages.noTime() }
    return check.verdict.status
}

private func clockPatience(_ line: Invocation) throws(CommandFailure) -> Int {
    guard let text = line.value("timeout") else { return 3 }
    guard let seconds = Int(text), (1...60).contains(seconds), "\(seconds)" == text else {
        throw Messages.badTimeout(text)
    }
    return seconds
}

private func timeServers(
    _ line: Invocation, _ session: Session
) throws(CommandFailure) -> [TimeServerURL] {
    let given = line.values("server")
    guard given.isEmpty else {
        var servers: [TimeServerURL] = []
        for text in given {
            guard let server = TimeServerURL(text) else { throw Messages.badTimeServer(text) }
            servers.append(server)
        }
        return servers
    }
    return try Settings(session.locations).clockServers() ?? TimeServerURL.usual
}

extension TimeServerURL {
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

/// What all servers said, and what follows from it.
struct ClockReport {
    let servers: [ServerReport]
    let selection: ClockSelection?
    let verdict: ClockVerdict
    let checkedAt: Int64
    /// For each server its position among the answers; nil when it gave none.
    private let positions: [Int?]

    init(_ servers: [ServerReport]) {
        self.servers = servers
        var answers: [(source: String, sample: ClockSample)] = []
        var positions: [Int?] = []
        for server in servers {
            guard case .success(let sample) = server.result else {
                positions.append(nil)
                continue
            }
            positions.append(answers.count)
            answers.append((server.address ?? server.server.text, sample))
        }
        self.positions = positions
        let selection = ClockSelection(answers)
        self.selection = selection
        verdict = selection.map { ClockVerdict(offset: $0.offset, error: $0.error) } ?? .unknown
        checkedAt = wallClockSeconds()
    }

    /// How many servers answered.
    var answers: Int { positions.count { $0 != nil } }

    func isUsed(_ index: Int) -> Bool {
        guard let position = positions[index], let selection else { return false }
        return selection.used.contains(position)
    }

    /// A line for each server, and the verdict.
    var text: String {
        let rows = servers.indices.map { Messages.timeServerRow(servers[$0], isUsed: isUsed($0)) }
        let hint = Messages.clockRemedy(verdict).map { "→ \($0)\n" } ?? ""
        return alignedTable([Messages.timeServerHeader] + rows) + "\n"
            + Messages.clockVerdict(verdict, selection) + "\n" + hint
    }

    /// The object of `clock --json`.
    var json: JSONValue {
        let entries = servers.indices.map { entry(servers[$0], isUsed: isUsed($0)) }
        return [
            "verdict": .string(verdict.rawValue),
            "offset": .seconds(selection?.offset), "error": .seconds(selection?.error),
            "evidence": .optional(selection.map { Messages.evidence($0.evidence) }),
            "checked_at": .integer(checkedAt), "servers": .array(entries),
        ]
    }

    private func entry(_ report: ServerReport, isUsed: Bool) -> JSONValue {
        var sample: ClockSample?
        var reason: String?
        switch report.result {
        case .success(let found): sample = found
        case .failure(let failure): reason = Messages.timeServerReason(failure)
        }
        if sample != nil, !isUsed { reason = Messages.leftOut }
        return [
            "server": .string(report.server.text), "address": .optional(report.address),
            "stratum": .optional(sample.map { Int64($0.stratum) }),
            "offset": .seconds(sample?.offset), "error": .seconds(sample?.error),
            "delay": .seconds(sample?.delay),
            "authenticated": .bool(sample?.isAuthenticated ?? false), "used": .bool(isUsed),
            "reason": .optional(reason),
        ]
    }
}

extension JSONValue {
    /// Nanoseconds as seconds, or null.
    static func seconds(_ time: Nanoseconds?) -> JSONValue {
        time.map { .number(Double($0) / 1e9) } ?? .null
    }
}
