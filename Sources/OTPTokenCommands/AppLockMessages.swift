internal import Platform
internal import TokenStore

/// What is said about the app lock.
extension Messages {
    // MARK: Questions

    static func askPassphrase(_ path: String?) -> String {
        path.map { "Passphrase for \(printable($0, limit: 200)): " } ?? "Passphrase: "
    }
    static let tryAgain = "Wrong passphrase, try again."
    static let askNewPassphrase = "New passphrase: "
    static let askNewPassphraseAgain = "New passphrase again: "
    static let passphrasesDiffer = "The two passphrases differ, try again."

    // MARK: Notes

    static func weakPassphrase(_ count: Int) -> String {
        "Warning: a passphrase of \(count) character\(count == 1 ? "" : "s") is soon guessed by "
            + "whoever has a copy of the store; take \(Passphrase.advisedCount) or more."
    }
    static func weakCommandSecret(_ count: Int) -> String {
        "Warning: the command printed only \(count) byte\(count == 1 ? "" : "s"): a secret that "
            + "can be guessed protects nothing; let it print 32 random ones."
    }
    static let passphraseSet = "The app lock is set: codes need the passphrase from now on."
    static let passphraseChanged = "The passphrase is changed."
    static let commandSet = "The app lock is set: codes need passphrase.command from now on."
    static let lockRemoved =
        "The app lock is removed: the store opens on this machine without asking."
    static let noLock = "The store has no app lock: it opens without asking."
    static let locked = "The store is locked."
    static func unlocked(_ seconds: Int, until time: String) -> String {
        "The store is unlocked for \(duration(seconds)), until \(time); `otptoken lock` ends it."
    }
    static func duration(_ seconds: Int) -> String {
        for (count, unit) in [(86_400, "d"), (3600, "h"), (60, "m")] where seconds % count == 0 {
            return "\(seconds / count)\(unit)"
        }
        return "\(seconds)s"
    }

    static func opensAsBefore(_ path: String) -> String {
        "Warning: \(printable(path, limit: 200)) opens with what opened it before; "
            + "delete it once it is of no use."
    }

    // MARK: Failures

    static func badLockAction(_ action: String) -> CommandFailure {
        CommandFailure(
            .usage, "passphrase cannot \(printable(action))",
            hints: ["write `otptoken passphrase set`, `change` or `remove`"])
    }

    static func optionOnlyFor(_ option: String, _ actions: String) -> CommandFailure {
        CommandFailure(
            .usage, "--\(option) goes with `passphrase \(actions)` alone", hints: ["leave it out"])
    }

    static func commandAndPassphrase(_ option: String) -> CommandFailure {
        CommandFailure(
            .usage,
            "--command and --\(option) exclude each other: only one of them opens the store",
            hints: ["leave one of them out"])
    }

    static func lockedAlready() -> CommandFailure {
        CommandFailure(
            .failure, "the store has an app lock already",
            hints: ["`otptoken passphrase change` takes another passphrase"])
    }

    static func notLocked() -> CommandFailure {
        CommandFailure(
            .failure, "the store has no app lock", hints: ["`otptoken passphrase set` sets one"])
    }

    static func badPassphrase() -> CommandFailure {
        CommandFailure(
            .usage, "the passphrase is empty, or not UTF-8",
            hints: ["any text will do; a few random words are good and easy to keep in mind"])
    }

    static func passphrasesKeptDiffering() -> CommandFailure {
        CommandFailure(
            .failure, "the two passphrases differ", hints: ["nothing was changed: try it again"])
    }

    static func noTerminalForNewPassphrase(_ option: String) -> CommandFailure {
        CommandFailure(
            .usage, "there is no terminal to ask for the new passphrase",
            hints: ["name a file that holds it: --\(option) FILE"])
    }

