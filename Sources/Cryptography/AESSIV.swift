internal import CShims

/// AEAD_AES_SIV_CMAC_256 (RFC 5297): no nonce of its own, and a tag in front of the ciphertext.
package enum AESSIV {
    /// The length of the tag in bytes.
    package static let tagCount = 16
    /// The length of a key in bytes.
    package static let keyCount = 32
    /// How many associated components are taken.
    package static let maximumComponents = 8

    /// Encrypts and authenticates.
    ///
    /// - Parameters:
    ///   - plaintext: may be empty.
    ///   - key: 32 bytes.
    ///   - associated: components that are authenticated with it, a nonce among them as the last.
    /// - Returns: tag, ciphertext.
    /// - Throws: `CryptographyError.invalidParameter` or `.libraryFailed`.
    package static func seal(
        _ plaintext: [UInt8], key: borrowing SecretBytes, associated: [[UInt8]]
    ) throws(CryptographyError) -> [UInt8] {
        guard key.count == keyCount, associated.count <= maximumComponents else {
            throw .invalidParameter
        }
        var out = [UInt8](repeating: 0, count: tagCount + plaintext.count)
        let done = unsafe shim_siv_seal(
            key.address, associated.flatMap { $0 }, associated.map(\.count), associated.count,
            plaintext, plaintext.count, &out)
        guard done == 1 else { throw .libraryFailed }
        return out
    }

    /// Checks and decrypts.
    ///
    /// - Parameters:
    ///   - box: tag, ciphertext.
    ///   - key: 32 bytes.
    ///   - associated: what was given to `seal`.
    /// - Returns: the plaintext.
    /// - Throws: `CryptographyError.notAuthentic` for anything altered, `.invalidParameter` or `.libraryFailed`.
    package static func open(
        _ box: [UInt8], key: borrowing SecretBytes, associated: [[UInt8]]
    ) throws(CryptographyError) -> [UInt8] {
        guard key.count == keyCount, associated.count <= maximumComponents else {
            throw .invalidParameter
        }
        guard box.count >= tagCount else { throw .notAuthentic }
        var out = [UInt8](repeating: 0, count: box.count - tagCount)
        let done = unsafe shim_siv_open(
            key.address, associated.flatMap { $0 }, associated.map(\.count), associated.count, box,
            box.count, &out)
        switch done {
        case 1: return out
        case 0: throw .notAuthentic
        default: throw .libraryFailed
        }
    }
}
