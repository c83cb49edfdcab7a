package import Cryptography

/// The issuer's half of otptoken-enrol/1: bytes in, bytes out.
///
/// Who may try, and how often, is the caller's part.
package enum EnrolmentIssuer {
    /// A first request, checked.
    package struct Start: Sendable {
        package let serviceID: String
        package let userID: String
        let share: [UInt8]

        /// Reads the body of a request to `EnrolmentProtocol.startPath`.
        ///
        /// - Parameter body: the body.
        /// - Throws: `EnrolmentError.malformed` with the field.
        package init(body: [UInt8]) throws(EnrolmentError) {
            guard let request = Wire.decode(StartRequest.self, body) else {
                throw .malformed("request")
            }
            guard Identifier.isValid(request.serviceID) else { throw .malformed("service_id") }
            guard Identifier.isValid(request.userID) else { throw .malformed("user_id") }
            guard let share = Wire.bytes(request.shareP, count: SPAKE2Plus.shareCount) else {
                throw .malformed("share_p")
            }
            serviceID = request.serviceID
            userID = request.userID
            self.share = share
        }
    }

    /// What the issuer keeps of a start password.
    ///
    /// - Parameters:
    ///   - password: the start password, forgotten afterwards.
    ///   - serviceID: the issuer's.
    ///   - userID: whose it is.
    /// - Returns: w0 and L.
    /// - Throws: `CryptographyError`.
    package static func register(
        password: borrowing StartPassword, serviceID: String, userID: String
    ) throws(CryptographyError) -> SPAKE2Plus.VerifierSecret {
        try EnrolmentProtocol.secret(password: password, serviceID: serviceID, userID: userID)
            .registration()
    }

    /// A run that was answered and waits for confirm_p.
    package struct Run: ~Copyable, Sendable {
        /// What confirm_p must be.
        package let confirmation: [UInt8]
        /// The seed, should the run succeed.
        package let seed: SecretBytes
        /// Seals the parameters.
        package let parametersKey: SecretBytes

        /// Takes up a run that was kept.
        package init(
            confirmation: [UInt8], seed: consuming SecretBytes, parametersKey: consuming SecretBytes
        ) {
            self.confirmation = confirmation
            self.seed = seed
            self.parametersKey = parametersKey
        }

        /// Whether a second request proves that its sender knows the start password; in constant time.
        package func confirms(_ finish: Finish) -> Bool {
            constantTimeEqual(confirmation, finish.confirmation)
        }

        /// The body of the answer to the second request.
        ///
        /// - Parameters:
        ///   - parameters: what was decided about the token.
        ///   - random: the nonce.
        /// - Returns: the JSON.
        /// - Throws: `CryptographyError`.
        package func reply(
            _ parameters: EnrolmentParameters, random: RandomSource
        ) throws(CryptographyError) -> [UInt8] {
            let sealed = try AESGCM.seal(
                SecretBytes(copying: parameters.encoded.span), key: parametersKey,
                nonce: publicRandom(count: AESGCM.nonceCount, from: random),
                aad: Array(EnrolmentProtocol.context.utf8))
            return Wire.encode(FinishReply(sealed: Wire.text(sealed)))
        }
    }

    /// The answer to a first request, still without its session.
    package struct Answer: ~Copyable, Sendable {
        private let shareV: [UInt8]
        private let confirmV: [UInt8]
        /// What is to be kept under the session.
        package let run: Run

        /// Answers.
        ///
        /// - Parameters:
        ///   - start: the request.
        ///   - secret: the user's record, or a made-up one.
        ///   - random: where the ephemeral scalar comes from.
        /// - Throws: `EnrolmentError.badShare` for a share that is no point.
        package init(
            to start: Start, secret: borrowing SPAKE2Plus.VerifierSecret, random: RandomSource
        ) throws(EnrolmentError) {
            do throws(CryptographyError) {
                let verifier = try SPAKE2Plus.Verifier(
                    EnrolmentProtocol.identities(serviceID: start.serviceID, userID: start.userID),
                    secret: secret, share: start.share, random: random)
                run = Run(
                    confirmation: verifier.keys.confirmP,
                    seed: try EnrolmentProtocol.seed(from: verifier.keys.shared),
                    parametersKey: try EnrolmentProtocol.parametersKey(from: verifier.keys.shared))
                shareV = verifier.share
                confirmV = verifier.keys.confirmV
            } catch .invalidPoint {
                throw .badShare
            } catch {
                throw .cryptography(error)
            }
        }

        /// The body of the answer.
        ///
        /// - Parameter session: by which the second request will name this run; visible ASCII, at most 2048.
        /// - Returns: the JSON.
        package func reply(session: String) -> [UInt8] {
            Wire.encode(
                StartReply(
                    session: session, shareV: Wire.text(shareV), confirmV: Wire.text(confirmV)))
        }
    }

    /// A second request, checked.
    package struct Finish: Sendable {
        package let session: String
        let confirmation: [UInt8]

        /// Reads the body of a request to `EnrolmentProtocol.finishPath`.
        ///
        /// - Parameter body: the body.
        /// - Throws: `EnrolmentError.malformed` with the field.
        package init(body: [UInt8]) throws(EnrolmentError) {
            guard let request = Wire.decode(FinishRequest.self, body) else {
                throw .malformed("request")
            }
            guard Wire.isSession(request.session) else { throw .malformed("session") }
            guard
                let confirmation = Wire.bytes(request.confirmP, count: SPAKE2Plus.confirmationCount)
            else { throw .malformed("confirm_p") }
            session = request.session
            self.confirmation = confirmation
        }
    }

    /// The body of an answer that says no.
    ///
    /// - Parameters:
    ///   - refusal: the reason.
    ///   - retryAfter: seconds, for a throttled client.
    /// - Returns: the JSON.
    package static func reply(_ refusal: Refusal, retryAfter: Int? = nil) -> [UInt8] {
        Wire.encode(ErrorReply(error: refusal.rawValue, retryAfter: retryAfter.map { Int64($0) }))
    }
}
