import Foundation

/// What a program left behind.
package struct Outcome: Sendable {
    package let status: Int32
    /// The signal that ended it, or nil.
    package let signal: Int32?
    package let dumpedCore: Bool
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

    /// Writes the config of a home: no time server out in the world is asked for the sake of a test, unless it says so.
    ///
    /// - Parameters:
    ///   - text: lines of the config.
    ///   - home: the home folder of the programs under test.
    /// - Throws: when it cannot be written.
    package static func configure(_ text: String = "clock.check = never", home: String) throws {
        let folder = home + "/otptoken"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let file = folder + "/config"
        try "\(text)\n".write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
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
    /// - Throws: when it does not start.
    package static func run(
        _ program: String, _ arguments: [String] = [], home: String, input: String = "",
        extra: [String: String] = [:]
    ) throws -> Outcome {
        let running = try RunningProgram(program, arguments, home: home, input: input, extra: extra)
        guard let outcome = running.outcome(within: 120) else {
            throw StillRunning(program: program)
        }
        return outcome
    }

    /// A program that should have ended long ago.
    package struct StillRunning: Error {
        package let program: String
    }
}
