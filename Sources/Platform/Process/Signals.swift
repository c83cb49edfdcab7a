internal import CShims
internal import Glibc

/// A signal that a program in a terminal has to answer.
package enum Signal: Equatable, Sendable {
    /// SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1 or SIGUSR2: the end.
    case end(CInt)
    /// SIGTSTP: to the background.
    case suspend
    /// SIGCONT: back again.
    case resume
    /// SIGWINCH: the window has another size.
    case resize

    /// Ctrl-C.
    package static let interrupt = Signal.end(SIGINT)

    init?(number: CInt) {
        switch number {
        case SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2: self = .end(number)
        case SIGTSTP: self = .suspend
        case SIGCONT: self = .resume
        case SIGWINCH: self = .resize
        default: return nil
        }
    }

    package var endsProcess: Bool {
        if case .end = self { true } else { false }
    }

    /// Lets the signal do what it does to programs that do not catch it.
    package func takeEffect() {
        switch self {
        case .end(let number): shim_signal_default(number)
        case .suspend: raise(SIGSTOP)
        case .resume, .resize: break
        }
    }
}

/// Signals as something to poll: while it is open they are held back from the process.
package struct SignalDescriptor: ~Copyable, Sendable {
    package let number: CInt

    /// Holds the signals back; before any thread is started, since threads inherit that.
    ///
    /// - Throws: the reason.
    package init() throws(Errno) { number = try retrying { shim_signals_open() } }

    deinit { shim_signals_close(number) }

    /// The next signal that has come, or nil.
    package func next() -> Signal? { Signal(number: shim_signals_next(number)) }
}
