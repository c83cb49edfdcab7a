internal import CShims
package import Cryptography
internal import Glibc

/// Why a command gave no secret.
package enum SecretCommandFailure: Error, Equatable {
    /// There is no such program in PATH, or at that path.
    case notFound
    /// The system does not start it, or takes no note of its end, for this reason.
    case cannotRun(Errno)
    /// It ended with a status other than 0.
    case exited(status: Int)
    /// A signal ended it.
    case killed(signal: Int)
    /// It had not ended after so many seconds, and was stopped.
    case timedOut(seconds: Int)
    /// It printed nothing, or a line end alone.
    case noOutput
    /// It printed more than `SecretInput.maximumCount` bytes, and was stopped.
    case tooLong
}

/// Programs that keep a secret for the person: a keyring, a password manager, a TPM.
package enum SecretCommand {
    /// Runs a program, and takes what it prints for the secret, less one line end at its end.
    ///
    /// No shell is between. The program has this process's environment and standard error, an empty standard input, and
    /// may use the terminal, to ask for what opens its own store.
    ///
    /// It is done when it has ended, and what was printed until then counts: something that it leaves behind, an agent
    /// perhaps, may hold its output open, and nobody waits for that. When the time is over, or when too much is printed,
    /// the program itself is stopped; what it has started finds nobody reading.
    ///
    /// - Parameters:
    ///   - words: the program, a name to be found in PATH or a path, and its arguments.
    ///   - patience: how long it may take, in seconds; one more when it has to be stopped and does not heed that.
    /// - Returns: the secret, 1 to `SecretInput.maximumCount` bytes.
    /// - Throws: `SecretCommandFailure`; what was printed is wiped then.
    package static func run(
        _ words: [String], patience: Int = 30
    ) throws(SecretCommandFailure) -> SecretBytes {
        var child = try start(words)
        var output = SecretBytes(zeros: SecretInput.maximumCount + 1)
        var count = try child.read(into: &output, patience: patience)
        try child.checkStatus()
        output.withBytes { if count > 0, $0[count - 1] == 0x0A { count -= 1 } }
        guard count > 0 else { throw .noOutput }
        return output.slice(0..<count)
    }

    /// Runs a program in the same way, and takes what it prints, which is no secret, until its output ends.
    ///
    /// - Parameters:
    ///   - words: the program and its arguments.
    ///   - limit: the most bytes taken.
    ///   - patience: how long it may take, in seconds.
    /// - Returns: what it printed, perhaps nothing.
    /// - Throws: `SecretCommandFailure`.
    package static func runPlain(
        _ words: [String], limit: Int, patience: Int = 30
    ) throws(SecretCommandFailure) -> [UInt8] {
        var child = try start(words)
        let deadline = Deadline(seconds: patience)
        var bytes: [UInt8] = []
        var isOpen = true
        while isOpen {
            guard try child.wait(output: true, end: false, until: deadline).output else {
                throw .timedOut(seconds: patience)
            }
            do {
                let more = try child.output.read(atMost: 1 << 16)
                isOpen = !more.isEmpty
                bytes += more
            } catch {
                throw .cannotRun(error)
            }
            guard bytes.count <= limit else { throw .tooLong }
        }
        // It has closed its output, and is about to end.
        guard try child.wait(output: false, end: true, until: deadline).end else {
            throw .timedOut(seconds: patience)
        }
        try child.checkStatus()
        return bytes
    }

    private static func start(_ words: [String]) throws(SecretCommandFailure) -> ChildProcess {
        do throws(Errno) {
            return try ChildProcess(words)
        } catch {
            throw error == .noSuchFile ? .notFound : .cannotRun(error)
        }
    }
}

extension ChildProcess {
    /// Reads what is printed until the program has ended.
    ///
    /// - Parameters:
    ///   - secret: what it is put into, with room for one byte too many.
    ///   - patience: how long the program may run, in seconds.
    /// - Returns: the number of bytes.
    /// - Throws: `.timedOut`, `.tooLong`, or the system's reason.
    fileprivate func read(
        into secret: inout SecretBytes, patience: Int
    ) throws(SecretCommandFailure) -> Int {
        let deadline = Deadline(seconds: patience)
        var count = 0
        var isOpen = true
        var isRunning = true
        while true {
            let ready = try wait(
                output: isOpen, end: isRunning, until: isRunning ? deadline : Deadline(seconds: 0))
            if ready.output {
                let more = try readMore(into: &secret, from: count)
                isOpen = more > 0
                count += more
                guard count < secret.count else { throw .tooLong }
            } else if ready.end {
                // Then once more for the output: the last of it may have come after this look at it.
                isRunning = false
            } else if isRunning {
                throw .timedOut(seconds: patience)
            } else {
                return count
            }
        }
    }

    /// Takes note of its end.
    ///
    /// - Throws: `.exited` or `.killed`, unless its status is 0.
    mutating func checkStatus() throws(SecretCommandFailure) {
        let status: CInt
        do {
            status = try reap()
        } catch {
            throw .cannotRun(error)
        }
        let signal = status & 0x7F
        guard signal == 0 else { throw .killed(signal: Int(signal)) }
        guard status == 0 else { throw .exited(status: Int(status >> 8 & 0xFF)) }
    }

    /// Waits for what is asked for: something to read, or the end of it; and for the end of the program.
    fileprivate func wait(
        output readable: Bool, end ended: Bool, until deadline: Deadline
    ) throws(SecretCommandFailure) -> (output: Bool, end: Bool) {
        // A negative descriptor is passed over.
        var entries = [
            pollfd(fd: readable ? output.number : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ended ? end.number : -1, events: Int16(POLLIN), revents: 0),
        ]
        do {
            _ = try retrying { unsafe poll(&entries, 2, CInt(clamping: deadline.remaining)) }
        } catch {
            throw .cannotRun(error)
        }
        return (entries[0].revents != 0, entries[1].revents != 0)
    }

    /// Reads what is there, into memory that is wiped; 0 at the end.
    private func readMore(
        into secret: inout SecretBytes, from start: Int
    ) throws(SecretCommandFailure) -> Int {
        var result = 0
        var failure: Errno?
        secret.withMutableBytes { bytes in
            unsafe bytes.withUnsafeMutableBytes { bytes in
                let room = unsafe bytes[start...]
                do throws(Errno) {
                    result = try retrying {
                        unsafe Glibc.read(
                            output.number,
                            UnsafeMutableRawBufferPointer(rebasing: room).baseAddress,
                            room.count)
                    }
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw .cannotRun(failure) }
        return result
    }
}
