import Cryptography
import TokenStore

/// A file that is a store but for MAC and seal: behind the line `mac …` stands the plaintext.
///
/// Without such a line the whole input is the plaintext of a store that this machine opens.
func fuzzStore(_ input: [UInt8]) throws(Broken) -> Bool {
    // As it is, nothing but what was sealed with the key opens.
    _ = try open(input)
    let file = try certain("sealing") { () throws(CryptographyError) in try repaired(input) }
    guard let first = try open(file) else { return false }
    let sealed = try certain("what opens can be sealed") { () throws(StoreError) in
        try first.sealed(random: steady)
    }
    let second = try unwrap(open(sealed), "what is sealed opens")
    try require(first.slots == second.slots, "slots are kept")
    let header = try unwrap(bodyStart(file), "a header ends")
    try require(sealed.starts(with: file[..<header]), "a header is written as it was read")
    try require(
        first.tokens.elementsEqual(second.tokens) { isSame($0, $1) }, "tokens are kept")
    let again = try certain("sealing again") { () throws(StoreError) in
        try second.sealed(random: steady)
    }
    try require(again == sealed, "reading and writing is a fixpoint")
    return true
}

/// Opens a file with the secret of a device, or with that of a command; a passphrase would take too long.
private func open(_ file: [UInt8]) throws(Broken) -> TokenStore? {
    let read = try taken { () throws(StoreError) in try SealedStore(file) }
    guard let store = read else { return nil }
    let header = try unwrap(bodyStart(file), "a header ends")
    let digest = try certain("the digest") { () throws(CryptographyError) in
        try SHA256.digest(Array(file[..<header]))
    }
    let identity = try certain("the identity") { () throws(StoreError) in try store.identity() }
    try require(identity == digest, "a header is written as it was read")
    return try taken { () throws(StoreError) in
        for kind in [KeySlot.Kind.device, .command] {
            if let key = try store.key(kind, from: device()) { return try store.open(key: key) }
        }
        throw .damaged("no slot that opens")
    }
}

/// What the module makes of something; nil when it refuses.
private func taken<Value: ~Copyable>(
    _ body: () throws(StoreError) -> Value
) throws(Broken) -> Value? {
    do throws(StoreError) {
        return try body()
    } catch .cryptography(let error) {
        throw Broken("libcrypto: \(error)")
    } catch {
        return nil
    }
}

private func device() -> SecretBytes { steadyKey(0x11) }

/// The store key in the slots of the corpus, too.
private func storeKey() -> SecretBytes { steadyKey(0x80) }

private let firstLine = Array("otptoken-store/1\n".utf8)

private func slot() throws(CryptographyError) -> [UInt8] {
    let salt = try steady(16).exposed
    let start = "slot device \(Base64.encode(salt.span, padding: .none))"
    let wrapped = try AESGCM.seal(
        storeKey(),
        key: HKDF.derive(
            from: device(), salt: salt, info: Array("otptoken-store/1 device".utf8)),
        nonce: steady(AESGCM.nonceCount).exposed, aad: Array(start.utf8))
    return Array("\(start) \(Base64.encode(wrapped.span, padding: .none))\n".utf8)
}

/// Where the line `mac …` begins.
private func macLine(_ file: [UInt8]) -> Int? {
    let mac = Array("mac ".utf8)
    var start = 0
    while let end = file[start...].firstIndex(of: 0x0A) {
        if file[start..<end].starts(with: mac) { return start }
        start = end + 1
    }
    return nil
}

private func bodyStart(_ file: [UInt8]) -> Int? {
    macLine(file).flatMap { file[$0...].firstIndex(of: 0x0A) }.map { $0 + 1 }
}

private func repaired(_ input: [UInt8]) throws(CryptographyError) -> [UInt8] {
    var covered = firstLine + (try slot())
    var plaintext = input[...]
    if input.starts(with: firstLine), let mac = macLine(input), let body = bodyStart(input) {
        covered = Array(input[..<mac])
        plaintext = input[body...]
    }
    covered += Array("mac ".utf8)
    let mac = try HMAC.authenticate(
        covered, key: HKDF.derive(from: storeKey(), purpose: "otptoken-store/1 header"))
    let header = covered + Array("\(Base64.encode(mac.span, padding: .none))\n".utf8)
    return header
        + (try AESGCM.seal(
            SecretBytes(copying: plaintext.span),
            key: HKDF.derive(from: storeKey(), purpose: "otptoken-store/1 payload"),
            nonce: steady(AESGCM.nonceCount).exposed, aad: header))
}

private func isSame(_ a: Token, _ b: Token) -> Bool {
    (a.name, a.issuer, a.serviceID, a.userID, a.server)
        == (b.name, b.issuer, b.serviceID, b.userID, b.server)
        && (a.state, a.totp, a.enrolledAt, a.expiresAt, a.isDefault)
            == (b.state, b.totp, b.enrolledAt, b.expiresAt, b.isDefault)
        && a.seed.value.equals(b.seed.value)
        && a.extras.elementsEqual(b.extras) {
            $0.key == $1.key && $0.value.value.equals($1.value.value)
        }
}
