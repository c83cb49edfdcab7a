internal import Glibc

/// A file of very many small counters, of which nearly all are zero and take no room on the disk.
///
/// A change outlives the process at once, but a power cut only once the system has written it back. The caller keeps
/// two writers of one counter apart.
package struct CounterFile: ~Copyable, Sendable {
    private let file: FileDescriptor

    /// Opens the file, and makes it if need be.
    ///
    /// - Parameter path: where it lies.
    /// - Throws: `FileError`.
    package init(_ path: String) throws(FileError) {
        file = try FileError.naming { () throws(Errno) in
            try FileDescriptor(open: path, O_RDWR | O_CREAT | O_NOFOLLOW)
        }
        _ = fchmod(file.number, 0o600)
    }

    /// A counter; 0 when it was never written.
    package subscript(index: Int) -> UInt8 {
        get throws(FileError) {
            var value: UInt8 = 0
            _ = try FileError.naming { () throws(Errno) in
                try retrying { unsafe pread(file.number, &value, 1, off_t(index)) }
            }
            return value
        }
    }

    /// Writes a counter.
    ///
    /// - Parameters:
    ///   - value: 0 to 255.
    ///   - index: which one.
    /// - Throws: `FileError.system`.
    package func set(_ value: UInt8, at index: Int) throws(FileError) {
        var value = value
        _ = try FileError.naming { () throws(Errno) in
            try retrying { unsafe pwrite(file.number, &value, 1, off_t(index)) }
        }
    }
}
