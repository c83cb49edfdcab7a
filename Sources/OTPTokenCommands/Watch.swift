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
    let tokens = try chosenTokens(line.operands, session)
    let wantsLines =
        line.has("json") || count != nil || environmentVariable("TERM") ?? "dumb" == "dumb"
    if isTerminal(1), !wantsLines {
        try showView(tokens)
    } else {
        Hardening.ignoreBrokenPipes()
        try printLines(
            tokens, count: count, json: line.has("json") ? session.locations : nil)
    }
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

// MARK: On a terminal

private func showView(_ tokens: [Token]) throws(CommandFailure) {
    // The screen gives the terminal back when it goes out of scope: the signal takes effect after that.
    let ending = try runView(tokens)
    if let ending, ending != .interrupt { ending.takeEffect() }
}

private func runView(_ tokens: [Token]) throws(CommandFailure) -> Signal? {
    var reports: [CodeReport] = []
    for token in tokens { reports.append(try CodeReport(token, at: wallClockSeconds())) }
    let hasColour = environmentVariable("NO_COLOR") ?? "" == ""
    var screen = try Messages.onScreen { () throws(Errno) in try Screen() }
    while true {
        let now = wallClockSeconds()
        for (index, token) in tokens.enumerated() {
            if let report = reports[index].moved(to: now) {
                reports[index] = report
            } else {
                reports[index] = try CodeReport(token, at: now)
            }
        }
        let (columns, rows) = screen.size
        let frame = WatchFrame(columns: columns, rows: rows, hasColour: hasColour)
        let lines = frame.lines(tokens, reports)
        let event = try Messages.onScreen { () throws(Errno) in
            try screen.draw(lines)
            return try screen.wait(until: now + 1)
        }
        switch event {
        case .key(UInt8(ascii: "q")), .key(UInt8(ascii: "Q")), .closed: return nil
        case .signal(let signal) where signal.endsProcess: return signal
        case .signal(.suspend): try Messages.onScreen { () throws(Errno) in try screen.suspend() }
        case .signal: try Messages.onScreen { () throws(Errno) in try screen.clear() }
        case .key, .tick: continue
        }
    }
}

// MARK: Elsewhere

// json: where the last check of the clock lies, when objects are wanted instead of lines.
private func printLines(
    _ tokens: [Token], count: Int?, json: Locations?
) throws(CommandFailure) {
    let ending = try runLines(tokens, count: count, json: json)
    ending?.takeEffect()
}

private func runLines(
    _ tokens: [Token], count: Int?, json: Locations?
) throws(CommandFailure) -> Signal? {
    let sleeper = try Messages.onScreen { () throws(Errno) in try Sleeper() }
    var printed = 0
    var shown = [UInt64?](repeating: nil, count: tokens.count)
    while true {
        let now = wallClockSeconds()
        for (index, token) in tokens.enumerated() where shown[index] != token.totp.step(at: now) {
            shown[index] = token.totp.step(at: now)
            let report = try CodeReport(token, at: now)
            let text = json.map { report.json(ClockState($0)).text + "\n" } ?? report.line
            do {
                try writeAll(Array(text.utf8), to: 1)
            } catch .brokenPipe {
                return nil
            } catch {
                throw .cannotWrite(error)
            }
            printed += 1
            if printed == count { return nil }
        }
        let next = tokens.map { $0.totp.start(of: $0.totp.step(at: now) + 1) }.min() ?? now + 1
        let event = try Messages.onScreen { () throws(Errno) in try sleeper.wait(until: next) }
        switch event {
        case .closed: return nil
        case .signal(let signal) where signal.endsProcess: return signal
        case .signal(let signal): signal.takeEffect()
        case .key, .tick: continue
        }
    }
}
