internal import CShims

/// AES-CBC (SP 800-38A), where another side has laid it down; nothing in it tells whether the text was altered.
///
/// In the layout initialisation vector, ciphertext; padded as XML Encryption has it (section 5.2): the last byte tells how
/// many were added, and the others of them may be anything.
package enum AESCBC {
    private static let blockCount = 16
    /// The lengths of a key in bytes.
    package static let keyCounts: Set = [16, 24, 32]
    /// The longest ciphertext taken.
    package static let maximumCount = 1 << 20

    /// Encrypts.
    ///
    /// - Parameters:
    ///   - plaintext: shorter than `maximumCount`.
    ///   - key: 16, 24 or 32 bytes.
    ///   - vector: 16 random bytes.
    /// - Returns: vector and ciphertext.
    /// - Throws: `CryptographyError.invalidParameter` or `.libraryFailed`.
    package static func seal(
        _ plaintext: borrowing SecretBytes, key: borrowing SecretBytes, vector: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard keyCounts.contains(key.count), vector.count == blockCount,
            plaintext.count < maximumCount
        else { throw .invalidParameter }
        let padding = blockCount - plaintext.count % blockCount
        var padded = SecretBuffer(capacity: plaintext.count + padding)
        plaintext.withBytes { padded.append($0) }
        for _ in 0..<padding { padded.append(UInt8(padding)) }
        let text = padded.finish()
        var out = [UInt8](repeating: 0, count: text.count)
        let done = unsafe shim_cbc(
            1, key.address, key.count, vector, text.address, text.count, &out)
        guard done == 1 else { throw .libraryFailed }
        return vector + out
    }

    /// Decrypts what has been found to be authentic.
    ///
    /// - Parameters:
    ///   - box: vector and ciphertext.
    ///   - key: 16, 24 or 32 bytes.
    /// - Returns: the plaintext.
    /// - Throws: `CryptographyError.notAuthentic` for what `seal` cannot have made with this key, `.invalidParameter` for
    ///   a key of another length.
    package static func open(
        _ box: [UInt8], key: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        guard keyCounts.contains(key.count) else { throw .invalidParameter }
        let count = box.count - blockCount
        guard count > 0, count % blockCount == 0, count <= maximumCount else { throw .notAuthentic }
        let out = SecretBytes(zeros: count)
        let done = unsafe box.withUnsafeBufferPointer { box in
            guard let start = box.baseAddress else { return false }
            return unsafe shim_cbc(
                0, key.address, key.count, start, start + blockCount, count, out.address) == 1
        }
        guard done else { throw .libraryFailed }
        let padding = out.withBytes { Int($0[count - 1]) }
        guard (1...blockCount).contains(padding) else { throw .notAuthentic }
        return out.slice(0..<count - padding)
    }
}
