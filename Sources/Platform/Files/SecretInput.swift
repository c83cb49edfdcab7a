package import Cryptography
internal import Glibc

/// Whether a file is there and may be read.
package func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

/// Secrets that the person keeps in a file or pipes in.
package enum SecretInput {
    /// The longest secret taken, in bytes.
    package static let maximumCount = 4096

    /// Reads a secret, less one line end at its end.
    ///
    /// - Parameter path: a file, or `-` for standard input.
    /// - Returns: the secret.
    /// - Throws: `FileError.missing`, `.tooLong` or `.system`.
    package static func read(_ path: String) throws(FileError) -> SecretBytes {
        var bytes = try FileError.naming { () throws(Errno) in
            try path == "-"
                ? readStandardInput()
                : FileDescriptor(open: path, O_RDONLY).read(upTo: maximumCount + 1)
        }
        defer { bytes.wipe() }
        guard bytes.count <= maximumCount else { throw .tooLong }
        var end = bytes.count
        if end > 0, bytes[end - 1] == 0x0A { end -= 1 }
        if end > 0, end < bytes.count, bytes[end - 1] == 0x0D { end -= 1 }
        return SecretBytes(copying: bytes.span.extracting(0..<end))
    }

    private static func readStandardInput() throws(Errno) -> [UInt8] {
        let copy = try retrying { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) }
        return try FileDescriptor(owning: copy).read(upTo: maximumCount + 1)
    }
}
