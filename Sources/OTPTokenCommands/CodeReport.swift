internal import ClockCheck
internal import Cryptography
internal import JSON
internal import OATH
internal import Platform
internal import TokenStore

/// A code and when it holds; as `--json` prints it.
struct CodeReport {
    let name: String
    let kind: Token.Kind
    /// Empty while a code is waited for that is mailed.
    let code: String
    let nextCode: String?
    /// Why there is no code yet, where more is known than that.
    var waiting: String?
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
        // Without a seed something would come out, too.
        guard token.kind == .totp else { throw .cryptography() }
        let step = token.totp.step(at: time)
        do {
            code = try token.totp.code(key: token.seed.value, step: step)
            nextCode = withNext ? try token.totp.code(key: token.seed.value, step: step + 1) : nil
        } catch {
            throw .cryptography()
        }
        name = token.name
        kind = token.kind
        totp = token.totp
        validFrom = token.totp.start(of: step)
        validUntil = token.totp.start(of: step + 1)
        self.time = time
    }

    /// The same code at another moment, or nil when it does not hold then.
    func moved(to time: Int64) -> CodeReport? {
        (validFrom..<validUntil).contains(time) ? CodeReport(self, time) : nil
    }

    /// Reports a code that was mailed.
    ///
    /// - Parameters:
    ///   - token: whose it is.
    ///   - code: the code; empty while it is waited for.
    ///   - validFrom: unix seconds.
    ///   - validUntil: unix seconds.
    ///   - time: unix seconds.
    init(_ token: Token, code: String, validFrom: Int64, validUntil: Int64, at time: Int64) {
        name = token.name
        kind = token.kind
        self.code = code
        nextCode = nil
        totp = token.totp
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.time = time
    }

    private init(_ other: CodeReport, _ time: Int64) {
        name = other.name
        kind = other.kind
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

extension CodeReport {
    /// The object that `--json` prints.
    ///
    /// - Parameter clock: what is known of the clock that the code was computed from.
    /// - Returns: the object.
    func json(_ clock: ClockState) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(name)), ("kind", .string(kind.rawValue)), ("code", .string(code)),
            ("digits", .integer(Int64(totp.digits))), ("period", .integer(Int64(totp.period))),
            ("valid_from", .integer(validFrom)), ("valid_until", .integer(validUntil)),
            ("remaining", .integer(remaining)),
        ]
        if let nextCode { members.append(("next_code", .string(nextCode))) }
        members.append(("clock", clock.json))
        return .object(members.map { .init(name: $0, value: $1) })
    }
}
