import Cryptography
import Foundation
import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@Suite struct `Private files` {
    let folder: TemporaryFolder
    var path: String { folder.path + "/file" }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, mode: mode_t = 0o600) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(unsafe chmod(path, mode) == 0)
    }

    private func failure(limit: Int = 100) -> FileError? {
        let failures = [
            Self.failure { () throws(FileError) in _ = try PrivateFile.read(path, limit: limit) },
            Self.failure { () throws(FileError) in
                _ = try PrivateFile.readSecret(path, limit: limit)
            },
        ]
        #expect(failures[0] == failures[1])
        return failures[0]
    }

    private static func failure(_ body: () throws(FileError) -> Void) -> FileError? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test func `are read whole`() throws {
        try write("0123456789")
        #expect(try PrivateFile.read(path, limit: 10) == Array("0123456789".utf8))
        #expect(try PrivateFile.readSecret(path, limit: 10).exposed == Array("0123456789".utf8))
        #expect(failure(limit: 9) == .tooLong)
        try write("")
        #expect(try PrivateFile.read(path, limit: 10).isEmpty)
        #expect(try PrivateFile.readSecret(path, limit: 10).exposed.isEmpty)
    }

    @Test func `may be missing`() { #expect(failure() == .missing) }

    @Test(arguments: [0o644, 0o640, 0o620, 0o610, 0o602, 0o601, 0o604, 0o4666] as [mode_t])
    func `are refused when others can get at them`(mode: mode_t) throws {
        try write("x", mode: mode)
        #expect(failure() == .exposed(mode: UInt32(mode)))
    }

    @Test(arguments: [0o600, 0o400, 0o700] as [mode_t])
    func `are taken when nobody else can`(mode: mode_t) throws {
        try write("x", mode: mode)
        #expect(failure() == nil)
    }

    @Test func `are no symbolic links`() throws {
        try "x".write(toFile: folder.path + "/real", atomically: false, encoding: .utf8)
        #expect(unsafe symlink("real", path) == 0)
        #expect(failure() == .notRegular)
        #expect(throws: FileError.notRegular) { _ = try FileLock(path) {} }
    }

    @Test(.timeLimit(.minutes(1))) func `are no pipes, and nobody waits for one`() {
        #expect(unsafe mkfifo(path, 0o600) == 0)
        #expect(failure() == .notRegular)
    }

    @Test func `are no folders and no devices`() {
        #expect(unsafe mkdir(path, 0o700) == 0)
        #expect(failure() == .notRegular)
        #expect(throws: FileError.notRegular) { try PrivateFile.read("/dev/null", limit: 9) }
    }

    @Test(.enabled(if: geteuid() == 0)) func `are refused when they are somebody else's`() throws {
        try write("x")
        #expect(unsafe chown(path, 65534, 65534) == 0)
        #expect(failure() == .foreignOwner)
    }

    @Test func `are never longer than they were when they were opened`() throws {
        // Something is appended all the while: what is read is a prefix within the bound, or too long.
        try write("x")
        let done = Mutex(false)
        let path = path
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try Platform.Thread.start {
            while !done.withLock({ $0 }) {
                _ = try? handle.seekToEnd()
                try? handle.write(contentsOf: Data([120]))
            }
        }
        defer { done.withLock { $0 = true } }
        for _ in 0..<200 {
            do throws(FileError) {
                let bytes = try PrivateFile.read(path, limit: 50)
                #expect((1...50).contains(bytes.count))
                #expect(bytes.allSatisfy { $0 == 120 })
                let secret = try PrivateFile.readSecret(path, limit: 50).exposed
                #expect((1...50).contains(secret.count))
                #expect(secret.allSatisfy { $0 == 120 })
            } catch {
                #expect(error == .tooLong)
            }
        }
    }

    @Test func `are replaced, and the former one is kept`() throws {
        let backup = path + ".bak"
        try PrivateFile.replace(path, with: [1], keeping: backup)
        #expect(try folder.files() == ["file": [1]])
        try PrivateFile.replace(path, with: [2], keeping: backup)
        try PrivateFile.replace(path, with: [3, 4], keeping: backup)
        #expect(try folder.files() == ["file": [3, 4], "file.bak": [2]])
        try PrivateFile.replace(path, with: [5])
        #expect(try folder.files() == ["file": [5], "file.bak": [2]])
        #expect(mode(path) == 0o600)
        #expect(mode(backup) == 0o600)
    }

    @Test func `are replaced by secrets, too`() throws {
        try PrivateFile.replace(path, with: [1])
        try PrivateFile.replace(path, with: SecretBytes([2, 3]))
        #expect(try folder.files() == ["file": [2, 3]])
        #expect(mode(path) == 0o600)
    }

    @Test func `a secret comes whole out of a pipe that gives it in pieces`() throws {
        let program = try RunningProgram(
            "/bin/sh", ["-c", "mkfifo p; (printf ab; sleep 0.2; printf cd) > p"],
            home: folder.path)
        let pipe = folder.path + "/p"
        #expect(poll { unsafe access(pipe, F_OK) == 0 ? true : nil } == true)
        #expect(try SecretInput.read(pipe).exposed == Array("abcd".utf8))
        #expect(program.outcome()?.status == 0)
    }

    @Test func `leftovers of a run that was killed are no obstacle`() throws {
        for name in ["file.new", "file.bak.new"] {
            try "old".write(toFile: folder.path + "/" + name, atomically: false, encoding: .utf8)
        }
        try PrivateFile.replace(path, with: [1])
        try PrivateFile.replace(path, with: [2], keeping: path + ".bak")
        #expect(try folder.files() == ["file": [2], "file.bak": [1]])
    }

    @Test func `a link where the new file is to be is not followed`() throws {
        let victim = folder.path + "/victim"
        try "precious".write(toFile: victim, atomically: false, encoding: .utf8)
        #expect(unsafe symlink("victim", path + ".new") == 0)
        try PrivateFile.replace(path, with: [1])
        #expect(try folder.files() == ["file": [1], "victim": Array("precious".utf8)])
    }

    @Test func `a replacement that fails leaves the old one`() throws {
        try PrivateFile.replace(path, with: [1])
        // A folder stands where the new file is to be written, then where the backup is to be.
        #expect(unsafe mkdir(path + ".new", 0o700) == 0)
        #expect(throws: FileError.self) { try PrivateFile.replace(path, with: [2]) }
        #expect(unsafe rmdir(path + ".new") == 0)
        #expect(unsafe mkdir(path + ".bak", 0o700) == 0)
        #expect(throws: FileError.self) {
            try PrivateFile.replace(path, with: [2], keeping: path + ".bak")
        }
        #expect(try PrivateFile.read(path, limit: 9) == [1])
        #expect(unsafe access(path + ".new", F_OK) != 0)
        #expect(throws: FileError.missing) {
            try PrivateFile.replace(folder.path + "/none/file", with: [2])
        }
    }

    @Test func `a full disk is an error`() throws {
        let full = FileDescriptor(owning: unsafe open("/dev/full", O_WRONLY))
        #expect(throws: Errno(ENOSPC)) { try full.write([1]) }
    }
}

