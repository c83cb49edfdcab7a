internal import ClockCheck
internal import JSON
internal import Platform
internal import TokenStore

/// `show [NAME]`: the code on standard output, and nothing else there.
func show(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let time = try givenTime(line)
    if line.has("all") {
        guard line.operands.isEmpty else { throw Messages.nameWithAll() }
    }
    let wishes = try ClockWishes(session, wantsCorrection: line.has("correct"))
    let tokens = try session.activeTokens()
    let chosen = line.has("all") ? tokens : [try choose(line.operands.first, from: tokens)]
    // The code first, and the clock before it only where the answer hangs on that.
    let hangsOnClock = line.has("strict-clock") || time == nil && wishes.wantsCorrection
    var clock: CodeClock?
    if hangsOnClock {
        clock = session.checkedClock(wishes)
    } else if line.has("json") {
        clock = session.knownClock(wishes)
    }
    if line.has("strict-clock"), let clock, clock.verdict.status != .done {
        throw Messages.clockNotGoodEnough(clock.state)
    }
    let now = time ?? clock?.nowSeconds() ?? wallClockSeconds()
    let next = line.has("next")
    if line.has("json") {
        var reports: [CodeReport] = []
        for token in chosen { reports.append(try CodeReport(token, at: now, withNext: next)) }
        let objects = reports.map { $0.json(clock?.state ?? .unknown) }
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
    }
    // That of another time does not hang on this machine's clock.
    guard time == nil, !session.isQuiet else { return }
    if !hangsOnClock { clock = session.checkedClock(wishes) }
    if let clock { session.tell(clock, wishes) }
}

/// The moment of `--at`; nil without it.
private func givenTime(_ line: Invocation) throws(CommandFailure) -> Int64? {
    guard let text = line.value("at") else { return nil }
    guard let time = moment(text) else { throw Messages.badTime(text) }
    guard !line.has("correct") else { throw Messages.correctionOfPast() }
    return time
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
