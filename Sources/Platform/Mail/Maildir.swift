internal import Glibc

/// A folder of mails, a mail a file: in `new` as it was delivered, in `cur` once a mail program has seen it.
package enum Maildir {
    /// A mail in it.
    package struct File: Sendable {
        package let path: String
        /// Unix seconds: when it was put there.
        package let time: Int64
        /// What tells those of one second apart, where the name says that.
        let microseconds: Int64

        /// Whether it was put there before another one.
        package func isOlder(than other: File) -> Bool {
            (time, microseconds, path) < (other.time, other.microseconds, other.path)
        }
    }

    /// Whether it is such a folder.
    package static func exists(_ path: String) -> Bool {
        subfolders.allSatisfy { name in
            var status = stat()
            return unsafe stat("\(path)/\(name)", &status) == 0
                && status.st_mode & S_IFMT == S_IFDIR
        }
    }

    private static let subfolders = ["new", "cur"]

    /// The mails that were put there lately; no file is opened for that, and only what has no time in its name is asked
    /// for its own.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - time: unix seconds; older ones are left out.
    /// - Returns: the newest first.
    /// - Throws: `FileError.missing` or `.system`.
    package static func files(in path: String, since time: Int64) throws(FileError) -> [File] {
        var files: [File] = []
        for name in subfolders { try add("\(path)/\(name)", since: time, to: &files) }
        return files.sorted { $1.isOlder(than: $0) }
    }

    private static func add(
        _ folder: String, since time: Int64, to files: inout [File]
    ) throws(FileError) {
        try FileError.naming { () throws(Errno) in
            guard let stream = unsafe opendir(folder) else { throw .last }
            defer { unsafe closedir(stream) }
            while true {
                errno = 0
                guard let entry = unsafe readdir(stream) else { break }
                // In place, and no text is made of the many that are too old.
                guard let start = unsafe UnsafePointer(entry).pointer(to: \.d_name) else { break }
                let name = unsafe UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
                guard unsafe name[0] != 0x2E else { continue }
                let named = unsafe nameTime(name)
                if let named, named < time { continue }
                let text = unsafe String(cString: name)
                let path = "\(folder)/\(text)"
                guard let time = named ?? fileTime(path, since: time) else { continue }
                files.append(File(path: path, time: time, microseconds: microseconds(text)))
            }
            guard errno == 0 else { throw .last }
        }
    }

    /// The seconds that a name begins with, as programs that deliver or fetch mail write it.
    private static func nameTime(_ name: UnsafePointer<CChar>) -> Int64? {
        var time: Int64 = 0
        var count = 0
        while case let byte = unsafe name[count], (48...57).contains(byte) {
            guard count < 11 else { return nil }
            time = time * 10 + Int64(byte - 48)
            count += 1
        }
        // Nine digits are the last century; fewer are no time.
        guard count >= 9, case let end = unsafe name[count], end == 0x2E || end == 0x5F else {
            return nil
        }
        return time
    }

    private static func fileTime(_ path: String, since time: Int64) -> Int64? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, Int64(status.st_mtim.tv_sec) >= time else {
            return nil
        }
        return Int64(status.st_mtim.tv_sec)
    }

    /// What stands behind the time as `M123456`.
    private static func microseconds(_ name: String) -> Int64 {
        let word = name.split(separator: ".").dropFirst().first ?? ""
        guard let mark = word.firstIndex(of: "M") else { return 0 }
        return Int64(word[word.index(after: mark)...].prefix { ("0"..."9").contains($0) }) ?? 0
    }

    /// Reads a mail.
    ///
    /// - Parameters:
    ///   - file: which.
    ///   - count: the most bytes taken, from its start.
    /// - Returns: the bytes.
    /// - Throws: `FileError.missing` when another program has moved it, `.notRegular` or `.system`.
    package static func read(_ file: File, upTo count: Int) throws(FileError) -> [UInt8] {
        try readMail(file.path, upTo: count)
    }

    /// Says of a mail that somebody has seen it, as mail programs do: it goes to `cur`, with the flag S in its name.
    ///
    /// - Parameter file: which.
    /// - Throws: `FileError.missing` or `.system`.
    package static func markSeen(_ file: File) throws(FileError) {
        let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
        let name = String(parts.last ?? "")
        let folder = parts.dropLast(2).joined(separator: "/")
        let marked: String
        if let info = name.range(ofInfo: ":2,") {
            let flags = name[info...]
            guard !flags.contains("S") else { return }
            // Flags stand in their order.
            marked = name[..<info] + String((Array(flags) + ["S"]).sorted())
        } else {
            marked = name + ":2,S"
        }
        try FileError.naming { () throws(Errno) in
            _ = try retrying { unsafe rename(file.path, "\(folder)/cur/\(marked)") }
        }
    }
}

extension String {
    /// Where what stands behind a mark begins.
    fileprivate func range(ofInfo mark: String) -> String.Index? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(mark) { return index(place, offsetBy: mark.count) }
            place = index(after: place)
        }
        return nil
    }
}

/// Reads a file that holds mail, never waiting for a pipe.
func readMail(_ path: String, upTo count: Int, fromEnd: Bool = false) throws(FileError) -> [UInt8] {
    let file = try FileError.naming { () throws(Errno) in
        try FileDescriptor(open: path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
    }
    let status = try FileError.naming { () throws(Errno) in try file.status() }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
    return try FileError.naming { () throws(Errno) in
        if fromEnd, Int(status.st_size) > count {
            _ = try retrying { lseek(file.number, status.st_size - off_t(count), SEEK_SET) }
        }
        return try file.read(upTo: count)
    }
}

/// A file of mails, one behind the other.
package enum Mbox {
    /// The last bytes of it, no more than so many.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - count: the most bytes taken.
    /// - Returns: the bytes; none when there is no such file, as where no mail has come yet.
    /// - Throws: `FileError`.
    package static func readEnd(_ path: String, upTo count: Int) throws(FileError) -> [UInt8] {
        do {
            return try readMail(path, upTo: count, fromEnd: true)
        } catch .missing {
            try FileError.naming { () throws(Errno) in
                _ = try FileDescriptor(open: PrivateFile.parent(of: path), O_RDONLY | O_DIRECTORY)
            }
            return []
        }
    }
}
