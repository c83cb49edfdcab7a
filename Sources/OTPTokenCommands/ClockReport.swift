internal import ClockCheck
internal import JSON
internal import Platform

/// What all servers said, and what follows from it.
struct ClockReport {
    let state: ClockState
    /// What the servers agree upon; nil when they do not.
    let selection: ClockSelection?
    /// Whether a server gave an answer that counts.
    let hasAnswers: Bool
    private let servers: [ServerReport]
    /// What became of each answer.
    private let voices: [ClockSelection.Voice]

    /// Draws the conclusions.
    ///
    /// - Parameter servers: what came of asking each, just now.
    init(_ servers: [ServerReport]) {
        self.servers = servers
        var answers: [(source: String, sample: ClockSample)] = []
        for server in servers {
            guard case .success(let sample) = server.result else { continue }
            answers.append((server.address ?? server.server.text, sample))
        }
        hasAnswers = !answers.isEmpty
        let selection = ClockSelection(answers)
        self.selection = selection
        voices = ClockSelection.voices(answers)
        state = ClockState(selection, checkedAt: wallClockSeconds())
    }

    /// Why each server does not count; nil for those that do.
    private func reasons(in language: Language) -> [String?] {
        var position = 0
        return servers.map { server in
            if case .failure(let failure) = server.result {
                return Messages.timeServerReason(failure, in: language)
            }
            defer { position += 1 }
            if let selection, selection.used.contains(position) { return nil }
            return Messages.reason(voices[position], isAgreed: selection != nil, in: language)
        }
    }

    /// Why servers gave no answer that counts.
    var failures: [ServerFailure] {
        servers.compactMap { server in
            if case .failure(let failure) = server.result { failure } else { nil }
        }
    }

    /// A line for each server, and the verdict.
    var text: String {
        let rows = zip(servers, reasons(in: .current)).map {
            Messages.timeServerRow($0, reason: $1)
        }
        // Where nobody answers, the error says what to do.
        let hint = hasAnswers ? Messages.clockRemedy(state.verdict).map { "→ \($0)\n" } ?? "" : ""
        return alignedTable([Messages.timeServerHeader] + rows) + "\n"
            + (selection == nil
                ? Messages.clockUnknown(hasAnswers: hasAnswers) : Messages.clockVerdict(state))
            + "\n" + hint
    }

    /// The object of `clock --json`, in a line.
    var json: String {
        Self.json(state, servers: zip(servers, reasons(in: .english)).map(entry))
    }

    /// The same where nobody was asked.
    static func json(_ state: ClockState, servers: [JSONValue] = []) -> String {
        let members = state.members + [.init(name: "servers", value: .array(servers))]
        return JSONValue.object(members).text + "\n"
    }

    private func entry(_ report: ServerReport, reason: String?) -> JSONValue {
        let sample = try? report.result.get()
        return [
            "server": .string(report.server.text), "address": .optional(report.address),
            "stratum": .optional(sample.map { Int64($0.stratum) }),
            "offset": .seconds(sample?.offset), "error": .seconds(sample?.error),
            "delay": .seconds(sample?.delay),
            "authenticated": .bool(sample?.isAuthenticated ?? false), "used": .bool(reason == nil),
            "reason": .optional(reason),
        ]
    }
}
