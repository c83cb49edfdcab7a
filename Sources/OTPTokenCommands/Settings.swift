internal import Platform

/// Reads the person's settings once, when the first of them is needed; commands that need none do not read them.
final class SettingsFile {
    private let path: String
    private let isQuiet: Bool
    private var settings: Settings?

    /// Remembers where they are.
    ///
    /// - Parameters:
    ///   - path: of the config.
    ///   - isQuiet: whether to keep to itself what is odd in it.
    init(_ path: String, isQuiet: Bool) {
        self.path = path
        self.isQuiet = isQuiet
    }

    /// The settings; at the first time keys that mean nothing are warned of.
    ///
    /// - Returns: the settings.
    /// - Throws: when the file cannot be read, or a line of it.
    func read() throws(CommandFailure) -> Settings {
        if let settings { return settings }
        let settings = try Settings(path)
        if !isQuiet { for failure in settings.unknown { warn(failure) } }
        self.settings = settings
        return settings
    }

    /// A setting that is not worth failing for: where it is wrong, that is said, and it counts as not set.
    ///
    /// - Parameter value: reads it.
    /// - Returns: the value, or nil when it is wrong.
    func warning<Value>(_ value: () throws(CommandFailure) -> Value) -> Value? {
        do {
            return try value()
        } catch {
            if !isQuiet { warn(error) }
            return nil
        }
    }

    private func warn(_ failure: CommandFailure) { writeNote(Messages.warning(failure)) }
}

/// The person's settings.
struct Settings {
    private static let clockCheck = "clock.check"
    private static let clockServers = "clock.servers"
    private static let clockCorrect = "clock.correct"
    private static let clipboardClear = "clipboard.clear"
    private static let unlockFor = "unlock.for"
    private static let passphraseCommand = "passphrase.command"
    private static let mailHosts = "mail.hosts"
    private static let keys = [
        clockCheck, clockServers, clockCorrect, clipboardClear, unlockFor, passphraseCommand,
        mailHosts,
    ]
    static let defaultUnlockTime = 15 * 60

    private let configuration: Configuration
    private let path: String

    /// Reads the file.
    ///
    /// - Parameter path: where it lies.
    /// - Throws: when it cannot be read, or a line of it.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        do {
            configuration = try Configuration.read(path)
        } catch {
            throw Messages.configuration(error, path)
        }
    }

    /// The keys that mean nothing to this version, each as the words for it.
    var unknown: [CommandFailure] {
        configuration.entries.filter { !Self.keys.contains($0.key) }.map {
            Messages.unknownSetting($0, path, nearest: nearest(to: $0.key, in: Self.keys))
        }
    }

    /// How long `unlock` lasts, in seconds.
    func unlockTime() throws(CommandFailure) -> Int {
        guard let text = configuration.value(Self.unlockFor) else { return Self.defaultUnlockTime }
        guard let seconds = duration(text) else {
            throw Messages.badDuration(
                text, Messages.place(Self.unlockFor, in: path), .failure)
        }
        return seconds
    }

    /// Whether the clock may be checked when nobody asks for it.
    func checksClock() throws(CommandFailure) -> Bool {
        try isFirst(of: ("auto", "never"), Self.clockCheck) ?? true
    }

    /// Whether codes are to be computed with the measured offset.
    func correctsClock() throws(CommandFailure) -> Bool {
        try isFirst(of: ("on", "off"), Self.clockCorrect) ?? false
    }

    /// When the clipboard is cleared.
    enum ClipboardTime: Equatable {
        /// When the code ends.
        case end
        /// After so many seconds.
        case seconds(Int)
        case never
    }

    /// When a code is to be taken from the clipboard.
    func clipboardTime() throws(CommandFailure) -> ClipboardTime {
        guard let entry = configuration.entry(Self.clipboardClear) else { return .end }
        if entry.value == "never" { return .never }
        // Seconds with and without their unit.
        guard let seconds = duration(entry.value) ?? duration(entry.value + "s") else {
            throw Messages.badClipboardTime(entry, path)
        }
        return .seconds(seconds)
    }

    private func isFirst(
        of choices: (String, String), _ key: String
    ) throws(CommandFailure) -> Bool? {
        guard let entry = configuration.entry(key) else { return nil }
        guard entry.value == choices.0 || entry.value == choices.1 else {
            throw Messages.badSetting(entry, choices, path)
        }
        return entry.value == choices.0
    }

    /// The time servers to ask; nil when none are set.
    func clockServers() throws(CommandFailure) -> [TimeServerURL]? {
        guard let entry = configuration.entry(Self.clockServers) else { return nil }
        let words = entry.value.split(whereSeparator: { " \t,".contains($0) }).map(String.init)
        return try TimeServerURL.all(words, at: Messages.place(entry, path))
    }

    /// The hosts whose word about a mail's signature is believed.
    func believedMailHosts() -> [String] {
        (configuration.value(Self.mailHosts) ?? "").split { " \t,".contains($0) }.map(String.init)
    }

    /// Program and arguments of `passphrase.command`; nil when it is not set.
    func passphraseCommand() throws(CommandFailure) -> [String]? {
        guard let text = configuration.value(Self.passphraseCommand) else { return nil }
        do {
            return try commandWords(text)
        } catch {
            throw Messages.badCommand(error, path)
        }
    }
}
