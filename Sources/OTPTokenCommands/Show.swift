internal import ClockCheck
internal import JSON
internal import Platform
internal import TokenStore

/// `show [NAME]`: the code on standard output, and nothing else there.
func show(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    var time: Int64?
    if let text = line.value("at") {
        guard let moment = moment(text) else { throw Messages.badTime(text) }
        time = moment
    }
    if line.has("all") {
        guard line.operands.isEmpty else { throw Messages.nameWithAll() }
    }
    let tokens = try session.activeTokens()
    let chosen = line.has("all") ? tokens : [try choose(line.operands.first, from: tokens)]
    if line.has("strict-clock") {
        let state = ClockState(session.locations)
        guard state.verdict == .ok || state.verdict == .note else {
            throw Messages.clockNotGoodEnough(state)
        }
    }
    let next = line.has("next")
    let now = time ?? wallClockSeconds()
    if line.has("json") {
        var reports: [CodeReport] = []
        for token in chosen { reports.append(try CodeReport(token, at: now, withNext: next)) }
        let clock = ClockState(session.locations)
        let objects = reports.map { $0.json(clock) }
        try writeResult((line.has("all") ? .array(objects) : objects[0]).text + "\n")
    } else {
        var lines = ""
        // By index: no token is copied.
        for index in chosen.indices {
            let report = try CodeReport(chosen[index], at: now, withNext: next)
            if line.has("all") { lines += report.name + "\t" }
            lines += report.nextCode ?? report.code
            lines += "\n"
        }
        try writeResult(lines)
        // The code first. That of another time does not hang on this machine's clock.
        if time == nil { warnOfClock(session) }
    }
}

private func warnOfClock(_ session: Session) {
    let state = ClockState(session.locations)
    guard state.verdict == .warning || state.verdict == .error else { return }
    session.note(Messages.clockVerdict(state))
}

/// The token of a name, or the default when there is none.
func choose(_ name: String?, from tokens: [Token]) throws(CommandFailure) -> Token {
    guard let name else {
        guard let token = tokens.defaultToken else { throw Messages.noToken() }
        return token
    }
    guard let index = tokens.index(named: name) else {
        throw Messages.noSuchToken(name, nearest: nearest(to: name, in: tokens.map(\.name)))
    }
    return tokens[index]
}
