package import Cryptography

/// A store as it lies in its file: read, but not opened yet.
package struct SealedStore: Sendable {
    /// The longest file taken, in bytes.
    package static let maximumCount = 64 << 20

    /// The file's bytes.
    package let file: [UInt8]
    private let header: StoreHeader
    private let bodyStart: Int

    /// Reads the header strictly.
    ///
    /// - Parameter file: the file's bytes.
    /// - Throws: `StoreError`.
    package init(_ file: [UInt8]) throws(StoreError) {
        guard file.count <= Self.maximumCount else { throw .tooLarge }
        (header, bodyStart) = try StoreHeader.read(file)
        guard header.slots.contains(where: { $0.kind != nil }) else {
            throw .damaged("no known slot")
        }
        self.file = file
    }

    /// The ways to the store key.
    package var slots: [KeySlot] { header.slots }

    /// Whether some slot is of this kind.
    package func hasSlot(_ kind: KeySlot.Kind) -> Bool { slots.contains { $0.kind == kind } }

    /// What tells this header from every other: the SHA-256 of it, which other tokens do not change but another
    /// passphrase or another store does.
    ///
    /// - Returns: 32 bytes.
    /// - Throws: `StoreError.cryptography`.
    package func identity() throws(StoreError) -> [UInt8] {
        do throws(CryptographyError) {
            return try SHA256.digest(header.bytes)
        } catch {
            throw .cryptography(error)
        }
    }

    /// Looks for the store key in the slots of one kind.
    ///
    /// - Parameters:
    ///   - kind: what the secret is.
    ///   - secret: of this kind.
    /// - Returns: the store key, or nil when the secret opens none of them.
    /// - Throws: `StoreError.cryptography`.
    package func key(
        _ kind: KeySlot.Kind, from secret: borrowing SecretBytes
    ) throws(StoreError) -> SecretBytes? {
        do throws(CryptographyError) {
            for slot in slots where slot.kind == kind {
                if let key = try slot.unwrap(secret) { return key }
            }
            return nil
        } catch {
            throw .cryptography(error)
        }
    }

    /// Whether a key is the one that the header was written with.
    ///
    /// - Parameter key: any bytes.
    /// - Returns: whether it opens this store, damage apart.
    /// - Throws: `StoreError.cryptography`.
    package func isAuthentic(key: borrowing SecretBytes) throws(StoreError) -> Bool {
        do throws(CryptographyError) {
            return try header.isAuthentic(key: key)
        } catch {
            throw .cryptography(error)
        }
    }

    /// Checks and decrypts the whole store.
    ///
    /// - Parameter key: the store key.
    /// - Returns: the store.
    /// - Throws: `StoreError.notAuthentic` when anything was altered, or another one.
    package func open(key: consuming SecretBytes) throws(StoreError) -> TokenStore {
        TokenStore(
            tokens: try Plaintext.decode(plaintext(key: key)), slots: header.slots, key: key)
    }

    /// Checks the whole container, and decrypts what is in it.
    ///
    /// - Parameter key: the store key.
    /// - Returns: the plaintext.
    /// - Throws: `StoreError.notAuthentic` when anything was altered, or another one.
    package func plaintext(key: borrowing SecretBytes) throws(StoreError) -> SecretBytes {
        guard try isAuthentic(key: key) else { throw .notAuthentic }
        do throws(CryptographyError) {
            return try AESGCM.open(
                file.span.extracting(bodyStart...), key: Self.payloadKey(key), aad: header.bytes)
        } catch .notAuthentic {
            throw .notAuthentic
        } catch {
            throw .cryptography(error)
        }
    }

    // MARK: Writing

    /// A container as a file.
    ///
    /// - Parameters:
    ///   - plaintext: what is in it.
    ///   - slots: the ways to its key.
    ///   - key: its key.
    ///   - random: the nonce.
    /// - Returns: its bytes.
    /// - Throws: `StoreError.cryptography` or `.tooLarge`.
    static func seal(
        _ plaintext: borrowing SecretBytes, slots: [KeySlot], key: borrowing SecretBytes,
        random: RandomSource
    ) throws(StoreError) -> [UInt8] {
        let file: [UInt8]
        do throws(CryptographyError) {
            let header = try StoreHeader(slots: slots, key: key).bytes
            file =
                header
                + (try AESGCM.seal(
                    plaintext, key: payloadKey(key),
                    nonce: publicRandom(count: AESGCM.nonceCount, from: random), aad: header))
        } catch {
            throw .cryptography(error)
        }
        guard file.count <= maximumCount else { throw .tooLarge }
        return file
    }

    /// A container of something else than a store's tokens, which a passphrase alone opens.
    ///
    /// - Parameters:
    ///   - plaintext: what is in it.
    ///   - passphrase: what opens it.
    ///   - random: key, salt and nonces.
    /// - Returns: its bytes.
    /// - Throws: `StoreError.cryptography` or `.tooLarge`.
    package static func seal(
        _ plaintext: borrowing SecretBytes, passphrase: borrowing SecretBytes,
        random: RandomSource
    ) throws(StoreError) -> [UInt8] {
        let key = try TokenStore.newKey(random)
        let slot = try TokenStore.slot(for: key, .scrypt, passphrase, random)
        return try seal(plaintext, slots: [slot], key: key, random: random)
    }

    private static func payloadKey(
        _ key: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        try HKDF.derive(from: key, purpose: "otptoken-store/1 payload")
    }
}