    static func wrongPassphrase(_ path: String, file: String? = nil) -> CommandFailure {
        CommandFailure(
            .locked, "wrong passphrase: the store \(printable(path, limit: 200)) stays locked",
            hints: [
                file.map {
                    "the passphrase was read from \(printableFile($0)): is that the right file?"
                }
                    ?? "look at Caps Lock and the keyboard's layout",
                "when it is right for certain, the store is damaged: `otptoken doctor` looks at its backup",
            ])
    }

    private static func lockedWithoutTerminal(takesKept: Bool) -> CommandFailure {
        let file = "name a file that holds the passphrase: --passphrase-file FILE"
        return CommandFailure(
            .locked, "the store is locked, and there is no terminal to ask for the passphrase",
            hints: takesKept
                ? ["`otptoken unlock` at a terminal keeps it open for a while", "or \(file)"]
                : [file])
    }

    static func stillLocked(
        _ failure: ControllingTerminal.Failure, takesKept: Bool
    ) -> CommandFailure {
        switch failure {
        case .none: return lockedWithoutTerminal(takesKept: takesKept)
        case .endOfInput, .interrupted:
            return CommandFailure(
                .locked, "no passphrase was given: the store stays locked",
                hints: ["run the command again"])
        case .tooLong:
            return CommandFailure(
                .locked,
                "the passphrase is longer than \(ControllingTerminal.maximumAnswer) bytes",
                hints: ["was something else pasted?"])
        case .system(let reason):
            return CommandFailure(
                .locked, "the terminal cannot be used for the passphrase: \(reason)",
                hints: ["name a file that holds it: --passphrase-file FILE"])
        }
    }

    static func noCommand(_ locations: Locations, isNew: Bool) -> CommandFailure {
        CommandFailure(
            .locked,
            isNew
                ? "the config names no command to lock the store with"
                : "the store opens with a command, and the config names none",
            hints: [
                "write passphrase.command = COMMAND into \(printable(locations.config, limit: 200))"
            ])
    }

    static func wrongCommandSecret(_ path: String, _ locations: Locations) -> CommandFailure {
        CommandFailure(
            .locked,
            "what passphrase.command printed does not open the store \(printable(path, limit: 200))",
            hints: ["is it still the command, and the secret, that the store was locked with?"])
    }

    static func cannotKeep(_ reason: Errno) -> CommandFailure {
        reason.meansNoKeyring
            ? CommandFailure(
                .failure, "this system has no kernel keyring to keep the store unlocked in",
                hints: ["codes ask for the passphrase each time, or take --passphrase-file FILE"])
            : CommandFailure(
                .failure, "the kernel keyring does not take the key: \(reason)",
                hints: ["`cat /proc/key-users` tells how full it is"])
    }

    static func cannotRevoke(_ reason: Errno) -> CommandFailure {
        CommandFailure(
            .failure, "the kernel keyring keeps the key: \(reason)",
            hints: ["it goes by itself when its time is over"])
    }

    static func badDuration(
        _ text: String, _ place: String, _ status: ExitStatus
    ) -> CommandFailure {
        CommandFailure(
            status, "\(place) is no length of time: \(printable(text))",
            hints: ["write 30s, 15m, 8h or 7d; 30d is the longest"])
    }

    static func commandFailed(
        _ failure: SecretCommandFailure, _ program: String, isNew: Bool
    ) -> CommandFailure {
        let name = "passphrase.command (\(printable(program)))"
        let what: String
        var hint = "run it by hand: what does it say?"
        switch failure {
        case .notFound:
            what = "is not to be found"
            hint = "install the program, or write its whole path into the config"
        case .cannotRun(let reason): what = "cannot be run: \(reason)"
        case .exited(let status): what = "ended with status \(status)"
        case .killed(let signal): what = "was ended by signal \(signal)"
        case .timedOut(let seconds): what = "did not end within \(seconds) s"
        case .noOutput: what = "printed nothing"
        case .tooLong:
            what = "printed more than \(SecretInput.maximumCount) bytes"
            hint = "is it the right command? a secret is short"
        }
        return CommandFailure(
            .locked,
            "\(name) \(what): " + (isNew ? "nothing was changed" : "the store stays locked"),
            hints: [hint])
    }
}
