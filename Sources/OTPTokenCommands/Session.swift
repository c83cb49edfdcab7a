internal import Cryptography
internal import Platform

/// What a command that touches the user's files works with.
struct Session {
    /// The options that name a file, or standard input.
    private static let inputFiles = [
        "passphrase-file", "new-passphrase-file", "start-password-file", "mail", "password-file",
    ]

    let locations: Locations
    /// The folder that --home names; nil without it.
    let home: String?
    let isQuiet: Bool
    let settings: SettingsFile
    /// Finds the store's key.
    let unlocking: Unlocking

    /// Hardens the process, and finds the user's files.
    ///
    /// - Parameters:
    ///   - line: the command line.
    ///   - network: whether the command may speak TLS, which makes its start slower.
    /// - Throws: when there is no place for files, or the process cannot be hardened.
    init(_ line: Invocation, network: Bool = false) throws(CommandFailure) {
        do {
            try Hardening.apply()
        } catch {
            throw .cannotHarden(error)
        }
        if !network { CryptographyLibrary.startOffline() }
        isQuiet = line.has("quiet")
        let readingInput = Self.inputFiles.filter { line.value($0) == "-" }
        let options = readingInput.map { "--\($0)" }
        // The one operand that is a file of secrets.
        let operands = line.readsStandardInput ? ["FILE"] : []
        guard readingInput.count + operands.count < 2 else {
            throw Messages.inputReadTwice(options + operands)
        }
        home = line.value("home")
        if let home {
            guard !home.isEmpty else { throw Messages.emptyHome() }
            locations = Locations(home: home)
        } else if let found = Locations(environment: environmentVariable) {
            locations = found
        } else {
            throw Messages.noHome()
        }
        settings = SettingsFile(locations.config, isQuiet: isQuiet)
        unlocking = Unlocking(locations, settings, passphraseFile: line.value("passphrase-file"))
    }

    /// Tells somebody who waits at a terminal what for.
    func progress(_ text: String) {
        if isTerminal(2) { note(text) }
    }

    /// Prints a note for the person, on standard error.
    func note(_ text: String) {
        if !isQuiet { writeNote(text) }
    }
}
