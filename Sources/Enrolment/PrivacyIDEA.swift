package import Cryptography
internal import OATH

/// The dialect of privacyIDEA: the realm is the service ID, the start password a registration code.
///
/// The start password and the seed travel: nothing but TLS protects them.
package enum PrivacyIDEA: Dialect {
    package static var sendsSecrets: Bool { true }

    package static func enrolment(
        of person: Enrolling, random: @escaping RandomSource
    ) -> any EnrolmentDialog {
        PrivacyIDEAEnrolment(person, random)
    }

    package static func resumption(
        of kept: KeptEnrolment, by person: Enrolling, random: @escaping RandomSource
    ) -> (any EnrolmentDialog)? {
        PrivacyIDEAEnrolment(person, random, resuming: kept)
    }

    package static func revocation(
        of person: Enrolling, marks: Marks, code: String
    ) -> any RevocationDialog {
        PrivacyIDEARevocation(person, serial: marks.text(serialKey), code: code)
    }

    /// A login of nobody.
    package static var probe: IssuerQuestion { IssuerQuestion(loginPath, body: Array("{}".utf8)) }

    package static func receiveProbe(_ answer: IssuerAnswer) throws(EnrolmentError) {
        do throws(EnrolmentError) {
            _ = try Reply(answer, to: Shared(SecretBytes(zeros: 0)))
        } catch .privacyIDEA {
            return
        } catch {
            throw error
        }
    }

    /// The key under which the serial number is kept beside a token.
    package static let serialKey = "serial"

    /// The number of the refusal of a code that is to verify a token, or of a request that lacks one.
    static let notVerified: Int64 = 905

    static let loginPath = "/auth"
    static let initPath = "/token/init"

    // MARK: What is asked

    /// Logs in, with the start password or a code.
    static func login(_ person: Enrolling, password: borrowing SecretBytes) -> IssuerQuestion {
        var body = SecretBuffer()
        body.append(
            "{\"username\":\"\(person.userID)\",\"realm\":\"\(person.serviceID)\",\"password\":\"")
        password.withBytes { body.append($0) }
        body.append("\"}")
        return IssuerQuestion(loginPath, body: body)
    }

    /// Makes a token; the parameters are a wish.
    static func make(serial: String, _ login: Shared<SecretBytes>?) -> IssuerQuestion {
        let wish = TOTP.rule
        return ask(
            "{\"type\":\"totp\",\"genkey\":1,\"serial\":\"\(serial)\",\"otplen\":\(wish.digits),"
                + "\"timeStep\":\(wish.period),\"hashlib\":\"\(wish.algorithm.rawValue.lowercased())\"}",
            login)
    }

    /// Shows that the token gives the right codes.
    static func verify(serial: String, code: String, _ login: Shared<SecretBytes>?)
        -> IssuerQuestion
    {
        ask("{\"type\":\"totp\",\"serial\":\"\(serial)\",\"verify\":\"\(code)\"}", login)
    }

    /// Adds the client's part of the seed: behind the first bytes of its digest, so that a typing error would show.
    static func contribute(
        _ part: borrowing SecretBytes, serial: String, _ login: Shared<SecretBytes>?
    ) throws(EnrolmentError) -> IssuerQuestion {
        var bytes = SecretBuffer()
        do throws(CryptographyError) {
            try SHA1.digest(part).withBytes { bytes.append($0.extracting(0..<4)) }
        } catch {
            throw .cryptography(error)
        }
        part.withBytes { bytes.append($0) }
        var body = SecretBuffer()
        body.append(
            "{\"type\":\"totp\",\"serial\":\"\(serial)\",\"otpkeyformat\":\"base32check\",\"otpkey\":\""
        )
        Base32.append(bytes.finish(), to: &body)
        body.append("\"}")
        return IssuerQuestion(initPath, authorization: login, body: body)
    }

    static func delete(serial: String, _ login: Shared<SecretBytes>?) -> IssuerQuestion {
        IssuerQuestion("DELETE", "/token/\(serial)", authorization: login)
    }

    static func disable(serial: String, _ login: Shared<SecretBytes>?) -> IssuerQuestion {
        ask("{\"serial\":\"\(serial)\"}", at: "/token/disable", login)
    }

    // IDs, codes and serial numbers need no escapes.
    private static func ask(
        _ json: String, at path: String = initPath, _ login: Shared<SecretBytes>?
    ) -> IssuerQuestion {
        var body = SecretBuffer()
        body.append(json)
        return IssuerQuestion(path, authorization: login, body: body)
    }

    /// Whether a text is fit for a serial number: it stands in paths, in JSON and in the store.
    static func isSerial(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// Why privacyIDEA says no.
package enum PrivacyIDEARefusal: Equatable, Sendable {
    /// The start password is wrong.
    case wrongPassword
    /// No token of this person takes a start password any more: it is spent, or none was issued.
    case spent
    case locked
    case expired
    case disabled
    case unknownRealm
    /// It does not say why, as with a user whom it does not know.
    case unexplained
    /// Too many logins within a time.
    case throttled
    /// The login is over, or was not taken.
    case loginOver
    /// A policy is against it: its words.
    case notPermitted(String)
    /// The code that was to show that the token is right did not.
    case notVerified
    /// There is no such token.
    case noToken
    /// Anything else: its number and its words.
    case other(Int64, String)
}

/// Deletes a token, or disables it where that alone is allowed: the code logs in.
private final class PrivacyIDEARevocation: RevocationDialog {
    private enum Stage {
        case login, delete, disable
        case done(RevocationClient.Answer)
    }

    private let person: Enrolling
    private let serial: String?
    private let code: String
    private var login: Shared<SecretBytes>?
    private var stage = Stage.login

    init(_ person: Enrolling, serial: String?, code: String) {
        self.person = person
        self.serial = serial.flatMap { PrivacyIDEA.isSerial($0) ? $0 : nil }
        self.code = code
        if self.serial == nil { stage = .done(.notOffered) }
    }

    func next() -> RevocationStep {
        let serial = serial ?? ""
        switch stage {
        case .login:
            let code = SecretBytes(copying: Array(code.utf8).span)
            return .ask(PrivacyIDEA.login(person, password: code))
        case .delete: return .ask(PrivacyIDEA.delete(serial: serial, login))
        case .disable: return .ask(PrivacyIDEA.disable(serial: serial, login))
        case .done(let answer): return .done(answer)
        }
    }

    func receive(_ answer: IssuerAnswer) throws(EnrolmentError) {
        do throws(EnrolmentError) {
            let reply = try PrivacyIDEA.Reply(answer)
            if case .login = stage {
                guard let token = reply.login else { throw .unexpected("token") }
                login = token
                stage = .delete
            } else {
                stage = .done(.revoked)
            }
        } catch .privacyIDEA(.noToken) {
            // Somebody has deleted it meanwhile.
            stage = .done(.revoked)
        } catch .privacyIDEA(.other(0, _)) where login != nil {
            // No error, but nothing that was done either.
            throw .privacyIDEA(.disabled)
        } catch .privacyIDEA(.notPermitted) {
            if case .delete = stage { stage = .disable } else { stage = .done(.notOffered) }
        } catch .privacyIDEA(.wrongPassword) {
            stage = .done(.refused)
        } catch {
            throw error
        }
    }
}
