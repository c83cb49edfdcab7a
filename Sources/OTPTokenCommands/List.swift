internal import Cryptography
internal import OATH
internal import Platform
internal import TokenStore

/// `list`: what there is, without a secret.
func list(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let tokens = try session.tokens().active
    if line.has("json") {
        let standard = tokens.defaultToken?.name
        try writeResult(json(tokens.map { ListEntry($0, isDefault: $0.name == standard) }))
    } else if line.has("names") {
        try writeResult(tokens.map { "\($0.name)\n" }.joined())
    } else if !tokens.isEmpty {
        try writeResult(alignedTable([Messages.listHeader] + tokens.map(row)))
    }
}

private func row(_ token: Token) -> [String] {
    [
        printable(token.name), printable(token.issuer), token.serviceID, token.userID,
        "\(token.totp.digits)",
        Messages.seconds(token.totp.period), token.expiresAt.map(localDate) ?? Messages.never,
    ]
}

private struct ListEntry: Encodable {
    private let token: Token
    private let isDefault: Bool

    init(_ token: Token, isDefault: Bool) {
        self.token = token
        self.isDefault = isDefault
    }

    private enum Key: String, CodingKey {
        case name, kind, issuer, digits, period, algorithm, server
        case serviceID = "service_id"
        case userID = "user_id"
        case enrolledAt = "enrolled_at"
        case expiresAt = "expires_at"
        case isDefault = "default"
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(token.name, forKey: .name)
        try values.encode("totp", forKey: .kind)
        try values.encode(token.issuer, forKey: .issuer)
        try values.encode(token.serviceID, forKey: .serviceID)
        try values.encode(token.userID, forKey: .userID)
        try values.encode(token.server, forKey: .server)
        try values.encode(token.totp.algorithm.rawValue, forKey: .algorithm)
        try values.encode(token.totp.digits, forKey: .digits)
        try values.encode(token.totp.period, forKey: .period)
        try values.encode(token.enrolledAt, forKey: .enrolledAt)
        try values.encode(token.expiresAt, forKey: .expiresAt)
        try values.encode(isDefault, forKey: .isDefault)
    }
}
