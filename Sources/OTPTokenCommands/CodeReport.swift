internal import Cryptography
internal import OATH
internal import Platform
internal import TokenStore

/// A code and when it holds; as `--json` prints it.
struct CodeReport {
    let name: String
    let code: String
    let nextCode: String?
    let totp: TOTP
    /// Unix seconds: the first second of the code.
    let validFrom: Int64
    /// Unix seconds: the first second that is no longer the code's.
    let validUntil: Int64
    /// Unix seconds: the moment that it is reported for.
    let time: Int64
    /// Seconds left at that moment.
    var remaining: Int64 { validUntil - time }

    /// Computes the code of a token.
    ///
    /// - Parameters:
    ///   - token: an active one.
    ///   - time: unix seconds.
    ///   - withNext: whether the following code is wanted too.
    /// - Throws: when libcrypto fails.
    init(_ token: Token, at time: Int64, withNext: Bool = false) throws(CommandFailure) {
        let step = token.totp.step(at: time)
        do {
            code = try token.totp.code(key: token.seed.value, step: step)
            nextCode = withNext ? try token.totp.code(key: token.seed.value, step: step + 1) : nil
        } catch {
            throw .cryptography()
        }
        name = token.name
        totp = token.totp
        validFrom = token.totp.start(of: step)
        validUntil = token.totp.start(of: step + 1)
        self.time = time
    }

    /// The same code at another moment, or nil when it does not hold then.
    func moved(to time: Int64) -> CodeReport? {
        (validFrom..<validUntil).contains(time) ? CodeReport(self, time) : nil
    }

    private init(_ other: CodeReport, _ time: Int64) {
        name = other.name
        code = other.code
        nextCode = other.nextCode
        totp = other.totp
        validFrom = other.validFrom
        validUntil = other.validUntil
        self.time = time
    }

    /// The name, a tab, the code, a newline.
    var line: String { "\(name)\t\(code)\n" }
}

/// What is known of this machine's clock; no check is made yet.
private struct ClockReport: Encodable {
    private enum Key: String, CodingKey {
        case verdict, offset, error, evidence
        case checkedAt = "checked_at"
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode("unknown", forKey: .verdict)
        for key in [Key.offset, .error, .evidence, .checkedAt] { try values.encodeNil(forKey: key) }
    }
}

extension CodeReport: Encodable {
    private enum Key: String, CodingKey {
        case name, kind, code, digits, period, remaining, clock
        case validFrom = "valid_from"
        case validUntil = "valid_until"
        case nextCode = "next_code"
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(name, forKey: .name)
        try values.encode("totp", forKey: .kind)
        try values.encode(code, forKey: .code)
        try values.encode(totp.digits, forKey: .digits)
        try values.encode(totp.period, forKey: .period)
        try values.encode(validFrom, forKey: .validFrom)
        try values.encode(validUntil, forKey: .validUntil)
        try values.encode(remaining, forKey: .remaining)
        try values.encodeIfPresent(nextCode, forKey: .nextCode)
        try values.encode(ClockReport(), forKey: .clock)
    }
}
