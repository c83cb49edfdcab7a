internal import Platform
internal import TokenStore

/// What `doctor` says.
extension Messages {
    static func folder(_ path: String) -> String {
        let path = printable(path, limit: 200)
        return localized("folder \(path)", ja: "フォルダ \(path)")
    }
    static func deviceKey(_ path: String) -> String {
        let path = printable(path, limit: 200)
        return localized("device key \(path)", ja: "デバイス鍵 \(path)")
    }
    static func config(_ path: String) -> String {
        let path = printable(path, limit: 200)
        return localized("config \(path)", ja: "設定ファイル \(path)")
    }
    static func storeAt(_ path: String) -> String {
        let path = printable(path, limit: 200)
        return localized("store \(path)", ja: "ストア \(path)")
    }
    static func backupAt(_ path: String) -> String {
        let path = printable(path, limit: 200)
        return localized("backup \(path)", ja: "バックアップ \(path)")
    }
    static func missing(_ place: String) -> String {
        localized("\(place): there is none yet", ja: "\(place): まだありません")
    }

    static func holds(_ place: String, _ tokens: [Token]) -> String {
        "\(place): \(names(tokens))"
    }

    private static func names(_ tokens: [Token]) -> String {
        guard !tokens.isEmpty else { return localized("no tokens", ja: "トークンなし") }
        let shown = tokens.prefix(20).map { token in
            let name = printable(token.name)
            return token.state == .pending
                ? localized("\(name) (unfinished)", ja: "\(name)（登録途中）") : name
        }
        let hidden = tokens.count - shown.count
        let rest = hidden > 0 ? [more(hidden)] : []
        return localized(
            "\(tokens.count) token\(tokens.count == 1 ? "" : "s"): "
                + (shown + rest).joined(separator: ", "),
            ja: "トークン \(tokens.count) 件: " + (shown + rest).joined(separator: "、"))
    }

    /// The word in front of a line.
    static func verdict(_ verdict: Finding.Verdict) -> String {
        switch verdict {
        case .ok: localized("ok", ja: "正常")
        case .note: localized("note", ja: "情報")
        case .unknown: localized("unknown", ja: "不明")
        case .problem: localized("problem", ja: "問題")
        }
    }

    static var noAppLock: String {
        localized(
            "app lock: none; whoever can use this account can see the codes",
            ja: "アプリロック: なし。このアカウントを使える人は、だれでもコードを見られます")
    }
    static var setsLock: String {
        localized("`otptoken passphrase set` sets one", ja: "`otptoken passphrase set` で設定できます")
    }
    static func appLock(hasCommand: Bool, isOpen: Bool) -> String {
        let means = hasCommand ? "passphrase.command" : localized("passphrase", ja: "パスフレーズ")
        return isOpen
            ? localized(
                "app lock: \(means), unlocked at the moment", ja: "アプリロック: \(means)、いまは解除中")
            : localized("app lock: \(means)", ja: "アプリロック: \(means)")
    }

    // MARK: Outside

    static func askingIssuers(_ servers: [ServerURL]) -> String {
        let (host, more) = (printable(servers[0].authority), servers.count - 1)
        return more == 0
            ? localized("Asking \(host)…", ja: "\(host) に尋ねています…")
            : localized("Asking \(host) and \(more) more…", ja: "\(host) ほか \(more) 件に尋ねています…")
    }

    private static func issuer(_ server: ServerURL) -> String {
        localized("issuer \(server.text)", ja: "発行元 \(server.text)")
    }

    static func issuerAnswers(_ server: ServerURL) -> String {
        server.isSecure
            ? localized(
                "\(issuer(server)): it answers, and its certificate is valid",
                ja: "\(issuer(server)): 応答があり、証明書も有効です")
            : localized("\(issuer(server)): it answers", ja: "\(issuer(server)): 応答があります")
    }

    static func notAsked(_ server: ServerURL) -> String {
        localized(
            "\(issuer(server)): not asked (--offline)", ja: "\(issuer(server)): 尋ねていません（--offline）")
    }

    static func notProtected(_ server: ServerURL) -> String {
        localized(
            "\(issuer(server)): not asked, since it is not protected by TLS",
            ja: "\(issuer(server)): TLS で保護されていないので、尋ねていません")
    }

    static var issuersOffline: String {
        localized("issuers: not asked (--offline)", ja: "発行元: 尋ねていません（--offline）")
    }

    static var issuersUnknown: String {
        localized(
            "issuers and ends of tokens: the store does not open",
            ja: "発行元とトークンの有効期限: ストアを開けないので分かりません")
    }

    static var opensStore: String {
        localized(
            "once it opens, run `otptoken doctor` again",
            ja: "開けるようになったら、もう一度 `otptoken doctor` を実行してください")
    }

    /// What is wrong with an issuer, by its whole address: there can be two on one host.
    static func ofIssuer(_ server: ServerURL, _ failure: CommandFailure) -> CommandFailure {
        CommandFailure(
            failure.status, "\(issuer(server)): \(failure.message)",
            hints: failure.hints + [
                localized(
                    "codes need no issuer: they are as good as ever",
                    ja: "発行元に接続できなくても、コードはそのまま使えます")
            ])
    }

    static var clockOffline: String {
        localized("clock: not checked (--offline)", ja: "時計: 調べていません（--offline）")
    }

