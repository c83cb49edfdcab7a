import Foundation

/// What a program left behind.
package struct Outcome: Sendable {
    package let status: Int32
    /// The signal that ended it, or nil.
    package let signal: Int32?
    package let output: String
    package let errors: String
}

/// Programs under test and their peers, run for real.
package enum Program {
    /// The package's folder.
    package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Where the built executables lie: OTPTOKEN_BIN, else beside the tests themselves.
    package static let folder: String = {
        if let folder = ProcessInfo.processInfo.environment["OTPTOKEN_BIN"] { return folder }
        return root + "/.build/debug"
    }()

    package static let otptoken = folder + "/otptoken"
    package static let issuer = folder + "/otptoken-issuer"

    /// The environment of every program under test: nothing of this user's.
    package static func environment(home: String) -> [String: String] {
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
    /// - Throws: the reason why it cannot be started.
    package static func run(
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
