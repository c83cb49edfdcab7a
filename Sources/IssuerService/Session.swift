package import Cryptography
package import Enrolment

/// What is to be remembered between start and finish; it travels, sealed, with the client.
///
/// The issuer keeps no table of open runs, so none can be filled up, and a run outlives a restart.
package struct Session: ~Copyable {
    /// How long a run may take, in seconds.
    static let lifetime: Int64 = 3600

    /// Whose it is.
    package let userID: String
    /// Unix seconds.
    package let expiresAt: Int64
    /// Whether nobody can finish it.
    package let isDecoy: Bool
    /// The run that it is about.
    package let run: EnrolmentIssuer.Run

    // Three times 32 bytes, the time (8 bytes, big-endian), 0 or 1, and the user ID.
    private static let headCount = 3 * 32 + 8 + 1
    private static let aad = Array("otptoken-issuer/1 session".utf8)

    init(userID: String, expiresAt: Int64, isDecoy: Bool, run: consuming EnrolmentIssuer.Run) {
        self.userID = userID
        self.expiresAt = expiresAt
        self.isDecoy = isDecoy
        self.run = run
    }

    /// Opens a session; nil for anything that was not sealed with this key.
    package init?(_ text: String, key: borrowing SecretBytes) {
        guard let box = Base64.decode(text, padding: .required),
            let plain = try? AESGCM.open(box, key: key, aad: Self.aad),
            plain.count >= Self.headCount
        else { return nil }
        let rest = plain.slice(96..<plain.count).withBytes { Array(copying: $0) }
        self.init(
            userID: String(decoding: rest[9...], as: UTF8.self),
            expiresAt: rest[..<8].reduce(0) { $0 << 8 | Int64($1) }, isDecoy: rest[8] != 0,
            run: EnrolmentIssuer.Run(
                confirmation: plain.slice(0..<32).withBytes { Array(copying: $0) },
                seed: plain.slice(32..<64), parametersKey: plain.slice(64..<96)))
    }

    /// Base64, below 300 bytes; its length depends on that of the user ID alone.
    package static func seal(
        userID: String, expiresAt: Int64, isDecoy: Bool, run: borrowing EnrolmentIssuer.Run,
        key: borrowing SecretBytes, random: RandomSource
    ) throws(CryptographyError) -> String {
        var plain = SecretBuffer()
        plain.append(run.confirmation.span)
        run.seed.withBytes { plain.append($0) }
        run.parametersKey.withBytes { plain.append($0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            plain.append(UInt8(truncatingIfNeeded: expiresAt >> Int64(shift)))
        }
        plain.append(isDecoy ? 1 : 0)
        plain.append(userID)
        let box = try AESGCM.seal(
            plain.finish(), key: key,
            nonce: publicRandom(count: AESGCM.nonceCount, from: random), aad: aad)
        return Base64.encode(box.span, padding: .required)
    }
}
