internal import CShims
internal import Glibc
internal import Synchronization

/// Replaces the contents of a folder's files durably, with one wait for the disk for all threads that need one.
///
/// A file that is replaced on its own costs a new inode and two waits. Here the new contents go into one file of
/// changes first, which has its blocks already, and whoever waits for the disk waits for all that was written by then.
/// Only after that are they written over the old ones, without a wait: what a power cut takes from the file, or leaves
/// half written, the changes still have. `entries` gives them back. Whoever reads a file meanwhile, without the lock of
/// its writers, may see a mixture.
///
/// One process at a time has such a file; others replace files on their own meanwhile.
package final class ChangeFile: Sendable {
    private struct State {
        /// The half that is written to, and how much of it is full.
        var half = 0
        var used = 0
        /// How many entries there have been.
        var count: UInt64 = 0
        /// How many entries of each half have files that are not replaced yet.
        var pending = [0, 0]
        /// Whether what a half says lies on the disk elsewhere.
        var isFree = [true, true]
        var isFreeing = false
        var isClosed = false
    }

    private let path: String
    private let folder: String
    private let halfCount: Int
    private let file: FileDescriptor
    private let lock: FileLock
    private let state = Mutex(State())
    private struct Durable {
        /// How many entries lie on the disk.
        var count: UInt64 = 0
        /// Why no more will: after a failure the system forgets what was not written.
        var failure: Errno?
        /// Whether somebody waits for the disk.
        var isBusy = false
    }

    private let durable = Mutex(Durable())
    private let disk = SleepingLock()

    /// Begins a new file of changes.
    ///
    /// - Parameters:
    ///   - path: where it lies; what is there already must not be needed any more but for this boot.
    ///   - lock: the file that says who has it.
    ///   - folder: where the files lie that it replaces.
    ///   - boot: the run of the system, as `bootID` tells it.
    ///   - halfCount: the length of either half of it in bytes.
    /// - Throws: `FileError.held` when another process has it.
    package init(
        _ path: String, lock: String, folder: String, boot: String, halfCount: Int = 2 << 20
    ) throws(FileError) {
        self.halfCount = halfCount
        self.lock = try FileLock(lock, patience: 0) {}
        self.path = path
        self.folder = folder
        // A process that was killed may have left changes which are in the system's memory alone.
        try FileError.naming { () throws(Errno) in try Self.synchroniseAll(folder) }
        let head = Array(boot.utf8.prefix(Self.headCount))
        let rest = Self.start + 2 * halfCount - head.count
        try PrivateFile.replace(path, with: head + [UInt8](repeating: 0, count: rest))
        file = try FileError.naming { () throws(Errno) in
            try FileDescriptor(open: path, O_WRONLY | O_NOFOLLOW)
        }
    }

    /// Replaces a file's contents; when this returns true, a power cut does not undo that any more.
    ///
    /// The caller keeps two writers of one file apart.
    ///
    /// - Parameters:
    ///   - name: its name in the folder.
    ///   - bytes: its new contents.
    /// - Returns: false when it cannot be done here: there is no such file, it has another length, or there is no room
    ///   just now. The file is untouched then.
    /// - Throws: `FileError.system`; `entries` may have the change then.
    package func replace(_ name: String, with bytes: [UInt8]) throws(FileError) -> Bool {
        try FileError.naming { () throws(Errno) in
            // One page: as much as is written at once, even when the process is killed.
            guard bytes.count <= 4096, let target = try open(name),
                try target.status().st_size == bytes.count,
                let (half, count) = try write(name, bytes)
            else { return false }
            defer { finish(half) }
            try wait(for: count)
            let written = try retrying { unsafe pwrite(target.number, bytes, bytes.count, 0) }
            guard written == bytes.count else { throw Errno(EIO) }
            return true
        }
    }

    private func open(_ name: String) throws(Errno) -> FileDescriptor? {
        do throws(Errno) {
            return try FileDescriptor(open: "\(folder)/\(name)", O_WRONLY | O_NOFOLLOW)
        } catch .noSuchFile {
            return nil
        }
    }

    /// Ends it; changes that are still being made stay in it, as after a crash.
    package func close() {
        let isIdle = state.withLock { state in
            state.isClosed = true
            return state.pending == [0, 0]
        }
        guard isIdle, (try? Self.synchroniseAll(folder)) != nil else { return }
        _ = unsafe unlink(path)
    }

    // MARK: Writing

    // Entries: their number and the lengths of name and contents, 8 bytes each, big-endian; name; contents.
    private static let headCount = 64
    private static let start = 4096
    private static let longest = 8 << 20

    private func write(
        _ name: String, _ bytes: [UInt8]
    ) throws(Errno) -> (half: Int, count: UInt64)? {
        try state.withLock { (state) throws(Errno) in
            let count = 24 + name.utf8.count + bytes.count
            guard !state.isClosed, count <= halfCount else { return nil }
            if state.used + count > halfCount {
                guard state.isFree[1 - state.half] else { return nil }
                state.half = 1 - state.half
                state.used = 0
            }
            let place = Self.start + state.half * halfCount + state.used
            var entry: [UInt8] = []
            entry.reserveCapacity(count)
            for number in [state.count + 1, UInt64(name.utf8.count), UInt64(bytes.count)] {
                for shift in stride(from: UInt64(56), through: 0, by: -8) {
                    entry.append(UInt8(truncatingIfNeeded: number >> shift))
                }
            }
            entry += Array(name.utf8) + bytes
            let written = try retrying { unsafe pwrite(file.number, entry, count, off_t(place)) }
            guard written == count else { throw Errno(EIO) }
            state.used += count
            state.count += 1
            state.pending[state.half] += 1
            state.isFree[state.half] = false
            return (state.half, state.count)
        }
    }

    /// Waits until an entry lies on the disk.
    ///
    /// Whoever comes first waits for the disk itself, and all others for that one.
    private func wait(for count: UInt64) throws(Errno) {
        while try !isDurable(count) {
            // A wait has its price: as long as others are about to write something, they may come along.
            var written: UInt64
            repeat {
                written = state.withLock { $0.count }
                sched_yield()
            } while state.withLock({ $0.count }) > written
            let failure: Errno?
            do throws(Errno) {
                _ = try retrying { fdatasync(file.number) }
                failure = nil
            } catch {
                state.withLock { $0.isClosed = true }
                failure = error
            }
            disk.locked {
                durable.withLock { durable in
                    durable.isBusy = false
                    durable.failure = failure
                    if failure == nil { durable.count = written }
                }
                disk.wakeAll()
            }
        }
    }

    /// Whether an entry lies on the disk; false once when it is the caller's turn to wait for that.
    private func isDurable(_ count: UInt64) throws(Errno) -> Bool {
        try disk.locked { () throws(Errno) in
            while true {
                let now = durable.withLock { $0 }
                if now.count >= count { return true }
                if let failure = now.failure { throw failure }
                guard now.isBusy else {
                    durable.withLock { $0.isBusy = true }
                    return false
                }
                disk.wait()
            }
        }
    }

    private func finish(_ half: Int) {
        let other = state.withLock { state -> Int? in
            state.pending[half] -= 1
            let other = 1 - state.half
            guard !state.isFree[other], state.pending[other] == 0, !state.isFreeing else {
                return nil
            }
            state.isFreeing = true
            return other
        }
        guard let other else { return }
        // All files of the other half are replaced: once they lie on the disk themselves, it is of no use any more.
        let isDone = (try? Self.synchroniseAll(folder)) != nil
        state.withLock { state in
            state.isFreeing = false
            if isDone { state.isFree[other] = true } else { state.isClosed = true }
        }
    }

    private static func synchroniseAll(_ folder: String) throws(Errno) {
        let folder = try FileDescriptor(open: folder, O_RDONLY | O_DIRECTORY)
        _ = try retrying { shim_synchronise_all(folder.number) }
    }

    // MARK: Reading

    /// A name for this run of the system; nil where it has none.
    package static var bootID: String? {
        guard let file = try? FileDescriptor(open: "/proc/sys/kernel/random/boot_id", O_RDONLY),
            let bytes = try? file.read(upTo: headCount)
        else { return nil }
        return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }

    /// Whether there are changes that were begun in another run of the system: files may lack them now.
    ///
    /// - Parameters:
    ///   - path: where the file of changes lies.
    ///   - boot: the run of the system; nil for an unknown one, which is never the same.
    /// - Returns: false also when there is no such file.
    package static func isLeft(_ path: String, boot: String?) -> Bool {
        guard let file = try? FileDescriptor(open: path, O_RDONLY | O_NOFOLLOW) else {
            return false
        }
        let head = (try? file.read(upTo: headCount)) ?? []
        return boot.map { head.prefix { $0 != 0 }.elementsEqual($0.utf8) } != true
    }

    /// The changes in a file, in their order, up to the first one that is not whole; nobody was told of what follows.
    ///
    /// - Parameter path: where it lies.
    /// - Returns: names of files, and their contents.
    /// - Throws: `FileError`.
    package static func entries(
        of path: String
    ) throws(FileError) -> [(name: String, bytes: [UInt8])] {
        let file = try PrivateFile.read(path, limit: longest)
        var found: [(number: UInt64, name: String, bytes: [UInt8])] = []
        let halfCount = max(0, file.count - start) / 2
        for half in 0..<2 {
            var rest = file.dropFirst(start + half * halfCount).prefix(halfCount)
            var last: UInt64?
            while rest.count >= 24 {
                let numbers = (0..<3).map { index in
                    rest.dropFirst(8 * index).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                }
                let (number, name, count) = (
                    numbers[0], Int(clamping: numbers[1]), Int(clamping: numbers[2])
                )
                // What was there before the half was written anew has lower numbers.
                guard number > 0, last.map({ number == $0 + 1 }) ?? true, name <= rest.count - 24,
                    count <= rest.count - 24 - name
                else { break }
                rest = rest.dropFirst(24)
                found.append(
                    (
                        number, String(decoding: rest.prefix(name), as: UTF8.self),
                        Array(rest.dropFirst(name).prefix(count))
                    ))
                rest = rest.dropFirst(name + count)
                last = number
            }
        }
        return found.sorted { $0.number < $1.number }.map { ($0.name, $0.bytes) }
    }
}
