import Foundation

/// What stands between a program and its C library in a test, and steers what files do: Interposer/interpose.c.
package struct Interposer {
    /// The folder whose files matter.
    package var folder: String
    /// A file that gets a line for each call that touches them.
    package var log: String?
    /// The number of the call that fails, from 1 on, and how; with 0 it does half of what it should.
    package var failure: (call: Int, errno: CInt)?
    /// The number of the call behind which the process is killed.
    package var killsAfter: Int?
    /// The microseconds after the first of the calls, when it is killed.
    package var killsAt: Int?
    /// A file that gets a line for each pause: its microseconds, which do not go by.
    package var sleeps: String?
    /// Whether other processes may read the program's memory, whatever it asks for.
    package var makesReadable = false
    /// A file with the seconds by which all clocks have gone on beside the real ones; read again and again.
    package var age: String?
    /// The seconds by which somebody has made the clocks go faster, all but the raw one.
    package var slew: Int?
    /// The microseconds by which the clock may be off, as the kernel says; 16 million when nobody keeps it, negative when
    /// the kernel may not be asked.
    package var kernelBound: Int?
    /// The IPv4 address that is at the other end of every connection, as the kernel says.
    package var peer: String?

    package init(folder: String = "") { self.folder = folder }

    /// The library, compiled once for all tests of a run.
    private static let library = Result { () throws -> (folder: TemporaryFolder, path: String) in
        let folder = try TemporaryFolder()
        let path = folder.path + "/interpose.so"
        // The toolchain's own compiler, or whatever is there.
        let script = #"""
            swift=$(readlink -f "$(command -v swift)")
            clang=$(dirname "$swift")/clang
            [ -x "$clang" ] || clang=cc
            exec "$clang" -Wall -Wextra -Werror -O1 -shared -fPIC -o "$1" "$2"
            """#
        let made = try Program.run(
            "/bin/sh",
            [
                "-c", script, "sh", path,
                Repository.file("Tests/TestSupport/Interposer/interpose.c").path,
            ], home: folder.path,
            extra: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"])
        guard made.status == 0 else { throw RunningIssuer.Failed(made) }
        return (folder, path)
    }

    /// What has to be added to the environment of a program.
    ///
    /// - Returns: the variables.
    /// - Throws: when the library cannot be compiled.
    package func environment() throws -> [String: String] {
        var variables = ["LD_PRELOAD": try Self.library.get().path, "INTERPOSE_FOLDER": folder]
        variables["INTERPOSE_LOG"] = log
        variables["INTERPOSE_FAIL"] = failure.map { "\($0.call)" }
        variables["INTERPOSE_ERRNO"] = failure.map { "\($0.errno)" }
        variables["INTERPOSE_KILL_AFTER"] = killsAfter.map { "\($0)" }
        variables["INTERPOSE_KILL_AT"] = killsAt.map { "\($0)" }
        variables["INTERPOSE_SLEEPS"] = sleeps
        variables["INTERPOSE_READABLE"] = makesReadable ? "1" : nil
        variables["INTERPOSE_AGE"] = age
        variables["INTERPOSE_SLEW"] = slew.map { "\($0)" }
        variables["INTERPOSE_KERNEL"] = kernelBound.map { "\($0)" }
        variables["INTERPOSE_PEER"] = peer
        return variables
    }

    /// The calls of a program that touch the files of a folder.
    ///
    /// - Parameters:
    ///   - folder: the folder.
    ///   - run: runs the program with more variables in its environment.
    /// - Returns: for each call its name and the files, named from the folder on.
    /// - Throws: what `run` throws.
    package static func calls(
        in folder: String, of run: ([String: String]) throws -> Void
    ) throws -> [String] {
        let place = try TemporaryFolder()
        var interposer = Interposer(folder: folder)
        let log = place.path + "/log"
        interposer.log = log
        try run(interposer.environment())
        return try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            .map(String.init)
    }
}
