internal import Platform

/// A check of the clock that nobody asked for, beside what the person wants.
///
/// It is this program once more, `clock --if-due`: so it is in nobody's way however long it takes, what comes from the
/// network is read by a process that has no token in its memory, and libssl is loaded in that process alone. What it
/// finds it writes down, where `KnownClock` reads it; it does so although nobody waits for it any more, since the servers
/// that it has asked must not be asked again so soon. It ends by itself.
struct UnaskedCheck: ~Copyable {
    /// How long servers may take to answer.
    enum Patience: String {
        /// Where somebody waits for a second at most; what is left of it is for all the rest.
        case short = "0.8"
        /// Beside something that takes longer.
        case long = "3"
    }

    private let process: SideProcess

    /// Starts it; nil when it cannot be started: then the clock stays as unknown as it is.
    ///
    /// - Parameters:
    ///   - session: says whose files count.
    ///   - patience: how long servers may take.
    init?(_ session: Session, patience: Patience) {
        let home = session.home.map { ["--home", $0] } ?? []
        let process = try? SideProcess(
            .again(ProgramTable.otptoken.name),
            home + ["--quiet", "clock", "--if-due", "--timeout", patience.rawValue])
        guard let process else { return nil }
        self.process = process
    }

    /// A descriptor that becomes readable when it is done.
    var end: Int32 { process.end }

    /// Waits for it to be done, for a second at most: no result is delayed by more.
    ///
    /// - Parameter seconds: how long else, where the check itself is the result.
    func wait(seconds: Int = 1) { process.wait(by: Deadline(seconds: seconds)) }
}
