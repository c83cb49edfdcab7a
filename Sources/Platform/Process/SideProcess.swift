internal import CShims
internal import Glibc
internal import Synchronization

/// A program beside this process, in a session of its own and without output.
///
/// For work that must not be in this process's way, or should have none of its memory. It goes on to its end even when
/// nobody waits for it any more.
package struct SideProcess: ~Copyable {
    /// What is run.
    package enum Program: Sendable {
        /// This program once more, under a name.
        case again(String)
        /// A name to be looked for in PATH, or a path.
        case named(String)
    }

    /// Those that nobody waited for, until it is seen that they have ended.
    private static let left = Mutex<[pid_t]>([])

    private let ending: FileDescriptor
    private let process: pid_t
    private var isReaped = false

    /// Starts it.
    ///
    /// - Parameters:
    ///   - program: what to run; it has this process's environment.
    ///   - arguments: its arguments.
    ///   - input: its standard input, at most 4096 bytes.
    /// - Throws: the reason; `.noSuchFile` when there is no such program.
    package init(
        _ program: Program, _ arguments: [String], input: [UInt8] = []
    ) throws(Errno) {
        let (name, isItself): (String, CInt) =
            switch program {
            case .again(let name): (name, 1)
            case .named(let name): (name, 0)
            }
        let child = try unsafe start([name] + arguments) { words, child in
            unsafe input.withUnsafeBytes {
                unsafe shim_spawn_aside(isItself, words, $0.baseAddress, $0.count, child)
            }
        }
        process = child.process
        ending = FileDescriptor(owning: child.end)
    }

    deinit {
        let own = isReaped ? [] : [process]
        Self.left.withLock { left in
            left = (left + own).filter {
                var status: CInt = 0
                return unsafe waitpid($0, &status, WNOHANG) == 0
            }
        }
    }

    /// A descriptor that becomes readable when it has ended.
    package var end: CInt { ending.number }

    /// Waits until it has ended.
    ///
    /// - Parameter deadline: the end of waiting.
    package func wait(by deadline: Deadline) {
        _ = try? ending.isReady(within: deadline.remaining)
    }

    /// Waits until it has done what it should, and stops it when it takes too long for that.
    ///
    /// - Parameter deadline: the end of waiting.
    /// - Returns: whether it ended in time, with status 0.
    package mutating func succeeds(by deadline: Deadline) -> Bool {
        let hasEnded = try? ending.isReady(within: deadline.remaining)
        if hasEnded != true { kill(process, SIGKILL) }
        var status: CInt = -1
        _ = try? retrying { unsafe waitpid(process, &status, 0) }
        isReaped = true
        return status == 0
    }
}
