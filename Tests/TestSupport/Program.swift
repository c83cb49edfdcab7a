import Foundation

/// What a program left behind.
public struct Outcome: Sendable {
    public let status: Int32
    /// The signal that ended it, or nil.
    public let signal: Int32?
    public let output: String
    public let errors: String
}

/// Programs under test and their peers, run for real.
public enum Program {
    /// The package's folder.
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Where the built executables lie: OTPTOKEN_BIN, else beside the tests themselves.
    public static let folder: String = {
        if let folder = ProcessInfo.processInfo.environment["OTPTOKEN_BIN"] { return folder }
        return root + "/.build/debug"
    }()

    public static let otptoken = folder + "/otptoken"
    public static let issuer = folder + "/otptoken-issuer"

    /// The environment of every program under test: nothing of this user's.
    public static func environment(home: String) -> [String: String] {
        [
            "PATH": "\(folder):/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": home,
            "OTPTOKEN_HOME": home + "/otptoken", "LC_ALL": "C", "TZ": "UTC", "TERM": "dumb",
        ]
    }

    /// Runs a program to its end, outside any terminal.
    ///
    /// - Parameters:
    ///   - program: a path, or a name to be found in PATH.
    ///   - arguments: its arguments.
    ///   - home: the folder that it takes for its home.
    ///   - input: its standard input; empty by default.
    ///   - extra: additions to the environment.
    /// - Returns: what it left behind.
    public static func run(
        _ program: String, _ arguments: [String] = [], home: String, input: String = "",
        extra: [String: String] = [:]
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        // A session of its own: no /dev/tty, so that nothing asks the person who runs the tests.
        process.arguments = ["--wait", program] + arguments
        process.environment = environment(home: home).merging(extra) { $1 }
        let pipes = (Pipe(), Pipe(), Pipe())
        process.standardInput = pipes.0
        process.standardOutput = pipes.1
        process.standardError = pipes.2
        try process.run()
        let collected = Collector(pipes.1, pipes.2)
        try? pipes.0.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try? pipes.0.fileHandleForWriting.close()
        let (output, errors) = collected.finish()
        process.waitUntilExit()
        let bySignal = process.terminationReason == .uncaughtSignal
        return Outcome(
            status: process.terminationStatus, signal: bySignal ? process.terminationStatus : nil,
            output: output, errors: errors)
    }
}

/// Reads two pipes to their ends at once, so that neither fills up.
private final class Collector: @unchecked Sendable {
    private let group = DispatchGroup()
    private var texts = ["", ""]
    private let lock = NSLock()

    init(_ pipes: Pipe...) {
        for (index, pipe) in pipes.enumerated() {
            DispatchQueue.global().async(group: group) { [self] in
                let data = (try? pipe.fileHandleForReading.readToEnd()) ?? nil
                lock.withLock { texts[index] = String(decoding: data ?? Data(), as: UTF8.self) }
            }
        }
    }

    func finish() -> (String, String) {
        group.wait()
        return lock.withLock { (texts[0], texts[1]) }
    }
}

/// A folder of a test's own, gone afterwards.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = NSTemporaryDirectory() + "/otptoken-test-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Every file below it, with its bytes.
    public func files() -> [(path: String, bytes: Data)] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.sorted().compactMap { name in
            FileManager.default.contents(atPath: "\(path)/\(name)").map { (name, $0) }
        }
    }
}
