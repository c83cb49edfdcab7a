internal import Platform

/// The person's settings; the file is read by the commands that need one of them, and by no other.
struct Settings {
    private static let clockCheck = "clock.check"
    private static let clockServers = "clock.servers"
    private static let clockCorrect = "clock.correct"
    private static let unlockFor = "unlock.for"
    private static let passphraseCommand = "passphrase.command"
    private static let keys = [
        clockCheck, clockServers, clockCorrect, "clipboard.clear", unlockFor, passphraseCommand,
    ]
    private static let defaultUnlockTime = 15 * 60

    private let configuration: Configuration
    private let path: String

    /// Reads the file.
    ///
    /// - Parameter locations: where it lies.
    /// - Throws: when it cannot be read, or says something that no version knows.
    init(_ locations: Locations) throws(CommandFailure) {
        path = locations.config
        do {
            configuration = try Configuration.read(path)
        } catch {
            throw Messages.configuration(error, path)
        }
        if let entry = configuration.entries.first(where: { !Self.keys.contains($0.key) }) {
            throw Messages.unknownSetting(
                entry, path, nearest: nearest(to: entry.key, in: Self.keys))
        }
    }

    /// How long `unlock` lasts, in seconds.
    func unlockTime() throws(CommandFailure) -> Int {
        guard let text = configuration.value(Self.unlockFor) else { return Self.defaultUnlockTime }
        guard let seconds = duration(text) else {
            throw Messages.badDuration(
                text, "\(Self.unlockFor) in \(printable(path, limit: 200))", .failure)
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
