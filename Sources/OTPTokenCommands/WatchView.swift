internal import ClockCheck
internal import OATH
internal import Platform
internal import TokenStore

/// The live view on a terminal: what is shown, and what its person does with it.
struct WatchView: ~Copyable {
    /// How long what a key did is told, unless another one is pressed, in nanoseconds.
    private static let noticeTime = 5 * Nanoseconds.second
    /// How often all of it is drawn anew, in seconds, though nothing has happened: what is known of the clock ages.
    private static let drawingInterval: Int64 = 10

    private enum Mode {
        case codes
        case help
        /// With an app lock, once its time is over: neither codes nor seeds are in memory.
        case hidden
    }

    /// Why the screen was given back.
    private enum Leaving {
        case done(Signal?)
        case unlock
    }

    private let session: Session
    private let isForced: Bool
    private let hasColour: Bool
    private let reload: () throws(CommandFailure) -> [Token]
    /// In seconds; nil without an app lock.
    private let unlockTime: Int?
    private var content: WatchFrame.Content
    /// Beside the tokens: what looks for those codes that are mailed.
    private var mails: [LiveMail?]
    private var clock: LiveClock
    private var mode = Mode.codes
    /// What the codes were computed from when all of it was drawn last.
    private var moment: CodeClock
    /// What is on the screen, and for which unix seconds; nil when all of it is to be drawn anew.
    private var drawn: (picture: WatchFrame.Picture, frame: WatchFrame, times: Range<Int64>)?
    /// By CLOCK_BOOTTIME, which goes on in suspend.
    private var hidingTime = Nanoseconds.max
    private var noticeEnd = Nanoseconds.max

    /// Begins a view.
    ///
    /// - Parameters:
    ///   - tokens: in the order in which they are shown.
    ///   - session: whose they are.
    ///   - wishes: about the clock.
    ///   - isForced: whether the codes of tokens that have ended are shown.
    ///   - heading: where the first code of a new token is to be confirmed; then Enter ends the view, too.
    ///   - reload: fetches the tokens once more, after the view has forgotten them.
    /// - Throws: when the store cannot be read.
    init(
        _ tokens: [Token], _ session: Session, _ wishes: ClockWishes, isForced: Bool = false,
        heading: String? = nil, reload: @escaping () throws(CommandFailure) -> [Token]
    ) throws(CommandFailure) {
        let mails = try tokens.liveMails(session)
        let isLocked = try session.sealedStore().map { !$0.hasSlot(.device) } ?? false
        unlockTime = isLocked ? try Self.unlockTime(session) : nil
        self.mails = mails
        self.session = session
        self.isForced = isForced
        self.reload = reload
        hasColour = environmentVariable("NO_COLOR") ?? "" == ""
        clock = LiveClock(session, wishes)
        moment = clock.now
        content = WatchFrame.Content(tokens: tokens, heading: heading)
        startHiding()
    }

    private static func unlockTime(_ session: Session) throws(CommandFailure) -> Int {
        let settings = try session.settings.read()
        return session.settings.warning { () throws(CommandFailure) in try settings.unlockTime() }
            ?? Settings.defaultUnlockTime
    }

    /// Shows it until its person leaves.
    ///
    /// - Returns: the signal that ended it, to take effect now; nil when it was left.
    /// - Throws: when the terminal cannot be used, or the store not be opened again.
    mutating func run() throws(CommandFailure) -> Signal? {
        while true {
            switch try show() {
            // Ctrl-C is one more way to leave.
            case .done(let signal): return signal == .interrupt ? nil : signal
            case .unlock: try unlock()
            }
        }
    }

    // Terminal and signals are given back at its end.
    private mutating func show() throws(CommandFailure) -> Leaving {
        var screen = try Messages.onScreen { () throws(Errno) in try Screen() }
        drawn = nil
        while true {
            if clock.begin() { drawn = nil }
            passTime()
            let picture = try draw(screen)
            let now = moment.nowSeconds()
            // While nothing moves, nothing needs to be drawn.
            let tick = mode == .codes ? (now + 1) * .second - moment.shift : Nanoseconds.max
            let wakeTime = min(tick, clock.wakeTime, hidingWakeTime)
            let end = clock.end
            let event = try Messages.onScreen { () throws(Errno) in
                try screen.draw(picture.lines)
                return try screen.wait(until: wakeTime, beside: end)
            }
            if event != .tick { drawn = nil }
            switch event {
            case .closed: return .done(nil)
            case .keys(let keys):
                content.notice = nil
                for key in keys { if let leaving = press(key) { return leaving } }
            case .signal(let signal) where signal.endsProcess: return .done(signal)
            case .signal(.suspend):
                try Messages.onScreen { () throws(Errno) in try screen.suspend() }
            case .signal: try Messages.onScreen { () throws(Errno) in try screen.clear() }
            case .ready: clock.finish()
            case .tick, .clockSet: continue
            }
        }
    }

    // MARK: Showing

