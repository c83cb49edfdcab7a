internal import Cryptography
internal import JSON
internal import OATH

/// The backup of 2FAS, of schema 4 and before, plain or encrypted.
enum TwoFAS {
    private static let schemas: ClosedRange<Int64> = 1...4
    private static let iterations = 10_000

    /// Whether a JSON text is such a backup.
    static func isLikely(_ json: SecretJSON) -> Bool {
        json.isThere("schemaVersion") && json.isThere("services")
    }

    static func read(
        _ json: SecretJSON, password: Shared<SecretBytes>?
    ) throws(InterchangeError) -> Harvest {
        guard let schema = json.integer("schemaVersion"), schemas.contains(schema) else {
            throw .malformed("schemaVersion")
        }
        guard let sealed = json.value("servicesEncrypted"), !sealed.isNull else {
            return try services(json.elements("services"), "services")
        }
        let content = try opened(sealed, password)
        return try services(SecretJSON(Shared(content))?.elements(), "servicesEncrypted")
    }

    /// Ciphertext with its tag, salt and nonce, in Base64 with colons between.
    private static func opened(
        _ sealed: SecretJSON, _ password: Shared<SecretBytes>?
    ) throws(InterchangeError) -> SecretBytes {
        let parts = sealed.secret()?.withBytes { text -> [Shared<SecretBytes>] in
            var (parts, start): ([Shared<SecretBytes>], Int) = ([], 0)
            while start <= text.count, parts.count < 4 {
                let end = text.firstIndex(of: UInt8(ascii: ":"), from: start) ?? text.count
                guard let part = Base64.decode(text.extracting(start..<end), padding: .required)
                else { return [] }
                parts.append(Shared(part))
                start = end + 1
            }
            return parts
        }
        guard let parts, parts.count == 3, (1...1024).contains(parts[1].value.count),
            parts[2].value.count == AESGCM.nonceCount
        else { throw .malformed("servicesEncrypted") }
        guard let password else { throw .needsPassword }
        return try InterchangeError.opening { () throws(CryptographyError) in
            let key = try PBKDF2.derive(
                from: password.value, salt: parts[1].value, iterations: iterations, count: 32,
                hash: .sha256)
            return try AESGCM.open(parts[2].value.open + parts[0].value.open, key: key, aad: [])
        }
    }

    private static func services(
        _ services: [SecretJSON]?, _ place: String
    ) throws(InterchangeError) -> Harvest {
        guard let services else { throw .malformed(place) }
        var harvest = Harvest()
        for service in services {
            var draft = TokenDraft()
            let otp = service.value("otp")
            draft.kind = otp?.string("tokenType") ?? draft.kind
            draft.issuer = [otp?.string("issuer"), service.string("name")].firstText
            draft.account = [otp?.string("account"), otp?.string("label")].firstText
            draft.algorithm = otp?.string("algorithm") ?? draft.algorithm
            draft.digits = otp?.number("digits", default: draft.digits) ?? draft.digits
            draft.period = otp?.number("period", default: draft.period) ?? draft.period
            draft.judge(service.base32("secret"), into: &harvest)
        }
        return harvest
    }
}

extension [String?] {
    /// The first text that is not empty; else an empty one.
    var firstText: String { lazy.compactMap { $0 }.first { !$0.isEmpty } ?? "" }
}
