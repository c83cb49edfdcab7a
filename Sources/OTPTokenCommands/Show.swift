internal import ClockCheck
internal import JSON
internal import OATH
internal import Platform
internal import TokenStore

/// `show [NAME]`: the code on standard output, and nothing else there.
func show(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let time = try givenTime(line)
    let least = try leastRemaining(line)
    if line.has("all") {
        guard line.operands.isEmpty else { throw Messages.nameWithAll() }
    }
    let copying = try wantedCopying(line, session)
    let wishes = try ClockWishes(session, wantsCorrection: line.has("correct"))
    let tokens = try session.activeTokens()
    let chosen = line.has("all") ? tokens : [try choose(line.operands.first, from: tokens)]
    if !line.has("all"), chosen[0].kind == .mailed {
        return try showMailed(chosen[0], at: time, copying, line, session)
    }
    if let least, let token = chosen.first(where: { $0.totp.period < least }) {
        throw Messages.shorterPeriod(token, least)
    }
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
    let computed = least == nil ? [] : chosen.filter { $0.kind == .totp }
    let now = time ?? session.waitForCodes(computed, lasting: least ?? 0, clock)
    // A token has ended when it has ended by now, whatever moment is asked for.
    let today = time == nil ? now : wallClockSeconds()
    let firstEnded = line.has("force") ? nil : chosen.firstIndex { $0.expiry(at: today) == .ended }
    // What has not ended is printed all the same.
    let living = firstEnded == nil ? chosen : chosen.filter { $0.expiry(at: today) != .ended }
    let failure = firstEnded.map { Messages.ended(chosen[$0], command: "show") }
    if let failure, living.isEmpty { throw failure }
    if let copying {
        try copy(living[0], at: now, copying, clock, line, session)
    } else {
        try write(living, at: now, clock, line, session)
    }
    if time == nil, isTerminal(1), session.hasReader, copying == nil, !line.has("json") {
        session.note(secondsLeft(living, at: now, ofNext: line.has("next")))
    }
    session.tellEnds(of: living, at: today)
    session.tellTrust(of: living, at: today)
    // That of another time does not hang on this machine's clock.
    if time == nil, !session.isQuiet {
        if clock == nil || !hangsOnClock && session.hasReader {
            clock = session.checkedClock(wishes)
        }
        if let clock { session.tell(clock, wishes) }
    }
    if let failure { throw failure }
}

/// Prints the codes.
private func write(
    _ tokens: [Token], at now: Int64, _ clock: CodeClock?, _ line: Invocation, _ session: Session
) throws(CommandFailure) {
    let next = line.has("next")
    func report(_ token: Token) throws(CommandFailure) -> CodeReport? {
        guard token.kind == .totp else { return session.mailedReport(token, at: now, line) }
        return try CodeReport(token, at: now, withNext: next)
    }
    if line.has("json") {
        var reports: [CodeReport] = []
        for token in tokens { if let report = try report(token) { reports.append(report) } }
        let objects = reports.map { $0.json(clock?.state ?? .unknown) }
        return try writeResult((line.has("all") ? .array(objects) : objects[0]).text + "\n")
    }
    var lines = ""
    // By index: no token is copied.
    for index in tokens.indices {
        guard let report = try report(tokens[index]) else { continue }
        if line.has("all") { lines += report.name + "\t" }
        lines += report.nextCode ?? report.code
        lines += "\n"
    }
    try writeResult(lines)
}

/// Copies the code, and prints it where that is asked for, too.
private func copy(
    _ token: Token, at now: Int64, _ copying: Copying, _ clock: CodeClock?, _ line: Invocation,
    _ session: Session
) throws(CommandFailure) {
    let next = line.has("next")
    let report = try CodeReport(token, at: now, withNext: next)
    let code = report.nextCode ?? report.code
    let end = next ? report.validUntil + Int64(report.totp.period) : report.validUntil
    let note = try copying.copy(code, until: end * .second - (clock?.shift ?? 0))
    if line.has("print") { try writeResult("\(code)\n") }
    session.note(note)
}

/// How long the codes last, or when the next ones begin: the first of them.
private func secondsLeft(_ tokens: [Token], at now: Int64, ofNext: Bool) -> String {
    let ends = tokens.filter { $0.kind == .totp }
        .map { $0.totp.start(of: $0.totp.step(at: now) + 1) - now }
    let seconds = ends.min() ?? 0
    return ofNext ? Messages.beginsIn(seconds) : Messages.secondsLeft(seconds)
}

/// What `--copy` needs; nil without it.
private func wantedCopying(
    _ line: Invocation, _ session: Session
) throws(CommandFailure) -> Copying? {
    guard line.has("copy") else {
        guard !line.has("print") else { throw Messages.goesWith("print", "copy") }
        return nil
    }
    for option in ["all", "json", "at"] where line.has(option) {
        throw Messages.excludes("copy", option)
    }
    return try Copying(session)
}

/// The moment of `--at`; nil without it.
private func givenTime(_ line: Invocation) throws(CommandFailure) -> Int64? {
    guard let text = line.value("at") else { return nil }
    guard let time = moment(text) else { throw Messages.badTime(text) }
    guard !line.has("correct") else { throw Messages.excludes("correct", "at") }
    return time
}

/// The seconds of `--min-remaining`; nil without it.
private func leastRemaining(_ line: Invocation) throws(CommandFailure) -> Int64? {
    guard let text = line.value("min-remaining") else { return nil }
    for option in ["at", "next"] where line.has(option) {
        throw Messages.excludes("min-remaining", option)
    }
    guard let seconds = Int64(text), seconds >= 0, "\(seconds)" == text else {
        throw Messages.badRemaining(text)
    }
    return seconds
}

extension Session {
    /// Waits until every code lasts for long enough; Ctrl-C does what it always does.
    ///
    /// - Parameters:
    ///   - tokens: whose codes.
    ///   - least: how many seconds each has to last; with 0 nothing is waited for.
    ///   - clock: the one that they are computed from; nil for this machine's as it is.
    /// - Returns: the moment for which that is so, in unix seconds.
    fileprivate func waitForCodes(
        _ tokens: [Token], lasting least: Int64, _ clock: CodeClock?
    ) -> Int64 {
        var hasTold = false
        while true {
            let time = clock?.now() ?? wallClockNanoseconds()
            let now = time / .second
            guard least > 0 else { return now }
            let ends = tokens.map { $0.totp.start(of: $0.totp.step(at: now) + 1) }
            guard let end = ends.filter({ $0 - now < least }).min() else { return now }
            if !hasTold { progress(Messages.waitingForCode(end - now)) }
            hasTold = true
            // In short pieces: somebody may set the clock.
            pause(microseconds: Int(min(end * .second - time, .second) / 1000) + 1)
        }
    }
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
