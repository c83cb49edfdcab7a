internal import JSON
internal import MailedCodes
internal import OATH
internal import Platform
internal import TokenStore

/// `trust ACTION [NAME]`: on which devices a service skips its mailed code, which it does not tell itself.
func trust(_ line: Invocation, _ session: Session) throws(CommandFailure) -> ExitStatus {
    let action = line.operands[0]
    if action != "add" {
        for option in ["device", "yes"] where line.has(option) {
            throw Messages.goesWithAction(option, "add")
        }
    }
    guard !line.has("json") || action == "list" else {
        throw Messages.goesWithAction("json", "list")
    }
    switch action {
    case "add": try addTrust(line, session)
    case "list": try listTrusts(line, session)
    case "due": return try tellDue(line, session) ? .failure : .done
    case "clear": try clearTrusts(line, session)
    default: throw Messages.unknownTrustAction(action)
    }
    return .done
}

private func addTrust(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    guard let device = line.value("device") else { throw Messages.missingDevice() }
    guard Trust.isDevice(device), Token.isValue(device) else { throw Messages.badDevice(device) }
    let token = try chosenMailed(line, session)
    let days = try MailedToken(token).skipDays
    guard days > 0 else { throw Messages.neverSkips(token) }
    // Whoever else uses the device gets in by the password alone.
    if !line.has("yes"), try !confirm(Messages.askOwnDevice(device)) {
        throw Messages.sharedDevice(token)
    }
    let now = wallClockSeconds()
    let trust = Trust(device: device, since: now, until: now + Int64(days) * 86400)
    try change(token, session) { mailed in
        mailed.trusts.removeAll { $0.device == device }
        mailed.trusts.append(trust)
    }
    session.note(Messages.trusted(token, trust))
}

private func clearTrusts(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let token = try chosenMailed(line, session)
    let count = try MailedToken(token).trusts.count
    if count > 0 { try change(token, session) { $0.trusts = [] } }
    session.note(Messages.trustCleared(token, count))
}

private func listTrusts(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let now = wallClockSeconds()
    var rows: [[String]] = []
    var objects: [JSONValue] = []
    for token in try named(line, session) {
        for trust in try MailedToken(token).trusts {
            rows.append([
                printable(token.name), printable(trust.device), localDate(trust.until),
                Messages.trustLeft(trust, at: now),
            ])
            var members = trust.members(at: now)
            members.insert(("name", .string(token.name)), at: 0)
            objects.append(.object(members.map { .init(name: $0, value: $1) }))
        }
    }
    if line.has("json") { return try writeResult(JSONValue.array(objects).text + "\n") }
    if !rows.isEmpty { try writeResult(alignedTable([Messages.trustHeader] + rows)) }
}

/// Prints what ends soon; whether there is any.
private func tellDue(_ line: Invocation, _ session: Session) throws(CommandFailure) -> Bool {
    let now = wallClockSeconds()
    var lines = ""
    for token in try named(line, session) {
        for trust in try MailedToken(token).trusts where trust.state(at: now) == .endsSoon {
            lines += Messages.trustEndsSoon(token, trust, at: now) + "\n"
        }
    }
    try writeResult(lines)
    return !lines.isEmpty
}

private func named(_ line: Invocation, _ session: Session) throws(CommandFailure) -> [Token] {
    if line.operands.count > 1 { return [try chosenMailed(line, session)] }
    return try session.tokens().filter { $0.kind == .mailed }
}

private func chosenMailed(
    _ line: Invocation, _ session: Session
) throws(CommandFailure) -> Token {
    guard line.operands.count > 1 else { throw Messages.missingTrustName(line.operands[0]) }
    let token = try choose(line.operands[1], from: session.activeTokens())
    guard token.kind == .mailed else { throw Messages.notMailed(token) }
    return token
}

private func change(
    _ token: Token, _ session: Session, _ change: (inout MailedToken) -> Void
) throws(CommandFailure) {
    try session.changeStore { (store) throws(CommandFailure) in
        guard let index = store.tokens.index(named: token.name),
            store.tokens[index].kind == .mailed
        else { throw Messages.changedMeanwhile(token.name) }
        var mailed = try MailedToken(store.tokens[index])
        change(&mailed)
        store.tokens[index].extras = mailed.extras(beside: store.tokens[index].extras)
    }
}

extension Trust {
    /// What `--json` tells of it.
    func members(at time: Int64) -> [(String, JSONValue)] {
        [
            ("device", .string(device)), ("since", .integer(since)), ("until", .integer(until)),
            ("days_left", .integer(Int64(days(at: time)))),
            ("ended", .bool(state(at: time) == .ended)),
        ]
    }
}

extension Session {
    /// Tells on which devices the service will ask again soon.
    ///
    /// - Parameters:
    ///   - tokens: those whose codes are shown.
    ///   - time: unix seconds.
    func tellTrust(of tokens: [Token], at time: Int64) {
        // By index: no token is copied.
        for index in tokens.indices where tokens[index].kind == .mailed {
            for trust in tokens[index].trusts
            where trust.state(at: time) == .endsSoon {
                note(Messages.trustEndsSoon(tokens[index], trust, at: time))
            }
        }
    }
}

extension Token {
    /// The devices on which the service skips the code; none where it is not understood what the store keeps.
    var trusts: [Trust] {
        guard kind == .mailed else { return [] }
        return (try? MailedToken(self).trusts) ?? []
    }
}

/// What `list --json` tells of a token whose codes are mailed.
func mailedEntry(
    _ token: Token, at time: Int64, isDefault: Bool
) throws(CommandFailure) -> JSONValue {
    let mailed = try MailedToken(token)
    let trusts = mailed.trusts.map { trust in
        JSONValue.object(trust.members(at: time).map { .init(name: $0, value: $1) })
    }
    return [
        "name": .string(token.name), "kind": .string(token.kind.rawValue),
        "issuer": .string(token.issuer), "user_id": .string(token.userID),
        "from": .string(mailed.sender), "subject": .string(mailed.subject),
        "source": .string(mailed.source.text), "digits": .integer(Int64(token.totp.digits)),
        "period": .integer(Int64(token.totp.period)),
        "skip_days": .integer(Int64(mailed.skipDays)), "trust": .array(trusts),
        "enrolled_at": .optional(token.enrolledAt), "default": .bool(isDefault),
    ]
}
