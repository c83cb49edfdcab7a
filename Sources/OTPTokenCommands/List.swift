internal import Cryptography
internal import JSON
internal import OATH
internal import Platform
internal import TokenStore

/// `list`: what there is, without a secret.
func list(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let all = try session.tokens()
    let tokens = all.active
    let now = wallClockSeconds()
    if line.has("json") {
        let standard = tokens.defaultToken?.name
        var entries: [JSONValue] = []
        for token in tokens {
            let isDefault = token.name == standard
            let isMailed = token.kind == .mailed
            entries.append(
                try isMailed
                    ? mailedEntry(token, at: now, isDefault: isDefault)
                    : entry(token, at: now, isDefault: isDefault))
        }
        try writeResult(JSONValue.array(entries).text + "\n")
    } else if line.has("names") {
        try writeResult(tokens.map { "\($0.name)\n" }.joined())
    } else {
        if !tokens.isEmpty {
            try writeResult(alignedTable(table(tokens, at: now)))
            session.tellTrust(of: tokens, at: now)
        }
        for token in all where token.state == .pending {
            session.note("\(Messages.unfinished(token))\nhint: \(Messages.resumeHint(token))")
        }
    }
}

private func table(_ tokens: [Token], at time: Int64) -> [[String]] {
    var rows = [Messages.listHeader] + tokens.map { row($0, at: time) }
    // Where a service skips its code somewhere.
    let skips = [Messages.skipHeader] + tokens.map { Messages.skips($0.trusts, at: time) }
    if skips.dropFirst().contains(where: { !$0.isEmpty }) {
        for index in rows.indices { rows[index].append(skips[index]) }
    }
    return rows
}

private func row(_ token: Token, at time: Int64) -> [String] {
    [
        printable(token.name), printable(token.issuer), token.serviceID, token.userID,
        "\(token.totp.digits)",
        Messages.span(token.totp.period), Messages.end(token, token.expiry(at: time)),
    ]
}

private func entry(_ token: Token, at time: Int64, isDefault: Bool) -> JSONValue {
    [
        "name": .string(token.name), "kind": "totp", "issuer": .string(token.issuer),
        "service_id": .string(token.serviceID), "user_id": .string(token.userID),
        "server": .string(token.server), "algorithm": .string(token.totp.algorithm.rawValue),
        "digits": .integer(Int64(token.totp.digits)),
        "period": .integer(Int64(token.totp.period)),
        "enrolled_at": .optional(token.enrolledAt), "expires_at": .optional(token.expiresAt),
        "ended": .bool(token.expiry(at: time) == .ended), "default": .bool(isDefault),
    ]
}
