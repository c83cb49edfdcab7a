internal import CShims

/// AES-256-GCM (SP 800-38D) with 12-byte nonces and 16-byte tags, in the layout nonce, ciphertext, tag.
package enum AESGCM {
    /// The length of a nonce in bytes.
    package static let nonceCount = 12
    /// The length of a tag in bytes.
    package static let tagCount = 16
    /// How much longer a sealed box is than what it holds.
    package static let overhead = nonceCount + tagCount
    /// The longest plaintext taken.
    package static let maximumCount = 1 << 28

    /// Encrypts and authenticates.
    ///
    /// - Parameters:
    ///   - plaintext: at most `maximumCount` bytes.
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes, never used twice with one key.
    ///   - aad: authenticated with it, not encrypted.
    /// - Returns: nonce, ciphertext, tag.
    /// - Throws: `CryptographyError.invalidParameter` or `.libraryFailed`.
    package static func seal(
        _ plaintext: borrowing SecretBytes, key: borrowing SecretBytes, nonce: [UInt8], aad: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        let count = plaintext.count
        guard key.count == 32, nonce.count == nonceCount, count <= maximumCount else {
            throw .invalidParameter
        }
        var body = [UInt8](repeating: 0, count: count)
        var tag = [UInt8](repeating: 0, count: tagCount)
        let done = unsafe shim_gcm_seal(
            key.address, nonce, aad, aad.count, plaintext.address, count, &body, &tag)
        guard done == 1 else { throw .libraryFailed }
        return nonce + body + tag
    }

    /// Checks and decrypts.
    ///
    /// - Parameters:
    ///   - box: nonce, ciphertext, tag.
    ///   - key: 32 bytes.
    ///   - aad: what was given to `seal`.
    /// - Returns: the plaintext.
    /// - Throws: `CryptographyError.notAuthentic` for anything altered, `.invalidParameter` for a key of
    ///   another length.
    package static func open(
        _ box: [UInt8], key: borrowing SecretBytes, aad: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        try open(box.span, key: key, aad: aad)
    }

    /// Checks and decrypts a part of something longer.
    ///
    /// - Parameters:
    ///   - box: nonce, ciphertext, tag.
    ///   - key: 32 bytes.
    ///   - aad: what was given to `seal`.
    /// - Returns: the plaintext.
    /// - Throws: `CryptographyError.notAuthentic` for anything altered, `.invalidParameter` for a key of
    ///   another length.
    package static func open(
        _ box: Span<UInt8>, key: borrowing SecretBytes, aad: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        guard key.count == 32 else { throw .invalidParameter }
        let count = box.count - overhead
        guard count >= 0, count <= maximumCount else { throw .notAuthentic }
        let out = SecretBytes(zeros: count)
        let done = unsafe box.withUnsafeBufferPointer { box in
            guard let start = box.baseAddress else { return false }
            let body = unsafe start + nonceCount
            return unsafe shim_gcm_open(
                key.address, start, aad, aad.count, body, count, body + count, out.address) == 1
        }
        guard done else { throw .notAuthentic }
        return out
    }
}