    static var clockNever: String {
        localized(
            "clock: not checked (clock.check = never)", ja: "時計: 調べていません（clock.check = never）")
    }

    static var clockUnclear: String {
        localized(
            "clock: not checked, since the config does not say who may be asked",
            ja: "時計: だれに尋ねてよいか設定ファイルから読み取れないので、調べていません")
    }

    static var mendsConfig: String {
        localized("mend the config first", ja: "まず設定ファイルを直してください")
    }

    static var clockTells: String {
        localized("`otptoken clock` asks time servers", ja: "`otptoken clock` で時刻サーバに尋ねます")
    }

    // MARK: The backup

    private static var restores: String {
        localized(
            "`otptoken doctor --restore-backup` puts the backup in its place, and keeps the damaged store beside it",
            ja: "`otptoken doctor --restore-backup` で、壊れたストアを残したまま、バックアップに置き換えられます")
    }

    static func restorable(_ failure: CommandFailure) -> CommandFailure {
        CommandFailure(failure.status, failure.message, hints: [restores])
    }

    static func replaceable(_ failure: CommandFailure) -> CommandFailure {
        CommandFailure(
            failure.status, failure.message,
            hints: [
                localized("the next change of the store replaces it", ja: "次にストアを変更したときに置き換わります")
            ])
    }

    static func beyondRepair(
        _ failure: CommandFailure, _ locations: Locations
    ) -> CommandFailure {
        let hints = failure.hints.filter { $0 != backupHint(locations) }
        return CommandFailure(
            failure.status, failure.message,
            hints: hints.isEmpty
                ? [
                    localized(
                        "put a copy of your own in its place, or move it away and enrol anew",
                        ja: "手元のコピーに置き換えるか、別の場所に移して登録し直してください")
                ] : hints)
    }

    static func storeGone(_ path: String) -> CommandFailure {
        CommandFailure(
            .storeDamaged,
            localized(
                "the store \(printable(path, limit: 200)) is gone, its backup is there",
                ja: "ストア \(printable(path, limit: 200)) がなくなっていますが、バックアップはあります"),
            hints: [
                localized(
                    "`otptoken doctor --restore-backup` puts the backup in its place",
                    ja: "`otptoken doctor --restore-backup` で、バックアップから戻せます")
            ])
    }

    static func somethingWrong(
        _ status: ExitStatus, problems: Int, unknown: Int
    ) -> CommandFailure {
        let found = [
            problems > 0
                ? localized(
                    "\(problems) problem\(problems == 1 ? "" : "s")", ja: "問題が \(problems) 件")
                : nil,
            unknown > 0
                ? localized(
                    "\(unknown) thing\(unknown == 1 ? "" : "s") that could not be looked at",
                    ja: "調べられなかったものが \(unknown) 件") : nil,
        ].compactMap { $0 }.joined(separator: localized(" and ", ja: "、"))
        return CommandFailure(
            status, localized("doctor found \(found)", ja: "\(found)あります"),
            hints: [
                localized(
                    "each line that does not begin with ok or note tells what to do",
                    ja: "「正常」と「情報」以外の行に、対処方法があります")
            ])
    }

    static func notDamaged(_ tokens: [Token]) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "the store is not damaged, and nothing was changed: it holds \(names(tokens))",
                ja: "ストアは壊れていないので、何も変更していません（\(names(tokens))）"),
            hints: [
                localized(
                    "`otptoken doctor` tells what the backup holds",
                    ja: "バックアップの内容は `otptoken doctor` で分かります")
            ])
    }

    static func storeChangedMeanwhile(_ path: String) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "somebody changed \(printable(path, limit: 200)) meanwhile: nothing was restored",
                ja: "その間に \(printable(path, limit: 200)) が変更されました。何も戻していません"),
            hints: [
                localized("run `otptoken doctor` again", ja: "もう一度 `otptoken doctor` を実行してください")
            ])
    }

    static func noBackup(_ path: String) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "there is no backup at \(printable(path, limit: 200))",
                ja: "\(printable(path, limit: 200)) にバックアップがありません"),
            hints: [
                localized(
                    "`otptoken init` enrols anew, once the issuer has issued a new token",
                    ja: "発行元に新しいトークンを発行してもらえば、`otptoken init` で登録し直せます")
            ])
    }

    static func restored(_ tokens: [Token]) -> String {
        localized(
            "The backup is the store again: \(names(tokens)). What the last change did is missing.",
            ja: "バックアップからストアを戻しました（\(names(tokens))）。最後の変更は失われています。")
    }

    static func backupKeptAside(_ path: String) -> String {
        localized(
            "The backup of a former store is kept as \(printable(path, limit: 200)).",
            ja: "以前のストアのバックアップは \(printable(path, limit: 200)) に残しました。")
    }

    static func aside(_ path: String) -> String {
        localized(
            "former store \(printable(path, limit: 200)): kept until you delete it",
            ja: "以前のストア \(printable(path, limit: 200)): 削除するまで残ります")
    }

    static func keptAside(_ path: String) -> String {
        localized(
            "The store that was in its place is kept as \(printable(path, limit: 200)).",
            ja: "そこにあったストアは \(printable(path, limit: 200)) に残しました。")
    }
}
