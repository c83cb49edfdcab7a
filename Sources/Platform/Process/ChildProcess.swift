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
    /// - Parameters:
    ///   - path: the program; a name without a slash is looked for in PATH.
    ///   - words: its name and arguments.
    ///   - isSilent: whether its standard error goes nowhere, instead of where this process's goes.
    /// - Throws: the reason.
    init(_ path: String, _ words: [String], isSilent: Bool = false) throws(Errno) {
        // C would take what stands before a zero for the whole word.
        guard !words.isEmpty, (words + [path]).allSatisfy({ !$0.utf8.contains(0) }) else {
            throw Errno(EINVAL)
        }
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var child = shim_child()
        let why = unsafe shim_spawn(path, &arguments, isSilent ? 1 : 0, &child)
        guard why == 0 else { throw Errno(why) }
        process = child.process
        output = FileDescriptor(owning: child.output)
        end = FileDescriptor(owning: child.end)
    }

    deinit {
        guard !isReaped else { return }
        // Asks first, and insists a second later.
        kill(process, SIGTERM)
        var entry = pollfd(fd: end.number, events: Int16(POLLIN), revents: 0)
        _ = try? retrying { unsafe poll(&entry, 1, 1000) }
        if entry.revents == 0 { kill(process, SIGKILL) }
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

/// This program once more, beside this process: for work that must not be in its way, or should have none of its
/// memory. It is stopped when its owner lets go of it.
package struct Rerun: ~Copyable {
    private let child: ChildProcess

    /// Starts it: without a terminal's input, and with its output and its messages going nowhere.
    ///
    /// - Parameters:
    ///   - name: the program's.
    ///   - arguments: its arguments; it has this process's environment, too.
    /// - Throws: the reason.
    package init(_ name: String, _ arguments: [String]) throws(Errno) {
        // What was started is what runs once more, whatever lies at its path or in PATH by now.
        child = try ChildProcess("/proc/self/exe", [name] + arguments, isSilent: true)
    }

    /// A descriptor that becomes readable when it has ended.
    package var end: CInt { child.end.number }

    /// Waits until it has ended.
    ///
    /// - Parameter deadline: the end of waiting.
    package func wait(by deadline: Deadline) {
        var entry = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        _ = try? retrying { unsafe poll(&entry, 1, CInt(clamping: deadline.remaining)) }
    }
}
