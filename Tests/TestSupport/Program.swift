import Foundation
import Glibc

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
        // Files rather than pipes: they never fill up, and a daemon that keeps one open keeps nobody waiting.
        let folder = try TemporaryFolder()
        let files = ["input", "output", "errors"].map { "\(folder.path)/\($0)" }
        try Data(input.utf8).write(to: URL(fileURLWithPath: files[0]))
        let environment = environment(home: home).merging(extra) { $1 }
        let status = try spawn(program, arguments, environment, files: files)
        func text(_ path: String) -> String {
            String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        }
        // As wait(2) tells it: the low seven bits are the signal.
        let signal = status & 0x7F
        return Outcome(
            status: signal == 0 ? status >> 8 & 0xFF : signal, signal: signal == 0 ? nil : signal,
            dumpedCore: signal != 0 && status & 0x80 != 0, output: text(files[1]),
            errors: text(files[2]))
    }

    /// Starts a program in a session of its own, so that there is no /dev/tty to ask the person who runs the tests,
    /// and waits for its end.
    private static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String: String], files: [String]
    ) throws -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, path) in files.enumerated() {
            let flags = number == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND
            unsafe posix_spawn_file_actions_addopen(&actions, CInt(number), path, flags, 0o600)
        }
        var attributes = posix_spawnattr_t()
        // POSIX_SPAWN_SETSID, which glibc hides behind _GNU_SOURCE.
        let setsid: Int16 = 0x80
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(&attributes, setsid)
        var argv = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        var envp = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        var pid = pid_t()
        let failure = unsafe posix_spawnp(&pid, program, &actions, &attributes, &argv, &envp)
        guard failure == 0 else { throw CannotStart(program: program, reason: failure) }
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) == -1, errno == EINTR {}
        return status
    }

    /// A program that is not there, most of the time: `make test` installs what the tests call.
    package struct CannotStart: Error {
        package let program: String
        package let reason: Int32
    }
}
