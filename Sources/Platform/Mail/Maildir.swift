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
    ///   - limit: how many of `new`, and of `cur`, at most.
    /// - Returns: the newest first.
    /// - Throws: `FileError.missing` or `.system`.
    package static func files(
        in path: String, since time: Int64, limit: Int
    ) throws(FileError) -> [File] {
        var files: [File] = []
        for name in subfolders {
            var list = Listing(limit: limit)
            try list.read("\(path)/\(name)", since: time)
            files += list.newest()
        }
        return files.sorted { $1.isOlder(than: $0) }
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

/// What lies in a folder of a Maildir; no text is made of the many names, since few are looked at.
private struct Listing {
    private struct Entry {
        let time: Int64
        let microseconds: Int64
        let name: Range<Int>
    }

    private let limit: Int
    private var folder = ""
    /// What is not newer than this is not wanted.
    private var floor: (time: Int64, microseconds: Int64) = (.min, 0)
    private var names: [CChar] = []
    private var entries: [Entry] = []

    /// - Parameter limit: how many are wanted at most.
    init(limit: Int) { self.limit = limit }

    /// Reads a folder, all but what is older.
    mutating func read(_ path: String, since time: Int64) throws(FileError) {
        folder = path
        try FileError.naming { () throws(Errno) in
            guard let stream = unsafe opendir(path) else { throw .last }
            defer { unsafe closedir(stream) }
            while true {
                errno = 0
                guard let entry = unsafe readdir(stream) else { break }
                // In place: an entry is only as long as its name.
                guard let start = unsafe UnsafePointer(entry).pointer(to: \.d_name) else { break }
                let name = unsafe UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
                guard unsafe name[0] != 0x2E else { continue }
                unsafe add(name, since: time)
            }
            guard errno == 0 else { throw .last }
        }
    }

    private mutating func add(_ name: UnsafePointer<CChar>, since time: Int64) {
        let (named, microseconds) = unsafe Self.times(name)
        if let named, named < time || (named, microseconds) < floor { return }
        let start = names.count
        unsafe names.append(contentsOf: UnsafeBufferPointer(start: name, count: strlen(name)))
        let range = start..<names.count
        guard let time = named ?? fileTime(range, since: time) else {
            return names.removeSubrange(range)
        }
        entries.append(Entry(time: time, microseconds: microseconds, name: range))
        if entries.count >= 4 * limit { prune() }
    }

    /// Keeps no more than are wanted: what is older than all of them need not be kept from then on.
    private mutating func prune() {
        guard entries.count > limit else { return }
        entries.sort { ($0.time, $0.microseconds) > ($1.time, $1.microseconds) }
        entries.removeSubrange(limit...)
        if let last = entries.last { floor = (last.time, last.microseconds) }
    }

    /// The newest, in no order.
    mutating func newest() -> [Maildir.File] {
        prune()
        return entries.map { entry in
            Maildir.File(
                path: path(entry.name), time: entry.time, microseconds: entry.microseconds)
        }
    }

    private func path(_ range: Range<Int>) -> String {
        let name = names[range].map { UInt8(bitPattern: $0) }
        return "\(folder)/\(String(decoding: name, as: UTF8.self))"
    }

    /// The seconds that a name begins with, as programs that deliver or fetch mail write it, and the microseconds that may
    /// stand behind them as `M123456`.
    private static func times(_ name: UnsafePointer<CChar>) -> (Int64?, Int64) {
        var place = 0
        func number() -> Int64 {
            var number: Int64 = 0
            let end = place + 10
            while place <= end, case let byte = unsafe name[place], (48...57).contains(byte) {
                number = number * 10 + Int64(byte - 48)
                place += 1
            }
            return number
        }
        let time = number()
        // Nine digits are the last century; fewer are no time, and more than eleven none either.
        guard (9...11).contains(place), unsafe name[place] == 0x2E || name[place] == 0x5F else {
            return (nil, 0)
        }
        place += 1
        while case let byte = unsafe name[place], byte != 0, byte != 0x2E {
            place += 1
            if byte == 0x4D { return (time, number()) }
        }
        return (time, 0)
    }

    private func fileTime(_ range: Range<Int>, since time: Int64) -> Int64? {
        var status = stat()
        guard unsafe stat(path(range), &status) == 0, Int64(status.st_mtim.tv_sec) >= time else {
            return nil
        }
        return Int64(status.st_mtim.tv_sec)
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
