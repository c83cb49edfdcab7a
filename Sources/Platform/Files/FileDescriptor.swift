internal import CShims
internal import Cryptography
internal import Glibc

/// An open file, pipe or socket; closed when its owner lets go.
package struct FileDescriptor: ~Copyable, Sendable {
    package let number: CInt

    /// Takes over an open descriptor.
    package init(owning number: CInt) { self.number = number }

    deinit { close(number) }

    /// Opens a file, always close-on-exec.
    ///
    /// - Parameters:
    ///   - path: where it lies.
    ///   - flags: O_RDONLY and the like.
    ///   - mode: for a new file.
    /// - Throws: the reason.
    init(open path: String, _ flags: CInt, mode: mode_t = 0o600) throws(Errno) {
        let number = try retrying { unsafe Glibc.open(path, flags | O_CLOEXEC, mode) }
        self.init(owning: number)
    }

    /// Opens a file of the user's own, and makes it if need be.
    ///
    /// A folder is closed to all others while a file is made in it, or might be: that is asked for only when there is none.
    ///
    /// - Parameters:
    ///   - path: where it lies.
    ///   - flags: O_RDWR and the like.
    /// - Returns: the file.
    /// - Throws: the reason.
    static func ensuring(_ path: String, _ flags: CInt) throws(Errno) -> FileDescriptor {
        do throws(Errno) {
            return try FileDescriptor(open: path, flags | O_NOFOLLOW)
        } catch .noSuchFile {
            // Made below.
        } catch {
            throw error
        }
        let file = try FileDescriptor(open: path, flags | O_NOFOLLOW | O_CREAT)
        // A strict umask would keep the user out, too.
        _ = fchmod(file.number, 0o600)
        return file
    }

    /// Lets this process have so many, or as many as its hard limit allows.
    ///
    /// - Parameter count: how many are wanted.
    /// - Returns: how many it may have.
    static func allow(_ count: Int) -> Int { shim_allow_descriptors(count) }

    /// Waits until it can be read, or what else is asked for.
    ///
    /// - Parameters:
    ///   - events: POLLIN or POLLOUT.
    ///   - milliseconds: for how long at most.
    /// - Returns: false when the time is over.
    /// - Throws: the reason.
    func isReady(for events: CInt = POLLIN, within milliseconds: Int) throws(Errno) -> Bool {
        var entry = pollfd(fd: number, events: Int16(events), revents: 0)
        return try retrying { unsafe poll(&entry, 1, CInt(clamping: milliseconds)) } > 0
    }

    /// Reads at most `count` bytes, none at the end.
    package func read(atMost count: Int) throws(Errno) -> [UInt8] {
        var failure: Errno?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { (into, used) in
            do throws(Errno) {
                used = try retrying { unsafe Glibc.read(number, into.baseAddress, count) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Reads to the end, but at most `count` bytes.
    package func read(upTo count: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try read(atMost: count - bytes.count)
            if more.isEmpty { break }
            // Nearly always the first piece is all of it.
            if bytes.isEmpty { bytes = more } else { bytes += more }
        }
        return bytes
    }

    /// Reads a piece of a secret.
    ///
    /// - Parameters:
    ///   - room: takes the bytes.
    ///   - start: where in it the first of them goes.
    /// - Returns: how many came, none at the end.
    /// - Throws: the reason.
    func read(into room: inout SecretBytes, from start: Int = 0) throws(Errno) -> Int {
        try room.withMutableBytes { (room) throws(Errno) in
            try unsafe room.withUnsafeMutableBytes { (room) throws(Errno) in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: room[start...])
                return try retrying { unsafe Glibc.read(number, rest.baseAddress, rest.count) }
            }
        }
    }

    /// Reads a secret to the end, but at most `count` bytes; nothing of it lies elsewhere on the way.
    ///
    /// - Parameter count: the most taken.
    /// - Returns: the bytes.
    /// - Throws: the reason.
    func readSecret(upTo count: Int) throws(Errno) -> SecretBytes {
        var room = SecretBytes(zeros: count)
        var used = 0
        while used < count {
            let more = try read(into: &room, from: used)
            if more == 0 { return room.slice(0..<used) }
            used += more
        }
        return room
    }

    /// Writes all of it.
    package func write(_ bytes: [UInt8]) throws(Errno) { try write(bytes.span) }

    /// Writes all of it.
    func write(_ bytes: Span<UInt8>) throws(Errno) { try writeAll(bytes, to: number) }

    /// Waits until everything written lies on the disk.
    func synchronise() throws(Errno) { _ = try retrying { fsync(number) } }

    /// What the file is.
    func status() throws(Errno) -> stat {
        var status = stat()
        _ = try retrying { unsafe fstat(number, &status) }
        return status
    }
}

/// Writes all of it to an open descriptor.
///
/// - Parameters:
///   - bytes: what to write.
///   - descriptor: 1 for standard output, 2 for standard error, or another open one.
/// - Throws: the reason.
package func writeAll(_ bytes: [UInt8], to descriptor: CInt) throws(Errno) {
    try writeAll(bytes.span, to: descriptor)
}

/// Writes all of it to an open descriptor.
///
/// - Parameters:
///   - bytes: what to write.
///   - descriptor: 1 for standard output, 2 for standard error, or another open one.
/// - Throws: the reason.
package func writeAll(_ bytes: Span<UInt8>, to descriptor: CInt) throws(Errno) {
    var done = 0
    while done < bytes.count {
        done += try unsafe bytes.extracting(done...).withUnsafeBytes { (rest) throws(Errno) in
            try retrying { unsafe Glibc.write(descriptor, rest.baseAddress, rest.count) }
        }
    }
}
