internal import Cryptography
internal import Interchange
internal import Platform
internal import TokenStore

/// What is said while tokens come in from other programs, and go out to them.
extension Messages {
    // MARK: Questions

    static var askURI: String {
        localized("otpauth URI (not shown): ", ja: "otpauth URI（表示されません）: ")
    }
    static func askPassword(_ path: String) -> String {
        let path = printableFile(path)
        return localized("Password for \(path): ", ja: "\(path) のパスワード: ")
    }
    static var wrongPasswordTryAgain: String {
        localized("Wrong password, try again.", ja: "パスワードが違います。もう一度入力してください。")
    }
    static var askExportPassword: String {
        localized("Password for the exported file: ", ja: "書き出すファイルのパスワード: ")
    }
    static var askPasswordAgain: String {
        localized("The same password again: ", ja: "同じパスワード（確認）: ")
    }
    static func askPlainExport(_ count: Int) -> String {
        localized(
            "Show the secrets of \(tokens(count)) on this screen? [y/N] ",
            ja: "トークン \(count) 個の秘密を、この画面に表示しますか？ [y/N] ")
    }

    // MARK: Coming in

    static func tokens(_ count: Int) -> String {
        localized("\(count) token\(count == 1 ? "" : "s")", ja: "トークン \(count) 個")
    }

    /// The first names, and how many more there are.
    static func firstNames(_ tokens: [Token]) -> String {
        let shown = tokens.prefix(5).map { printable($0.name) }
        let more = tokens.count - shown.count
        let rest = more > 0 ? localized(" and \(more) more", ja: "、ほか \(more) 個") : ""
        return shown.joined(separator: localized(", ", ja: "、")) + rest
    }

    static func imported(_ new: [Token]) -> String {
        guard !new.isEmpty else { return nothingNew }
        return localized(
            "Imported \(tokens(new.count)): \(firstNames(new)).",
            ja: "トークンを \(new.count) 個取り込みました: \(firstNames(new))")
    }
    static var nothingNew: String {
        localized(
            "Nothing is new: nothing was changed.", ja: "新しいトークンはありません。何も変更していません。")
    }
    static func dryRun(_ count: Int) -> String {
        localized(
            "\(tokens(count)) would come in; nothing was changed.",
            ja: "取り込まれるトークンは \(count) 個です。何も変更していません。")
    }
    static func duplicate(_ title: String, _ twin: String) -> String {
        let (title, twin) = (entry(title), printable(twin))
        return localized(
            "Skipped: \(title) is here already as \(twin).",
            ja: "スキップ: \(title) は、すでに \(twin) として登録されています。")
    }
    static func moreDuplicates(_ count: Int) -> String {
        localized(
            "Skipped: \(count) more that \(count == 1 ? "is" : "are") here already.",
            ja: "スキップ: ほかに \(count) 個が登録済みです。")
    }
    static func moreUnusable(_ count: Int) -> String {
        localized(
            "Left out: \(count) more that cannot be used.", ja: "対象外: ほかに \(count) 個を扱えません。")
    }
    /// What an entry of a file is called.
    private static func entry(_ title: String) -> String {
        title.isEmpty ? localized("(no name)", ja: "（名前なし）") : printable(title)
    }
    static func missingParts(_ count: Int, _ path: String) -> String {
        localized(
            "Warning: \(printableFile(path)) is not all of it: \(count) more QR "
                + "code\(count == 1 ? "" : "s") of this export \(count == 1 ? "is" : "are") missing.",
            ja: "警告: \(printableFile(path)) は全部ではありません。このエクスポートの QR コードがあと \(count) 枚あります。")
    }
    static func unusable(_ token: UnusableToken) -> String {
        let name = entry(token.name)
        return localized(
            "Left out: \(name): \(reason(token.reason)).",
            ja: "対象外: \(name): \(reason(token.reason))")
    }
    private static func reason(_ reason: UnusableToken.Reason) -> String {
        switch reason {
        case .kind(""):
            return localized("its kind is not told", ja: "種類が書かれていません")
        case .kind(let kind):
            let kind = printable(kind.lowercased(), limit: 20)
            return localized(
                "its kind is \(kind), and only totp is known here",
                ja: "種類が \(kind) です。扱えるのは totp だけです")
        case .algorithm(let name):
            let name = printable(name, limit: 20)
            return localized("unknown algorithm \(name)", ja: "アルゴリズム \(name) は扱えません")
        case .digits:
            return localized("its codes do not have 6 to 8 digits", ja: "コードが 6〜8 桁の数字ではありません")
        case .period:
            return localized("its period is not 1 to 3600 s", ja: "周期が 1〜3600 秒の範囲にありません")
        case .secret:
            return localized("its secret is missing or garbled", ja: "秘密がないか、壊れています")
        case .longSecret:
            let limit = Harvest.maximumSecret
            return localized(
                "its secret is longer than \(limit) bytes", ja: "秘密が \(limit) バイトを超えています")
        case .unreadable:
            return localized("its entry cannot be understood", ja: "項目を読み取れません")
        }
    }

