internal import Platform
internal import TokenStore

/// What is said while tokens are renamed, removed and preferred.
extension Messages {
    static func newNameTaken(_ name: String) -> CommandFailure {
        CommandFailure(
            .failure, "there is a token called \(printable(name)) already",
            hints: ["choose another name"])
    }

    // MARK: Removing

    static func askRemoval(_ token: Token) -> String {
        let origin = [token.issuer, token.userID].filter { !$0.isEmpty }.map { printable($0) }
        let loss =
            token.state == .active
            ? "It gives no more codes then." : "Its enrolment cannot be finished then."
        return "Remove \(printable(token.name)) (\(origin.joined(separator: ", ")))? \(loss) [y/N] "
    }

    static func nothingRemoved() -> CommandFailure {
        CommandFailure(.failure, "nothing was removed", hints: ["answer y or yes to remove it"])
    }

    static func changedMeanwhile(_ name: String) -> CommandFailure {
        CommandFailure(
            .failure, "\(printable(name)) is another token by now: nothing was removed",
            hints: ["`otptoken list` shows what there is"])
    }

    static func removed(_ token: Token) -> String { "Removed \(printable(token.name))." }

    static let revoke = "The issuer goes on accepting its codes until it is revoked there."

    static func keptBackup(_ locations: Locations) -> String {
        "The store before this change is kept as \(printable(locations.backup, limit: 200))"
            + " until the next one."
    }

    // MARK: Going well

    static func isDefaultNow(_ token: Token) -> String {
        "\(printable(token.name)) is the default now."
    }

    static func isDefaultAlready(_ token: Token) -> String {
        "\(printable(token.name)) is the default already."
    }

    static func renamed(_ former: String, to name: String) -> String {
        "\(printable(former)) is called \(printable(name)) now."
    }

    static func calledSoAlready(_ name: String) -> String {
        "\(printable(name)) is called so already."
    }
}
