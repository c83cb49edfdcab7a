package import Cryptography
internal import Glibc
internal import Synchronization

/// Why a file of the user's own was not read or written.
package enum FileError: Error, Equatable {
    /// There is none.
    case missing
    /// It is a symbolic link, a folder, a device: nothing that this program made.
    case notRegular
    /// It belongs to somebody else.
    case foreignOwner
    /// Others may read or write it, or, when it is a folder, put files into it; the mode that it has.
    case exposed(mode: UInt32, isFolder: Bool = false)
    /// It is longer than the reader takes.
    case tooLong
    /// It is a lock, and somebody else has held it all the time.
    case held
    /// The system's reason.
    case system(Errno)
    /// The file is changed, but the system does not say that the change lies on the disk; its reason.
    case unconfirmed(Errno)

    /// Runs system calls, and names their reasons as this module's callers expect them.
    static func naming<Result: ~Copyable>(
        _ calls: () throws(Errno) -> Result
    ) throws(FileError) -> Result {
        do {
            return try calls()
        } catch .noSuchFile {
            throw .missing
        } catch .symbolicLink {
            throw .notRegular
        } catch {
            throw .system(error)
        }
    }
}

/// Files that hold secrets: 0600, owned by this user, in folders of 0700, no symbolic links.
package enum PrivateFile {
    /// Reads a whole file after checking whose it is.
    ///
    /// - Parameters:
    ///   - path: where it lies.
    ///   - limit: the longest taken, in bytes.
    /// - Returns: its bytes.
    /// - Throws: `FileError`.
    package static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try reading(path, limit: limit) { (file, count) throws(Errno) in
            try file.read(upTo: count)
        }
    }

    /// Reads a whole file that is a secret, after checking whose it is.
    ///
    /// - Parameters:
    ///   - path: where it lies.
    ///   - limit: the longest taken, in bytes.
    /// - Returns: its bytes, which have been nowhere else.
    /// - Throws: `FileError`.
    package static func readSecret(_ path: String, limit: Int) throws(FileError) -> SecretBytes {
        try reading(path, limit: limit) { (file, count) throws(Errno) in
            try file.readSecret(upTo: count)
        }
    }

    private static func reading<Contents: ~Copyable>(
        _ path: String, limit: Int,
        _ contents: (borrowing FileDescriptor, _ count: Int) throws(Errno) -> Contents
    ) throws(FileError) -> Contents {
        // Non-blocking: a pipe in its place must not make us wait.
        let file = try FileError.naming { () throws(Errno) in
            try FileDescriptor(open: path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        }
        let status = try FileError.naming { () throws(Errno) in try file.status() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_uid == geteuid() else { throw .foreignOwner }
        guard status.st_mode & 0o077 == 0 else { throw .exposed(mode: status.st_mode & 0o7777) }
        guard status.st_size <= limit else { throw .tooLong }
        return try FileError.naming { () throws(Errno) in
            try contents(file, Int(status.st_size))
        }
    }

    /// Puts new contents in the place of a file, so that whatever happens either the old or the new file is there.
    ///
    /// The caller holds the lock of the folder. The order: write beside it, fsync, keep the former one as `backup`,
    /// rename, fsync the folder.
    ///
    /// - Parameters:
    ///   - path: the file, which need not exist yet.
    ///   - bytes: its new contents.
    ///   - backup: where the former contents are kept, if anywhere.
    /// - Throws: `FileError.system`; the old file is untouched then. `.unconfirmed` when only the last step fails.
    package static func replace(
        _ path: String, with bytes: [UInt8], keeping backup: String? = nil
    ) throws(FileError) {
        try replace(path, with: bytes.span, keeping: backup)
    }

    /// Puts a secret in the place of a file's contents, as `replace(_:with:keeping:)` does.
    ///
    /// - Parameters:
    ///   - path: the file, which need not exist yet.
    ///   - secret: its new contents.
    /// - Throws: `FileError.system`; the old file is untouched then.
    package static func replace(
        _ path: String, with secret: borrowing SecretBytes
    ) throws(FileError) {
        try secret.withBytes { (bytes) throws(FileError) in
            try replace(path, with: bytes, keeping: nil)
        }
    }

    /// Appends bytes to a file, which is made if need be.
    ///
    /// They outlive this process at once, but a power cut only once the system has written them back. What several
    /// threads and processes append at once stays in one piece each.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - bytes: what is appended.
    /// - Throws: `FileError.system`.
    package static func append(to path: String, _ bytes: [UInt8]) throws(FileError) {
        try FileError.naming { () throws(Errno) in
            try FileDescriptor.ensuring(path, O_WRONLY | O_APPEND).write(bytes)
        }
    }

    private static func replace(
        _ path: String, with bytes: Span<UInt8>, keeping backup: String?
    ) throws(FileError) {
        let fresh = path + ".new"
        do {
            try FileError.naming { () throws(Errno) in
                try unlinkIfThere(fresh)
                let file = try FileDescriptor(open: fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
                // A strict umask would keep the user out, too.
                _ = try retrying { fchmod(file.number, 0o600) }
                try file.write(bytes)
                try file.synchronise()
                if let backup { try keep(path, as: backup) }
                _ = try retrying { unsafe rename(fresh, path) }
            }
        } catch {
            _ = unsafe unlink(fresh)
            throw error
        }
        do {
            try synchroniseFolder(of: path)
        } catch {
            throw .unconfirmed(error)
        }
    }

    /// Removes a file, if there is one.
    package static func remove(_ path: String) throws(FileError) {
        try FileError.naming { () throws(Errno) in try unlinkIfThere(path) }
    }

    /// What follows a file's name when it was set aside, in front of a number.
    package static let asideMark = ".aside-"

    /// Gives a file another name beside it, under which it stays when the first one is used anew.
    ///
    /// - Parameter path: the file.
    /// - Returns: the name that was free: the path with `.aside-1` or a higher number behind it.
    /// - Throws: `FileError.missing` or `.system`; the file keeps its first name in any case.
    package static func setAside(_ path: String) throws(FileError) -> String {
        var number = 1
        while true {
            let name = "\(path)\(asideMark)\(number)"
            do {
                try FileError.naming { () throws(Errno) in
                    _ = try retrying { unsafe link(path, name) }
                    try synchroniseFolder(of: path)
                }
                return name
            } catch .system(.exists) {
                number += 1
            }
        }
    }

    static func unlinkIfThere(_ path: String) throws(Errno) {
        do {
            _ = try retrying { unsafe unlink(path) }
        } catch .noSuchFile {
            return
        }
    }

    // A hard link and a rename: at no instant is there no backup, and the file itself is never away.
    private static func keep(_ path: String, as backup: String) throws(Errno) {
        let fresh = backup + ".new"
        try unlinkIfThere(fresh)
        do {
            _ = try retrying { unsafe link(path, fresh) }
        } catch .noSuchFile {
            return
        }
        // A rename to another name of the same file does nothing; a save that was cut short leaves such a backup.
        defer { _ = unsafe unlink(fresh) }
        _ = try retrying { unsafe rename(fresh, backup) }
    }

    static func synchroniseFolder(of path: String) throws(Errno) {
        try FileDescriptor(open: parent(of: path), O_RDONLY | O_DIRECTORY).synchronise()
    }

    /// The folder that a path lies in.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Folders of the user's own.
package enum PrivateFolder {
    /// Makes the folder, and those above it, with mode 0700; checks one that is there already.
    ///
    /// - Parameter path: where it is to be.
    /// - Throws: `FileError.foreignOwner`, or `.exposed` when others may write to it.
    package static func ensure(_ path: String) throws(FileError) {
        try FileError.naming { () throws(Errno) in try make(path) }
        try check(path)
    }

    /// Checks that nobody else can put files into a folder, or take them out.
    ///
    /// - Parameter path: the folder.
    /// - Throws: `FileError.missing`, `.notRegular`, `.foreignOwner`, or `.exposed` when others may write to it.
    package static func check(_ path: String) throws(FileError) {
        var status = stat()
        _ = try FileError.naming { () throws(Errno) in
            try retrying { unsafe stat(path, &status) }
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .notRegular }
        guard status.st_uid == geteuid() else { throw .foreignOwner }
        guard status.st_mode & 0o022 == 0 else {
            throw .exposed(mode: status.st_mode & 0o7777, isFolder: true)
        }
    }

    /// What lies in a folder; `.` and `..` are left out.
    ///
    /// - Parameter path: the folder.
    /// - Returns: the names, in no order.
    /// - Throws: `FileError.missing` or `.system`.
    package static func names(in path: String) throws(FileError) -> [String] {
        try FileError.naming { () throws(Errno) in
            guard let folder = unsafe opendir(path) else { throw .last }
            defer { unsafe closedir(folder) }
            var names: [String] = []
            while true {
                errno = 0
                guard let entry = unsafe readdir(folder) else { break }
                // In place: an entry is only as long as its name, and a copy of all 256 bytes reads past it.
                guard let start = unsafe UnsafePointer(entry).pointer(to: \.d_name) else { break }
                let text = unsafe UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
                let name = unsafe String(cString: text)
                if name != ".", name != ".." { names.append(name) }
            }
            guard errno == 0 else { throw .last }
            return names
        }
    }

    private static func make(_ path: String) throws(Errno) {
        do {
            try makeOne(path)
        } catch .exists {
            return
        } catch .noSuchFile {
            let above = PrivateFile.parent(of: path)
            guard above != path, above != "." else { throw .noSuchFile }
            try make(above)
            try makeOne(path)
        }
    }

    private static func makeOne(_ path: String) throws(Errno) {
        _ = try retrying { unsafe mkdir(path, 0o700) }
        _ = try retrying { unsafe chmod(path, 0o700) }
    }
}

/// An exclusive lock on a file, between processes and between threads; released when its owner lets go.
package struct FileLock: ~Copyable, Sendable {
    private let file: FileDescriptor

    /// Waits for the lock.
    ///
    /// - Parameters:
    ///   - path: the lock file, made if need be; it is never removed, since that would split the lock.
    ///   - patience: how long is waited for it, in seconds.
    ///   - notice: called once when somebody else still holds the lock after a second.
    /// - Throws: `FileError.held` when there is no patience left, `.notRegular`, `.system`.
    package init(
        _ path: String, patience: Int = 20, notice: () -> Void
    ) throws(FileError) {
        let file = try FileError.naming { () throws(Errno) in
            try FileDescriptor.ensuring(path, O_RDWR)
        }
        try Self.wait(for: file.number, patience: patience, notice: notice)
        self.file = file
    }

    fileprivate static func wait(
        for file: CInt, patience: Int, notice: () -> Void
    ) throws(FileError) {
        let silence = Deadline(seconds: 1)
        let end = Deadline(seconds: patience)
        var isSilent = true
        while try !take(file) {
            guard !end.isOver else { throw .held }
            if isSilent, silence.isOver {
                isSilent = false
                notice()
            }
            // Most holders are done within a millisecond or two. All who wait look equally often, however long
            // they have waited: each has the same chance, and nobody is left behind.
            usleep(1000)
        }
    }

    /// Takes the lock; false when somebody else holds it.
    private static func take(_ file: CInt) throws(FileError) -> Bool {
        do {
            _ = try retrying { flock(file, LOCK_EX | LOCK_NB) }
            return true
        } catch .wouldBlock {
            return false
        } catch {
            throw .system(error)
        }
    }
}

/// An exclusive lock that is taken again and again; its file stays open meanwhile.
package final class KeptLock: Sendable {
    private let path: String
    // flock is the same to all threads that have a descriptor: another lock keeps them apart.
    private let threads = SleepingLock()
    private let file = Mutex<CInt>(-1)

    /// Nothing is opened yet.
    ///
    /// - Parameter path: the lock file, made if need be.
    package init(_ path: String) { self.path = path }

    deinit {
        let file = file.withLock { $0 }
        if file >= 0 { close(file) }
    }

    /// Runs `body` while nobody else has the lock; it must not come here again.
    ///
    /// - Parameters:
    ///   - failure: what is thrown when there is no lock to be had.
    ///   - body: what to run.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package func locked<Result: ~Copyable, Failure: Error>(
        orThrow failure: (FileError) -> Failure, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try threads.locked { () throws(Failure) in
            let number: CInt
            do throws(FileError) {
                number = try opened()
                try FileLock.wait(for: number, patience: 20) {}
            } catch {
                throw failure(error)
            }
            defer { flock(number, LOCK_UN) }
            return try body()
        }
    }

    private func opened() throws(FileError) -> CInt {
        let number = file.withLock { $0 }
        if number >= 0 { return number }
        let made = try FileError.naming { () throws(Errno) in
            // Owned by this object from here on.
            let file = try FileDescriptor.ensuring(path, O_RDWR)
            return try retrying { fcntl(file.number, F_DUPFD_CLOEXEC, 3) }
        }
        file.withLock { $0 = made }
        return made
    }
}
