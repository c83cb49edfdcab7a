internal import Platform
internal import TokenStore

/// What is said about the end of a token.
extension Messages {
    private static func end(_ token: Token) -> String {
        token.expiresAt.map(localDate) ?? never
    }

    /// In the table of `list`.
    static func end(_ token: Token, _ expiry: Expiry) -> String {
        let end = end(token)
        return expiry == .ended ? localized("\(end), ended", ja: "\(end) 期限切れ") : end
    }

    private static func inDays(_ days: Int) -> String {
        switch days {
        case 0: localized("today or tomorrow", ja: "今日か明日")
        case 1: localized("in 1 day", ja: "あと 1 日")
        default: localized("in \(days) days", ja: "あと \(days) 日")
        }
    }

    static var renewing: String {
        localized(
            "have the service issue a new token, then run `otptoken init`",
            ja: "サービスに新しいトークンを発行してもらい、`otptoken init` を実行してください")
    }

    /// Of a token that ends within 30 days.
    static func endsSoon(_ token: Token, days: Int) -> String {
        "\(endsOn(token, days: days))\nhint: \(renewing)"
    }

    static func endsOn(_ token: Token, days: Int) -> String {
        let name = printable(token.name)
        return localized(
            "\(name) ends on \(end(token)), \(inDays(days))",
            ja: "\(name) の有効期限は \(end(token)) です（\(inDays(days))）")
    }

    static func hasEnded(_ token: Token) -> String {
        let name = printable(token.name)
        return localized(
            "\(name) ended on \(end(token))", ja: "\(name) は \(end(token)) に有効期限が切れました")
    }

    /// In place of its code.
    static func ended(_ token: Token, command: String) -> CommandFailure {
        let forced = "otptoken \(command) --force \(shellQuoted(token.name))"
        return CommandFailure(
            .refused,
            localized(
                "\(hasEnded(token)): its codes are not accepted any more",
                ja: "\(hasEnded(token))。コードはもう使えません"),
            hints: [
                renewing,
                localized(
                    "`\(forced)` shows the code all the same",
                    ja: "それでもコードを表示するには `\(forced)`"),
            ])
    }

    /// The same in few words, for the live view.
    static func endsShort(_ token: Token, _ expiry: Expiry) -> String? {
        switch expiry {
        case .far: nil
        case .soon(let days):
            localized(
                "ends \(end(token)), \(inDays(days))", ja: "有効期限 \(end(token))（\(inDays(days))）")
        case .ended: localized("ended \(end(token))", ja: "期限切れ \(end(token))")
        }
    }
}
