internal import Cryptography
internal import Platform

/// What a command that touches the user's files works with.
struct Session {
    let locations: Locations
    let isQuiet: Bool

    /// Hardens the process, and finds the user's files.
    ///
    /// - Parameters:
    ///   - line: the command line.
    ///   - network: whether the command may speak TLS, which makes its start slower.
    init(_ line: Invocation, network: Bool = false) throws(CommandFailure) {
        do {
            try Hardening.apply()
        } catch {
            throw Messages.cannotHarden(error)
        }
        if !network { CryptographyLibrary.startOffline() }
        isQuiet = line.has("quiet")
        if let home = line.value("home") {
            guard !home.isEmpty else { throw Messages.emptyHome() }
            locations = Locations(home: home)
        } else if let found = Locations(environment: environmentVariable) {
            locations = found
        } else {
            throw Messages.noHome()
        }
    }

    /// Prints a note for the person, on standard error.
    func note(_ text: String) {
        if !isQuiet { writeError("\(text)\n") }
    }
}

/// Prints a result.
func write(_ text: String) throws(CommandFailure) {
    do {
        try writeAll(Array(text.utf8), to: 1)
    } catch {
        throw Messages.cannotWrite(error)
    }
}

/// Prints an error.
func report(_ failure: CommandFailure) {
    writeError(failure.text(program: ProgramTable.otptoken.name))
}

private func writeError(_ text: String) {
    // Nobody is left to be told that standard error does not work.
    try? writeAll(Array(text.utf8), to: 2)
}
