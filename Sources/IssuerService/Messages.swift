internal import JSON
internal import Platform

/// Everything that `otptoken-issuer` says: no sentence stands elsewhere.
enum Messages {
    static func naming<Result: ~Copyable>(
        _ work: () throws(IssuerError) -> Result
    ) throws(CommandFailure) -> Result {
        do {
            return try work()
        } catch {
            throw issuer(error)
        }
    }

    static func issuer(_ error: IssuerError) -> CommandFailure {
        switch error {
        case .missing(let home):
            return CommandFailure(
                .failure, "there is no issuer in \(printable(home, limit: 200))",
                hints: ["`otptoken-issuer init` makes one; --home DIR names another folder"])
        case .exists(let home):
            return CommandFailure(
                .failure, "there is an issuer in \(printable(home, limit: 200)) already",
                hints: ["use it, or name another folder: --home DIR"])
        case .invalid(let what):
            return CommandFailure(.usage, "the \(what) cannot be used", hints: [allowed(what)])
        case .damaged(let path):
            return CommandFailure(
                .storeDamaged,
                "\(printable(path, limit: 200)) is damaged, or sealed with another issuer.key",
                hints: ["it was not touched: put it back from a backup"])
        case .file(let path, let error):
            return .file(error, path)
        case .noSuchUser:
            return CommandFailure(
                .noSuchToken, "there is no such user", hints: ["`otptoken-issuer list` shows them"])
        case .needsCertificate(let address):
            return CommandFailure(
                .usage, "\(printable(address)) is not this machine alone: TLS is needed there",
                hints: ["give --tls-cert PEM and --tls-key PEM, or listen on 127.0.0.1"])
        case .network(let error):
            return network(error)
        case .cryptography:
            return .cryptography()
        }
    }

    private static func allowed(_ what: String) -> String {
        switch what {
        case "service ID": "1 to 64 of the characters A-Z a-z 0-9 . _ @ -"
        case "name": "1 to 64 characters, none that steers a terminal"
        case "URL": "https://HOST[:PORT][/PATH], or http on this machine"
        default: "4 to 64 characters of ASCII with one @"
        }
    }

    private static func network(_ error: NetworkError) -> CommandFailure {
        switch error {
        case .certificateFile(let files):
            CommandFailure(
                .failure, "certificate and key do not load, or do not belong together: \(files)",
                hints: ["both have to be in PEM form, the certificate with its chain"])
        case .cannotConnect(let reason):
            CommandFailure(
                .failure, "cannot listen: \(reason)",
                hints: ["name another port: --listen ADDR:PORT"])
        default:
            CommandFailure(
                .failure, "cannot listen: no such address", hints: ["name one of this machine's"])
        }
    }

    static func noHome() -> CommandFailure {
        CommandFailure(
            .usage, "no folder for the issuer's files",
            hints: ["name one: --home DIR, or OTPTOKEN_ISSUER_HOME in the environment"])
    }

    static func missing(_ option: String, _ value: String) -> CommandFailure {
        CommandFailure(.usage, "--\(option) is missing", hints: ["write --\(option) \(value)"])
    }

    static func badListen(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage, "--listen is no address: \(printable(text))",
            hints: ["write ADDR:PORT, such as 127.0.0.1:8080 or [::1]:8080"])
    }

    static func created(_ issuer: Issuer, _ home: String) -> String {
        "\(issuer.name) issues tokens as service \(issuer.serviceID) at \(issuer.url)\n"
    }

    static func issued(_ serviceID: String, _ userID: String) -> String {
        "service ID:     \(serviceID)\nuser ID:        \(userID)\n"
    }

    static let startPasswordLabel = "start password: "

    static func mailLine(_ path: String) -> String { "mail:           \(path)\n" }

    static func listening(_ url: String) -> String { "listening on \(url)" }

    static func revoked(_ user: String) -> String { "\(printable(user)) is revoked" }

    static func reason(_ reason: Verdict.Reason) -> String {
        switch reason {
        case .unknown: "no such user"
        case .pending: "not enrolled yet"
        case .revoked: "revoked"
        case .expired: "expired"
        case .locked: "locked after ten wrong codes"
        case .malformed: "not as many digits as a code has"
        case .used: "used already, or older than one that was"
        case .wrong: "wrong code"
        }
    }

    static let listHeader = ["USER ID", "EMAIL", "STATE", "ISSUED", "EXPIRES", "LAST USED"]
}

extension UserSummary {
    /// An entry of `list --json`.
    var json: JSONValue {
        [
            "user_id": .string(userID), "email": .string(email), "state": .string(state.rawValue),
            "locked": .bool(isLocked), "issued_at": .integer(issuedAt),
            "expires_at": .optional(expiresAt), "last_used": .optional(lastUsed),
        ]
    }
}
