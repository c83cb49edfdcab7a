import Cryptography
import Foundation
import Platform
import TestSupport
import Testing

@Suite struct `A program that turns one secret into another` {
    private func run(
        _ words: [String], _ input: [UInt8] = [], limit: Int = 1 << 22, patience: Int = 20
    ) throws(SecretCommandFailure) -> [UInt8] {
        try FilterCommand.run(
            words, input: SecretBytes(input), limit: limit, patience: patience
        ).exposed
    }

    @Test(arguments: [0, 1, 4096, 65_536, 65_537, 3_000_000])
    func `reads and prints as much as there is`(count: Int) throws {
        let input = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try run(["cat"], input) == input)
        #expect(try run(["sh", "-c", "sleep 0.1; exec cat"], input) == input)
        let sum = try run(["wc", "-c"], input)
        #expect(String(decoding: sum, as: UTF8.self) == "\(count)\n")
    }

    @Test func `need not read it`() throws {
        #expect(try run(["echo", "x"], bytes(1, 1_000_000)) == Array("x\n".utf8))
        #expect(
            try run(["sh", "-c", "exec <&-; sleep 0.1; echo y"], bytes(1, 1_000_000))
                == Array("y\n".utf8))
    }

    @Test func `is told from one that fails`() {
        #expect(throws: SecretCommandFailure.notFound) { try run(["no-such-program"]) }
        #expect(throws: SecretCommandFailure.exited(status: 3)) { try run(["sh", "-c", "exit 3"]) }
        #expect(throws: SecretCommandFailure.killed(signal: 9)) {
            try run(["sh", "-c", "kill -9 $$"])
        }
        #expect(throws: SecretCommandFailure.timedOut(seconds: 1)) {
            try run(["sleep", "30"], patience: 1)
        }
        #expect(throws: SecretCommandFailure.tooLong) {
            try run(["cat"], bytes(1, 101), limit: 100)
        }
        #expect(throws: SecretCommandFailure.tooLong) { try run(["yes"], limit: 100_000) }
    }
}

@Suite struct `New files` {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/file" }

    init() throws { folder = try TemporaryFolder() }

    @Test func `are private, and whole`() throws {
        try PrivateFile.create(path, with: [1, 2])
        #expect(try PrivateFile.read(path, limit: 10) == [1, 2])
        #expect(try folder.files().keys.sorted() == ["file"])
    }

    @Test func `take the place of a file where that is meant, and of no other`() throws {
        try Data([9]).write(to: URL(filePath: path))
        try Data([8]).write(to: URL(filePath: path + ".new"))
        try PrivateFile.create(path, with: [1], replacing: true)
        #expect(try folder.files() == ["file": [1], "file.new": [8]])
        #expect(try PrivateFile.read(path, limit: 10) == [1])
    }

    @Test func `take the place of nothing`() throws {
        for make in [
            { try Data([9]).write(to: URL(filePath: $0)) },
            {
                try FileManager.default.createSymbolicLink(
                    atPath: $0, withDestinationPath: "nowhere")
            },
            {
                try FileManager.default.createDirectory(
                    atPath: $0, withIntermediateDirectories: false)
            },
        ] as [(String) throws -> Void] {
            try make(path)
            #expect(PrivateFile.exists(path))
            #expect(throws: FileError.system(.exists)) { try PrivateFile.create(path, with: [1]) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
            try FileManager.default.removeItem(atPath: path)
            #expect(!PrivateFile.exists(path))
        }
    }
}

@Suite struct `Input that is secret as a whole` {
    @Test(arguments: [0, 1, 65_536, 65_537, 200_000]) func `is read to its end`(count: Int) throws {
        let folder = try TemporaryFolder()
        let input = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        try Data(input).write(to: URL(filePath: folder.path + "/file"))
        #expect(try SecretInput.readAll(folder.path + "/file", limit: count).exposed == input)
        guard count > 0 else { return }
        #expect(throws: FileError.tooLong) {
            _ = try SecretInput.readAll(folder.path + "/file", limit: count - 1).count
        }
        #expect(throws: FileError.missing) {
            _ = try SecretInput.readAll(folder.path + "/none", limit: 1).count
        }
    }
}
