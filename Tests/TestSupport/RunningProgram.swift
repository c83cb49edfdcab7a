import Foundation
package import Glibc

/// A program that runs beside the test, in a session of its own; killed when the test lets go of it.
package final class RunningProgram: @unchecked Sendable {
    /// Its process ID, which is also that of its session.
    package let processID: pid_t
    private let folder: TemporaryFolder
    private var waitStatus: CInt?
    private let lock = NSLock()

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: a path.
    ///   - arguments: its arguments.
    ///   - home: the folder that it takes for its home; it is its working folder too.
    ///   - input: its standard input; empty by default.
    ///   - extra: additions to the environment.
    /// - Throws: when it does not start.
    package init(
        _ program: String, _ arguments: [String] = [], home: String, input: String = "",
        extra: [String: String] = [:]
    ) throws {
        // Files rather than pipes: they never fill up, and a daemon that keeps one open keeps nobody waiting.
        folder = try TemporaryFolder()
        try Data(input.utf8).write(to: URL(fileURLWithPath: folder.path + "/0"))
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, folder.path + "/0", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_APPEND
        unsafe posix_spawn_file_actions_addopen(&actions, 1, folder.path + "/1", flags, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, folder.path + "/2", flags, 0o600)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // The threads of a test hold most signals back, which a child would inherit.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        // POSIX_SPAWN_SETSID too: no terminal, so that nothing asks the person who runs the tests.
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | 0x80)
        let environment = Program.environment(home: home).merging(extra) { $1 }
        var argv =
            unsafe (["env", "-C", home, program] + arguments).map { unsafe strdup($0) } + [nil]
        var envp = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        var process = pid_t()
        let status = unsafe posix_spawn(
            &process, "/usr/bin/env", &actions, &attributes, &argv, &envp)
        guard status == 0 else { throw POSIXError(.init(rawValue: status) ?? .EINVAL) }
        processID = process
        Leftovers.add(process: process)
    }

    deinit {
        Leftovers.remove(process: processID)
        if waitStatus == nil {
            // With all that it has started.
            Glibc.kill(-processID, SIGKILL)
            var status: CInt = 0
            _ = unsafe waitpid(processID, &status, 0)
        }
    }

    /// Sends it a signal.
    package func signal(_ number: CInt) { Glibc.kill(processID, number) }

    /// What it has written so far.
    package var output: String { text("1") }

    /// What it has written to standard error so far.
    package var errors: String { text("2") }

    private func text(_ name: String) -> String {
        String(
            decoding: FileManager.default.contents(atPath: "\(folder.path)/\(name)") ?? Data(),
            as: UTF8.self)
    }

    /// Waits until it has ended, and tells how in the form of wait(2); nil when it still runs after `seconds`.
    package func waitStatus(within seconds: Double = 20) -> CInt? {
        poll(within: seconds) {
            lock.withLock {
                var status: CInt = 0
                if waitStatus == nil, unsafe waitpid(processID, &status, WNOHANG) == processID {
                    waitStatus = status
                    Leftovers.remove(process: processID)
                }
                return waitStatus
            }
        }
    }

    /// Waits until it has ended; nil when it still runs after `seconds`.
    package func outcome(within seconds: Double = 20) -> Outcome? {
        guard let status = waitStatus(within: seconds) else { return nil }
        let signal = status & 0x7F
        return Outcome(
            status: signal == 0 ? status >> 8 & 0xFF : signal, signal: signal == 0 ? nil : signal,
            dumpedCore: signal != 0 && status & 0x80 != 0, output: output, errors: errors)
    }
}

/// Asks again and again until there is an answer, or the time is over.
package func poll<Answer>(within seconds: Double = 20, _ question: () throws -> Answer?) rethrows
    -> Answer?
{
    let end = ProcessInfo.processInfo.systemUptime + seconds
    while true {
        if let answer = try question() { return answer }
        guard ProcessInfo.processInfo.systemUptime < end else { return nil }
        usleep(5000)
    }
}
