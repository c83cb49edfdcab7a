package import Cryptography
internal import JSON
internal import OATH

/// The vault of Aegis, plain or encrypted (its docs/vault.md).
package enum Aegis {
    private static let keyCount = 32
    /// A vault has one slot for each password and fingerprint.
    private static let maximumSlots = 16

    /// Whether a JSON text is a vault.
    static func isLikely(_ json: SecretJSON) -> Bool {
        json.isThere("header") && json.isThere("db")
    }

    // MARK: Reading

    static func read(
        _ json: SecretJSON, password: Shared<SecretBytes>?
    ) throws(InterchangeError) -> Harvest {
        guard json.integer("version") == 1 else { throw .malformed("version") }
        guard json.value("header")?.isObject == true, let db = json.value("db") else {
            throw .malformed("header")
        }
        if db.isObject { return try entries(db) }
        guard let password else { throw .needsPassword }
        guard let nonce = json.value("header", "params")?.hex("nonce", count: 12...12),
            let tag = json.value("header", "params")?.hex("tag", count: 16...16)
        else { throw .malformed("header.params") }
        guard let text = json.secret("db"),
            let ciphertext = text.withBytes({ Base64.decode($0, padding: .required) })
        else { throw .malformed("db") }
        let key = try masterKey(json, password.value)
        let box = nonce + ciphertext.open + tag
        let plaintext = try InterchangeError.opening(orThrow: .altered) {
            () throws(CryptographyError) in try AESGCM.open(box, key: key, aad: [])
        }
        guard let content = SecretJSON(Shared(plaintext)) else { throw .malformed("db") }
        return try entries(content)
    }

    /// The key of the vault, out of whichever slot the password opens.
    private static func masterKey(
        _ json: SecretJSON, _ password: borrowing SecretBytes
    ) throws(InterchangeError) -> SecretBytes {
        let slots = json.elements("header", "slots") ?? []
        guard slots.count <= maximumSlots else { throw .excessive("slots") }
        let withPassword = slots.filter { $0.integer("type") == 1 }
        guard !withPassword.isEmpty else { throw .malformed("header.slots") }
        for slot in withPassword {
            if let key = try masterKey(slot: slot, password) { return key }
        }
        throw .notAuthentic
    }

    private static func masterKey(
        slot: SecretJSON, _ password: borrowing SecretBytes
    ) throws(InterchangeError) -> SecretBytes? {
        guard let wrapped = slot.hex("key", count: keyCount...keyCount),
            let nonce = slot.value("key_params")?.hex("nonce", count: 12...12),
            let tag = slot.value("key_params")?.hex("tag", count: 16...16),
            let salt = slot.hex("salt", count: 8...1024)
        else { throw .malformed("header.slots") }
        let cost = try cost(slot)
        let key = try InterchangeError.opening { () throws(CryptographyError) in
            try Scrypt.derive(from: password, salt: salt, cost: cost, count: keyCount)
        }
        do throws(CryptographyError) {
            return try AESGCM.open(nonce + wrapped + tag, key: key, aad: [])
        } catch .notAuthentic {
            return nil
        } catch {
            throw .cryptography(error)
        }
    }

    /// The cost of a slot; each number that is beyond what is taken is named.
    private static func cost(_ slot: SecretJSON) throws(InterchangeError) -> Scrypt.Cost {
        guard let n = slot.integer("n"), n > 1, n & (n - 1) == 0 else { throw .malformed("n") }
        guard let r = slot.integer("r"), r > 0 else { throw .malformed("r") }
        guard let p = slot.integer("p"), p > 0 else { throw .malformed("p") }
        guard n <= 1 << 20 else { throw .excessive("n") }
        guard r <= 8 else { throw .excessive("r") }
        guard p <= 16 else { throw .excessive("p") }
        return try InterchangeError.opening { () throws(CryptographyError) in
            try Scrypt.Cost(
                logN: n.trailingZeroBitCount, blockSize: Int(r), parallelism: Int(p))
        }
    }

    private static func entries(_ content: SecretJSON) throws(InterchangeError) -> Harvest {
        guard let entries = content.elements("entries") else { throw .malformed("entries") }
        var harvest = Harvest()
        for entry in entries {
            var draft = TokenDraft()
            draft.kind = entry.text("type")
            draft.issuer = entry.text("issuer")
            draft.account = entry.text("name")
            let info = entry.value("info")
            draft.algorithm = info?.string("algo") ?? draft.algorithm
            draft.digits = info?.number("digits", default: draft.digits) ?? draft.digits
            draft.period = info?.number("period", default: draft.period) ?? draft.period
            draft.judge(info?.base32("secret"), into: &harvest)
        }
        return harvest
    }

    // MARK: Writing

    /// Writes a plain vault.
    ///
    /// - Parameters:
    ///   - tokens: what is in it.
    ///   - random: the entries' identifiers.
    /// - Returns: JSON.
    /// - Throws: `CryptographyError`.
    package static func write(
        _ tokens: [ForeignToken], random: RandomSource
    ) throws(CryptographyError) -> SecretBytes {
        var text = SecretBuffer()
        text.append("{\"version\":1,\"header\":{\"slots\":null,\"params\":null},\"db\":")
        try content(tokens, random).withBytes { text.append($0) }
        text.append("}\n")
        return text.finish()
    }

    /// Writes an encrypted vault, at the cost that Aegis itself has.
    ///
    /// - Parameters:
    ///   - tokens: what is in it.
    ///   - password: opens it.
    ///   - random: key, salt, nonces and identifiers.
    /// - Returns: JSON.
    /// - Throws: `CryptographyError`.
    package static func write(
        _ tokens: [ForeignToken], password: borrowing SecretBytes, random: RandomSource
    ) throws(CryptographyError) -> SecretBytes {
        let cost = Scrypt.Cost.enrolment
        let salt = try publicRandom(count: 32, from: random)
        let key = try random(keyCount)
        let slotKey = try Scrypt.derive(from: password, salt: salt, cost: cost, count: keyCount)
        let wrapped = try Box(key, slotKey, random)
        let sealed = try Box(content(tokens, random), key, random)
        let slot: JSONValue = [
            "type": .integer(1), "uuid": .string(try identifier(random)),
            "key": .string(Hex.encode(wrapped.ciphertext.span)), "key_params": wrapped.parameters,
            "n": .integer(1 << Int64(cost.logN)), "r": .integer(Int64(cost.blockSize)),
            "p": .integer(Int64(cost.parallelism)), "salt": .string(Hex.encode(salt.span)),
            "repaired": true, "is_backup": false,
        ]
        let vault: JSONValue = [
            "version": .integer(1),
            "header": ["slots": .array([slot]), "params": sealed.parameters],
            "db": .string(Base64.encode(sealed.ciphertext.span, padding: .required)),
        ]
        return SecretBytes(copying: (vault.encoded + [0x0A]).span)
    }

    /// What AES-GCM makes, taken apart as a vault has it.
    private struct Box {
        let ciphertext: [UInt8]
        let parameters: JSONValue

        init(
            _ plaintext: borrowing SecretBytes, _ key: borrowing SecretBytes, _ random: RandomSource
        ) throws(CryptographyError) {
            let nonce = try publicRandom(count: AESGCM.nonceCount, from: random)
            let box = try AESGCM.seal(plaintext, key: key, nonce: nonce, aad: [])
            ciphertext = Array(box.dropFirst(nonce.count).dropLast(AESGCM.tagCount))
            parameters = [
                "nonce": .string(Hex.encode(nonce.span)),
                "tag": .string(Hex.encode(Array(box.suffix(AESGCM.tagCount)).span)),
            ]
        }
    }

    private static func content(
        _ tokens: [ForeignToken], _ random: RandomSource
    ) throws(CryptographyError) -> SecretBytes {
        var text = SecretBuffer(capacity: 512 * max(1, tokens.count))
        text.append("{\"version\":3,\"entries\":[")
        for (index, token) in tokens.enumerated() {
            if index > 0 { text.append(",") }
            text.append("{\"type\":\"totp\",")
            text.member("uuid", try identifier(random))
            text.member("name", token.account)
            text.member("issuer", token.issuer)
            text.append("\"note\":\"\",\"favorite\":false,\"icon\":null,\"info\":{\"secret\":\"")
            Base32.append(token.seed.value, to: &text)
            text.append("\",")
            text.member("algo", token.totp.algorithm.rawValue)
            text.append("\"digits\":\(token.totp.digits),\"period\":\(token.totp.period)}")
            text.append(",\"groups\":[]}")
        }
        text.append("],\"groups\":[],\"icons_optimized\":true}")
        return text.finish()
    }

    /// A random UUID (RFC 9562, version 4).
    private static func identifier(_ random: RandomSource) throws(CryptographyError) -> String {
        var bytes = try publicRandom(count: 16, from: random)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = Hex.encode(bytes.span)
        for place in [20, 16, 12, 8] {
            text.insert("-", at: text.index(text.startIndex, offsetBy: place))
        }
        return text
    }
}
