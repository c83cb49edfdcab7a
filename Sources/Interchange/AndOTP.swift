internal import Cryptography
internal import JSON
internal import OATH

/// The backup of andOTP, plain or encrypted.
enum AndOTP {
    /// How many iterations a backup asks for; the program itself draws 140,000 to 160,000.
    static let iterations: ClosedRange<UInt32> = 1_000...10_000_000
    private static let saltCount = 12

    /// Whether a JSON text is such a backup.
    static func isLikely(_ json: SecretJSON) -> Bool {
        guard let first = json.elements()?.first else { return json.elements() != nil }
        return first.isThere("secret") && first.isThere("type")
    }

    /// Whether bytes may be an encrypted backup: they have no mark, but random bytes are no text.
    static func isLikelyEncrypted(_ bytes: Span<UInt8>) -> Bool {
        bytes.count > AESGCM.overhead && (try? UTF8Span(validating: bytes)) == nil
    }

    static func read(_ json: SecretJSON) throws(InterchangeError) -> Harvest {
        guard let entries = json.elements() else { throw .malformed("JSON") }
        var harvest = Harvest()
        for entry in entries {
            var draft = TokenDraft()
            draft.kind = entry.string("type") ?? draft.kind
            draft.issuer = entry.text("issuer")
            draft.account = entry.text("label")
            draft.splitAccount()
            draft.algorithm = entry.string("algorithm") ?? draft.algorithm
            draft.digits = entry.number("digits", default: draft.digits)
            draft.period = entry.number("period", default: draft.period)
            draft.judge(entry.base32("secret"), into: &harvest)
        }
        return harvest
    }

    /// Opens a backup: iterations, salt, nonce, ciphertext, tag.
    static func open(
        _ file: Span<UInt8>, password: Shared<SecretBytes>?
    ) throws(InterchangeError) -> SecretBytes {
        guard file.count > 4 + saltCount + AESGCM.overhead else { throw .malformed("length") }
        let iterations = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(file[$1]) }
        guard iterations <= Self.iterations.upperBound else { throw .excessive("iterations") }
        guard iterations > 0 else { throw .malformed("iterations") }
        guard let password else { throw .needsPassword }
        let salt = SecretBytes(copying: file.extracting(4..<4 + saltCount))
        return try InterchangeError.opening { () throws(CryptographyError) in
            let key = try PBKDF2.derive(
                from: password.value, salt: salt, iterations: Int(iterations), count: 32)
            return try AESGCM.open(file.extracting((4 + saltCount)...), key: key, aad: [])
        }
    }

    /// Opens a backup of before 2020: nonce, ciphertext, tag; the key is the password's digest.
    static func openOld(
        _ file: Span<UInt8>, password: Shared<SecretBytes>?
    ) throws(InterchangeError) -> SecretBytes {
        guard file.count > AESGCM.overhead else { throw .malformed("length") }
        guard let password else { throw .needsPassword }
        return try InterchangeError.opening { () throws(CryptographyError) in
            try AESGCM.open(file, key: SHA256.digest(password.value), aad: [])
        }
    }
}
