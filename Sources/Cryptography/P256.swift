internal import CShims

/// Arithmetic on the curve P-256 (SEC 1, FIPS 186-4), as SPAKE2+ needs it.
///
/// Scalars are 32 bytes, big-endian; points 65 bytes, `04 x y`. No function accepts a point off the curve or
/// returns the point at infinity.
enum P256 {
    static let scalarCount = 32
    static let pointCount = 65

    /// A random scalar k with 0 < k < n.
    static func randomScalar(from source: RandomSource) throws(CryptographyError) -> SecretBytes {
        // A draw misses with a chance of 2^-32; sixty-four misses are a broken source.
        for _ in 0..<64 {
            let candidate = try source(scalarCount)
            if isScalar(candidate) { return candidate }
        }
        throw .libraryFailed
    }

    /// Whether 0 < k < n.
    static func isScalar(_ k: borrowing SecretBytes) -> Bool {
        guard k.count == scalarCount else { return false }
        return unsafe shim_p256_scalar_is_valid(k.address) == 1
    }

    /// A number of at most 64 bytes, big-endian, mod n.
    static func reduce(_ number: borrowing SecretBytes) throws(CryptographyError) -> SecretBytes {
        guard number.count <= 64 else { throw .invalidParameter }
        let out = SecretBytes(zeros: scalarCount)
        guard unsafe shim_p256_reduce(number.address, number.count, out.address) == 1 else {
            throw .libraryFailed
        }
        return out
    }

    /// The 65-byte form of a compressed point of 33 bytes.
    static func uncompress(_ point: [UInt8]) throws(CryptographyError) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: pointCount)
        guard point.count == 33, unsafe shim_p256_uncompress(point, &out) == 1 else {
            throw .invalidPoint
        }
        return out
    }

    /// k·G.
    static func multiplyBase(_ k: borrowing SecretBytes) throws(CryptographyError) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: pointCount)
        guard k.count == scalarCount, unsafe shim_p256_multiply_base(k.address, &out) == 1 else {
            throw .invalidParameter
        }
        return out
    }

    /// k·P.
    static func multiply(
        _ k: borrowing SecretBytes, _ point: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        guard k.count == scalarCount else { throw .invalidParameter }
        let out = SecretBytes(zeros: pointCount)
        guard point.count == pointCount,
            unsafe shim_p256_multiply(k.address, point.address, out.address) == 1
        else { throw .invalidPoint }
        return out
    }

    /// k·G + w·F, for a fixed point F.
    static func blind(
        _ k: borrowing SecretBytes, _ w: borrowing SecretBytes, _ fixed: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard k.count == scalarCount, w.count == scalarCount, fixed.count == pointCount else {
            throw .invalidParameter
        }
        var out = [UInt8](repeating: 0, count: pointCount)
        guard unsafe shim_p256_blind(k.address, w.address, fixed, &out) == 1 else {
            throw .invalidPoint
        }
        return out
    }

    /// P − w·F, for a peer's point P and a fixed point F.
    static func unblind(
        _ point: [UInt8], _ w: borrowing SecretBytes, _ fixed: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        guard w.count == scalarCount, fixed.count == pointCount else { throw .invalidParameter }
        let out = SecretBytes(zeros: pointCount)
        guard point.count == pointCount,
            unsafe shim_p256_unblind(point, w.address, fixed, out.address) == 1
        else { throw .invalidPoint }
        return out
    }

    /// k·(P − w·F): what `unblind` and `multiply` do, without a step to affine coordinates between them.
    static func multiply(
        _ k: borrowing SecretBytes, unblinding point: [UInt8], _ w: borrowing SecretBytes,
        _ fixed: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        guard k.count == scalarCount, w.count == scalarCount, fixed.count == pointCount else {
            throw .invalidParameter
        }
        let out = SecretBytes(zeros: pointCount)
        guard point.count == pointCount,
            unsafe shim_p256_multiply_unblinded(k.address, point, w.address, fixed, out.address)
                == 1
        else { throw .invalidPoint }
        return out
    }
}
