package import Cryptography

/// An opened store: its tokens, its slots, and the key that it is sealed with.
package struct TokenStore: ~Copyable {
    /// The longest file taken, in bytes.
    package static let maximumCount = 64 << 20

    /// The tokens, in the order of their enrolment.
    package var tokens: [Token]
    /// The ways to the store key.
    package private(set) var slots: [KeySlot]
    private let key: SecretBytes

    /// A new store without tokens, which opens on this machine.
    ///
    /// - Parameters:
    ///   - device: device key and machine identity, one behind the other.
    ///   - random: where keys and salts come from.
    /// - Throws: `StoreError.cryptography`.
    package init(newFor device: borrowing SecretBytes, random: RandomSource) throws(StoreError) {
        do throws(CryptographyError) {
            let key = try random(32)
            slots = [try KeySlot(wrapping: key, device: device, random: random)]
            self.key = key
            tokens = []
        } catch {
            throw .cryptography(error)
        }
    }

    /// Opens a store.
    ///
    /// - Parameters:
    ///   - file: its bytes.
    ///   - device: device key and machine identity, one behind the other; nil when there is no device key.
    /// - Throws: `StoreError`.
    package init(opening file: [UInt8], device: borrowing SecretBytes?) throws(StoreError) {
        guard file.count <= Self.maximumCount else { throw .tooLarge }
        let (header, bodyStart) = try StoreHeader.read(file)
        let key = try Self.storeKey(header.slots, device: device)
        let plaintext: SecretBytes
        do throws(CryptographyError) {
            guard try header.isAuthentic(key: key) else { throw .notAuthentic }
            plaintext = try AESGCM.open(
                file.span.extracting(bodyStart...), key: Self.payloadKey(key), aad: header.bytes)
        } catch .notAuthentic {
            throw .damaged("does not authenticate")
        } catch {
            throw .cryptography(error)
        }
        tokens = try Plaintext.decode(plaintext)
        slots = header.slots
        self.key = key
    }

    /// The store as a file.
    ///
    /// - Parameter random: the nonce.
    /// - Returns: its bytes.
    /// - Throws: `StoreError.unsupported` for a token that could not be read back, `.cryptography` or `.tooLarge`.
    package func sealed(random: RandomSource) throws(StoreError) -> [UInt8] {
        guard tokens.allSatisfy(Plaintext.canHold) else {
            throw .unsupported("a token with a value that the store cannot hold")
        }
        let file: [UInt8]
        do throws(CryptographyError) {
            let header = try StoreHeader(slots: slots, key: key).bytes
            file =
                header
                + (try AESGCM.seal(
                    Plaintext.encode(tokens), key: Self.payloadKey(key),
                    nonce: publicRandom(count: AESGCM.nonceCount, from: random), aad: header))
        } catch {
            throw .cryptography(error)
        }
        guard file.count <= Self.maximumCount else { throw .tooLarge }
        return file
    }

    private static func storeKey(
        _ slots: [KeySlot], device: borrowing SecretBytes?
    ) throws(StoreError) -> SecretBytes {
        let own = slots.filter { $0.kind == KeySlot.device }
        guard !own.isEmpty else {
            // A slot of no kind at all is a damaged one: nobody has a passphrase for it.
            guard slots.contains(where: { KeySlot.lockKinds.contains($0.kind) }) else {
                throw .damaged("no known slot")
            }
            throw .locked(kinds: slots.map(\.kind))
        }
        switch device {
        case .none:
            throw .noDeviceKey
        case .some(let device):
            for slot in own {
                if let key = try slot.unwrap(device: device) { return key }
            }
            throw .foreignDevice
        }
    }

    private static func payloadKey(
        _ key: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        try HKDF.derive(from: key, purpose: "otptoken-store/1 payload")
    }
}
