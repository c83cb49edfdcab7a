internal import OATH
internal import Platform
internal import TokenStore

/// What is said about tokens and their codes.
extension Messages {
    // MARK: Tokens

    static func noToken(_ locations: Locations? = nil) -> CommandFailure {
        let hasBackup = locations.map { !isReadable($0.store) && isReadable($0.backup) } ?? false
        return CommandFailure(
            .noSuchToken, localized("there is no token yet", ja: "トークンがまだありません"),
            hints: [localized("`otptoken init` enrols one", ja: "`otptoken init` で登録します")]
                + (hasBackup
                    ? [
                        localized(
                            "the store is gone, but its backup is there: `otptoken doctor`",
                            ja: "ストアはありませんが、バックアップがあります: `otptoken doctor`")
                    ] : []))
    }

    static func onlyPending(_ token: Token) -> CommandFailure {
        CommandFailure(.noSuchToken, unfinished(token), hints: [resumeHint(token)])
    }

    static func unfinished(_ token: Token) -> String {
        localized(
            "the enrolment of \(printable(token.userID)) is not finished",
            ja: "\(printable(token.userID)) の登録が終わっていません")
    }

    static func resumeHint(_ token: Token) -> String {
        let command =
            "otptoken init --server \(shellQuoted(token.server)) --service-id \(token.serviceID)"
            + " --user-id \(token.userID)"
        return localized("`\(command)` takes it up where it was", ja: "`\(command)` で続きから再開できます")
    }

    static func noSuchToken(_ name: String, nearest: String?) -> CommandFailure {
        CommandFailure(
            .noSuchToken,
            localized(
                "there is no token called \(printable(name))",
                ja: "\(printable(name)) という名前のトークンはありません"),
            hints: [
                nearest.map { didYouMean(shellQuoted($0)) }
                    ?? localized(
                        "`otptoken list` shows the names", ja: "名前の一覧は `otptoken list` で表示します")
            ])
    }

    static func badTime(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "--at is no moment: \(printable(text))", ja: "--at の日時が正しくありません: \(printable(text))"
            ),
            hints: [
                localized(
                    "write unix seconds (1767225600) or RFC 3339 (2026-01-01T00:00:00Z)",
                    ja: "UNIX 秒（1767225600）か RFC 3339（2026-01-01T09:00:00+09:00）で指定してください")
            ])
    }

    static func badCount(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "--count takes a number from 1 on, not \(printable(text))",
                ja: "--count には 1 以上の数を指定してください: \(printable(text))"),
            hints: [localized("leave it out to go on without end", ja: "省くと終わらずに続けます")])
    }

    static func badRemaining(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "--min-remaining takes whole seconds, not \(printable(text))",
                ja: "--min-remaining には整数の秒数を指定してください: \(printable(text))"),
            hints: [localized("10 are enough to type a code", ja: "コードを打ち込むには 10 秒あれば足ります")])
    }

    static func shorterPeriod(_ token: Token, _ seconds: Int64) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "no code of \(printable(token.name)) lasts for \(seconds) s",
                ja: "\(printable(token.name)) のコードは \(seconds) 秒もちません"),
            hints: [
                localized(
                    "they last for \(token.totp.period) s", ja: "有効なのは \(token.totp.period) 秒間です")
            ])
    }

    static func excludes(_ option: String, _ other: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "--\(option) and --\(other) exclude each other",
                ja: "--\(option) と --\(other) は同時に指定できません"),
            hints: [leaveOneOut])
    }

    static func waitingForCode(_ seconds: Int64) -> String {
        localized("Waiting \(seconds) s for the next code…", ja: "次のコードまで \(seconds) 秒待ちます…")
    }

    static func secondsLeft(_ seconds: Int64) -> String {
        localized("\(seconds) s left", ja: "残り \(seconds) 秒")
    }

    static func beginsIn(_ seconds: Int64) -> String {
        localized("valid in \(seconds) s", ja: "\(seconds) 秒後から有効")
    }

    static func nameWithAll() -> CommandFailure {
        CommandFailure(
            .usage,
            localized("--all and a NAME exclude each other", ja: "--all と NAME は同時に指定できません"),
            hints: [leaveOneOut])
    }

    static var leaveOneOut: String { localized("leave one of them out", ja: "どちらかを外してください") }

    // MARK: For scripts and for the screen

    static var listHeader: [String] {
        [
            localized("NAME", ja: "名前"), localized("ISSUER", ja: "発行元"),
            localized("SERVICE ID", ja: "サービスID"), localized("USER ID", ja: "ユーザID"),
            localized("DIGITS", ja: "桁数"), localized("PERIOD", ja: "周期"),
            localized("EXPIRES", ja: "有効期限"),
        ]
    }
    static var importHeader: [String] {
        [
            localized("NAME", ja: "名前"), localized("ISSUER", ja: "発行元"),
            localized("USER ID", ja: "ユーザID"), localized("DIGITS", ja: "桁数"),
            localized("PERIOD", ja: "周期"), localized("ALGORITHM", ja: "アルゴリズム"),
        ]
    }
    static var never: String { localized("never", ja: "なし") }
}
