package import Cryptography
package import OATH

/// Where a token is enrolled: at whom, speaking what.
///
/// A further one needs a case here and a `Dialect`.
package enum Backend: String, CaseIterable, Sendable {
    case otptoken
    case privacyidea

    /// What is said there.
    package var dialect: any Dialect.Type {
        switch self {
        case .otptoken: OTPTokenDialect.self
        case .privacyidea: PrivacyIDEA.self
        }
    }
}

/// All that a backend must be able to say: bytes in, bytes out.
package protocol Dialect {
    /// Whether the start password and the seed travel: then TLS is what protects them, and is not negotiable.
    static var sendsSecrets: Bool { get }

    /// Begins an enrolment.
    ///
    /// - Parameters:
    ///   - person: who enrols.
    ///   - random: where random bytes come from.
    /// - Returns: the dialog.
    static func enrolment(
        of person: Enrolling, random: @escaping RandomSource
    ) -> any EnrolmentDialog

    /// Takes an enrolment up.
    ///
    /// - Parameters:
    ///   - kept: what was kept of an earlier run, as it was given.
    ///   - person: who enrols.
    ///   - random: where random bytes come from.
    /// - Returns: the dialog; nil where there is nothing to take up in what was kept.
    static func resumption(
        of kept: KeptEnrolment, by person: Enrolling, random: @escaping RandomSource
    ) -> (any EnrolmentDialog)?

    /// Begins the revocation of a token.
    ///
    /// - Parameters:
    ///   - person: whose token it is.
    ///   - marks: the token's.
    ///   - code: a current one, which proves that it is this person's.
    /// - Returns: the dialog.
    static func revocation(of person: Enrolling, marks: Marks, code: String) -> any RevocationDialog

    /// What shows whether somebody there speaks this dialect, and costs nobody a try.
    static var probe: IssuerQuestion { get }

    /// Takes the answer to the probe.
    ///
    /// - Parameter answer: whatever came.
    /// - Throws: `EnrolmentError` where it is not this dialect's, or where nobody is served at the moment.
    static func receiveProbe(_ answer: IssuerAnswer) throws(EnrolmentError)
}

/// An enrolment as it goes: whoever drives it does what `next` says, until that is `.done` or throws.
package protocol EnrolmentDialog: AnyObject {
    /// What is to be done now.
    ///
    /// - Parameter now: unix seconds.
    /// - Returns: the step; the one before has been done, whatever that was.
    /// - Throws: why it does not go on.
    func next(at now: Int64) throws(EnrolmentError) -> EnrolmentStep

    /// Takes the start password that was asked for.
    func take(_ password: borrowing StartPassword) throws(EnrolmentError)

    /// Takes the answer to a question.
    func receive(_ answer: IssuerAnswer) throws(EnrolmentError)

    /// What it would mean if the dialog ended here.
    var loss: EnrolmentLoss { get }

    /// What has the issuer forget the token that the new one replaces, once that is kept.
    ///
    /// - Parameter marks: those of the token that is replaced.
    /// - Returns: nil where the issuer does so by itself.
    func retirement(of marks: Marks) -> IssuerQuestion?

    /// Whether the answer to that says that it is done.
    func isRetired(_ answer: IssuerAnswer) -> Bool
}

/// A revocation as it goes.
package protocol RevocationDialog: AnyObject {
    /// What is to be done now.
    func next() -> RevocationStep

    /// Takes the answer to a question.
    func receive(_ answer: IssuerAnswer) throws(EnrolmentError)
}

/// What an enrolment is for.
package struct Enrolling: Sendable {
    package let serviceID: String
    package let userID: String

    /// - Parameters:
    ///   - serviceID: as `Identifier.read` returns it.
    ///   - userID: likewise.
    package init(serviceID: String, userID: String) {
        self.serviceID = serviceID
        self.userID = userID
    }
}

