internal import ClockCheck
internal import JSON
internal import OATH
internal import Platform
internal import TokenStore

/// `watch [NAME…]`: a live view on a terminal; elsewhere a line for each new code.
func watch(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    var count: Int?
    if let text = line.value("count") {
        guard let number = Int(text), number > 0 else { throw Messages.badCount(text) }
        count = number
    }
    let wishes = try ClockWishes(session)
    let tokens = try chosenTokens(line.operands, session)
    let isForced = line.has("force")
    let start = wallClockSeconds()
    if !isForced { try refuseIfEnded(tokens, at: start) }
    let wantsLines =
        line.has("json") || count != nil || environmentVariable("TERM") ?? "dumb" == "dumb"
    let ending: Signal?
    // Screen and signals are given back when they go out of scope there: only after that a signal takes effect.
    if isTerminal(1), !wantsLines {
        var view = try WatchView(consume tokens, session, wishes, isForced: isForced) {
            () throws(CommandFailure) in try chosenTokens(line.operands, session)
        }
        ending = try view.run()
    } else {
        Hardening.ignoreBrokenPipes()
        session.tellEnds(of: tokens, at: start)
        session.tellTrust(of: tokens, at: start)
        ending = try runLines(
            tokens, LiveClock(session, wishes), session, wishes, count: count,
            json: line.has("json"),
            isForced: isForced)
    }
    ending?.takeEffect()
}

private func chosenTokens(_ names: [String], _ session: Session) throws(CommandFailure) -> [Token] {
    let tokens = try session.activeTokens()
    session.unlocking.forget()
    guard names.isEmpty else {
        var chosen: [Token] = []
        for name in names { chosen.append(try choose(name, from: tokens)) }
        return chosen
    }
    let first = try choose(nil, from: tokens)
    return [first] + tokens.filter { $0.name != first.name }
}

/// Refuses tokens of which not one has a code that counts any more.
private func refuseIfEnded(_ tokens: [Token], at time: Int64) throws(CommandFailure) {
    guard let first = tokens.first, tokens.allSatisfy({ $0.expiry(at: time) == .ended }) else {
        return
    }
    throw Messages.ended(first, command: "watch")
}

// MARK: Elsewhere

private func runLines(
    _ tokens: [Token], _ clock: consuming LiveClock, _ session: Session, _ wishes: ClockWishes,
    count: Int?, json: Bool, isForced: Bool
) throws(CommandFailure) -> Signal? {
    let sleeper = try Messages.onScreen { () throws(Errno) in try Sleeper() }
    var printed = 0
    var shown = [UInt64?](repeating: nil, count: tokens.count)
    var mails = try MailedLines(tokens, session)
    var told = ClockVerdict.ok
    clock.settle()
    while true {
        clock.begin()
        let moment = clock.now
        let now = moment.nowSeconds()
        if !isForced { try refuseIfEnded(tokens, at: now) }
        for (index, token) in tokens.enumerated() {
            let report: CodeReport
            if token.kind == .mailed {
                guard let new = mails.newReport(index, at: now) else { continue }
                report = new
            } else {
                guard shown[index] != token.totp.step(at: now),
                    isForced || token.expiry(at: now) != .ended
                else { continue }
                shown[index] = token.totp.step(at: now)
                report = try CodeReport(token, at: now)
            }
            let text = json ? report.json(moment.state).text + "\n" : report.line
            do {
                try writeAll(Array(text.utf8), to: 1)
            } catch .brokenPipe {
                return nil
            } catch {
                throw .cannotWrite(error)
            }
            printed += 1
            if printed == count { break }
        }
        // What has been said once is not said with each code; what is not known may be known soon.
        if moment.state.verdict != told, moment.state.verdict != .unknown || !clock.isChecking {
            told = moment.state.verdict
            session.tell(moment, wishes)
        }
        if printed == count { return nil }
        let next =
            mails.isEmpty
            ? tokens.map { $0.totp.start(of: $0.totp.step(at: now) + 1) }.min() ?? now + 1 : now + 1
        let wakeTime = min(next * .second - moment.shift, clock.wakeTime)
        let end = clock.end
        let event = try Messages.onScreen { () throws(Errno) in
            try sleeper.wait(until: wakeTime, beside: end)
        }
        switch event {
        case .closed: return nil
        case .signal(let signal) where signal.endsProcess: return signal
        case .signal(let signal): signal.takeEffect()
        case .ready: clock.finish()
        case .keys, .tick, .clockSet: continue
        }
    }
}