@Suite struct `Private folders` {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `are made with those above them`() throws {
        let path = folder.path + "/a/b/c"
        try PrivateFolder.ensure(path)
        try PrivateFolder.ensure(path)
        for name in ["a", "a/b", "a/b/c"] {
            var status = stat()
            #expect(unsafe stat("\(folder.path)/\(name)", &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o700)
        }
    }

    @Test func `are refused when others may write to them`() throws {
        let path = folder.path + "/open"
        for (mode, taken) in [
            (0o777, false), (0o720, false), (0o702, false), (0o1777, false), (0o755, true),
        ] as [(mode_t, Bool)] {
            #expect(unsafe mkdir(path, 0o700) == 0 && chmod(path, mode) == 0)
            if taken {
                try PrivateFolder.ensure(path)
                try PrivateFolder.check(path)
            } else {
                let error = FileError.exposed(mode: UInt32(mode), isFolder: true)
                #expect(throws: error) { try PrivateFolder.ensure(path) }
                #expect(throws: error) { try PrivateFolder.check(path) }
            }
            #expect(unsafe rmdir(path) == 0)
        }
    }

    @Test func `are folders`() throws {
        let path = folder.path + "/file"
        try PrivateFile.replace(path, with: [])
        #expect(throws: FileError.notRegular) { try PrivateFolder.ensure(path) }
        #expect(throws: FileError.notRegular) { try PrivateFolder.check(path) }
        #expect(throws: FileError.self) { try PrivateFolder.ensure(path + "/below") }
    }

    @Test(.enabled(if: geteuid() == 0)) func `are one's own`() throws {
        let path = folder.path + "/theirs"
        #expect(unsafe mkdir(path, 0o700) == 0 && chown(path, 65534, 65534) == 0)
        #expect(throws: FileError.foreignOwner) { try PrivateFolder.ensure(path) }
        #expect(throws: FileError.foreignOwner) { try PrivateFolder.check(path) }
    }

    @Test func `are not made by a check`() {
        let path = folder.path + "/none"
        #expect(throws: FileError.missing) { try PrivateFolder.check(path) }
        #expect(unsafe access(path, F_OK) != 0)
    }

