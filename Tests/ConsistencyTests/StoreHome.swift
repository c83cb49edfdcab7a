import Foundation
import TestSupport
import Testing

/// A home whose store is read and written both by the real program and by the ones that follow otptoken-store(5).
struct StoreHome {
    let folder: TemporaryFolder
    var store: String { folder.path + "/otptoken" }

    /// An empty home.
    init() throws { folder = try TemporaryFolder() }

    /// A home with a copy of a store.
    init(_ store: String) throws {
        try self.init()
        try FileManager.default.copyItem(atPath: store, toPath: self.store)
    }

    // MARK: The real program

    /// Runs `otptoken` here, which must succeed.
    @discardableResult
    func otptoken(_ arguments: String...) throws -> String { try otptoken(arguments) }

    /// Runs `otptoken` here, which must succeed.
    @discardableResult
    func otptoken(_ arguments: [String]) throws -> String {
        let outcome = try attempt(arguments)
        try #require(outcome.status == 0, "\(arguments): \(outcome.errors)")
        return outcome.output
    }

    /// Runs `otptoken` here.
    func attempt(_ arguments: [String]) throws -> Outcome {
        try Program.run(Program.otptoken, arguments, home: folder.path)
    }

    /// Names the command that opens the store.
    func configure(command: String) throws {
        _ = try file("passphrase.command = \(command)\n", at: "otptoken/config")
    }

    // MARK: The programs that follow the page

    /// Runs read_store.py.
    func read(_ arguments: String...) throws -> Outcome { try read(arguments) }

    /// Runs read_store.py.
    func read(_ arguments: [String]) throws -> Outcome { try python("read_store.py", arguments) }

    /// Reads the store by its device slot.
    func readByDevice(_ more: String...) throws -> Outcome {
        try read(["--device-key", store + "/device.key", tokens] + more)
    }

    /// Makes a store with slots as write_store.py takes them.
    func write(_ slots: [String], _ plaintext: String) throws {
        let outcome = try python("write_store.py", [store] + slots, input: plaintext)
        try #require(outcome.status == 0, "\(outcome.errors)")
    }

    private func python(
        _ script: String, _ arguments: [String], input: String = ""
    ) throws -> Outcome {
        // Without -B it would leave its own files beside the script.
        try Program.run(
            Enrolled.python, ["-B", "\(Enrolled.folder)/\(script)"] + arguments,
            home: folder.path, input: input)
    }

    // MARK: Files

    var tokens: String { store + "/tokens" }

    /// Writes a file of one's own.
    ///
    /// - Returns: its path.
    func file(_ contents: some StringProtocol, at name: String = "secret") throws -> String {
        try file(Array(contents.utf8), at: name)
    }

    /// Writes a file of one's own.
    ///
    /// - Returns: its path.
    func file(_ contents: [UInt8], at name: String = "secret") throws -> String {
        let path = "\(folder.path)/\(name)"
        try #require(
            FileManager.default.createFile(
                atPath: path, contents: Data(contents), attributes: [.posixPermissions: 0o600]))
        return path
    }

    /// The bytes of a file of the store.
    func bytes(_ name: String = "tokens") throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: "\(store)/\(name)")))
    }

    /// The lines of the header, without the body.
    func header() throws -> [String] {
        var lines: [String] = []
        for line in try bytes().split(separator: 0x0A, omittingEmptySubsequences: false) {
            lines.append(String(decoding: line, as: UTF8.self))
            if lines.last?.hasPrefix("mac ") == true { break }
        }
        return lines
    }

    /// Changes the text of a line of the header.
    func alterHeader(_ old: String, to new: String) throws {
        let header = try header().joined(separator: "\n")
        try #require(header.contains(old))
        let body = try bytes().dropFirst(header.utf8.count)
        let altered = header.replacingOccurrences(of: old, with: new)
        _ = try file(Array(altered.utf8) + body, at: "otptoken/tokens")
    }
}
