internal import Platform
internal import TokenStore

/// What is said while tokens are renamed, removed and preferred.
extension Messages {
    static func newNameTaken(_ name: String) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "there is a token called \(printable(name)) already",
                ja: "\(printable(name)) という名前のトークンはもうあります"),
            hints: [localized("choose another name", ja: "別の名前にしてください")])
    }

    // MARK: Removing

    static func askRemoval(_ token: Token, revokingAt server: ServerURL?) -> String {
        let origin = [token.issuer, token.userID].filter { !$0.isEmpty }.map { printable($0) }
        let loss: String
        if let server {
            let place = printable(server.text, limit: 200)
            loss = localized(
                "It is revoked at \(place), too, which cannot be taken back.",
                ja: "\(place) でも失効し、取り消せません。")
        } else if token.state == .active {
            loss = localized("It gives no more codes then.", ja: "コードを表示できなくなります。")
        } else {
            loss = localized("Its enrolment cannot be finished then.", ja: "登録を続けられなくなります。")
        }
        let name = printable(token.name)
        return localized(
            "Remove \(name) (\(origin.joined(separator: ", ")))? \(loss) [y/N] ",
            ja: "\(name)（\(origin.joined(separator: "、"))）を削除しますか？ \(loss) [y/N] ")
    }

    static func nothingRemoved() -> CommandFailure {
        CommandFailure(
            .failure, localized("nothing was removed", ja: "何も削除していません"),
            hints: [localized("answer y or yes to remove it", ja: "削除するには y か「はい」と答えてください")])
    }

    static func changedMeanwhile(_ name: String) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "\(printable(name)) is another token by now: nothing was removed",
                ja: "\(printable(name)) は別のトークンに変わっていました。何も削除していません"),
            hints: [
                localized(
                    "`otptoken list` shows what there is", ja: "いまあるトークンは `otptoken list` で分かります")
            ])
    }

    static func removed(_ token: Token) -> String {
        localized("Removed \(printable(token.name)).", ja: "\(printable(token.name)) を削除しました。")
    }

    static var revoke: String {
        localized(
            "The issuer goes on accepting its codes until it is revoked there.",
            ja: "発行元は、そこで失効させるまで、このトークンのコードを受け付けます。")
    }

    static func keptBackup(_ locations: Locations) -> String {
        let backup = printable(locations.backup, limit: 200)
        return localized(
            "The store before this change is kept as \(backup) until the next one.",
            ja: "変更前のストアは、次に変更するまで \(backup) に残します。")
    }

    // MARK: Going well

    static func isDefaultNow(_ token: Token) -> String {
        localized(
            "\(printable(token.name)) is the default now.",
            ja: "\(printable(token.name)) を既定のトークンにしました。")
    }

    static func isDefaultAlready(_ token: Token) -> String {
        localized(
            "\(printable(token.name)) is the default already.",
            ja: "\(printable(token.name)) はもう既定のトークンです。")
    }

    static func renamed(_ former: String, to name: String) -> String {
        localized(
            "\(printable(former)) is called \(printable(name)) now.",
            ja: "\(printable(former)) の名前を \(printable(name)) に変えました。")
    }

    static func calledSoAlready(_ name: String) -> String {
        localized("\(printable(name)) is called so already.", ja: "\(printable(name)) はもうその名前です。")
    }
}
