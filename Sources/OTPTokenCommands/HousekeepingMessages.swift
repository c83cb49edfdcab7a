internal import Platform
internal import TokenStore

/// What is said while tokens are renamed, removed and preferred.
extension Messages {
    static func newNameTaken(_ name: String) -> CommandFailure {
        CommandFailure(
            .failure, "there is a token called \(printable(name)) already",
            hints: ["choose another name"])
    }

    // MARK: Going well

    static func renamed(_ former: String, to name: String) -> String {
        "\(printable(former)) is called \(printable(name)) now."
    }

    static func calledSoAlready(_ name: String) -> String {
        "\(printable(name)) is called so already."
    }
}
