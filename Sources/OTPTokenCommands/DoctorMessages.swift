internal import Platform
internal import TokenStore

/// What `doctor` says.
extension Messages {
    static func folder(_ path: String) -> String { "folder \(printable(path, limit: 200))" }
    static func deviceKey(_ path: String) -> String { "device key \(printable(path, limit: 200))" }
    static func config(_ path: String) -> String { "config \(printable(path, limit: 200))" }
    static func storeAt(_ path: String) -> String { "store \(printable(path, limit: 200))" }
    static func backupAt(_ path: String) -> String { "backup \(printable(path, limit: 200))" }
    static func missing(_ place: String) -> String { "\(place): there is none yet" }

    static func holds(_ place: String, _ tokens: [Token]) -> String {
        "\(place): \(names(tokens))"
    }

    private static func names(_ tokens: [Token]) -> String {
        guard !tokens.isEmpty else { return "no tokens" }
        let shown = tokens.prefix(20).map {
            printable($0.name) + ($0.state == .pending ? " (unfinished)" : "")
        }
        return "\(tokens.count) token\(tokens.count == 1 ? "" : "s"): "
            + shown.joined(separator: ", ")
            + (tokens.count > shown.count ? ", +\(tokens.count - shown.count) more" : "")
    }

    static let noAppLock = "app lock: none; whoever can use this account can see the codes"
    static let setsLock = "`otptoken passphrase set` sets one"
    static func appLock(hasCommand: Bool, isOpen: Bool) -> String {
        "app lock: \(hasCommand ? "passphrase.command" : "passphrase")"
            + (isOpen ? ", unlocked at the moment" : "")
    }

    private static let restores =
        "`otptoken doctor --restore-backup` puts the backup in its place, and keeps the damaged store beside it"

    static func restorable(_ failure: CommandFailure) -> CommandFailure {
        CommandFailure(failure.status, failure.message, hints: [restores])
    }

    static func replaceable(_ failure: CommandFailure) -> CommandFailure {
        CommandFailure(
            failure.status, failure.message, hints: ["the next change of the store replaces it"])
    }

    static func beyondRepair(
        _ failure: CommandFailure, _ locations: Locations
    ) -> CommandFailure {
        let hints = failure.hints.filter { $0 != backupHint(locations) }
        return CommandFailure(
            failure.status, failure.message,
            hints: hints.isEmpty
                ? ["put a copy of your own in its place, or move it away and enrol anew"] : hints)
    }

    static func storeGone(_ path: String) -> CommandFailure {
        CommandFailure(
            .storeDamaged, "the store \(printable(path, limit: 200)) is gone, its backup is there",
            hints: ["`otptoken doctor --restore-backup` puts the backup in its place"])
    }

    static func somethingWrong(
        _ status: ExitStatus, problems: Int, unknown: Int
    ) -> CommandFailure {
        let what = [
            problems > 0 ? "\(problems) problem\(problems == 1 ? "" : "s")" : nil,
            unknown > 0
                ? "\(unknown) thing\(unknown == 1 ? "" : "s") that could not be looked at" : nil,
        ]
        return CommandFailure(
            status, "doctor found " + what.compactMap { $0 }.joined(separator: " and "),
            hints: ["each line that does not begin with ok or note tells what to do"])
    }

    static func notDamaged(_ tokens: [Token]) -> CommandFailure {
        CommandFailure(
            .failure,
            "the store is not damaged, and nothing was changed: it holds \(names(tokens))",
            hints: ["`otptoken doctor` tells what the backup holds"])
    }

    static func storeChangedMeanwhile(_ path: String) -> CommandFailure {
        CommandFailure(
            .failure,
            "somebody changed \(printable(path, limit: 200)) meanwhile: nothing was restored",
            hints: ["run `otptoken doctor` again"])
    }

    static func noBackup(_ path: String) -> CommandFailure {
        CommandFailure(
            .failure, "there is no backup at \(printable(path, limit: 200))",
            hints: ["`otptoken init` enrols anew, once the issuer has issued a new token"])
    }

    static func restored(_ tokens: [Token]) -> String {
        "The backup is the store again: \(names(tokens)). What the last change did is missing."
    }

    static func backupKeptAside(_ path: String) -> String {
        "The backup of a former store is kept as \(printable(path, limit: 200))."
    }

    static func aside(_ path: String) -> String {
        "former store \(printable(path, limit: 200)): kept until you delete it"
    }

    static func keptAside(_ path: String) -> String {
        "The store that was in its place is kept as \(printable(path, limit: 200))."
    }
}
