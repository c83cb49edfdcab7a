internal import ClockCheck
internal import Cryptography
internal import Platform

extension Clipboard {
    /// Those that fit this process's session, the best first.
    static var here: [Clipboard] {
        candidates(environment: environmentVariable, hasTerminal: ControllingTerminal.exists)
    }
}

/// Copies codes to the clipboard, and has each taken away again when it ends.
struct Copying {
    private let time: Settings.ClipboardTime

    /// Reads the settings.
    ///
    /// - Parameter session: whose they are.
    /// - Throws: when the config cannot be read.
    init(_ session: Session) throws(CommandFailure) {
        let settings = try session.settings.read()
        let set = session.settings.warning { () throws(CommandFailure) in
            try settings.clipboardTime()
        }
        time = set ?? .end
    }

    /// Copies a code.
    ///
    /// - Parameters:
    ///   - code: the code.
    ///   - end: the first moment that is no longer the code's, in unix nanoseconds of this machine's clock.
    /// - Returns: what is to be told.
    /// - Throws: when no clipboard takes it.
    func copy(_ code: String, until end: Nanoseconds) throws(CommandFailure) -> String {
        let bytes = Array(code.utf8)
        let candidates = Clipboard.here
        let clipboard = candidates.first { $0.copy(bytes, environment: environmentVariable) }
        guard let clipboard else {
            let path = environmentVariable("PATH") ?? ""
            throw Messages.notCopied(tried: candidates.filter { $0.isInstalled(path: path) })
        }
        let now = wallClockNanoseconds()
        let clearTime: Nanoseconds? =
            switch time {
            case .end: end
            case .seconds(let seconds): now + Nanoseconds(seconds) * .second
            case .never: nil
            }
        guard let clearTime, clipboard.canBeCleared else {
            return Messages.copied(clipboard, clearedIn: nil)
        }
        let clearing = Clearing(clipboard: clipboard, time: clearTime)
        guard clearing.start(bytes) else { return Messages.copied(clipboard, clearedIn: nil) }
        let seconds = max(0, clearTime - now + .second - 1) / .second
        return Messages.copied(clipboard, clearedIn: seconds)
    }

    /// What another process does when a code ends: this program once more, which gets the code on its standard input.
    struct Clearing {
        /// The first word of its command line; no command for people.
        private static let word = "clear-clipboard"

        private let clipboard: Clipboard
        /// Unix nanoseconds.
        private let time: Nanoseconds

        init(clipboard: Clipboard, time: Nanoseconds) {
            self.clipboard = clipboard
            self.time = time
        }

        /// Reads its command line; nil for any other.
        init?(_ arguments: [String]) {
            guard arguments.count == 3, arguments[0] == Self.word,
                let clipboard = Clipboard(rawValue: arguments[1]),
                let time = Nanoseconds(arguments[2])
            else { return nil }
            self.init(clipboard: clipboard, time: time)
        }

        /// Starts the process, which nobody waits for; false when that is not possible.
        fileprivate func start(_ code: [UInt8]) -> Bool {
            let process = try? SideProcess(
                .again(ProgramTable.otptoken.name), [Self.word, clipboard.rawValue, "\(time)"],
                input: code)
            guard let _ = process else { return false }
            return true
        }

        /// Waits for the end of the code, and clears the clipboard if it holds the code still.
        func run() -> ExitStatus {
            guard (try? Hardening.apply()) != nil, let code = try? SecretInput.read("-"),
                let sleeper = try? Sleeper()
            else { return .failure }
            while wallClockNanoseconds() < time {
                guard let event = try? sleeper.wait(until: time, beside: nil) else { break }
                // Whoever ends it early wants the code gone, too.
                if case .signal(let signal) = event, signal.endsProcess { break }
            }
            clipboard.clear(ifHolding: code)
            return .done
        }
    }
}
