internal import ClockCheck
internal import JSON
internal import MailedCodes
internal import Platform
internal import TokenStore

/// How long `--wait` waits when nobody says so, in seconds.
private let standardWait = 600

/// `show NAME` of a token whose codes are mailed: the code of the newest mail, as long as it holds.
func showMailed(
    _ token: Token, at time: Int64?, _ copying: Copying?, _ line: Invocation, _ session: Session
) throws(CommandFailure) {
    for option in ["next", "min-remaining"] where line.has(option) {
        throw Messages.notForMailed(option, token)
    }
    let wait = try wantedWait(line)
    if time != nil, wait != nil { throw Messages.excludes("wait", "at") }
    let box = try MailBox(token, session)
    if line.has("mark-seen"), !box.holdsFiles { throw Messages.marksMaildirOnly() }
    let wishes = try ClockWishes(session, wantsCorrection: line.has("correct"))
    let isStrict = line.has("strict-clock")
    let clock: CodeClock? =
        isStrict || wishes.wantsCorrection
        ? session.checkedClock(wishes) : line.has("json") ? session.knownClock(wishes) : nil
    if isStrict, let clock, clock.verdict.status != .done {
        throw Messages.clockNotGoodEnough(clock.state)
    }
    func now() -> Int64 { time ?? clock?.nowSeconds() ?? wallClockSeconds() }
    let found: MailBox.Found
    if let wait {
        found = try session.waitForMail(box, wait, now)
    } else {
        found = try box.current(at: now(), isPast: time != nil)
    }
    let report = found.report
    if let copying {
        let note = try copying.copy(
            report.code, until: report.validUntil * .second - (clock?.shift ?? 0))
        if line.has("print") { try writeResult("\(report.code)\n") }
        session.note(note)
    } else if line.has("json") {
        try writeResult(report.json(clock?.state ?? .unknown).text + "\n")
    } else {
        try writeResult("\(report.code)\n")
    }
    if found.mail.lead > 0 { session.note(Messages.mailFromFuture(token, found.mail.lead)) }
    if time == nil, isTerminal(1), session.hasReader, copying == nil, !line.has("json") {
        session.note(Messages.mailedAgo(report))
    }
    if line.has("mark-seen"), let file = found.mail.file {
        try Messages.naming(file.path) { () throws(FileError) in try Maildir.markSeen(file) }
    }
    session.tellTrust(of: [token], at: time ?? wallClockSeconds())
}

private func wantedWait(_ line: Invocation) throws(CommandFailure) -> Int? {
    guard line.has("wait") else { return nil }
    guard let text = line.value("wait") else { return standardWait }
    guard let seconds = duration(text) else {
        throw Messages.badDuration(text, "--wait", .usage)
    }
    return seconds
}

extension MailBox {
    /// A mail and the code that it tells.
    struct Found {
        let mail: Mail
        let report: CodeReport
    }

    /// The code that holds at a moment.
    ///
    /// - Parameters:
    ///   - now: unix seconds.
    ///   - isPast: whether what came after that moment does not count.
    /// - Returns: the mail and its code.
    /// - Throws: when there is none, or none any more.
    func current(at now: Int64, isPast: Bool = false) throws(CommandFailure) -> Found {
        guard let mail = try newest(at: now, isPast: isPast) else {
            throw Messages.noMailYet(token)
        }
        let end = end(of: mail)
        guard now < end else { throw Messages.mailedCodeLapsed(token, at: end) }
        return Found(
            mail: mail,
            report: CodeReport(
                token, code: try code(of: mail), validFrom: mail.time, validUntil: end, at: now))
    }

    /// Whether each mail is a file of its own.
    fileprivate var holdsFiles: Bool {
        if case .maildir = mailed.source { true } else { false }
    }

    /// Whether a mail may still be on its way into the box while it is looked at.
    fileprivate var grows: Bool {
        if case .mbox = mailed.source { true } else { false }
    }
}

extension Session {
    /// Waits for a code that holds.
    ///
    /// - Parameters:
    ///   - box: where it arrives.
    ///   - seconds: for how long.
    ///   - now: tells the time, in unix seconds.
    /// - Returns: the mail and its code.
    /// - Throws: when none comes in that time, or one that cannot be read.
    fileprivate func waitForMail(
        _ box: MailBox, _ seconds: Int, _ now: () -> Int64
    ) throws(CommandFailure) -> MailBox.Found {
        // First: what comes while somebody looks is told, too.
        let watch = MailWatch(box.folders)
        let deadline = Deadline(seconds: seconds)
        var hasTold = false
        while true {
            let failure: CommandFailure
            do {
                return try box.current(at: now())
            } catch {
                guard error.status == .noSuchToken || box.grows && error.status == .failure else {
                    throw error
                }
                failure = error
            }
            guard !deadline.isOver else {
                throw failure.status == .noSuchToken ? Messages.noMailInTime(box.token) : failure
            }
            if !hasTold { progress(Messages.waitingForMail(box.mailed.sender)) }
            hasTold = true
            watch.wait(until: deadline)
        }
    }

    /// The code of one of all tokens; nil, and that is said, when it has none.
    func mailedReport(_ token: Token, at now: Int64, _ line: Invocation) -> CodeReport? {
        guard !line.has("next") else { return nil }
        do {
            return try MailBox(token, self).current(at: now, isPast: line.has("at")).report
        } catch {
            note(error.message)
            return nil
        }
    }
}
