package import Cryptography
package import OATH

/// A token on its way between programs: what their formats have in common, and what this program adds.
package struct ForeignToken: Sendable {
    /// What it is called; nil where the format tells issuer and account only.
    package var name: String?
    package var issuer: String
    /// Whose it is at the issuer; the user ID of this program.
    package var account: String
    package var seed: Shared<SecretBytes>
    package var totp: TOTP
    package var serviceID = ""
    /// The URL that it was enrolled at.
    package var server = ""
    /// Unix seconds.
    package var enrolledAt: Int64?
    /// Unix seconds; nil when it does not expire.
    package var expiresAt: Int64?
    package var isDefault = false
    /// What else the store keeps of it, in order; in backups alone.
    package var extras: [(key: String, value: Shared<SecretBytes>)] = []

    package init(
        name: String? = nil, issuer: String, account: String, seed: Shared<SecretBytes>, totp: TOTP
    ) {
        self.name = name
        self.issuer = issuer
        self.account = account
        self.seed = seed
        self.totp = totp
    }

    /// How it is called in messages.
    package var title: String { tokenTitle(name, issuer, account) }
}

/// What was found in somebody's file.
package struct Harvest: Sendable {
    /// More tokens than anybody has.
    package static let maximumCount = 100_000
    /// The longest secret from outside in bytes; HMAC makes no use of more than 128.
    package static let maximumSecret = 1024

    package private(set) var tokens: [ForeignToken] = []
    package private(set) var unusable: [UnusableToken] = []
    /// How many parts of an export in several QR codes were not among them.
    package internal(set) var missingParts = 0
    /// Whether there were more than are taken; these are not kept.
    private(set) var isOverfull = false
    /// Whether it is out of this program's own backup, which holds what the store held.
    private let isBackup: Bool

    init(isBackup: Bool = false) { self.isBackup = isBackup }

    mutating func take(_ token: ForeignToken) {
        guard isBackup || token.seed.value.count <= Self.maximumSecret else {
            return refuse(token.title, .longSecret)
        }
        guard hasRoom() else { return }
        tokens.append(token)
        guard !isBackup else { return }
        // No calendar has other times.
        let index = tokens.count - 1
        tokens[index].enrolledAt = token.enrolledAt.flatMap(Self.time)
        tokens[index].expiresAt = token.expiresAt.flatMap(Self.time)
    }

    mutating func refuse(_ name: String, _ reason: UnusableToken.Reason) {
        if hasRoom() { unusable.append(UnusableToken(name: name, reason: reason)) }
    }

    /// Takes what was found in a part of the file.
    mutating func take(_ part: Harvest) {
        for token in part.tokens { take(token) }
        for token in part.unusable { refuse(token.name, token.reason) }
    }

    /// A time that a calendar has, up to the end of the year 9999.
    private static func time(_ time: Int64) -> Int64? {
        (0...253_402_300_799).contains(time) ? time : nil
    }

    private mutating func hasRoom() -> Bool {
        isOverfull = isOverfull || !isBackup && tokens.count + unusable.count >= Self.maximumCount
        return !isOverfull
    }
}

/// An entry that gives no codes here.
package struct UnusableToken: Equatable, Sendable {
    package let name: String
    package let reason: Reason

    package init(name: String, reason: Reason) {
        self.name = name
        self.reason = reason
    }

    /// Why.
    package enum Reason: Equatable, Sendable {
        /// It is no TOTP token; what it is, in the format's own word.
        case kind(String)
        /// Another hash function than SHA-1, SHA-256 and SHA-512; which.
        case algorithm(String)
        /// Not 6 to 8 digits.
        case digits
        /// Not 1 to 3600 seconds.
        case period
        /// There is no secret, or it is not written as it must be.
        case secret
        /// The secret has more bytes than any issuer gives.
        case longSecret
        /// Its entry as a whole cannot be understood.
        case unreadable
    }
}

/// What a format says of a token, before it is judged.
struct TokenDraft {
    var name: String?
    var issuer = ""
    var account = ""
    var kind = "totp"
    /// What is not said is what the first authenticators knew.
    var algorithm = "SHA1"
    var digits: Int64 = 6
    var period: Int64 = 30
    var serviceID = ""
    var server = ""
    var enrolledAt: Int64?
    var expiresAt: Int64?
    var isDefault = false
    var extras: [(key: String, value: Shared<SecretBytes>)] = []

    /// How it is called in a list of what cannot be used.
    var title: String { tokenTitle(name, issuer, account) }

    /// The hash function: `SHA256`, `sha256`, `SHA-256` and `HmacSHA256` are the same.
    private var hash: HashAlgorithm? {
        var word = algorithm.uppercased().filter { $0 != "-" && $0 != "_" }
        if word.hasPrefix("HMAC") { word.removeFirst(4) }
        return HashAlgorithm(rawValue: word)
    }

    /// Why it cannot be used, the seed apart; nil when it can.
    private var obstacle: UnusableToken.Reason? {
        if kind.lowercased() != "totp" { return .kind(kind) }
        if hash == nil { return .algorithm(algorithm) }
        if !(6...8).contains(digits) { return .digits }
        return (1...3600).contains(period) ? nil : .period
    }

    /// Makes a token of it, or says why not.
    func judge(_ seed: consuming SecretBytes?, into harvest: inout Harvest) {
        func refuse(_ reason: UnusableToken.Reason) { harvest.refuse(title, reason) }
        if let obstacle { return refuse(obstacle) }
        guard let seed = seed.take(), seed.count > 0 else { return refuse(.secret) }
        guard let hash,
            let totp = TOTP(digits: Int(digits), period: Int(period), algorithm: hash)
        else { return refuse(.unreadable) }
        var token = ForeignToken(
            name: name, issuer: issuer, account: account, seed: Shared(seed), totp: totp)
        token.serviceID = serviceID
        token.server = server
        token.enrolledAt = enrolledAt
        token.expiresAt = expiresAt
        token.isDefault = isDefault
        token.extras = extras
        harvest.take(token)
    }
}

private func tokenTitle(_ name: String?, _ issuer: String, _ account: String) -> String {
    name ?? [issuer, account].filter { !$0.isEmpty }.joined(separator: ":")
}