    /// - Returns: whether a mailed code has come or gone.
    private mutating func computeCodes(at now: Int64) throws(CommandFailure) -> Bool {
        var hasMail = false
        for index in content.tokens.indices {
            if let mail = mails[index] {
                let report = mail.report(at: now)
                if index == content.reports.count { content.reports.append(report) }
                let former = content.reports[index]
                hasMail =
                    hasMail || former.code != report.code || former.validFrom != report.validFrom
                    || former.waiting != report.waiting
                content.reports[index] = report
                continue
            }
            if index < content.reports.count, let same = content.reports[index].moved(to: now) {
                content.reports[index] = same
                continue
            }
            let report = try CodeReport(content.tokens[index], at: now, withNext: true)
            if index < content.reports.count {
                content.reports[index] = report
            } else {
                content.reports.append(report)
            }
        }
        return hasMail
    }

    private mutating func draw(_ screen: borrowing Screen) throws(CommandFailure)
        -> WatchFrame.Picture
    {
        // Once a second for hours: where only the bars move, nothing else is looked at.
        if mode == .codes, let drawn {
            let now = moment.nowSeconds()
            let hasMail = try computeCodes(at: now)
            if !hasMail, drawn.times.contains(now) {
                return drawn.frame.moved(drawn.picture, content.reports)
            }
        }
        moment = clock.now
        let now = moment.nowSeconds()
        _ = try computeCodes(at: now)
        let size = screen.size
        let frame = WatchFrame(
            columns: size.columns, rows: size.rows, hasColour: hasColour, showsEnded: isForced)
        let picture = picture(frame)
        let changes = content.reports.flatMap { [$0.endingTime, $0.validUntil] }
        let end = changes.filter { $0 > now }.min() ?? .max
        drawn = (picture, frame, now..<min(end, now + Self.drawingInterval))
        return picture
    }

    private mutating func picture(_ frame: WatchFrame) -> WatchFrame.Picture {
        switch mode {
        case .help: return frame.help()
        case .hidden:
            return frame.hidden(content.notice ?? Messages.hidden(after: unlockTime ?? 0))
        case .codes:
            let last = content.chosen - frame.fitting + 1
            content.first = max(last, min(content.first, content.chosen))
            return frame.picture(content, moment, isChecking: clock.isChecking)
        }
    }

    // MARK: Keys

    /// Does what a key is for; nil when the view goes on.
    private mutating func press(_ key: Key) -> Leaving? {
        if key == .character("q") || key == .character("Q") { return .done(nil) }
        switch mode {
        case .help: mode = .codes
        case .hidden: return key == .enter ? .unlock : nil
        case .codes:
            switch key {
            case .enter where content.heading != nil: return .done(nil)
            case .down, .character("j"):
                content.chosen = min(content.chosen + 1, content.tokens.count - 1)
            case .up, .character("k"): content.chosen = max(content.chosen - 1, 0)
            case .character("n"): content.showsNext.toggle()
            case .character("c"): tell(copied())
            case .character("?"): mode = .help
            default: break
            }
        }
        return nil
    }

    /// Copies the chosen code; what came of it.
    private func copied() -> String {
        let token = content.tokens[content.chosen]
        let report = content.reports[content.chosen]
        guard isForced || token.expiry(at: report.time) != .ended else {
            return Messages.hasEnded(token)
        }
        guard !report.code.isEmpty else { return Messages.waitsForMail }
        do throws(CommandFailure) {
            let end = report.validUntil * .second - moment.shift
            return try Copying(session).copy(report.code, until: end)
        } catch {
            return error.message
        }
    }

    private mutating func tell(_ notice: String) {
        content.notice = notice
        noticeEnd = SystemClock.boottime() + Self.noticeTime
    }

    // MARK: The app lock

    private mutating func startHiding() {
        guard let unlockTime else { return }
        hidingTime = SystemClock.boottime() + Nanoseconds(unlockTime) * .second
    }

    /// When to come back to hide the codes, in unix nanoseconds of this machine's clock.
    private var hidingWakeTime: Nanoseconds {
        guard mode != .hidden, hidingTime != .max else { return .max }
        return wallClockNanoseconds() + max(0, hidingTime - SystemClock.boottime())
    }

    private mutating func passTime() {
        let now = SystemClock.boottime()
        if mode != .hidden, now >= hidingTime {
            mode = .hidden
            content.notice = nil
            // With the last copy of a token its seed is wiped.
            content.tokens = []
            content.reports = []
            mails = []
            drawn = nil
        }
        if mode == .codes, content.notice != nil, now >= noticeEnd {
            content.notice = nil
            drawn = nil
        }
    }

    /// Shows the codes again, to whoever can open the store.
    private mutating func unlock() throws(CommandFailure) {
        do throws(CommandFailure) {
            let tokens = try reload()
            mails = try tokens.liveMails(session)
            content.tokens = tokens
        } catch {
            guard error.status == .locked else { throw error }
            // What did not open it is not tried again.
            session.unlocking.forget()
            content.notice = error.message
            return
        }
        content.chosen = min(content.chosen, content.tokens.count - 1)
        mode = .codes
        startHiding()
    }
}
