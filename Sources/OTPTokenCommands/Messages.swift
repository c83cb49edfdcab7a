internal import Cryptography
internal import Enrolment
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
            throw file(error, path)
        }
    }

    static func file(_ error: FileError, _ path: String) -> CommandFailure {
        let place = printable(path, limit: 200)
        switch error {
        case .missing:
            return CommandFailure(.failure, "\(place) does not exist", hints: ["check the path"])
        case .notRegular:
            return CommandFailure(
                .storeDamaged, "\(place) is not a plain file or folder",
                hints: ["symbolic links are refused: move the real one there"])
        case .foreignOwner:
            return CommandFailure(
                .storeDamaged, "\(place) belongs to somebody else",
                hints: ["chown \"$USER\" \(quoted(path))"])
        case .exposed(let mode):
            return CommandFailure(
                .storeDamaged, "others can get at \(place) (mode \(String(mode, radix: 8)))",
                hints: ["chmod go= \(quoted(path))"])
        case .tooLong:
            return CommandFailure(.failure, "\(place) is too long", hints: ["is it the right file?"])
        case .system(let reason):
            return CommandFailure(
                .failure, "cannot use \(place): \(reason)",
                hints: ["nothing was changed: mend the reason and try again"])
        }
    }

    static func store(_ error: StoreError, _ locations: Locations) -> CommandFailure {
        let place = printable(locations.store, limit: 200)
        let backup = "the store before its last change is \(printable(locations.backup, limit: 200))"
        func damaged(_ what: String, _ hints: [String]) -> CommandFailure {
            CommandFailure(.storeDamaged, "the store \(place) \(what)", hints: hints)
        }
        switch error {
        case .notAStore:
            return damaged("is not a token store of a version that this program knows", [backup])
        case .damaged(let what):
            return damaged("is damaged (\(what)); it was not touched", [backup])
        case .foreignDevice:
            return damaged(
                "does not open with this machine's key; it was not touched",
                [
                    "a store copied from another machine opens only there: enrol again on this one",
                    "when it is not a copy, it is damaged, or device.key or /etc/machine-id was changed",
                    backup,
                ])
        case .noDeviceKey:
            return damaged(
                "cannot be opened: this machine's key is missing",
                [
                    "put \(printable(locations.deviceKey, limit: 200)) back",
                    "a store copied from another machine opens only there: enrol again on this one",
                ])
        case .locked(let kinds):
            return CommandFailure(
                .locked,
                "the store is locked, and this version opens none of its key slots: "
                    + printable(kinds.joined(separator: ", ")),
                hints: ["use the version of otptoken that locked it"])
        case .unsupported(let what):
            return damaged("holds \(printable(what)), which this version does not know", [
                "use the version of otptoken that wrote it"
            ])
        case .tooLarge:
            return damaged("is longer than any store can be", [backup])
        case .cryptography:
            return cryptography()
        }
    }

    static func badDeviceKey(_ locations: Locations) -> CommandFailure {
        CommandFailure(
            .storeDamaged, "\(printable(locations.deviceKey, limit: 200)) is damaged",
            hints: ["put the original back: without it the store does not open"])
    }

    static func waitingForLock() -> String { "waiting for another otptoken to finish with the store…" }

    // MARK: The system

    static func cryptography() -> CommandFailure {
        CommandFailure(
            .failure, "libcrypto failed", hints: ["is there enough memory, and OpenSSL 3 complete?"])
    }

    static func cannotHarden(_ reason: Errno) -> CommandFailure {
        CommandFailure(
            .failure, "cannot keep this process's memory private: \(reason)",
            hints: ["a sandbox forbids prctl or setrlimit: allow them"])
    }

    static func cannotWrite(_ reason: Errno) -> CommandFailure {
        CommandFailure(
            .failure, "cannot write the result: \(reason)",
            hints: ["look at where the output goes, then run the command again"])
    }

    static func noHome() -> CommandFailure {
        CommandFailure(
            .failure, "neither HOME nor OTPTOKEN_HOME is set", hints: ["name a folder: --home DIR"])
    }

    static func emptyHome() -> CommandFailure {
        CommandFailure(.usage, "--home names no folder", hints: ["write --home DIR"])
    }

    static func unknownShell(_ name: String) -> CommandFailure {
        CommandFailure(
            .usage, "no completions for \(printable(name))",
            hints: ["there are some for \(Shell.allCases.map(\.rawValue).joined(separator: ", "))"])
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

    // MARK: Tokens

    static func noToken() -> CommandFailure {
        CommandFailure(.noSuchToken, "there is no token yet", hints: ["`otptoken init` enrols one"])
    }

    static func onlyPending(_ token: Token) -> CommandFailure {
        CommandFailure(
            .noSuchToken, "the enrolment of \(printable(token.userID)) is not finished",
            hints: [resumeHint(token)])
    }

    static func resumeHint(_ token: Token) -> String {
        "`otptoken init --server \(token.server) --service-id \(token.serviceID)"
            + " --user-id \(token.userID)` takes it up where it was"
    }

    static func noSuchToken(_ name: String, nearest: String?) -> CommandFailure {
        CommandFailure(
            .noSuchToken, "there is no token called \(printable(name))",
            hints: [
                nearest.map { "did you mean \(printable($0))?" } ?? "`otptoken list` shows the names"
            ])
    }

    static func badTime(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage, "--at is no moment: \(printable(text))",
            hints: ["write unix seconds (1767225600) or RFC 3339 (2026-01-01T00:00:00Z)"])
    }

    static func badCount(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage, "--count is no number: \(printable(text))", hints: ["write a number from 1 on"])
    }

    static func nameWithAll() -> CommandFailure {
        CommandFailure(.usage, "--all and a NAME exclude each other", hints: ["leave one of them out"])
    }

    // MARK: For scripts and for the screen

    static let listHeader = ["NAME", "ISSUER", "SERVICE ID", "USER ID", "DIGITS", "PERIOD", "EXPIRES"]
    static let never = "never"
    static func seconds(_ count: Int) -> String { "\(count) s" }
    static let leave = "q leaves"

    private static func quoted(_ path: String) -> String {
        "'" + printable(path, limit: 200).split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }
}
