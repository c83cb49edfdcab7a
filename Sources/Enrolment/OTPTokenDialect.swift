package import Cryptography
internal import OATH

/// otptoken-enrol/1 as a dialect.
package enum OTPTokenDialect: Dialect {
    /// Neither password nor seed does: whoever is in the middle gets one guess.
    package static var sendsSecrets: Bool { false }

    package static func enrolment(
        of person: Enrolling, random: @escaping RandomSource
    ) -> any EnrolmentDialog {
        OTPTokenEnrolment(person, random)
    }

    package static func resumption(
        of kept: KeptEnrolment, by person: Enrolling, random: @escaping RandomSource
    ) -> (any EnrolmentDialog)? {
        guard let pending = PendingEnrolment(kept) else { return nil }
        return OTPTokenEnrolment(person, random, resuming: pending)
    }

    package static func revocation(
        of person: Enrolling, marks: Marks, code: String
    ) -> any RevocationDialog {
        OTPTokenRevocation(person, code: code)
    }

    package static var probe: IssuerQuestion {
        IssuerQuestion(EnrolmentProtocol.startPath, body: EnrolmentProtocol.probe)
    }

    package static func receiveProbe(_ answer: IssuerAnswer) throws(EnrolmentError) {
        try EnrolmentProtocol.receiveProbe(status: answer.status, body: answer.bytes)
    }
}

/// The order keeps it safe against a kill at any instant: the key is agreed, then kept, and only then the issuer told
/// that it may count on it.
private final class OTPTokenEnrolment: EnrolmentDialog {
    private enum Stage {
        case resuming, password(PasswordReason), start, keep, finish
        case done(EnrolmentParameters)
    }

    private let person: Enrolling
    private let random: RandomSource
    private var stage: Stage
    private var client: EnrolmentClient?
    private var pending: PendingEnrolment?

    init(_ person: Enrolling, _ random: @escaping RandomSource) {
        self.person = person
        self.random = random
        stage = .password(.beginning)
    }

    init(
        _ person: Enrolling, _ random: @escaping RandomSource,
        resuming pending: consuming PendingEnrolment
    ) {
        self.person = person
        self.random = random
        self.pending = consume pending
        stage = .resuming
    }

    var loss: EnrolmentLoss {
        switch stage {
        case .resuming, .finish, .done: .resumable
        default: .nothing
        }
    }

    func next(at now: Int64) throws(EnrolmentError) -> EnrolmentStep {
        switch stage {
        case .password(let reason): return .password(reason)
        case .start:
            return .ask(
                IssuerQuestion(EnrolmentProtocol.startPath, body: client?.startRequest ?? []))
        case .keep:
            stage = .finish
            return .keep(
                KeptEnrolment(seed: seed, totp: .rule, marks: pending?.marks ?? []))
        case .resuming, .finish:
            return .ask(
                IssuerQuestion(EnrolmentProtocol.finishPath, body: pending?.finishRequest ?? []))
        case .done(let parameters):
            return .done(
                EnrolledToken(
                    seed: seed, parameters: parameters, marks: [], spentStep: nil,
                    leftovers: []))
        }
    }

    private var seed: Shared<SecretBytes> {
        Shared(pending?.seed.clone() ?? SecretBytes(zeros: 0))
    }

    func take(_ password: borrowing StartPassword) throws(EnrolmentError) {
        client = try EnrolmentClient(
            serviceID: person.serviceID, userID: person.userID, password: password, random: random)
        stage = .start
    }

    func receive(_ answer: IssuerAnswer) throws(EnrolmentError) {
        switch stage {
        case .start:
            guard let client = client.take() else { return }
            pending = try client.receiveStart(status: answer.status, body: answer.bytes)
            stage = .keep
        case .finish:
            if let parameters = try parameters(answer) { stage = .done(parameters) }
        case .resuming:
            do {
                // The issuer's time may be that of an earlier answer, which was lost: it says nothing of this moment.
                if let parameters = try parameters(answer) { stage = .done(parameters.withoutTime) }
            } catch .refused(.refused, _), .refused(.expired, _) {
                // What was kept stays until a new key is agreed: a no can be forged, the agreement cannot.
                stage = .password(.anew)
            } catch {
                throw error
            }
        default: break
        }
    }

    private func parameters(_ answer: IssuerAnswer) throws(EnrolmentError) -> EnrolmentParameters? {
        try pending?.receiveFinish(status: answer.status, body: answer.bytes)
    }

    func retirement(of marks: Marks) -> IssuerQuestion? { nil }

    func isRetired(_ answer: IssuerAnswer) -> Bool { true }
}

extension EnrolmentParameters {
    fileprivate var withoutTime: EnrolmentParameters {
        EnrolmentParameters(
            issuer: issuer, totp: totp, expiresAt: expiresAt, confirmURL: confirmURL)
    }
}

/// How a pending enrolment is kept.
extension PendingEnrolment {
    private static let sessionKey = "enrol_session"
    private static let confirmationKey = "enrol_confirm_p"
    private static let parametersKeyKey = "enrol_parameters_key"

    fileprivate var marks: Marks {
        var key = SecretBuffer()
        Base64.append(parametersKey, padding: .required, to: &key)
        return [
            Mark(Self.sessionKey, session),
            Mark(Self.confirmationKey, Wire.text(confirmation)),
            Mark(Self.parametersKeyKey, Shared(key.finish())),
        ]
    }

    fileprivate init?(_ kept: KeptEnrolment) {
        guard let session = kept.marks.text(Self.sessionKey),
            let confirmation = kept.marks.text(Self.confirmationKey),
            let key = kept.marks[Self.parametersKeyKey],
            let proof = Base64.decode(confirmation, padding: .required),
            let parametersKey = key.value.withBytes({ Base64.decode($0, padding: .required) })
        else { return nil }
        self.init(
            session: session, confirmation: proof, seed: kept.seed.value.clone(),
            parametersKey: parametersKey)
    }
}

private final class OTPTokenRevocation: RevocationDialog {
    private var step: RevocationStep

    init(_ person: Enrolling, code: String) {
        let request = RevocationClient.request(
            serviceID: person.serviceID, userID: person.userID, code: code)
        step = .ask(IssuerQuestion(EnrolmentProtocol.revocationPath, body: request))
    }

    func next() -> RevocationStep { step }

    func receive(_ answer: IssuerAnswer) throws(EnrolmentError) {
        step = .done(try RevocationClient.receive(status: answer.status, body: answer.bytes))
    }
}
