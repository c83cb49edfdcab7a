internal import CShims
internal import Glibc

/// A program that works for this one; stopped when its owner lets go of it before it has ended.
struct ChildProcess: ~Copyable {
    /// What it prints.
    let output: FileDescriptor
    /// Readable when it has ended.
    let end: FileDescriptor
    private let process: pid_t
    private var isReaped = false

    /// Starts a program without a shell, with an empty standard input.
    ///
    /// - Parameter words: the program, a name to be looked for in PATH or a path, and its arguments.
    /// - Throws: the reason.
    init(_ words: [String]) throws(Errno) {
        let child = try unsafe start(words) { unsafe shim_spawn($0, $1) }
        process = child.process
        output = FileDescriptor(owning: child.output)
        end = FileDescriptor(owning: child.end)
    }

    /// Starts a program without a shell that reads what is written to a pipe.
    ///
    /// - Parameters:
    ///   - words: the program, a name to be looked for in PATH or a path, and its arguments.
    ///   - input: becomes where to write what it reads; writing there never waits.
    /// - Throws: the reason.
    init(_ words: [String], input: inout FileDescriptor?) throws(Errno) {
        var pipe: CInt = -1
        let child = try unsafe start(words) { unsafe shim_spawn_filter($0, $1, &pipe) }
        input = FileDescriptor(owning: pipe)
        process = child.process
        output = FileDescriptor(owning: child.output)
        end = FileDescriptor(owning: child.end)
    }

    deinit {
        guard !isReaped else { return }
        // Asks first, and insists a second later.
        kill(process, SIGTERM)
        let hasEnded = try? end.isReady(within: 1000)
        if hasEnded != true { kill(process, SIGKILL) }
        var status: CInt = 0
        _ = try? retrying { unsafe waitpid(process, &status, 0) }
    }

    /// Takes note of its end; waits for it, if need be.
    ///
    /// - Returns: its status as wait(2) has it.
    /// - Throws: the reason.
    mutating func reap() throws(Errno) -> CInt {
        var status: CInt = 0
        _ = try retrying { unsafe waitpid(process, &status, 0) }
        isReaped = true
        return status
    }
}

/// Starts a program.
///
/// - Parameters:
///   - words: its name and its arguments.
///   - call: the shim's.
/// - Returns: what the shim tells of it.
/// - Throws: the reason.
func start(
    _ words: [String],
    _ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, UnsafeMutablePointer<shim_child>)
        -> CInt
) throws(Errno) -> shim_child {
    // C would take what stands before a zero for the whole word.
    guard !words.isEmpty, words.allSatisfy({ !$0.utf8.contains(0) }) else { throw Errno(EINVAL) }
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var child = shim_child()
    let why = unsafe call(&arguments, &child)
    guard why == 0 else { throw Errno(why) }
    return child
}
