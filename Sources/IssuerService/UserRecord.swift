package import Cryptography
internal import OATH
internal import Platform

/// How far a user has come.
package enum UserState: String, Sendable {
    /// The IDs are out; nobody has enrolled with them.
    case issued
    /// There is a seed; no code has been accepted yet.
    case enrolled
    /// A code has been accepted.
    case active
    /// Somebody has ended it.
    case revoked
    /// Nobody has enrolled in time.
    case lapsed
    /// The token has reached its end.
    case expired

    /// Whether it is of no use any more, however it came to that.
    package var isEnded: Bool {
        switch self {
        case .issued, .enrolled, .active: false
        case .revoked, .lapsed, .expired: true
        }
    }
}

/// What is kept of a user.
package struct UserRecord: Sendable {
    let userID: String
    let email: String
    /// The account that it was issued to; nil for one that an administrator issued to an address.
    var account: String?
    /// That of the mails about it.
    var language = Language.english
    /// Unix seconds.
    let issuedAt: Int64
    var stage: Stage
    /// When a code was last accepted, in unix seconds.
    var lastUsed: Int64?
    /// How often it was changed: of two states of a record, the later one has more.
    var revision: UInt64 = 0

    enum Stage: Sendable {
        case issued(Issuance)
        case enrolled(Token)
        /// Nothing secret is left.
        case ended(End)
    }

    /// How it came to its end.
    enum End: String, Sendable {
        case revoked, lapsed, expired
    }

    /// Before the enrolment.
    struct Issuance: Sendable {
        /// w0 and L.
        let secret: Shared<SPAKE2Plus.VerifierSecret>
    }

    /// After it.
    struct Token: Sendable {
        let seed: Shared<SecretBytes>
        let totp: TOTP
        /// Unix seconds.
        let expiresAt: Int64
        /// The time step of the last code that was accepted.
        var lastStep: UInt64?
        /// How many wrong codes have come since.
        var wrongCodes = 0
        /// By how many time steps the last one was early; negative when it was late (RFC 6238, section 6).
        var drift: Int64 = 0
        /// When the person was told that it ends soon, in unix seconds.
        var noticedAt: Int64?
    }

    /// How far the user has come.
    package var state: UserState {
        switch stage {
        case .issued: .issued
        case .enrolled(let token): token.lastStep == nil ? .enrolled : .active
        case .ended(.revoked): .revoked
        case .ended(.lapsed): .lapsed
        case .ended(.expired): .expired
        }
    }
}

// The plaintext of a record: lines `key value`, in memory that is wiped.
extension UserRecord {
    /// What is sealed into the user's file.
    package var encoded: SecretBytes {
        var text = FieldWriter()
        text.put(.user, userID)
        text.put(.email, email)
        if let account { text.put(.account, account) }
        if language == .japanese { text.put(.language, "ja") }
        text.put(.issuedAt, "\(issuedAt)")
        text.put(.state, state.rawValue)
        if let lastUsed { text.put(.lastUsed, "\(lastUsed)") }
        if revision > 0 { text.put(.revision, "\(revision)") }
        switch stage {
        case .issued(let issuance):
            let l = issuance.secret.value.l
            text.put(.w0, secret: issuance.secret.value.w0)
            text.put(.l, secret: SecretBytes(copying: l.span))
        case .enrolled(let token):
            text.put(.seed, secret: token.seed.value)
            text.put(.algorithm, token.totp.algorithm.rawValue)
            text.put(.digits, "\(token.totp.digits)")
            text.put(.period, "\(token.totp.period)")
            text.put(.expiresAt, "\(token.expiresAt)")
            if let step = token.lastStep { text.put(.lastStep, "\(step)") }
            text.put(.wrongCodes, "\(token.wrongCodes)")
            if token.drift != 0 { text.put(.drift, "\(token.drift)") }
            if let time = token.noticedAt { text.put(.noticedAt, "\(time)") }
        case .ended: break
        }
        return text.finish()
    }

    /// Reads a plaintext; nil when this program did not write it.
    package init?(_ plaintext: borrowing SecretBytes) {
        guard let fields = FieldReader(plaintext), let userID = fields.string(.user),
            let email = fields.string(.email), let issuedAt = fields.number(.issuedAt, Int64.self),
            let state = fields.string(.state).flatMap(UserState.init(rawValue:)),
            let stage = Stage(fields, state)
        else { return nil }
        self.init(
            userID: userID, email: email, account: fields.string(.account),
            language: fields.string(.language) == nil ? .english : .japanese, issuedAt: issuedAt,
            stage: stage, lastUsed: fields.number(.lastUsed),
            revision: fields.number(.revision) ?? 0)
        guard encoded.equals(plaintext) else { return nil }
    }
}

extension UserRecord.Stage {
    fileprivate init?(_ fields: FieldReader, _ state: UserState) {
        switch state {
        case .issued:
            guard let w0 = fields.secret(.w0), let l = fields.secret(.l)
            else { return nil }
            let secret = SPAKE2Plus.VerifierSecret(w0: w0, l: l.withBytes { Array(copying: $0) })
            self = .issued(.init(secret: Shared(secret)))
        case .enrolled, .active:
            guard let seed = fields.secret(.seed),
                let algorithm = fields.string(.algorithm).flatMap(HashAlgorithm.init(rawValue:)),
                let digits = fields.number(.digits, Int.self),
                let period = fields.number(.period, Int.self),
                let totp = TOTP(digits: digits, period: period, algorithm: algorithm),
                let expiresAt = fields.number(.expiresAt, Int64.self),
                let wrongCodes = fields.number(.wrongCodes, Int.self)
            else { return nil }
            self = .enrolled(
                .init(
                    seed: Shared(seed), totp: totp, expiresAt: expiresAt,
                    lastStep: fields.number(.lastStep), wrongCodes: wrongCodes,
                    drift: fields.number(.drift) ?? 0, noticedAt: fields.number(.noticedAt)))
        case .revoked: self = .ended(.revoked)
        case .lapsed: self = .ended(.lapsed)
        case .expired: self = .ended(.expired)
        }
    }
}
