internal import CShims
package import Cryptography
internal import Glibc

/// Secrets that the kernel keeps for this user, until a moment or until it is shut down (keyrings(7)).
///
/// They lie in the user keyring, for all processes of this user that possess it and for nobody else.
package enum KernelKeyring {
    /// Keeps a secret; one of the same name is replaced.
    ///
    /// - Parameters:
    ///   - secret: at most 32767 bytes.
    ///   - name: what it is found by.
    ///   - seconds: how long.
    /// - Throws: the reason; `meansNoKeyring` is true where there is no keyring at all.
    package static func keep(
        _ secret: borrowing SecretBytes, as name: String, seconds: Int
    ) throws(Errno) {
        let seconds = UInt32(clamping: seconds)
        _ = try secret.withBytes { (bytes) throws(Errno) in
            try retrying {
                unsafe bytes.withUnsafeBytes { bytes in
                    unsafe shim_key_add(name, bytes.baseAddress, bytes.count, seconds)
                }
            }
        }
    }

    /// Finds a secret.
    ///
    /// - Parameters:
    ///   - name: what it was kept as.
    ///   - count: its length.
    /// - Returns: the secret; nil when there is none, or none any more.
    package static func find(_ name: String, count: Int) -> SecretBytes? {
        try? SecretBytes(count: count) { (into) throws(Errno) in
            _ = try retrying {
                unsafe into.withUnsafeMutableBytes { into in
                    unsafe shim_key_read(name, into.baseAddress, into.count)
                }
            }
        }
    }

    /// Makes an end of a secret for all processes.
    ///
    /// - Parameter name: what it was kept as.
    /// - Returns: whether there was one.
    /// - Throws: the reason why it may still be there.
    package static func revoke(_ name: String) throws(Errno) -> Bool {
        do throws(Errno) {
            _ = try retrying { unsafe shim_key_revoke(name) }
            return true
        } catch {
            guard error.meansNoKey || error.meansNoKeyring else { throw error }
            return false
        }
    }
}

extension Errno {
    /// The kernel has no keyring, or a sandbox keeps it from this process.
    package var meansNoKeyring: Bool { [ENOSYS, EPERM, EOPNOTSUPP].contains(number) }

    fileprivate var meansNoKey: Bool {
        [ENOKEY, EKEYEXPIRED, EKEYREVOKED].contains(number)
    }
}
