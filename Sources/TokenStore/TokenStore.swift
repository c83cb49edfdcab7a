package import Cryptography

/// An opened store: its tokens, its slots, and the key that it is sealed with.
package struct TokenStore: ~Copyable {
    /// The tokens, in the order of their enrolment.
    package var tokens: [Token]
    /// The ways to the store key.
    package private(set) var slots: [KeySlot]
    private var key: SecretBytes

    init(tokens: [Token], slots: [KeySlot], key: consuming SecretBytes) {
        self.tokens = tokens
        self.slots = slots
        self.key = key
    }

    /// A new store without tokens.
    ///
    /// - Parameters:
    ///   - kind: what opens it.
    ///   - secret: of this kind.
    ///   - random: where keys and salts come from.
    /// - Throws: `StoreError.cryptography`.
    package init(
        openedBy kind: KeySlot.Kind, _ secret: borrowing SecretBytes, random: RandomSource
    ) throws(StoreError) {
        let key = try Self.newKey(random)
        let slot = try Self.slot(for: key, kind, secret, random)
        self.init(tokens: [], slots: [slot], key: key)
    }

    /// Takes a fresh store key and one slot for it, in the place of all former slots: what opened the store until
    /// now does not open what is sealed from now on.
    ///
    /// - Parameters:
    ///   - kind: what opens it.
    ///   - secret: of this kind.
    ///   - random: where keys and salts come from.
    /// - Throws: `StoreError.cryptography`.
    package mutating func rekey(
        openedBy kind: KeySlot.Kind, _ secret: borrowing SecretBytes, random: RandomSource
    ) throws(StoreError) {
        let key = try Self.newKey(random)
        slots = [try Self.slot(for: key, kind, secret, random)]
        self.key = key
    }

    /// The store as a file.
    ///
    /// - Parameter random: the nonce.
    /// - Returns: its bytes.
    /// - Throws: `StoreError.unwritable` for a token that could not be read back, `.cryptography` or `.tooLarge`.
    package func sealed(random: RandomSource) throws(StoreError) -> [UInt8] {
        guard tokens.allSatisfy(Plaintext.canHold) else {
            throw .unwritable
        }
        return try SealedStore.seal(
            Plaintext.encode(tokens), slots: slots, key: key, random: random)
    }

    static func newKey(_ random: RandomSource) throws(StoreError) -> SecretBytes {
        do throws(CryptographyError) { return try random(32) } catch { throw .cryptography(error) }
    }

    static func slot(
        for key: borrowing SecretBytes, _ kind: KeySlot.Kind, _ secret: borrowing SecretBytes,
        _ random: RandomSource
    ) throws(StoreError) -> KeySlot {
        do throws(CryptographyError) {
            return try KeySlot(wrapping: key, for: kind, secret: secret, random: random)
        } catch {
            throw .cryptography(error)
        }
    }
}
