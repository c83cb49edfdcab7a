internal import ClockCheck
internal import Cryptography
internal import Platform

/// Copies codes to the clipboard, and has each taken away again when it ends.
struct Copying {
    /// The first word of the command line of the process that clears the clipboard; no command for people.
    static let clearing = "clear-clipboard"

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
        let candidates = Clipboard.candidates(
            environment: environmentVariable, hasTerminal: ControllingTerminal.exists)
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
        // Nobody waits for it; a code that stays for want of it is told as such.
        let process = try? SideProcess(
            .again(ProgramTable.otptoken.name),
            [Self.clearing, clipboard.rawValue, "\(clearTime)"], input: bytes)
        guard let _ = process else { return Messages.copied(clipboard, clearedIn: nil) }
        let seconds = max(0, clearTime - now + .second - 1) / .second
        return Messages.copied(clipboard, clearedIn: seconds)
    }

    /// Waits for the end of a code, and clears the clipboard if it holds the code still.
    ///
    /// - Parameter arguments: the clipboard, and the time in unix nanoseconds; the code is on standard input.
    /// - Returns: the exit status.
    static func clear(_ arguments: ArraySlice<String>) -> ExitStatus {
        guard (try? Hardening.apply()) != nil, arguments.count == 2,
            let clipboard = arguments.first.flatMap(Clipboard.init),
            let time = arguments.last.flatMap(Nanoseconds.init),
            let code = try? SecretInput.read("-"), let sleeper = try? Sleeper()
        else { return .usage }
        while wallClockNanoseconds() < time {
            guard let event = try? sleeper.wait(until: time, beside: nil) else { break }
            // Whoever ends it early wants the code gone, too.
            if case .signal(let signal) = event, signal.endsProcess { break }
        }
        clipboard.clear(ifHolding: code)
        return .done
    }
}
