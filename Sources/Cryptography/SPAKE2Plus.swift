/// SPAKE2+ (RFC 9383), suite P256-SHA256-HKDF-SHA256-HMAC-SHA256.
///
/// The prover knows the password as w0 and w1, the verifier w0 and L = w1·G. Both end with the same key when the
/// passwords were the same, and otherwise learn that they were not, and nothing else. The names are the RFC's.
package enum SPAKE2Plus {
    /// The length of a share: a point, uncompressed.
    package static let shareCount = P256.pointCount
    /// The length of a key confirmation message.
    package static let confirmationCount = 32

    /// Who talks to whom about what (section 3.3); part of the transcript.
    package struct Identities: Sendable {
        package let context: [UInt8]
        package let prover: [UInt8]
        package let verifier: [UInt8]

        package init(context: [UInt8], prover: [UInt8], verifier: [UInt8]) {
            self.context = context
            self.prover = prover
            self.verifier = verifier
        }
    }

    /// What the prover knows: both halves of the password's key, mod n.
    package struct ProverSecret: ~Copyable, Sendable {
        package let w0: SecretBytes
        package let w1: SecretBytes

        /// Takes 32-byte scalars as they are.
        package init(w0: consuming SecretBytes, w1: consuming SecretBytes) {
            self.w0 = w0
            self.w1 = w1
        }

        /// Reduces both halves of a password hash mod n (section 3.2).
        ///
        /// - Parameter halves: 80 bytes: w0s and w1s, each 40 bytes, big-endian.
        /// - Throws: `CryptographyError.invalidParameter` for another length.
        package init(reducing halves: borrowing SecretBytes) throws(CryptographyError) {
            guard halves.count == 80 else { throw .invalidParameter }
            self.init(
                w0: try P256.reduce(halves.slice(0..<40)),
                w1: try P256.reduce(halves.slice(40..<80)))
        }

        /// What the verifier is to keep.
        package func registration() throws(CryptographyError) -> VerifierSecret {
            VerifierSecret(w0: w0.clone(), l: try P256.multiplyBase(w1))
        }
    }

    /// What the verifier keeps: w0 and L.
    ///
    /// It does not give the password away without a search.
    package struct VerifierSecret: ~Copyable, Sendable {
        package let w0: SecretBytes
        package let l: [UInt8]

        package init(w0: consuming SecretBytes, l: [UInt8]) {
            self.w0 = w0
            self.l = l
        }
    }

    /// What both sides end with (section 3.4).
    package struct Keys: ~Copyable, Sendable {
        /// The prover's confirmation, HMAC(K_confirmP, shareV).
        package let confirmP: [UInt8]
        /// The verifier's confirmation, HMAC(K_confirmV, shareP).
        package let confirmV: [UInt8]
        /// K_shared, 32 bytes.
        package let shared: SecretBytes
    }

    /// M and N for P-256 (section 4), from the form in which the RFC prints them.
    private static let m = point(
        "02886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f")
    private static let n = point(
        "03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49")

    // No point at all where libcrypto fails: every computation with it is refused then.
    private static func point(_ digits: String) -> [UInt8] {
        Hex.decode(digits).flatMap { try? P256.uncompress($0) } ?? []
    }

    /// The prover between its two messages.
    package struct Prover: ~Copyable {
        /// shareP, to be sent.
        package let share: [UInt8]
        private let identities: Identities
        private let secret: ProverSecret
        private let x: SecretBytes

        /// Starts a run.
        ///
        /// - Parameters:
        ///   - identities: who talks to whom.
        ///   - secret: the password's scalars.
        ///   - random: where x comes from.
        /// - Throws: `CryptographyError`.
        package init(
            _ identities: Identities, secret: consuming ProverSecret, random: RandomSource
        ) throws(CryptographyError) {
            let x = try P256.randomScalar(from: random)
            share = try P256.blind(x, secret.w0, m)
            self.identities = identities
            self.x = x
            self.secret = secret
        }

        /// Takes shareV and confirmV, and checks the latter in constant time.
        ///
        /// - Parameters:
        ///   - peer: shareV as it came.
        ///   - confirmation: confirmV as it came.
        /// - Returns: the keys; only now may confirmP be sent.
        /// - Throws: `CryptographyError.invalidPoint` for a share that is none, `.notAuthentic` when the other
        ///   side does not know the password's record.
        package consuming func finish(
            share peer: [UInt8], confirmation: [UInt8]
        ) throws(CryptographyError) -> Keys {
            let base = try P256.unblind(peer, secret.w0, n)
            let z = try P256.multiply(x, base)
            let v = try P256.multiply(secret.w1, base)
            let transcript = SPAKE2Plus.transcript(
                identities, m: m, n: n, shareP: share, shareV: peer, z: z, v: v, w0: secret.w0)
            let keys = try SPAKE2Plus.keys(transcript: transcript, shareP: share, shareV: peer)
            guard constantTimeEqual(keys.confirmV, confirmation) else { throw .notAuthentic }
            return keys
        }
    }

    /// The verifier's answer to shareP.
    package struct Verifier: ~Copyable {
        /// shareV, to be sent with `keys.confirmV`.
        package let share: [UInt8]
        /// The keys; they count only once confirmP has been compared, in constant time.
        package let keys: Keys

        /// Answers a prover.
        ///
        /// - Parameters:
        ///   - identities: who talks to whom.
        ///   - secret: the record.
        ///   - peer: shareP as it came.
        ///   - random: where y comes from.
        /// - Throws: `CryptographyError.invalidPoint` for a share that is none.
        package init(
            _ identities: Identities, secret: borrowing VerifierSecret, share peer: [UInt8],
            random: RandomSource
        ) throws(CryptographyError) {
            let y = try P256.randomScalar(from: random)
            let z = try P256.multiply(y, unblinding: peer, secret.w0, m)
            let share = try P256.blind(y, secret.w0, n)
            let v = try P256.multiply(y, SecretBytes(copying: secret.l.span))
            let transcript = SPAKE2Plus.transcript(
                identities, m: m, n: n, shareP: peer, shareV: share, z: z, v: v, w0: secret.w0)
            keys = try SPAKE2Plus.keys(transcript: transcript, shareP: peer, shareV: share)
            self.share = share
        }
    }

    /// TT: each part behind its length, 8 bytes little-endian (section 3.3).
    package static func transcript(
        _ identities: Identities, m: [UInt8], n: [UInt8], shareP: [UInt8], shareV: [UInt8],
        z: borrowing SecretBytes, v: borrowing SecretBytes, w0: borrowing SecretBytes
    ) -> SecretBytes {
        var writer = LengthPrefixed()
        for part in [
            identities.context, identities.prover, identities.verifier, m, n, shareP, shareV,
        ] {
            writer.append(part.span)
        }
        z.withBytes { writer.append($0) }
        v.withBytes { writer.append($0) }
        w0.withBytes { writer.append($0) }
        return writer.finish()
    }

    /// The key schedule (section 3.4).
    package static func keys(
        transcript: borrowing SecretBytes, shareP: [UInt8], shareV: [UInt8]
    ) throws(CryptographyError) -> Keys {
        let main = try SHA256.digest(transcript)
        let confirmation = try HKDF.derive(
            from: main, info: Array("ConfirmationKeys".utf8), count: 64)
        return Keys(
            confirmP: try HMAC.authenticate(shareV, key: confirmation.slice(0..<32)),
            confirmV: try HMAC.authenticate(shareP, key: confirmation.slice(32..<64)),
            shared: try HKDF.derive(from: main, purpose: "SharedKey"))
    }
}

/// Parts behind their lengths (8 bytes, little-endian), gathered in memory that is wiped.
package struct LengthPrefixed: ~Copyable {
    private var bytes = SecretBuffer()

    package init() {}

    /// Appends a part behind its length.
    package mutating func append(_ part: Span<UInt8>) {
        let count = UInt64(part.count)
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: count >> shift))
        }
        bytes.append(part)
    }

    /// All parts.
    package consuming func finish() -> SecretBytes { bytes.finish() }
}
