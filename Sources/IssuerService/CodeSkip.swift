package import Cryptography

/// A browser in which the mailed code is skipped, after its person has typed one there.
struct CodeSkip: Equatable, Sendable {
    /// How long it is skipped, in seconds.
    static let lifetime: Int64 = 90 * 86400
    /// How many browsers an account keeps; of more, those that end first are forgotten.
    fileprivate static let maximumCount = 400

    /// What is kept of the random text in the browser's cookie.
    let digest: [UInt8]
    /// Unix seconds.
    let endsAt: Int64

    /// As an account's record holds them.
    static func text(_ skips: [CodeSkip]) -> String {
        skips.map { "\(Hex.encode($0.digest.span)):\($0.endsAt)" }.joined(separator: " ")
    }

    /// Reads what `text` has written; of others something is missing.
    static func read(_ text: String) -> [CodeSkip] {
        text.split(separator: " ").compactMap { part in
            let fields = part.split(separator: ":")
            guard fields.count == 2, let digest = Hex.decode(String(fields[0])),
                digest.count == HashAlgorithm.sha256.digestCount, let endsAt = Int64(fields[1])
            else { return nil }
            return CodeSkip(digest: digest, endsAt: endsAt)
        }
    }
}

extension Account {
    /// Whether any browser skips the mailed code.
    func hasSkip(at now: Int64) -> Bool { skips.contains { now < $0.endsAt } }

    fileprivate mutating func add(_ skip: CodeSkip, insteadOf former: [[UInt8]], now: Int64) {
        skips.removeAll { $0.endsAt <= now || former.contains($0.digest) }
        skips.append(skip)
        skips.removeFirst(max(0, skips.count - CodeSkip.maximumCount))
    }
}

// Codes that are mailed at the sign-in, as a second method beside the password.
extension Issuer {
    /// How many digits a mailed code has.
    static let codeDigits = 6

    /// Has a mailed code asked for at the sign-in of an account, or no longer.
    ///
    /// Whoever is signed in is so no longer, and no browser skips the code.
    ///
    /// - Parameters:
    ///   - isNeeded: whether it is asked for.
    ///   - email: whose account.
    ///   - random: nonce.
    /// - Throws: `IssuerError.noSuchAccount`, `.damaged`, `.file`, `.cryptography`.
    package func setCodeNeeded(
        _ isNeeded: Bool, ofAccount email: String, random: RandomSource
    ) throws(IssuerError) {
        try changeAccount(email, random: random) { account in
            account.needsCode = isNeeded
            account.beginAnew()
        }
    }

    /// A code that nobody has seen yet.
    func newCode(_ random: RandomSource) throws(IssuerError) -> String {
        let digits = try IssuerError.wrapping { () throws(CryptographyError) in
            try symbols(
                Self.codeDigits, of: UInt8(ascii: "0")...UInt8(ascii: "9"), from: random)
        }
        return digits.withBytes { String(decoding: Array(copying: $0), as: UTF8.self) }
    }

    /// What is kept of a code that was mailed to somebody at a browser.
    func digest(ofCode code: String, for identity: String) throws(IssuerError) -> [UInt8] {
        try digest("code \(identity) \(code)")
    }

    private func digest(_ text: String) throws(IssuerError) -> [UInt8] {
        try IssuerError.wrapping { () throws(CryptographyError) in
            try HMAC.authenticate(Array(text.utf8), key: codesKey)
        }
    }

    // MARK: Browsers that skip it

    private func digests(ofSkips ids: [String]) throws(IssuerError) -> [[UInt8]] {
        try ids.map { (id) throws(IssuerError) in try digest("skip \(id)") }
    }

    /// Whether the mailed code is skipped where a browser shows one of these texts.
    func skipsCode(
        _ account: Account, _ ids: [String], now: Int64
    ) throws(IssuerError) -> Bool {
        let shown = try digests(ofSkips: ids)
        return account.skips.contains { skip in
            now < skip.endsAt && shown.contains { constantTimeEqual($0, skip.digest) }
        }
    }

    /// Has the mailed code skipped for 90 days, unless something has ended all skips since the sign-in began.
    ///
    /// - Parameters:
    ///   - account: as it was at the sign-in.
    ///   - id: the random text that the browser shows from now on.
    ///   - former: what it has shown so far.
    ///   - now: unix seconds.
    ///   - random: nonce.
    /// - Throws: `IssuerError.noSuchAccount`, `.damaged`, `.file`, `.cryptography`.
    func skipCode(
        of account: Account, _ id: String, insteadOf former: [String], now: Int64,
        random: RandomSource
    ) throws(IssuerError) {
        let skip = CodeSkip(
            digest: try digest("skip \(id)"), endsAt: now + CodeSkip.lifetime)
        let former = try digests(ofSkips: former)
        try changeAccount(account.email, random: random) { present in
            guard present.generation == account.generation else { return }
            present.add(skip, insteadOf: former, now: now)
        }
    }

    /// Has the mailed code asked for in every browser again.
    func endSkips(ofAccount email: String, random: RandomSource) throws(IssuerError) {
        try changeAccount(email, random: random) { $0.skips = [] }
    }
}