    static func nothingUsable(_ harvest: Harvest, _ path: String) -> CommandFailure {
        let place = printableFile(path)
        return harvest.unusable.isEmpty
            ? CommandFailure(
                .failure, localized("\(place) holds no token", ja: "\(place) にトークンはありません"),
                hints: [localized("is it the right file?", ja: "正しいファイルか確かめてください")])
            : CommandFailure(
                .failure,
                localized(
                    "nothing in \(place) can be used here", ja: "\(place) に、ここで使えるトークンはありません"),
                hints: [localized("nothing was changed", ja: "何も変更していません")])
    }

    // MARK: Going out

    static func exported(_ count: Int) -> String {
        localized("Exported \(tokens(count)).", ja: "トークンを \(count) 個書き出しました。")
    }
    static var plainExport: String {
        localized(
            "Warning: whoever reads this has the secrets, and makes the same codes.",
            ja: "警告: これを読んだ人は秘密を手に入れ、同じコードを作れるようになります。")
    }
    static var ignoredElsewhere: String {
        localized(
            "Warning: Google Authenticator, Microsoft Authenticator and Authy take 6 digits, 30 s and "
                + "SHA1 for granted, and show wrong codes for others; Aegis and 2FAS do not.",
            ja: "警告: Google Authenticator、Microsoft Authenticator、Authy は 6 桁・30 秒・SHA1 を前提とし、"
                + "それ以外では誤ったコードを表示します。Aegis と 2FAS なら問題ありません。")
    }
    static func notPortable(_ token: Token) -> String {
        let name = printable(token.name)
        return token.state == .pending
            ? localized(
                "Left out: \(name): its enrolment is not finished.",
                ja: "対象外: \(name): 登録が終わっていません。")
            : localized(
                "Left out: \(name): it has no secret of its own.",
                ja: "対象外: \(name): トークン自身の秘密がありません。")
    }
    static func weakPassword(_ count: Int) -> String {
        localized(
            "Warning: a password of \(count) character\(count == 1 ? "" : "s") is soon guessed by "
                + "whoever has the file; take \(Passphrase.advisedCount) or more.",
            ja: "警告: \(count) 文字のパスワードは、ファイルを手に入れた人にすぐ見破られます。"
                + "\(Passphrase.advisedCount) 文字以上にしてください。")
    }

    // MARK: Backups

    static var askBackupPassword: String {
        localized("Password for the backup: ", ja: "バックアップのパスワード: ")
    }
    static func backedUp(_ count: Int, _ path: String) -> String {
        let place = printable(path, limit: 200)
        return localized(
            "\(tokens(count)) saved in \(place); `otptoken backup --verify \(shellQuoted(path))` opens and compares it.",
            ja:
                "トークン \(count) 個を \(place) に保存しました。`otptoken backup --verify \(shellQuoted(path))` で中身を確かめられます。"
        )
    }
    static func verified(_ count: Int, _ path: String) -> String {
        let place = printable(path, limit: 200)
        return localized(
            "\(place) opens, and holds the \(tokens(count)) of the store.",
            ja: "\(place) を開けました。ストアと同じトークンが \(count) 個あります。")
    }
    static func broughtBack(_ new: [Token]) -> String {
        guard !new.isEmpty else { return nothingNew }
        return localized(
            "Restored \(tokens(new.count)): \(firstNames(new)).",
            ja: "トークンを \(new.count) 個復元しました: \(firstNames(new))")
    }
    static func storeKeptAside(_ path: String) -> String {
        let path = printable(path, limit: 200)
        return localized("The former store is kept as \(path).", ja: "これまでのストアは \(path) に残しました。")
    }
    static func keptBeside(_ token: Token) -> String {
        localized(
            "Kept: \(printable(token.name)): no backup holds it.",
            ja: "残しました: \(printable(token.name)): バックアップに入らないものです。")
    }
    static var newStoreInItsPlace: String {
        localized(
            "The store did not open: a new one is in its place, without an app lock.",
            ja: "ストアを開けなかったので、新しいストアに置き換えました。アプリロックはありません。")
    }
    static func backupAmongOurs(_ path: String) -> CommandFailure {
        let place = printable(path, limit: 200)
        return CommandFailure(
            .usage,
            localized(
                "\(place) is in a folder of otptoken's own files",
                ja: "\(place) は otptoken 自身のファイルのフォルダにあります"),
            hints: [
                localized(
                    "save it elsewhere, on another disk if there is one",
                    ja: "ほかの場所、できれば別のディスクに保存してください")
            ])
    }
    static func backupUnreadable() -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "a token cannot be saved so that it could be had back: nothing was written",
                ja: "復元できない形のトークンがあるため、何も書きませんでした"),
            hints: [
                localized(
                    "name them one by one to `otptoken export` to see which it is",
                    ja: "`otptoken export` で 1 つずつ書き出すと、どれか分かります")
            ])
    }
    static func notInBackup(_ token: Token) -> String {
        localized(
            "\(printable(token.name)) is not in the backup",
            ja: "\(printable(token.name)) がバックアップにありません")
    }
    static func otherInBackup(_ token: Token) -> String {
        localized(
            "\(printable(token.name)) is another one in the backup",
            ja: "\(printable(token.name)) の内容がバックアップと違います")
    }
    static func onlyInBackup(_ token: Token) -> String {
        localized(
            "\(printable(token.name)) is in the backup alone",
            ja: "\(printable(token.name)) はバックアップにしかありません")
    }
}