/// What a driver of an enrolment is to do.
package enum EnrolmentStep: Sendable {
    /// Ask the person for the start password.
    case password(PasswordReason)
    /// Keep this, so that it survives the process, before the next step.
    case keep(KeptEnrolment)
    /// Ask the issuer.
    case ask(IssuerQuestion)
    /// Wait until this moment, in unix seconds.
    case wait(until: Int64)
    /// There is a token.
    case done(EnrolledToken)
}

/// What a driver of a revocation is to do.
package enum RevocationStep: Sendable {
    case ask(IssuerQuestion)
    case done(RevocationClient.Answer)
}

/// Why a start password is asked for.
package enum PasswordReason: Sendable {
    /// An enrolment begins.
    case beginning
    /// One that was taken up can no longer be finished.
    case anew
    /// One that was taken up has used up its start password, and needs another.
    case spent
}

/// What is lost when an enrolment ends before its end.
package enum EnrolmentLoss: Equatable, Sendable {
    case nothing
    /// Nothing either: the next run goes on from what was kept, without a start password.
    case resumable
    /// Nothing either, but the issuer may want another start password before this token is finished.
    case unfinished(serial: String)
    /// The start password may be spent. Tokens of earlier runs, which give no codes, may be in the issuer's books.
    case password(serials: [String])
    /// The start password is spent, and these tokens may be in the books.
    case token(serials: [String])
}

/// A request to an issuer.
package struct IssuerQuestion: Sendable {
    package let method: String
    /// Below the server's address.
    package let path: String
    /// What authorises it.
    package let authorization: Shared<SecretBytes>?
    /// JSON.
    package let body: Shared<SecretBytes>?

    init(
        _ method: String, _ path: String, authorization: Shared<SecretBytes>? = nil,
        body: Shared<SecretBytes>? = nil
    ) {
        self.method = method
        self.path = path
        self.authorization = authorization
        self.body = body
    }

    init(_ path: String, body: [UInt8]) {
        self.init("POST", path, body: Shared(SecretBytes(copying: body.span)))
    }

    init(_ path: String, authorization: Shared<SecretBytes>? = nil, body: consuming SecretBuffer) {
        self.init("POST", path, authorization: authorization, body: Shared(body.finish()))
    }
}

/// What came back.
package struct IssuerAnswer: Sendable {
    package let status: Int
    /// In lower case, without its parameters.
    package let mediaType: String?
    package let body: Shared<SecretBytes>

    package init(status: Int, mediaType: String?, body: consuming SecretBytes) {
        self.status = status
        self.mediaType = mediaType
        self.body = Shared(body)
    }

    /// The body where it holds no secret.
    var bytes: [UInt8] { body.value.withBytes { Array(copying: $0) } }
}

/// Names and values that a backend keeps beside a token: in the store they are keys of the token's own.
package typealias Marks = [Mark]

/// One of them.
package struct Mark: Sendable {
    package let key: String
    package let value: Shared<SecretBytes>

    package init(_ key: String, _ value: Shared<SecretBytes>) {
        self.key = key
        self.value = value
    }

    init(_ key: String, _ text: String) {
        self.init(key, Shared(SecretBytes(copying: Array(text.utf8).span)))
    }
}

extension Marks {
    subscript(_ key: String) -> Shared<SecretBytes>? { first { $0.key == key }?.value }

    func text(_ key: String) -> String? {
        guard let value = self[key] else { return nil }
        return value.value.withBytes { String(validating: [UInt8](copying: $0), as: UTF8.self) }
    }
}

/// What must survive the process for an enrolment to be taken up.
package struct KeptEnrolment: Sendable {
    package let seed: Shared<SecretBytes>
    package let totp: TOTP
    package let marks: Marks

    package init(seed: Shared<SecretBytes>, totp: TOTP, marks: Marks) {
        self.seed = seed
        self.totp = totp
        self.marks = marks
    }
}

/// What an enrolment ends with.
package struct EnrolledToken: Sendable {
    package let seed: Shared<SecretBytes>
    package let parameters: EnrolmentParameters
    package let marks: Marks
    /// The last time step whose code the enrolment has used up.
    package let spentStep: UInt64?
    /// The serial numbers of unusable tokens that earlier runs have left in the issuer's books.
    package let leftovers: [String]
}
