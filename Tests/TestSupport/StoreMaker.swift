package import Cryptography
internal import OATH
internal import Platform
package import TokenStore

/// Stores that a test needs in a certain state, made and read by the modules themselves.
package enum StoreMaker {
    /// Writes a store that the programs under test open.
    ///
    /// - Parameters:
    ///   - tokens: what is in it.
    ///   - home: the home folder of the programs.
    ///   - passphrase: of the app lock; none by default.
    /// - Throws: when it cannot be written.
    package static func write(
        _ tokens: [Token], home: String, passphrase: String? = nil
    ) throws {
        let places = Locations(home: home + "/otptoken")
        try PrivateFolder.ensure(places.data)
        let key = try publicRandom(count: 32, from: SecretBytes.random)
        try PrivateFile.replace(places.deviceKey, with: key)
        let secret = try passphrase.map { SecretBytes(text: $0) } ?? device(places)
        var store = try TokenStore(
            openedBy: passphrase == nil ? .device : .scrypt, secret, random: SecretBytes.random)
        store.tokens = tokens
        try PrivateFile.replace(places.store, with: store.sealed(random: SecretBytes.random))
    }

    /// The tokens of a store that the programs under test have written.
    package static func read(home: String) throws -> [Token] {
        let places = Locations(home: home + "/otptoken")
        let file = try PrivateFile.read(places.store, limit: SealedStore.maximumCount)
        return try TokenStore(opening: file, .device, device(places)).tokens
    }

    /// A token for tests.
    ///
    /// - Parameters:
    ///   - name: its name and issuer.
    ///   - period: seconds.
    ///   - digits: 6 to 8.
    ///   - algorithm: the hash function.
    ///   - seed: the shared secret, as text.
    /// - Returns: an active token.
    package static func token(
        _ name: String, period: Int = 60, digits: Int = 8, algorithm: HashAlgorithm = .sha256,
        seed: String = "12345678901234567890123456789012"
    ) -> Token {
        Token(
            name: name, state: .active,
            seed: Shared(SecretBytes(copying: Array(seed.utf8).span)),
            totp: TOTP(digits: digits, period: period, algorithm: algorithm) ?? .rule, issuer: name,
            serviceID: "10121234", userID: "12345678901234DC", server: "https://token.example.com")
    }

    /// A token whose enrolment is not finished.
    ///
    /// - Parameter userID: the user ID, which is its name as well.
    /// - Returns: a pending token.
    package static func pending(_ userID: String) -> Token {
        var token = token(userID)
        token.state = .pending
        token.issuer = ""
        token.userID = userID
        return token
    }

    private static func device(_ places: Locations) throws -> SecretBytes {
        let key = try PrivateFile.read(places.deviceKey, limit: 32)
        return SecretBytes(copying: (key + machineIdentity()).span)
    }
}

extension TokenStore {
    /// Opens a store with one secret, as a program does that has no other.
    ///
    /// - Parameters:
    ///   - file: its bytes.
    ///   - kind: the slot to open.
    ///   - secret: of this kind.
    /// - Throws: `StoreError`; `.noSlotOpens` when the secret is another one.
    package init(
        opening file: [UInt8], _ kind: KeySlot.Kind, _ secret: borrowing SecretBytes
    ) throws(StoreError) {
        let sealed = try SealedStore(file)
        guard let key = try sealed.key(kind, from: secret) else { throw .noSlotOpens }
        self = try sealed.open(key: key)
    }
}

extension SealedStore {
    /// Whether a secret opens one of its slots of this kind.
    package func opens(
        with kind: KeySlot.Kind, _ secret: borrowing SecretBytes
    ) throws(StoreError) -> Bool {
        guard let _ = try key(kind, from: secret) else { return false }
        return true
    }
}

extension StoreError {
    package static let noSlotOpens = StoreError.damaged("no slot opens")
}
