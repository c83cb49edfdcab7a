package import Cryptography
internal import Glibc

/// Whether a file is there and may be read.
package func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

/// Whether a file can be run by this user.
package func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

/// Whether a program is there: a path, or a name that one of the folders of PATH holds.
package func isProgram(_ name: String, path: String) -> Bool {
    name.contains("/")
        ? isExecutable(name)
        : path.split(separator: ":").contains { isExecutable("\($0)/\(name)") }
}

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
        let all = try FileError.naming { () throws(Errno) in
            try open(path).readSecret(upTo: maximumCount + 1)
        }
        guard all.count <= maximumCount else { throw .tooLong }
        return all.slice(0..<all.withBytes(lengthWithoutLineEnd))
    }

    /// Reads what is no secret.
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard input.
    ///   - limit: the most bytes taken.
    /// - Returns: all of it.
    /// - Throws: `FileError.missing`, `.tooLong` or `.system`.
    package static func readPlain(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let all = try FileError.naming { () throws(Errno) in
            try open(path).read(upTo: limit + 1)
        }
        guard all.count <= limit else { throw .tooLong }
        return all
    }

    /// Reads a file that is secret as a whole.
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard input.
    ///   - limit: the most bytes taken.
    /// - Returns: all of it; nothing of it lies elsewhere on the way.
    /// - Throws: `FileError.missing`, `.tooLong` or `.system`.
    package static func readAll(_ path: String, limit: Int) throws(FileError) -> SecretBytes {
        let file = try FileError.naming { () throws(Errno) in try open(path) }
        var all = SecretBuffer(capacity: 1 << 16)
        var piece = SecretBytes(zeros: 1 << 16)
        while true {
            let count = try FileError.naming { () throws(Errno) in try file.read(into: &piece) }
            guard count > 0 else { return all.finish() }
            guard all.count + count <= limit else { throw .tooLong }
            piece.withBytes { all.append($0.extracting(0..<count)) }
        }
    }

    private static func open(_ path: String) throws(Errno) -> FileDescriptor {
        guard path == "-" else { return try FileDescriptor(open: path, O_RDONLY) }
        return FileDescriptor(owning: try retrying { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) })
    }

    private static func lengthWithoutLineEnd(_ bytes: Span<UInt8>) -> Int {
        var end = bytes.count
        if end > 0, bytes[end - 1] == 0x0A { end -= 1 }
        if end > 0, end < bytes.count, bytes[end - 1] == 0x0D { end -= 1 }
        return end
    }
}
