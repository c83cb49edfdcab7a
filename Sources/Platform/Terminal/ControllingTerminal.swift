package import Cryptography
internal import Glibc

// The rules of the user interface:
// - Standard output carries the result alone. Questions, notes and warnings go to the terminal or to standard error.
// - Questions are asked at the terminal itself, never through standard input, which may be somebody's script.
// - A secret is read without echo, into memory that is wiped; the echo is back on every way out, signals included.
// - What an issuer or a file says is shown through `printable`, so that it cannot steer the terminal.
// - An error is one line that says what happened, then lines that say what to do.

/// The terminal that this process was started from, whatever its standard streams are connected to.
package struct ControllingTerminal: ~Copyable {
    /// Why a question has no answer.
    package enum Failure: Error, Equatable {
        /// There is no terminal.
        case none
        /// The person closed the input (Ctrl-D).
        case endOfInput
        /// A signal ended it (Ctrl-C); it takes effect once everything is put back.
        case interrupted(Signal)
        /// The answer is longer than `maximumAnswer`.
        case tooLong
        case system(Errno)

        static func naming<Result: ~Copyable>(
            _ calls: () throws(Errno) -> Result
        ) throws(Failure) -> Result {
            do {
                return try calls()
            } catch {
                throw .system(error)
            }
        }
    }

    /// The longest answer taken, in bytes.
    package static let maximumAnswer = 4096

    private let descriptor: FileDescriptor

    /// Whether this process has one.
    package static var exists: Bool {
        (try? FileDescriptor(open: "/dev/tty", O_RDWR | O_NOCTTY)) != nil
    }

    /// Opens the terminal.
    ///
    /// - Throws: `Failure.none`.
    package init() throws(Failure) {
        guard let opened = try? FileDescriptor(open: "/dev/tty", O_RDWR | O_NOCTTY) else {
            throw .none
        }
        descriptor = opened
    }

    /// Asks for a line.
    ///
    /// - Parameter prompt: what is shown in front of the cursor.
    /// - Returns: the answer without its line end.
    /// - Throws: `Failure`.
    package func ask(_ prompt: String) throws(Failure) -> String {
        let answer = try read(prompt, echo: true)
        return answer.withBytes { String(decoding: Array(copying: $0), as: UTF8.self) }
    }

    /// Asks for a secret, which does not appear on the screen.
    ///
    /// - Parameter prompt: what is shown in front of the cursor.
    /// - Returns: the answer without its line end.
    /// - Throws: `Failure`.
    package func askSecret(_ prompt: String) throws(Failure) -> SecretBytes {
        try read(prompt, echo: false)
    }

    /// Shows a line.
    package func show(_ text: String) {
        // A terminal that is gone takes no more notes; the command itself goes on.
        try? descriptor.write(Array("\(text)\n".utf8))
    }

    /// Writes a control sequence.
    ///
    /// - Parameter sequence: the sequence.
    /// - Returns: whether the terminal took it.
    func send(_ sequence: String) -> Bool {
        (try? descriptor.write(Array(sequence.utf8))) != nil
    }

    private func read(_ prompt: String, echo: Bool) throws(Failure) -> SecretBytes {
        let signals = try Failure.naming { () throws(Errno) in try SignalDescriptor() }
        let former = try Failure.naming { () throws(Errno) in try attributes() }
        do {
            try Failure.naming { () throws(Errno) in
                if !echo { try silence(former) }
                try descriptor.write(Array(prompt.utf8))
            }
            let answer = try line(prompt, until: signals, former, echo: echo)
            restore(former, echo: echo)
            return answer
        } catch {
            restore(former, echo: echo)
            // The cursor stands behind the question still.
            if echo { try? descriptor.write([0x0A]) }
            throw error
        }
    }

    private func attributes() throws(Errno) -> termios {
        var attributes = termios()
        _ = try retrying { unsafe tcgetattr(descriptor.number, &attributes) }
        return attributes
    }

    private func silence(_ former: termios) throws(Errno) {
        var silent = former
        silent.c_lflag &= ~tcflag_t(ECHO)
        // What was typed before the question is no answer to it.
        _ = try retrying { unsafe tcsetattr(descriptor.number, TCSAFLUSH, &silent) }
    }

    private func restore(_ former: termios, echo: Bool) {
        guard !echo else { return }
        var former = former
        _ = unsafe tcsetattr(descriptor.number, TCSADRAIN, &former)
        // The line end was not echoed either.
        try? descriptor.write([0x0A])
    }

    // Whoever stopped this process, the shell has had the terminal meanwhile, and may have left the echo on.
    private func goOn(_ former: termios, echo: Bool, again prompt: String) {
        if !echo { try? silence(former) }
        try? descriptor.write(Array(prompt.utf8))
    }

    private func line(
        _ prompt: String, until signals: borrowing SignalDescriptor, _ former: termios, echo: Bool
    ) throws(Failure) -> SecretBytes {
        var answer = SecretBuffer(capacity: Self.maximumAnswer)
        var room = SecretBytes(zeros: 256)
        while true {
            var entries = [
                pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0),
            ]
            try Failure.naming { () throws(Errno) in
                _ = try retrying { unsafe poll(&entries, 2, -1) }
            }
            if entries[1].revents != 0, let signal = signals.next() {
                if signal.endsProcess { throw .interrupted(signal) }
                switch signal {
                case .suspend:
                    restore(former, echo: echo)
                    signal.takeEffect()
                case .resume: goOn(former, echo: echo, again: prompt)
                case .end, .resize: break
                }
                continue
            }
            guard entries[0].revents != 0 else { continue }
            let count = try Failure.naming { () throws(Errno) in
                try descriptor.read(into: &room)
            }
            guard count > 0 else { throw .endOfInput }
            let isWhole = try room.withBytes { (bytes) throws(Failure) in
                try Self.append(bytes.extracting(0..<count), to: &answer)
            }
            if isWhole { return answer.finish() }
        }
    }

    /// Appends what was typed; true when the line is at its end.
    private static func append(
        _ bytes: Span<UInt8>, to answer: inout SecretBuffer
    ) throws(Failure) -> Bool {
        for index in bytes.indices {
            if bytes[index] == 0x0A { return true }
            guard answer.count < maximumAnswer else { throw .tooLong }
            answer.append(bytes[index])
        }
        return false
    }
}
