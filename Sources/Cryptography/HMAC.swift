internal import CShims

/// The hash functions that a token may use (RFC 6238, section 1.2).
package enum HashAlgorithm: String, CaseIterable, Sendable {
    case sha1 = "SHA1"
    case sha256 = "SHA256"
    case sha512 = "SHA512"

    /// The length of a digest in bytes.
    package var digestCount: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }

    var shimNumber: CInt {
        switch self {
        case .sha1: CInt(SHIM_SHA1)
        case .sha256: CInt(SHIM_SHA256)
        case .sha512: CInt(SHIM_SHA512)
        }
    }
}

/// HMAC (RFC 2104, RFC 4231).
package enum HMAC {
    /// The authentication code of `message`.
    ///
    /// - Parameters:
    ///   - message: any length.
    ///   - key: any length.
    ///   - hash: the hash function.
    /// - Returns: `hash.digestCount` bytes.
    /// - Throws: `CryptographyError.libraryFailed`.
    package static func authenticate(
        _ message: [UInt8], key: borrowing SecretBytes, hash: HashAlgorithm = .sha256
    ) throws(CryptographyError) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: hash.digestCount)
        var span = code.mutableSpan
        try authenticate(message.span, key: key, hash: hash, into: &span)
        return code
    }

    /// Computes the authentication code of `message` without allocating.
    ///
    /// - Parameters:
    ///   - message: any length.
    ///   - key: any length.
    ///   - hash: the hash function.
    ///   - code: room for `hash.digestCount` bytes or more, which come first.
    /// - Throws: `CryptographyError.libraryFailed`, or `.invalidParameter` when there is no room.
    package static func authenticate(
        _ message: Span<UInt8>, key: borrowing SecretBytes, hash: HashAlgorithm,
        into code: inout MutableSpan<UInt8>
    ) throws(CryptographyError) {
        guard code.count >= hash.digestCount else { throw .invalidParameter }
        let done = unsafe message.withUnsafeBufferPointer { message in
            unsafe code.withUnsafeMutableBufferPointer { code in
                unsafe shim_hmac(
                    hash.shimNumber, key.address, key.count, message.baseAddress, message.count,
                    code.baseAddress)
            }
        }
        guard done == 1 else { throw .libraryFailed }
    }
}

/// SHA-1 (FIPS 180-4), for checksums that others have laid down.
package enum SHA1 {
    /// The digest of `message`, 20 bytes.
    package static func digest(
        _ message: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        let out = SecretBytes(zeros: 20)
        guard unsafe shim_sha1(message.address, message.count, out.address) == 1 else {
            throw .libraryFailed
        }
        return out
    }
}

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// The digest of `message`, 32 bytes.
    package static func digest(
        _ message: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        let out = SecretBytes(zeros: 32)
        guard unsafe shim_sha256(message.address, message.count, out.address) == 1 else {
            throw .libraryFailed
        }
        return out
    }

    /// The digest of a message that is no secret, 32 bytes.
    package static func digest(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: 32)
        guard unsafe shim_sha256(message, message.count, &out) == 1 else { throw .libraryFailed }
        return out
    }
}
