import Cryptography
import Interchange

/// A decoder of bytes from outside, and what must hold whatever it is given.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// The store's file; MAC and seal are put right first, or nothing behind them would be reached.
    case store
    /// Command lines of both programs, an argument a line.
    case options
    /// The person's settings.
    case config
    /// HTTP requests and responses, at once and in pieces.
    case http
    case json
    /// The issuer's answer to the first request, as the client reads it.
    case startReply = "start-reply"
    /// The issuer's answer to the second request.
    case finishReply = "finish-reply"
    /// What is sealed in that answer.
    case parameters
    /// The client's first request, as the issuer reads it.
    case startRequest = "start-request"
    /// The client's second request.
    case finishRequest = "finish-request"
    /// A revocation, as the issuer reads it.
    case revocationRequest = "revocation-request"
    /// The issuer's answer to it.
    case revocationReply = "revocation-reply"
    /// privacyIDEA's answer to the making of a token.
    case privacyIDEA = "privacyidea"
    /// JSON that is read where it is.
    case secretJSON = "secret-json"
    /// Tokens as URIs.
    case keyURI = "key-uri"
    /// What the issuer seals and sends with the client.
    case session
    /// What the issuer keeps of a user.
    case record
    /// What the issuer keeps of an account.
    case account
    /// Forms of browsers, and the languages that they ask for.
    case form
    /// Addresses of servers.
    case url
    /// Passphrases on their way into a key.
    case passphrase
    /// Base64, Base32 and hexadecimal digits.
    case encodings
    /// What people type: moments, lengths of time, IDs, start passwords.
    case typed
    /// Texts from outside on their way to a terminal.
    case text
    /// What is written down of the clock.
    case clockRecord = "clock-record"
    /// Answers of time servers.
    case ntpPacket = "ntp-packet"
    /// Answers to a key exchange of NTS.
    case ntsRecords = "nts-records"
    /// Extension fields of authenticated answers.
    case ntsFields = "nts-fields"
    /// Mails about an issued token.
    case mail
    /// Mails with a code.
    case codeMail = "code-mail"
    // Files of other authenticators.
    case otpauthList = "otpauth-list"
    /// What is in a migration URI.
    case migration
    case aegis
    case twoFAS = "2fas"
    case andOTP = "andotp"
    case freeOTPPlus = "freeotp-plus"
    case bitwarden
    case pskc

    /// Gives an input to the decoder and checks what must hold.
    ///
    /// - Parameter input: any bytes.
    /// - Returns: whether the decoder took it.
    /// - Throws: `Broken` when something does not hold.
    package func run(_ input: [UInt8]) throws(Broken) -> Bool {
        switch self {
        case .store: try fuzzStore(input)
        case .options: try fuzzOptions(input)
        case .config: try fuzzConfig(input)
        case .http: try fuzzHTTP(input)
        case .json: try fuzzJSON(input)
        case .startReply: try fuzzStartReply(input)
        case .finishReply: try fuzzFinishReply(input)
        case .parameters: try fuzzParameters(input)
        case .startRequest: try fuzzStartRequest(input)
        case .finishRequest: try fuzzFinishRequest(input)
        case .revocationRequest: try fuzzRevocationRequest(input)
        case .revocationReply: try fuzzRevocationReply(input)
        case .privacyIDEA: try fuzzPrivacyIDEA(input)
        case .secretJSON: try fuzzSecretJSON(input)
        case .keyURI: try fuzzKeyURI(input)
        case .session: try fuzzSession(input)
        case .record: try fuzzRecord(input)
        case .account: try fuzzAccount(input)
        case .form: try fuzzForm(input)
        case .url: try fuzzURL(input)
        case .passphrase: try fuzzPassphrase(input)
        case .encodings: try fuzzEncodings(input)
        case .typed: try fuzzTyped(input)
        case .text: try fuzzText(input)
        case .clockRecord: try fuzzClockRecord(input)
        case .ntpPacket: try fuzzNTPPacket(input)
        case .ntsRecords: try fuzzNTSRecords(input)
        case .ntsFields: try fuzzNTSFields(input)
        case .mail: try fuzzMail(input)
        case .codeMail: try fuzzCodeMail(input)
        case .otpauthList: try fuzzInterchange(.otpauth, input)
        case .migration: try fuzzMigration(input)
        case .aegis: try fuzzInterchange(.aegis, input)
        case .twoFAS: try fuzzInterchange(.twoFAS, input)
        case .andOTP: try fuzzInterchange(.andOTP, input)
        case .freeOTPPlus: try fuzzInterchange(.freeOTPPlus, input)
        case .bitwarden: try fuzzInterchange(.bitwarden, input)
        case .pskc: try fuzzInterchange(.pskc, input)
        }
    }
}

/// Something that must hold and does not; what, in a few words.
package struct Broken: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

func require(_ condition: Bool, _ rule: @autoclosure () -> String) throws(Broken) {
    guard condition else { throw Broken(rule()) }
}

func unwrap<Value: ~Copyable>(
    _ value: consuming Value?, _ rule: @autoclosure () -> String
) throws(Broken) -> Value {
    guard let value else { throw Broken(rule()) }
    return value
}

/// Runs what cannot fail unless a rule is broken.
func certain<Result: ~Copyable, Failure: Error>(
    _ rule: String, _ body: () throws(Failure) -> Result
) throws(Broken) -> Result {
    do throws(Failure) { return try body() } catch { throw Broken("\(rule): \(error)") }
}

/// A generator that always draws the same: an input behaves alike every time.
func steady(_ count: Int) throws(CryptographyError) -> SecretBytes {
    SecretBytes(copying: [UInt8](repeating: 7, count: count).span)
}

/// A key for what is sealed here.
func steadyKey(_ byte: UInt8) -> SecretBytes {
    SecretBytes(copying: [UInt8](repeating: byte, count: 32).span)
}

extension SecretBytes {
    init(_ bytes: [UInt8]) { self.init(copying: bytes.span) }
    var exposed: [UInt8] { withBytes { Array(copying: $0) } }
}

extension String {
    /// The text, with U+FFFD where it is no UTF-8.
    init(_ input: some Collection<UInt8>) { self.init(decoding: input, as: UTF8.self) }
}
