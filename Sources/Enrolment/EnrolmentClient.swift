package import Cryptography

/// The person's half of otptoken-enrol/1: bytes in, bytes out.
///
/// `EnrolmentClient` makes the first request; the answer to it turns it into a `PendingEnrolment`, which makes the
/// second one and must be kept until that is answered.
package struct EnrolmentClient: ~Copyable {
    /// The body of the request to `EnrolmentProtocol.startPath`.
    package let startRequest: [UInt8]
    private let prover: SPAKE2Plus.Prover

    /// Starts a run; takes the time of one scrypt.
    ///
    /// - Parameters:
    ///   - serviceID: as `Identifier.read` returns it.
    ///   - userID: likewise.
    ///   - password: the start password, which never leaves this function.
    ///   - random: where the ephemeral scalar comes from.
    /// - Throws: `EnrolmentError.cryptography`.
    package init(
        serviceID: String, userID: String, password: borrowing StartPassword, random: RandomSource
    ) throws(EnrolmentError) {
        let secret: SPAKE2Plus.ProverSecret
        do throws(CryptographyError) {
            secret = try EnrolmentProtocol.secret(
                password: password, serviceID: serviceID, userID: userID)
        } catch {
            throw .cryptography(error)
        }
        try self.init(serviceID: serviceID, userID: userID, secret: secret, random: random)
    }

    /// Starts a run with the scalars of a start password.
    ///
    /// - Parameters:
    ///   - serviceID: as `Identifier.read` returns it.
    ///   - userID: likewise.
    ///   - secret: as `EnrolmentProtocol.secret` returns it.
    ///   - random: where the ephemeral scalar comes from.
    /// - Throws: `EnrolmentError.cryptography`.
    package init(
        serviceID: String, userID: String, secret: consuming SPAKE2Plus.ProverSecret,
        random: RandomSource
    ) throws(EnrolmentError) {
        do throws(CryptographyError) {
            prover = try SPAKE2Plus.Prover(
                EnrolmentProtocol.identities(serviceID: serviceID, userID: userID),
                secret: secret, random: random)
        } catch {
            throw .cryptography(error)
        }
        startRequest = Wire.encode(
            StartRequest(serviceID: serviceID, userID: userID, shareP: Wire.text(prover.share)))
    }

    /// Takes the answer to the first request, and checks that the issuer knows the start password.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - body: the body.
    /// - Returns: what must be saved before the second request goes out.
    /// - Throws: `EnrolmentError`.
    package consuming func receiveStart(
        status: Int, body: [UInt8]
    ) throws(EnrolmentError) -> PendingEnrolment {
        try checkStatus(status, body)
        guard let reply = Wire.decode(StartReply.self, body) else {
            throw .malformed("start reply")
        }
        guard Wire.isSession(reply.session) else { throw .malformed("session") }
        guard let share = Base64.decode(reply.shareV, padding: .required) else {
            throw .malformed("share_v")
        }
        guard let confirmation = Wire.bytes(reply.confirmV, count: SPAKE2Plus.confirmationCount)
        else {
            throw .malformed("confirm_v")
        }
        do throws(CryptographyError) {
            let keys = try prover.finish(share: share, confirmation: confirmation)
            return PendingEnrolment(
                session: reply.session, confirmation: keys.confirmP,
                seed: try EnrolmentProtocol.seed(from: keys.shared),
                parametersKey: try EnrolmentProtocol.parametersKey(from: keys.shared))
        } catch .invalidPoint {
            throw .badShare
        } catch .notAuthentic {
            throw .notConfirmed
        } catch {
            throw .cryptography(error)
        }
    }
}

/// An enrolment whose key is agreed and whose second request is unanswered.
package struct PendingEnrolment: ~Copyable {
    /// The issuer's name for this run.
    package let session: String
    /// confirm_p, 32 bytes.
    package let confirmation: [UInt8]
    /// The seed that both sides will have.
    package let seed: SecretBytes
    /// Opens the sealed parameters.
    package let parametersKey: SecretBytes

    /// Takes up a run that was kept.
    ///
    /// - Parameters:
    ///   - session: as it was.
    ///   - confirmation: as it was.
    ///   - seed: as it was.
    ///   - parametersKey: as it was.
    package init(
        session: String, confirmation: [UInt8], seed: consuming SecretBytes,
        parametersKey: consuming SecretBytes
    ) {
        self.session = session
        self.confirmation = confirmation
        self.seed = seed
        self.parametersKey = parametersKey
    }

    /// The body of the request to `EnrolmentProtocol.finishPath`; the same every time.
    package var finishRequest: [UInt8] {
        Wire.encode(FinishRequest(session: session, confirmP: Wire.text(confirmation)))
    }

    /// Takes the answer to the second request.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - body: the body.
    /// - Returns: the issuer's decisions.
    /// - Throws: `EnrolmentError`.
    package func receiveFinish(
        status: Int, body: [UInt8]
    ) throws(EnrolmentError) -> EnrolmentParameters {
        try checkStatus(status, body)
        guard let reply = Wire.decode(FinishReply.self, body),
            let sealed = Base64.decode(reply.sealed, padding: .required)
        else { throw .malformed("sealed") }
        let json: SecretBytes
        do throws(CryptographyError) {
            json = try AESGCM.open(
                sealed, key: parametersKey, aad: Array(EnrolmentProtocol.context.utf8))
        } catch .notAuthentic {
            throw .notAuthentic
        } catch {
            throw .cryptography(error)
        }
        return try EnrolmentParameters(json: json.withBytes { Array(copying: $0) })
    }
}

/// Turns every status but 200 into the issuer's no.
func checkStatus(_ status: Int, _ body: [UInt8]) throws(EnrolmentError) {
    guard status != 200 else { return }
    // A proxy's 503 or a web server's 400 look alike but for the body.
    guard let refusal = Refusal(status: status), let reply = Wire.decode(ErrorReply.self, body)
    else {
        throw .malformed("status \(status)")
    }
    throw .refused(
        refusal, retryAfter: reply.retryAfter.flatMap { $0 > 0 ? Int(clamping: $0) : nil })
}
