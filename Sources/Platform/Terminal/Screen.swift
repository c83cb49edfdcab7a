internal import CShims
internal import Glibc

/// A full-screen view on the terminal of standard output, with keys; puts everything back when its owner lets go.
package struct Screen: ~Copyable {
    /// What ended a wait.
    package enum Event: Equatable, Sendable {
        /// What was typed, in order.
        case keys([Key])
        case signal(Signal)
        /// The time is over.
        case tick
        /// The clock was set.
        case clockSet
        /// The descriptor that was watched besides became readable.
        case ready
        /// Nobody is there to look any more.
        case closed
    }

    private let keyboard: FileDescriptor
    private let signals: SignalDescriptor
    private let alarm: Alarm
    private let former: termios
    private var shown: [String] = []

    /// Takes over the terminal.
    ///
    /// - Throws: the reason.
    package init() throws(Errno) {
        let keyboard = try FileDescriptor(open: "/dev/tty", O_RDWR | O_NOCTTY)
        let signals = try SignalDescriptor()
        let alarm = try Alarm()
        var attributes = termios()
        _ = try retrying { unsafe tcgetattr(keyboard.number, &attributes) }
        try Self.enter(keyboard.number, attributes)
        self.keyboard = keyboard
        self.signals = signals
        self.alarm = alarm
        former = attributes
    }

    deinit { leave() }

    // Keys without Enter and without echo; signals stay the terminal's business. The alternate screen, so that no
    // code stays behind in the scroll-back; no cursor.
    private static func enter(_ keyboard: CInt, _ former: termios) throws(Errno) {
        var raw = former
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON)
        _ = try retrying { unsafe tcsetattr(keyboard, TCSADRAIN, &raw) }
        try writeAll(Array("\u{1B}[?1049h\u{1B}[?25l\u{1B}[H\u{1B}[2J".utf8), to: STDOUT_FILENO)
    }

    private func leave() {
        var former = former
        // A terminal that is gone cannot be put back, and needs not.
        try? writeAll(Array("\u{1B}[?25h\u{1B}[?1049l".utf8), to: STDOUT_FILENO)
        _ = unsafe tcsetattr(keyboard.number, TCSADRAIN, &former)
    }

    /// Gives the terminal back, stops this process as the person asked, and takes the terminal again afterwards.
    ///
    /// - Throws: the reason why it cannot be taken again.
    package mutating func suspend() throws(Errno) {
        leave()
        Signal.suspend.takeEffect()
        try Self.enter(keyboard.number, former)
        shown = []
    }

    /// Width and height in cells.
    package var size: (columns: Int, rows: Int) {
        var columns: CInt = 0
        var rows: CInt = 0
        guard unsafe shim_terminal_size(STDOUT_FILENO, &columns, &rows) == 0, columns > 0, rows > 0
        else {
            return (80, 24)
        }
        return (Int(columns), Int(rows))
    }

    /// Shows lines from the top, in one write, and of them only those that changed.
    ///
    /// - Parameter lines: no longer than the screen is wide, and no more than it is high.
    /// - Throws: the reason.
    package mutating func draw(_ lines: [String]) throws(Errno) {
        var output = ""
        for (row, line) in lines.enumerated() where row >= shown.count || shown[row] != line {
            output += "\u{1B}[\(row + 1);1H\(line)\u{1B}[K"
        }
        if lines.count < shown.count { output += "\u{1B}[\(lines.count + 1);1H\u{1B}[J" }
        shown = lines
        if !output.isEmpty { try writeAll(Array(output.utf8), to: STDOUT_FILENO) }
    }

    /// Forgets what is shown, so that the next `draw` shows everything: after a change of size.
    package mutating func clear() throws(Errno) {
        shown = []
        try writeAll(Array("\u{1B}[H\u{1B}[2J".utf8), to: STDOUT_FILENO)
    }

    /// Sleeps until a key, a signal, or a moment.
    ///
    /// - Parameters:
    ///   - time: unix nanoseconds.
    ///   - descriptor: one to watch besides; nil for none.
    /// - Returns: what came first.
    /// - Throws: the reason.
    package func wait(until time: Int64, beside descriptor: CInt?) throws(Errno) -> Event {
        try waitFor(
            alarm, until: time, beside: descriptor, signals: signals, other: keyboard.number,
            POLLIN
        ) { () throws(Errno) in
            let bytes = try keyboard.read(atMost: 256)
            return bytes.isEmpty ? .closed : .keys(Key.decode(bytes))
        }
    }
}

/// Sleeps without a screen, for output that goes into a pipe or a file.
package struct Sleeper: ~Copyable {
    private let signals: SignalDescriptor
    private let alarm: Alarm

    /// Holds signals back.
    ///
    /// - Throws: the reason.
    package init() throws(Errno) {
        let signals = try SignalDescriptor()
        alarm = try Alarm()
        self.signals = signals
    }

    /// Sleeps until a signal or a moment, or until the reader of standard output is gone.
    ///
    /// - Parameters:
    ///   - time: unix nanoseconds.
    ///   - descriptor: one to watch besides; nil for none.
    /// - Returns: what came first.
    /// - Throws: the reason.
    package func wait(until time: Int64, beside descriptor: CInt?) throws(Errno) -> Screen.Event {
        // Errors are reported for a descriptor even when nothing is asked of it.
        try waitFor(
            alarm, until: time, beside: descriptor, signals: signals, other: STDOUT_FILENO, 0
        ) { .closed }
    }
}

/// Rings at a moment of this machine's clock, and at once when that clock is set or the machine wakes up.
private struct Alarm: ~Copyable {
    let descriptor: FileDescriptor

    init() throws(Errno) { descriptor = FileDescriptor(owning: try retrying { shim_alarm_open() }) }

    /// Sets it.
    ///
    /// - Parameter time: unix nanoseconds.
    /// - Returns: false when the clock was set since it was set last.
    /// - Throws: the reason.
    func set(_ time: Int64) throws(Errno) -> Bool {
        do throws(Errno) {
            _ = try retrying { shim_alarm_set(descriptor.number, max(1, time)) }
            return true
        } catch {
            guard error == Errno(ECANCELED) else { throw error }
            return false
        }
    }
}

private func waitFor(
    _ alarm: borrowing Alarm, until time: Int64, beside descriptor: CInt?,
    signals: borrowing SignalDescriptor, other: CInt, _ events: CInt,
    _ event: () throws(Errno) -> Screen.Event
) throws(Errno) -> Screen.Event {
    // Whoever looked at the clock before it was set looks again.
    guard try alarm.set(time) else { return .clockSet }
    while true {
        var entries = [
            pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: alarm.descriptor.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(events), revents: 0),
            // A negative descriptor is passed over.
            pollfd(fd: descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        _ = try retrying { unsafe poll(&entries, nfds_t(entries.count), -1) }
        if entries[0].revents != 0, let signal = signals.next() { return .signal(signal) }
        if entries[2].revents != 0 {
            return entries[2].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
                ? .closed : try event()
        }
        if entries[1].revents != 0 { return .tick }
        if entries[3].revents != 0 { return .ready }
    }
}

/// Whether a descriptor is a terminal.
package func isTerminal(_ descriptor: CInt) -> Bool { isatty(descriptor) == 1 }

/// Ends the process at once: buffers and handlers of the C library are not used here.
package func exitNow(_ status: Int32) -> Never { _exit(status) }
