internal import Cryptography
internal import Enrolment
internal import OATH
internal import Platform
internal import TokenStore

/// Everything that is said to the person: no sentence stands elsewhere.
enum Messages {
    // MARK: Files

    static func naming<Result: ~Copyable>(
        _ path: String, _ calls: () throws(FileError) -> Result
    ) throws(CommandFailure) -> Result {
        do {
            return try calls()
        } catch {
            throw .file(error, path)
        }
    }

    static func opening<Result: ~Copyable>(
        _ path: String, _ locations: Locations, _ calls: () throws(StoreError) -> Result
    ) throws(CommandFailure) -> Result {
        do {
            return try calls()
        } catch {
            throw store(error, path, locations)
        }
    }

    static func store(
        _ error: StoreError, _ path: String, _ locations: Locations
    ) -> CommandFailure {
        switch error {
        case .notAStore:
            return damaged(
                path, "is not a token store of a version that this program knows",
                backupHints(path, locations))
        case .damaged(let what):
            return damaged(
                path, "is damaged (\(what)); it was not touched", backupHints(path, locations))
        case .unsupported(let what):
            return damaged(
                path, "holds \(printable(what)), which this version does not know",
                ["use the version of otptoken that wrote it"])
        case .tooLarge:
            return damaged(
                path, "is longer than any store can be", backupHints(path, locations))
        case .cryptography:
            return .cryptography()
        }
    }

    static func foreignStore(_ path: String, _ locations: Locations) -> CommandFailure {
        damaged(
            path, "does not open with this machine's key; it was not touched",
            [
                "when it was copied from another machine: set a passphrase there "
                    + "(`otptoken passphrase set`) and copy it again, or move it away and enrol anew",
                "when it is not a copy, it is damaged, or device.key or /etc/machine-id was changed",
            ] + backupHints(path, locations))
    }

    static func noDeviceKey(_ path: String, _ locations: Locations) -> CommandFailure {
        damaged(
            path, "cannot be opened: this machine's key is missing",
            [
                "put \(printable(locations.deviceKey, limit: 200)) back",
                "when the store was copied from another machine: set a passphrase there "
                    + "(`otptoken passphrase set`) and copy it again, or move it away and enrol anew",
            ])
    }

    private static func damaged(
        _ path: String, _ what: String, _ hints: [String]
    ) -> CommandFailure {
        CommandFailure(
            .storeDamaged, "the store \(printable(path, limit: 200)) \(what)", hints: hints)
    }

    private static func backupHints(_ path: String, _ locations: Locations) -> [String] {
        path == locations.store ? [backupHint(locations)] : []
    }

    static func backupHint(_ locations: Locations) -> String {
        "the store before its last change is \(printable(locations.backup, limit: 200)): "
            + "`otptoken doctor` tells what is in it"
    }

    static func badDeviceKey(_ locations: Locations) -> CommandFailure {
        CommandFailure(
            .storeDamaged, "\(printable(locations.deviceKey, limit: 200)) is damaged",
            hints: ["put the original back: without it the store does not open"])
    }

    static func waitingForLock() -> String {
        "waiting for another otptoken to finish with the store…"
    }

    // MARK: The system

    static func noHome() -> CommandFailure {
        CommandFailure(
            .failure, "neither HOME nor OTPTOKEN_HOME is set", hints: ["name a folder: --home DIR"])
    }

    static func emptyHome() -> CommandFailure {
        CommandFailure(.usage, "--home names no folder", hints: ["write --home DIR"])
    }

    static func onScreen<Result: ~Copyable>(
        _ calls: () throws(Errno) -> Result
    ) throws(CommandFailure) -> Result {
        do {
            return try calls()
        } catch {
            throw CommandFailure(
                .failure, "the terminal cannot be used: \(error)",
                hints: ["`otptoken watch | cat` prints a line for each code"])
        }
    }

    static func inputReadTwice(_ options: [String]) -> CommandFailure {
        CommandFailure(
            .usage,
            "only one of \(options.map { "--\($0)" }.joined(separator: " and ")) can be -",
            hints: ["standard input holds one secret: name a file for the other"])
    }

