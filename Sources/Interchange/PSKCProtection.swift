internal import Cryptography

/// What a password makes of a container's secrets (RFC 6030, section 6.2): a key by PBKDF2, AES-CBC, and a MAC over
/// vector and ciphertext.
///
/// The MAC is required: without it nobody could tell a wrong password from a right one.
struct PSKCProtection {
    private let key: Shared<SecretBytes>
    private let macKey: Shared<SecretBytes>
    private let macHash: HashAlgorithm

    init(
        _ container: XMLElement, _ document: Span<UInt8>, _ password: borrowing SecretBytes
    ) throws(InterchangeError) {
        guard let derived = container.child("EncryptionKey", "DerivedKey") else {
            throw .unsupported("EncryptionKey")
        }
        guard let method = derived.child("KeyDerivationMethod") else {
            throw .malformed("KeyDerivationMethod")
        }
        guard let name = method.attributes["Algorithm"], name.hasSuffix("#pbkdf2") else {
            throw .unsupported(method.attributes["Algorithm"] ?? "KeyDerivationMethod")
        }
        key = Shared(try Self.derive(method, document, password))
        guard let mac = container.child("MACMethod") else { throw .malformed("MACMethod") }
        macHash = try Self.hash(mac.attributes["Algorithm"] ?? "")
        guard let macKey = mac.child("MACKey") else {
            self.macKey = key
            return
        }
        let box = try Self.ciphertext(macKey, document)
        let key = key
        self.macKey = Shared(
            try InterchangeError.opening { () throws(CryptographyError) in
                try AESCBC.open(box, key: key.value)
            })
    }

    private static func derive(
        _ method: XMLElement, _ document: Span<UInt8>, _ password: borrowing SecretBytes
    ) throws(InterchangeError) -> SecretBytes {
        guard let parameters = method.child("PBKDF2-params"),
            let salt = parameters.child("Salt", "Specified")?.secret(document)
                .withBytes({ $0.lenientBase64 }), (1...1024).contains(salt.count)
        else { throw .malformed("PBKDF2-params") }
        func number(_ name: String) -> Int? {
            parameters.child(name).flatMap { Int($0.text(document)) }
        }
        guard let iterations = number("IterationCount"), iterations > 0 else {
            throw .malformed("IterationCount")
        }
        guard iterations <= PBKDF2.iterations.upperBound else { throw .excessive("IterationCount") }
        let count = number("KeyLength") ?? 16
        guard AESCBC.keyCounts.contains(count) else { throw .excessive("KeyLength") }
        let hash = try parameters.child("PRF")?.attributes["Algorithm"].map(hash) ?? .sha1
        return try InterchangeError.opening { () throws(CryptographyError) in
            try PBKDF2.derive(
                from: password, salt: salt, iterations: iterations, count: count, hash: hash)
        }
    }

    /// The hash function that an identifier like `…#hmac-sha256` ends with.
    private static func hash(_ identifier: String) throws(InterchangeError) -> HashAlgorithm {
        let word = identifier.lowercased()
        guard
            let hash = HashAlgorithm.allCases.first(where: {
                word.hasSuffix("hmac-\($0.rawValue.lowercased())")
            })
        else { throw .unsupported(identifier) }
        return hash
    }

    /// Vector and ciphertext of an encrypted value.
    private static func ciphertext(
        _ value: XMLElement, _ document: Span<UInt8>
    ) throws(InterchangeError) -> [UInt8] {
        let method = value.child("EncryptionMethod")?.attributes["Algorithm"] ?? ""
        guard ["aes128-cbc", "aes192-cbc", "aes256-cbc"].contains(where: method.hasSuffix) else {
            throw .unsupported(method)
        }
        guard
            let bytes = value.child("CipherData", "CipherValue")?.secret(document)
                .withBytes({ $0.lenientBase64 }), bytes.count <= AESCBC.maximumCount
        else { throw .malformed("CipherValue") }
        return bytes.open
    }

    /// Opens a secret.
    func open(
        _ secret: XMLElement, _ document: Span<UInt8>
    ) throws(InterchangeError) -> SecretBytes {
        guard let value = secret.child("EncryptedValue") else { throw .malformed("EncryptedValue") }
        let box = try Self.ciphertext(value, document)
        guard
            let mac = secret.child("ValueMAC")?.secret(document)
                .withBytes({ $0.lenientBase64 })
        else { throw .malformed("ValueMAC") }
        return try InterchangeError.opening { () throws(CryptographyError) in
            let expected = try HMAC.authenticate(box, key: macKey.value, hash: macHash)
            guard constantTimeEqual(expected, mac.open) else { throw .notAuthentic }
            return try AESCBC.open(box, key: key.value)
        }
    }
}

/// Encrypts secrets the way `PSKCProtection` opens them.
struct PSKCSeal {
    private static let iterations = 600_000
    private static let count = 32
    private static let encryption = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
    private static let hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"

    private let key: Shared<SecretBytes>
    private let macKey: Shared<SecretBytes>
    /// What stands in front of the keys.
    let header: String

    let namespaces =
        " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\""
        + " xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\""
        + " xmlns:xenc11=\"http://www.w3.org/2009/xmlenc11#\""
        + " xmlns:pkcs5=\"http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#\""

    init(
        _ password: borrowing SecretBytes, _ random: RandomSource
    ) throws(CryptographyError) {
        let salt = try random(16)
        let encodedSalt = Base64.encode(salt.open.span, padding: .required)
        key = Shared(
            try PBKDF2.derive(
                from: password, salt: salt, iterations: Self.iterations, count: Self.count,
                hash: .sha256))
        macKey = Shared(try random(32))
        header = """
              <EncryptionKey>
                <xenc11:DerivedKey>
                  <xenc11:KeyDerivationMethod \
            Algorithm="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2">
                    <pkcs5:PBKDF2-params>
                      <Salt><Specified>\(encodedSalt)</Specified></Salt>
                      <IterationCount>\(Self.iterations)</IterationCount>
                      <KeyLength>\(Self.count)</KeyLength>
                      <PRF Algorithm="\(Self.hmac)"/>
                    </pkcs5:PBKDF2-params>
                  </xenc11:KeyDerivationMethod>
                </xenc11:DerivedKey>
              </EncryptionKey>
              <MACMethod Algorithm="\(Self.hmac)">
                <MACKey>\(try Self.cipher(macKey.value, key.value, random).xml)</MACKey>
              </MACMethod>

            """
    }

    /// What stands inside `Secret`.
    func encrypted(
        _ secret: borrowing SecretBytes, _ random: RandomSource
    ) throws(CryptographyError) -> String {
        let (box, xml) = try Self.cipher(secret, key.value, random)
        let mac = try HMAC.authenticate(box, key: macKey.value)
        return "<EncryptedValue>\(xml)</EncryptedValue><ValueMAC>"
            + Base64.encode(mac.span, padding: .required) + "</ValueMAC>"
    }

    private static func cipher(
        _ secret: borrowing SecretBytes, _ key: borrowing SecretBytes, _ random: RandomSource
    ) throws(CryptographyError) -> (box: [UInt8], xml: String) {
        let box = try AESCBC.seal(secret, key: key, vector: publicRandom(count: 16, from: random))
        let text = Base64.encode(box.span, padding: .required)
        return (
            box,
            "<xenc:EncryptionMethod Algorithm=\"\(encryption)\"/><xenc:CipherData>"
                + "<xenc:CipherValue>\(text)</xenc:CipherValue></xenc:CipherData>"
        )
    }
}
