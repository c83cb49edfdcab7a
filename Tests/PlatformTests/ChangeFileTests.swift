import Foundation
import Platform
import Synchronization
import TestSupport
import Testing

/// Files that are replaced with one wait for the disk for several threads.
@Suite struct `A file of changes` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.path + "/changes" }

    private func begin(boot: String = "one", halfCount: Int = 4096) throws -> ChangeFile {
        try ChangeFile(
            path, lock: folder.path + "/lock", folder: folder.path, boot: boot,
            halfCount: halfCount)
    }

    private func contents(_ name: String) throws -> [UInt8] {
        try PrivateFile.read("\(folder.path)/\(name)", limit: 4096)
    }

    private func make(_ names: some Sequence<String>, _ bytes: [UInt8] = [0]) throws {
        for name in names { try PrivateFile.replace("\(folder.path)/\(name)", with: bytes) }
    }

    @Test func `replaces what files contain`() throws {
        try make(["file"], [0, 0, 0])
        let changes = try begin()
        for text in ["one", "two", "six"] {
            #expect(try changes.replace("file", with: Array(text.utf8)))
            #expect(try contents("file") == Array(text.utf8))
        }
        #expect(
            try ChangeFile.entries(of: path).map { String(decoding: $0.bytes, as: UTF8.self) }
                == ["one", "two", "six"])
    }

    @Test func `leaves to others files that are not there, of another length, or of several pages`()
        throws
    {
        try make(["file"])
        try make(["long"], [UInt8](repeating: 1, count: 4097))
        let changes = try begin(halfCount: 1 << 16)
        for bytes in [[], [1, 2]] as [[UInt8]] {
            #expect(try !changes.replace("file", with: bytes))
        }
        #expect(try !changes.replace("none", with: [1]))
        #expect(try !changes.replace("long", with: [UInt8](repeating: 2, count: 4097)))
        #expect(try contents("file") == [0])
        #expect(throws: FileError.missing) { try contents("none") }
        #expect(try ChangeFile.entries(of: path).isEmpty)
    }

    @Test func `follows no link`() throws {
        try make(["file"])
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: "file")
        let changes = try begin()
        #expect(throws: FileError.notRegular) { try changes.replace("link", with: [1]) }
        #expect(try contents("file") == [0])
    }

    @Test func `ends with the first entry that is not whole`() throws {
        try make((1...5).map { "\($0)" }, [0, 0])
        let changes = try begin()
        for number in UInt8(1)...5 {
            #expect(try changes.replace("\(number)", with: [number, number]))
        }
        var file = try PrivateFile.read(path, limit: 1 << 20)
        // The fourth entry, 27 bytes behind the others: its number is not what comes next.
        file[4096 + 3 * 27] ^= 1
        try PrivateFile.replace(path, with: file)
        #expect(try ChangeFile.entries(of: path).map(\.name) == ["1", "2", "3"])
        try PrivateFile.replace(path, with: Array(file.prefix(4096 + 27 + 26)))
        #expect(try ChangeFile.entries(of: path).map(\.name).count <= 1)
        try PrivateFile.replace(path, with: [])
        #expect(try ChangeFile.entries(of: path).isEmpty)
    }

    @Test func `has what was changed last, however much has gone through it`() throws {
        try make((0..<7).map { "file \($0)" }, [0, 0, 0, 0])
        let changes = try begin()
        var last: [String: [UInt8]] = [:]
        for number in 1000..<2000 {
            let name = "file \(number % 7)"
            last[name] = Array("\(number)".utf8)
            #expect(try changes.replace(name, with: Array("\(number)".utf8)))
            let entries = try ChangeFile.entries(of: path)
            #expect(entries.last?.bytes == Array("\(number)".utf8))
            // No entry is the last one of its file unless the file is like that.
            for (name, bytes) in Dictionary(
                entries.map { ($0.name, $0.bytes) }, uniquingKeysWith: { $1 })
            {
                #expect(last[name] == bytes)
            }
        }
        for (name, bytes) in last { #expect(try contents(name) == bytes) }
    }

    @Test func `takes the changes of many threads, and leaves nothing when it ends`() throws {
        try make((0..<16).map { "\($0)" })
        let changes = try begin()
        let done = Thread.gather(16) { number in
            (0..<100).map { turn in
                let name = "\(number)"
                // What does not fit now is replaced the usual way.
                guard let isDone = try? changes.replace(name, with: [UInt8(turn)]) else {
                    return false
                }
                if !isDone {
                    try? PrivateFile.replace("\(folder.path)/\(name)", with: [UInt8(turn)])
                }
                return (try? contents(name)) == [UInt8(turn)]
            }.allSatisfy(\.self)
        }
        #expect(done.allSatisfy { $0 == true })
        changes.close()
        #expect(try !changes.replace("1", with: [1]))
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!ChangeFile.isLeft(path, boot: "two"))
    }

    @Test func `is one process's, and is left by a run of the system that is over`() throws {
        try make(["file"])
        do {
            let changes = try begin()
            #expect(throws: FileError.held) { try begin() }
            #expect(try changes.replace("file", with: [1]))
        }
        #expect(!ChangeFile.isLeft(path, boot: "one"))
        for boot in ["two", "on", "one ", "", nil] { #expect(ChangeFile.isLeft(path, boot: boot)) }
        let again = try begin(boot: "two")
        #expect(!ChangeFile.isLeft(path, boot: "two"))
        #expect(try ChangeFile.entries(of: path).isEmpty)
        again.close()
    }
}