    @Test func `their names`() throws {
        #expect(try PrivateFolder.names(in: folder.path).isEmpty)
        try PrivateFile.replace(folder.path + "/ｱ", with: [])
        try PrivateFolder.ensure(folder.path + "/.b")
        #expect(try PrivateFolder.names(in: folder.path).sorted() == [".b", "ｱ"])
        #expect(throws: FileError.missing) {
            try PrivateFolder.names(in: folder.path + "/none")
        }
    }

    @Test func `the folder above`() {
        #expect(PrivateFile.parent(of: "/a/b") == "/a")
        #expect(PrivateFile.parent(of: "/a") == "/")
        #expect(PrivateFile.parent(of: "a") == ".")
    }
}

@Suite struct `A secret that is given` {
    private func read(_ bytes: [UInt8]) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let path = folder.path + "/secret"
        try PrivateFile.replace(path, with: bytes)
        return try SecretInput.read(path).exposed
    }

    @Test(arguments: [
        ("", ""), ("\n", ""), ("\r\n", ""), ("\r", "\r"), ("a", "a"), ("a\n", "a"), ("a\r\n", "a"),
        ("a\n\n", "a\n"), ("a\r", "a\r"), (" a ", " a "), ("é終\n", "é終"),
    ])
    func `loses one line end`(text: String, secret: String) throws {
        #expect(try read(Array(text.utf8)) == Array(secret.utf8))
    }

    @Test func `has at most 4096 bytes`() throws {
        #expect(try read(bytes(1, 4096)) == bytes(1, 4096))
        #expect(throws: FileError.tooLong) { _ = try read(bytes(1, 4097)) }
        #expect(throws: FileError.tooLong) { _ = try read(bytes(1, 100_000)) }
        #expect(throws: FileError.missing) { _ = try SecretInput.read("/none/such") }
    }
}

@Suite struct `The lock` {
    @Test func `keeps threads apart`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        let counter = folder.path + "/counter"
        try PrivateFile.replace(counter, with: [0])
        let running = Mutex(8)
        for _ in 0..<8 {
            try Platform.Thread.start {
                for _ in 0..<25 {
                    guard let lock = try? FileLock(path, notice: {}) else { continue }
                    withExtendedLifetime(lock) {
                        // Reading, changing and writing, as the store is changed.
                        let count = (try? PrivateFile.read(counter, limit: 9)[0]) ?? 0
                        try? PrivateFile.replace(counter, with: [count + 1])
                    }
                }
                running.withLock { $0 -= 1 }
            }
        }
        #expect(poll(within: 50) { running.withLock { $0 == 0 ? true : nil } } == true)
        #expect(try PrivateFile.read(counter, limit: 9) == [200])
    }

    @Test func `waits for another process, and says so once`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        let holder = try RunningProgram(
            "/bin/sh", ["-c", "exec flock \(path) sh -c 'echo held; sleep 3'"], home: folder.path)
        #expect(poll { holder.output == "held\n" ? true : nil } == true)
        var notices = 0
        let start = ContinuousClock.now
        let lock = try FileLock(path) { notices += 1 }
        withExtendedLifetime(lock) {
            #expect(ContinuousClock.now - start > .seconds(1))
            #expect(notices == 1)
        }
    }

    @Test func `is not waited for without end`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        let holder = try FileLock(path) {}
        withExtendedLifetime(holder) {
            var notices = 0
            #expect(throws: FileError.held) {
                _ = try FileLock(path, patience: 2) { notices += 1 }
            }
            #expect(notices == 1)
        }
    }

    @Test func `comes to everybody, however many want it`() throws {
        // Until one has had it forty times, every other one has had it, too.
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        let turns = Mutex([Int](repeating: 0, count: 50))
        let running = Mutex(50)
        for number in 0..<50 {
            try Platform.Thread.start {
                while turns.withLock({ $0.max() ?? 0 }) < 40 {
                    if let lock = try? FileLock(path, notice: {}) {
                        withExtendedLifetime(lock) {
                            turns.withLock { $0[number] += 1 }
                            usleep(500)
                        }
                    }
                    // As long as a process takes to start, roughly.
                    usleep(2000)
                }
                running.withLock { $0 -= 1 }
            }
        }
        #expect(poll(within: 100) { running.withLock { $0 == 0 ? true : nil } } == true)
        let all = turns.withLock { $0 }
        #expect(all.allSatisfy { $0 >= 1 }, "\(all)")
    }

    @Test func `is let go of when its holder is killed`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        let holder = try RunningProgram(
            "/bin/sh", ["-c", "exec 9>\(path); flock 9; echo held; exec sleep 60"],
            home: folder.path)
        #expect(poll { holder.output == "held\n" ? true : nil } == true)
        holder.signal(SIGKILL)
        _ = try FileLock(path) { Issue.record("waited") }
    }
}
