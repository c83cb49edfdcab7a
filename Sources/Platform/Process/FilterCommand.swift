package import Cryptography
internal import Glibc

/// Programs that turn one secret into another: a picture into what its QR codes say, and back.
package enum FilterCommand {
    /// Whether a program is to be found in PATH.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - path: the value of PATH.
    /// - Returns: whether it can be run.
    package static func isInstalled(_ name: String, path: String) -> Bool {
        path.split(separator: ":").contains { isExecutable("\($0)/\(name)") }
    }

    /// Runs a program without a shell; what it reads and prints goes through pipes, and nowhere else.
    ///
    /// - Parameters:
    ///   - words: the program, a name to be found in PATH, and its arguments.
    ///   - input: what it reads.
    ///   - limit: the most that it may print, in bytes.
    ///   - patience: how long it may take, in seconds.
    /// - Returns: what it printed.
    /// - Throws: `SecretCommandFailure`; what was printed is wiped then.
    package static func run(
        _ words: [String], input: borrowing SecretBytes, limit: Int, patience: Int = 30
    ) throws(SecretCommandFailure) -> SecretBytes {
        // A program that does not read all of it shall say so by its status, not end this one.
        Hardening.ignoreBrokenPipes()
        var pipe: FileDescriptor?
        var child: ChildProcess
        do throws(Errno) {
            child = try ChildProcess(words, input: &pipe)
        } catch {
            throw error == .noSuchFile ? .notFound : .cannotRun(error)
        }
        let deadline = Deadline(seconds: patience)
        var output = SecretBuffer(capacity: 1 << 12)
        var isDone = false
        do throws(Errno) {
            if try child.pass(input, to: pipe.take(), limit: limit, into: &output, by: deadline) {
                isDone = try child.end.isReady(within: deadline.remaining)
            }
        } catch {
            throw .cannotRun(error)
        }
        guard isDone else {
            throw output.count > limit ? .tooLong : .timedOut(seconds: patience)
        }
        try child.checkStatus()
        return output.finish()
    }
}

extension ChildProcess {
    /// Writes and reads, whichever is possible, until nothing more is printed; false when that takes too long, or is
    /// too much.
    fileprivate func pass(
        _ input: borrowing SecretBytes, to pipe: consuming FileDescriptor?, limit: Int,
        into secret: inout SecretBuffer, by deadline: Deadline
    ) throws(Errno) -> Bool {
        var pipe = pipe
        var written = 0
        var piece = SecretBytes(zeros: 1 << 12)
        while true {
            // It sees the end of its input once the pipe is closed.
            if written == input.count { pipe = nil }
            let descriptor = pipe?.number ?? -1
            // A negative descriptor is passed over.
            var entries = [
                pollfd(fd: output.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
            ]
            let ready = try retrying {
                unsafe poll(&entries, 2, CInt(clamping: deadline.remaining))
            }
            guard ready > 0 else { return false }
            if entries[0].revents != 0 {
                let count = try output.read(into: &piece)
                if count == 0 { return true }
                piece.withBytes { secret.append($0.extracting(0..<count)) }
                guard secret.count <= limit else { return false }
            }
            if entries[1].revents != 0 {
                do throws(Errno) {
                    written += try input.withBytes { (bytes) throws(Errno) in
                        try unsafe bytes.extracting(written...).withUnsafeBytes {
                            (rest) throws(Errno) in
                            try retrying {
                                unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                            }
                        }
                    }
                } catch .brokenPipe {
                    pipe = nil
                    written = input.count
                }
            }
        }
    }
}