    // MARK: Questions

    static func terminal(_ failure: ControllingTerminal.Failure) -> CommandFailure {
        switch failure {
        case .endOfInput, .interrupted, .none:
            return CommandFailure(.failure, "given up: nothing was changed")
        case .tooLong:
            return CommandFailure(.usage, "the answer is too long", hints: ["try again"])
        case .system(let reason):
            return CommandFailure(
                .failure, "cannot ask at the terminal: \(reason)",
                hints: ["give options instead: `otptoken help` tells which"])
        }
    }

    static func missingConfirmation() -> CommandFailure {
        CommandFailure(
            .usage, "--yes is missing, and there is no terminal to ask at",
            hints: ["write --yes to do it without being asked"])
    }

    // MARK: Tokens

    static func noToken(_ locations: Locations? = nil) -> CommandFailure {
        let hasBackup = locations.map { !isReadable($0.store) && isReadable($0.backup) } ?? false
        return CommandFailure(
            .noSuchToken, "there is no token yet",
            hints: ["`otptoken init` enrols one"]
                + (hasBackup
                    ? ["the store is gone, but its backup is there: `otptoken doctor`"] : []))
    }

    static func onlyPending(_ token: Token) -> CommandFailure {
        CommandFailure(
            .noSuchToken, "the enrolment of \(printable(token.userID)) is not finished",
            hints: [resumeHint(token)])
    }

    static func resumeHint(_ token: Token) -> String {
        "`otptoken init --server \(shellQuoted(token.server)) --service-id \(token.serviceID)"
            + " --user-id \(token.userID)` takes it up where it was"
    }

    static func noSuchToken(_ name: String, nearest: String?) -> CommandFailure {
        CommandFailure(
            .noSuchToken, "there is no token called \(printable(name))",
            hints: [
                nearest.map { "did you mean \(shellQuoted($0))?" }
                    ?? "`otptoken list` shows the names"
            ])
    }

    static func badTime(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage, "--at is no moment: \(printable(text))",
            hints: ["write unix seconds (1767225600) or RFC 3339 (2026-01-01T00:00:00Z)"])
    }

    static func badCount(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage, "--count takes a number from 1 on, not \(printable(text))",
            hints: ["leave it out to go on without end"])
    }

    static func badRemaining(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage, "--min-remaining takes whole seconds, not \(printable(text))",
            hints: ["10 are enough to type a code"])
    }

    static func shorterPeriod(_ token: Token, _ seconds: Int64) -> CommandFailure {
        CommandFailure(
            .usage, "no code of \(printable(token.name)) lasts for \(seconds) s",
            hints: ["they last for \(token.totp.period) s"])
    }

    static func excludes(_ option: String, _ other: String) -> CommandFailure {
        CommandFailure(
            .usage, "--\(option) and --\(other) exclude each other",
            hints: ["leave one of them out"])
    }

    static func waitingForCode(_ seconds: Int64) -> String {
        "Waiting \(seconds) s for the next code…"
    }

    static func secondsLeft(_ seconds: Int64) -> String {
        localized("\(seconds) s left", ja: "残り\(seconds)秒")
    }

    static func beginsIn(_ seconds: Int64) -> String {
        localized("valid in \(seconds) s", ja: "\(seconds)秒後から有効")
    }

    static func nameWithAll() -> CommandFailure {
        CommandFailure(
            .usage, "--all and a NAME exclude each other", hints: ["leave one of them out"])
    }

    // MARK: For scripts and for the screen

    static let listHeader = [
        "NAME", "ISSUER", "SERVICE ID", "USER ID", "DIGITS", "PERIOD", "EXPIRES",
    ]
    static let never = "never"
    static func seconds(_ count: Int) -> String { "\(count) s" }
    static let leave = "q leaves"
    static func more(_ count: Int) -> String { "+\(count) more" }
    static let tooNarrow = "…"
}
