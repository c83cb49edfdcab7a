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

extension PrivacyIDEA {
    /// An answer that says yes.
    struct Reply {
        let json: SecretJSON

        /// Takes an answer.
        ///
        /// - Parameters:
        ///   - answer: whatever came.
        ///   - secret: what was sent, where that is all that an answer of somebody else's could give away; without it
        ///     nothing of such an answer is quoted.
        /// - Throws: `EnrolmentError.foreign` where privacyIDEA did not say it, `.privacyIDEA` where it says no.
        init(
            _ answer: IssuerAnswer, to secret: Shared<SecretBytes>? = nil
        ) throws(EnrolmentError) {
            // A path that it does not know is answered with a page, and with status 200.
            guard answer.mediaType == "application/json", let json = SecretJSON(answer.body),
                json.isThere("result", "status")
            else {
                let line = secret.flatMap { Self.firstLine(answer.body.value, without: $0.value) }
                throw .foreign(status: answer.status, line: line ?? "")
            }
            guard answer.status == 200, json.isTrue("result", "status"),
                json.isTrue("result", "value")
            else { throw .privacyIDEA(Self.refusal(json)) }
            self.json = json
        }

        private static func refusal(_ json: SecretJSON) -> PrivacyIDEARefusal {
            let words = json.string("result", "error", "message") ?? ""
            let code = json.integer("result", "error", "code") ?? 0
            switch code {
            case 4031 where words.contains("Unknown realm"): return .unknownRealm
            case 4031: return login(json.string("detail", "message"))
            case 4033, 4304: return .loginOver
            case 403: return .throttled
            case 303: return .notPermitted(words)
            case 601: return .noToken
            default: return .other(code, words)
            }
        }

        private static func login(_ reason: String?) -> PrivacyIDEARefusal {
            let reasons: [(String, PrivacyIDEARefusal)] = [
                ("wrong otp", .wrongPassword), ("Failcounter exceeded", .locked),
                ("Outside validity period", .expired), ("Token is disabled", .disabled),
                ("no tokens assigned", .spent), ("not yet enrolled", .spent),
            ]
            guard let reason else { return .unexplained }
            return reasons.first { reason.contains($0.0) }?.1 ?? .other(4031, reason)
        }

        /// The first line with anything in it, for a person to read; nil where the body may hold a secret.
        private static func firstLine(
            _ body: borrowing SecretBytes, without secret: borrowing SecretBytes
        ) -> String? {
            let isSecret = body.withBytes { bytes in
                secret.withBytes { mayHoldSecrets(bytes, $0) }
            }
            guard !isSecret else { return nil }
            return body.withBytes { bytes in
                let text = String(
                    decoding: [UInt8](copying: bytes.extracting(first: 1024)), as: UTF8.self)
                let line = text.split(whereSeparator: \.isNewline).first { line in
                    line.contains { !$0.isWhitespace }
                }
                return String((line ?? "").drop { $0.isWhitespace }.prefix(120))
            }
        }

        /// Whether a body is JSON, which may be privacyIDEA's own behind somebody's label, or shows what was sent or
        /// what privacyIDEA answers, as a page for those who look for faults does.
        private static func mayHoldSecrets(_ body: Span<UInt8>, _ secret: Span<UInt8>) -> Bool {
            let start = body.indices.first { !" \t\r\n".utf8.contains(body[$0]) }
            let isJSON = start.map { "{[\"".utf8.contains(body[$0]) } ?? false
            // A token to log in with begins with the base64 of a brace and a quotation mark.
            let words: [StaticString] = ["otpauth:", "seed://", "eyJ"]
            return isJSON
                || body.indices.contains { place in
                    words.contains { body.holds($0, at: place) } || body.holds(secret, at: place)
                }
        }
    }
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
                guard let token = reply.login else { throw .malformed("token") }
                login = token
                stage = .delete
            } else {
                stage = .done(.revoked)
            }
        } catch .privacyIDEA(.noToken) {
            // Somebody has deleted it meanwhile.
            stage = .done(.revoked)
        } catch .privacyIDEA(.notPermitted) {
            if case .delete = stage { stage = .disable } else { stage = .done(.notOffered) }
        } catch .privacyIDEA(.wrongPassword) {
            stage = .done(.refused)
        } catch {
            throw error
        }
    }
}

extension PrivacyIDEA.Reply {
    /// What authorises further requests: visible ASCII.
    var login: Shared<SecretBytes>? {
        guard let token = json.secret("result", "value", "token"), token.count > 0,
            token.withBytes({ bytes in
                bytes.indices.allSatisfy { (0x21...0x7E).contains(bytes[$0]) }
            })
        else { return nil }
        return Shared(token)
    }
}
