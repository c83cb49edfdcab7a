internal import ClockCheck
internal import JSON
internal import Platform

/// What all servers said, and what follows from it.
struct ClockReport {
    let state: ClockState
    /// What is to be remembered; nil without NTS or a majority, and when the clock was set meanwhile.
    let memo: StepMemo?
    private let servers: [ServerReport]
    private let selection: ClockSelection?
    /// For each server its position among the answers; nil when it gave none.
    private let positions: [Int?]

    /// Draws the conclusions.
    ///
    /// - Parameters:
    ///   - servers: what came of asking each.
    ///   - before: the clocks before they were asked.
    init(_ servers: [ServerReport], since before: ClockReading) {
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
        selection = ClockSelection(answers)
        state = ClockState(selection, checkedAt: wallClockSeconds())
        let now = ClockReading.now()
        // An offset from before a step is no offset from after it.
        let isSteady = !now.isStepped(since: before)
        memo =
            isSteady
            ? selection.map {
                StepMemo(
                    reading: now, offset: $0.offset, error: $0.error, evidence: $0.evidence)
            } : nil
    }

    /// Whether a server gave an answer that counts.
    var hasAnswers: Bool { positions.contains { $0 != nil } }

    private func isUsed(_ index: Int) -> Bool {
        guard let position = positions[index], let selection else { return false }
        return selection.used.contains(position)
    }

    /// A line for each server, and the verdict.
    var text: String {
        let rows = servers.indices.map { Messages.timeServerRow(servers[$0], isUsed: isUsed($0)) }
        let hint = Messages.clockRemedy(state.verdict).map { "→ \($0)\n" } ?? ""
        return alignedTable([Messages.timeServerHeader] + rows) + "\n"
            + (state.verdict == .unknown ? Messages.noMajority : Messages.clockVerdict(state))
            + "\n" + hint
    }

    /// The object of `clock --json`, in a line.
    var json: String {
        Self.json(state, servers: servers.indices.map { entry(servers[$0], isUsed: isUsed($0)) })
    }

    /// The same where nobody was asked.
    static func json(_ state: ClockState, servers: [JSONValue] = []) -> String {
        let members = state.members + [.init(name: "servers", value: .array(servers))]
        return JSONValue.object(members).text + "\n"
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
