package import Cryptography

/// otptoken-enrol/1: what both halves agree on.
package enum EnrolmentProtocol {
    /// The Context of SPAKE2+, and the associated data of the sealed parameters.
    package static let context = "otptoken-enrol/1"
    /// Where the first request goes, below the server's URL.
    package static let startPath = "/enrol/v1/start"
    /// Where the second request goes.
    package static let finishPath = "/enrol/v1/finish"
    /// Where a revocation goes.
    package static let revocationPath = "/revoke/v1"

    /// A body for `startPath` that starts nothing, and costs nobody a try: an issuer calls it invalid.
    package static let probe = Array("{}".utf8)

    /// Takes the answer to the probe: an issuer calls it invalid, or wants to be left alone for a while.
    ///
    /// - Parameters:
    ///   - status: its HTTP status.
    ///   - body: its body.
    /// - Throws: `EnrolmentError.refused` with `.unavailable`; `.malformed` where the answer is not an issuer's.
    package static func receiveProbe(status: Int, body: [UInt8]) throws(EnrolmentError) {
        // Others answer a bad request with a 400 and some JSON, too: the word counts.
        guard let refusal = Refusal(status: status),
            Wire.decode(ErrorReply.self, body)?.error == refusal.rawValue
        else { throw .malformed("status \(status)") }
        switch refusal {
        case .invalid, .throttled: return
        case .unavailable: throw .refused(refusal, retryAfter: nil)
        case .refused, .expired, .locked: throw .malformed("status \(status)")
        }
    }

    static func identities(serviceID: String, userID: String) -> SPAKE2Plus.Identities {
        .init(
            context: Array(context.utf8), prover: Array(userID.utf8),
            verifier: Array(serviceID.utf8))
    }

    /// The scalars of a start password: scrypt over password and IDs, each behind its length.
    ///
    /// - Parameters:
    ///   - password: the start password.
    ///   - serviceID: idVerifier.
    ///   - userID: idProver.
    /// - Returns: w0 and w1.
    /// - Throws: `CryptographyError`.
    package static func secret(
        password: borrowing StartPassword, serviceID: String, userID: String
    ) throws(CryptographyError) -> SPAKE2Plus.ProverSecret {
        var input = LengthPrefixed()
        password.digits.withBytes { input.append($0) }
        input.append(Array(userID.utf8).span)
        input.append(Array(serviceID.utf8).span)
        return try SPAKE2Plus.ProverSecret(
            reducing: Scrypt.derive(from: input.finish(), salt: [], cost: .enrolment, count: 80))
    }

    static func seed(from shared: borrowing SecretBytes) throws(CryptographyError) -> SecretBytes {
        try HKDF.derive(from: shared, purpose: "otptoken-enrol/1 seed")
    }

    static func parametersKey(
        from shared: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        try HKDF.derive(from: shared, purpose: "otptoken-enrol/1 parameters")
    }
}

/// Why an enrolment does not go on.
package enum EnrolmentError: Error, Equatable {
    /// The issuer says no.
    case refused(Refusal, retryAfter: Int?)
    /// The answer is not of this protocol; which part of it.
    case malformed(String)
    /// The issuer's share is no point of the curve.
    case badShare
    /// confirm_v is wrong: wrong start password, or not the real issuer.
    case notConfirmed
    /// The sealed parameters were altered.
    case notAuthentic
    /// The issuer wants a token that this program does not make; what is out of bounds.
    case unacceptable(String)
    /// Two halves have not come to the same seed.
    case seedsDiffer
    /// Somebody else answered, such as a proxy: the HTTP status and the first line.
    case foreign(status: Int, line: String)
    /// privacyIDEA says what it is not known to say; where.
    case unexpected(String)
    /// privacyIDEA says no.
    case privacyIDEA(PrivacyIDEARefusal)
    /// libcrypto failed.
    case cryptography(CryptographyError)
}

/// The issuer's noes, and their HTTP statuses.
package enum Refusal: String, CaseIterable, Sendable {
    case invalid, refused, expired, locked, throttled, unavailable

    /// The HTTP status that carries it.
    package var status: Int {
        switch self {
        case .invalid: 400
        case .refused: 401
        case .expired: 410
        case .locked: 423
        case .throttled: 429
        case .unavailable: 503
        }
    }

    package init?(status: Int) {
        guard let refusal = Self.allCases.first(where: { $0.status == status }) else { return nil }
        self = refusal
    }
}
