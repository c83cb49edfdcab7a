internal import CShims

/// HKDF (RFC 5869), extract and expand in one step.
package enum HKDF {
    /// Derives a key.
    ///
    /// - Parameters:
    ///   - ikm: the input keying material.
    ///   - salt: may be empty, which the RFC reads as "not provided".
    ///   - info: the purpose of the key, so that two keys of one material differ.
    ///   - count: the length wanted, 1 to 255 digests.
    ///   - hash: the hash function.
    /// - Returns: `count` bytes.
    /// - Throws: `CryptographyError.invalidParameter` or `.libraryFailed`.
    package static func derive(
        from ikm: borrowing SecretBytes, salt: [UInt8] = [], info: [UInt8], count: Int = 32,
        hash: HashAlgorithm = .sha256
    ) throws(CryptographyError) -> SecretBytes {
        guard (1...255 * hash.digestCount).contains(count) else { throw .invalidParameter }
        let out = SecretBytes(zeros: count)
        let done = unsafe shim_hkdf(
            hash.shimNumber, ikm.address, ikm.count, salt, salt.count, info, info.count,
            out.address,
            count)
        guard done == 1 else { throw .libraryFailed }
        return out
    }

    /// Derives 32 bytes without salt, for a purpose named in ASCII.
    ///
    /// - Parameters:
    ///   - ikm: the input keying material.
    ///   - purpose: the `info` of the RFC.
    /// - Returns: 32 bytes.
    /// - Throws: `CryptographyError.libraryFailed`.
    package static func derive(
        from ikm: borrowing SecretBytes, purpose: String
    ) throws(CryptographyError) -> SecretBytes {
        try derive(from: ikm, info: Array(purpose.utf8))
    }
}

/// scrypt (RFC 7914), with the costs that this program accepts and no others.
package enum Scrypt {
    /// The cost parameters.
    package struct Cost: Equatable, Sendable {
        /// log2 of N, 1 to 20.
        package let logN: Int
        /// The block size, 1 to 8.
        package let blockSize: Int
        /// The parallelisation, 1 to 16.
        package let parallelism: Int

        /// Checks the bounds: at most a GiB of memory, so that a forged header cannot exhaust a machine.
        ///
        /// - Throws: `CryptographyError.invalidParameter`.
        package init(logN: Int, blockSize: Int = 8, parallelism: Int = 1) throws(CryptographyError)
        {
            guard (1...20).contains(logN), (1...8).contains(blockSize),
                (1...16).contains(parallelism)
            else { throw .invalidParameter }
            self.init(unchecked: logN, blockSize, parallelism)
        }

        private init(unchecked logN: Int, _ blockSize: Int, _ parallelism: Int) {
            self.logN = logN
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// N = 32768, r = 8, p = 1: the cost of otptoken-enrol/1, 32 MiB.
        package static let enrolment = Cost(unchecked: 15, 8, 1)

        /// N = 131072, r = 8, p = 1: the cost of a passphrase of otptoken-store/1, 128 MiB.
        package static let store = Cost(unchecked: 17, 8, 1)
    }

    /// Derives a key from a password.
    ///
    /// - Parameters:
    ///   - password: the password's bytes.
    ///   - salt: may be empty.
    ///   - cost: what it takes.
    ///   - count: the length wanted, 1 to 1024.
    /// - Returns: `count` bytes.
    /// - Throws: `CryptographyError.invalidParameter` or, when memory is short, `.libraryFailed`.
    package static func derive(
        from password: borrowing SecretBytes, salt: [UInt8], cost: Cost, count: Int
    ) throws(CryptographyError) -> SecretBytes {
        guard (1...1024).contains(count) else { throw .invalidParameter }
        let out = SecretBytes(zeros: count)
        let done = unsafe shim_scrypt(
            password.address, password.count, salt, salt.count, 1 << UInt64(cost.logN),
            UInt32(cost.blockSize), UInt32(cost.parallelism), out.address, count)
        guard done == 1 else { throw .libraryFailed }
        return out
    }
}

/// PBKDF2 (RFC 8018) with HMAC, where another side has laid it down.
package enum PBKDF2 {
    /// How many iterations are taken at most: some seconds' work.
    package static let iterations = 1...10_000_000

    /// Derives a key.
    ///
    /// - Parameters:
    ///   - password: any length.
    ///   - salt: any length.
    ///   - iterations: what it takes.
    ///   - count: the length wanted, 1 to 1024.
    ///   - hash: the hash function.
    /// - Returns: `count` bytes.
    /// - Throws: `CryptographyError.invalidParameter` or `.libraryFailed`.
    package static func derive(
        from password: borrowing SecretBytes, salt: borrowing SecretBytes, iterations: Int,
        count: Int, hash: HashAlgorithm = .sha1
    ) throws(CryptographyError) -> SecretBytes {
        guard Self.iterations.contains(iterations), (1...1024).contains(count) else {
            throw .invalidParameter
        }
        let out = SecretBytes(zeros: count)
        let done = unsafe shim_pbkdf2(
            hash.shimNumber, password.address, password.count, salt.address, salt.count,
            UInt32(iterations),
            out.address, count)
        guard done == 1 else { throw .libraryFailed }
        return out
    }
}
