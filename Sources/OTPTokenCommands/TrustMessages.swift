internal import MailedCodes
internal import Platform
internal import TokenStore

/// What is said about devices on which a service skips its code.
extension Messages {
    static var trustHeader: [String] {
        [
            localized("NAME", ja: "名前"), localized("DEVICE", ja: "端末"),
            localized("UNTIL", ja: "期限"), localized("LEFT", ja: "残り"),
        ]
    }

    static func trustLeft(_ trust: Trust, at time: Int64) -> String {
        let days = trust.days(at: time)
        if trust.state(at: time) == .ended { return localized("ended", ja: "期限切れ") }
        return days == 1
            ? localized("1 day", ja: "1 日") : localized("\(days) days", ja: "\(days) 日")
    }

    private static func device(_ trust: Trust) -> String { printable(trust.device) }

    static func trustEndsSoon(_ token: Token, _ trust: Trust, at time: Int64) -> String {
        let (name, until) = (printable(token.name), localDate(trust.until))
        let left = trustLeft(trust, at: time)
        return localized(
            "\(name) asks for a code again on \(device(trust)) from \(until) on, \(left) left",
            ja: "\(device(trust)) では \(until) から \(name) のコードがまた必要になります（残り \(left)）")
    }

    // MARK: In the table of `list`

    static var skipHeader: String { localized("CODE SKIPPED", ja: "コード省略") }

    static func skips(_ trusts: [Trust], at time: Int64) -> String {
        trusts.map { "\(device($0)): \(trustLeft($0, at: time))" }.joined(separator: "; ")
    }

    static func trusted(_ token: Token, _ trust: Trust) -> String {
        let (name, until) = (printable(token.name), localDate(trust.until))
        return localized(
            "Noted: \(name) skips the code on \(device(trust)) until \(until), unless its cookie is deleted.",
            ja: "\(device(trust)) での \(name) のコードの省略を \(until) まで記録しました。Cookie を消すと、その前に終わります。")
    }

    static func trustCleared(_ token: Token, _ count: Int) -> String {
        let name = printable(token.name)
        switch count {
        case 0: return localized("no device of \(name) was noted", ja: "\(name) の端末は記録されていません")
        case 1: return localized("1 device of \(name) is forgotten", ja: "\(name) の端末 1 件の記録を消しました")
        default:
            return localized(
                "\(count) devices of \(name) are forgotten", ja: "\(name) の端末 \(count) 件の記録を消しました")
        }
    }

    static func askOwnDevice(_ device: String) -> String {
        localized(
            "Is \(printable(device)) yours alone? Whoever else uses it needs no code there. [y/N] ",
            ja: "\(printable(device)) はあなた専用の端末ですか。共用だと、ほかの人もコードなしでログインできます。 [y/N] ")
    }

    static func sharedDevice(_ token: Token) -> CommandFailure {
        CommandFailure(
            .failure, localized("nothing was noted", ja: "記録しませんでした"),
            hints: [
                localized(
                    "the code is not to be skipped on a shared device: end that in the settings of the service",
                    ja: "共用の端末ではコードを省略しないでください。サービスの設定画面で入力を再開できます")
            ])
    }

    static func neverSkips(_ token: Token) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "\(printable(token.name)) always asks for its code",
                ja: "\(printable(token.name)) ではコードを省略できません"),
            hints: [
                localized(
                    "if it does not: `otptoken init --mailed --skip-days DAYS --force` with its other options",
                    ja:
                        "省略できるときは、ほかのオプションとともに `otptoken init --mailed --skip-days DAYS --force` で設定し直してください"
                )
            ])
    }

    private static func usage(_ message: String, _ hint: String) -> CommandFailure {
        CommandFailure(.usage, message, hints: [hint])
    }

    static func missingDevice() -> CommandFailure {
        usage(
            localized("--device TEXT is needed", ja: "--device TEXT が必要です"),
            localized(
                "call device and browser by a name: --device \"Firefox, laptop\"",
                ja: "端末とブラウザの呼び名を付けてください。例: --device \"Firefox, ノート PC\""))
    }

    static func badDevice(_ text: String) -> CommandFailure {
        usage(
            localized(
                "--device cannot be that: \(printable(text))",
                ja: "--device に使えない内容です: \(printable(text))"),
            localized(
                "1 to 64 characters in one line, no blank at either end",
                ja: "前後に空白のない 1〜64 文字で、1 行で指定してください"))
    }

    static func goesWithAction(_ option: String, _ action: String) -> CommandFailure {
        usage(
            localized(
                "--\(option) goes with `trust \(action)`",
                ja: "--\(option) は `trust \(action)` と一緒に使います"),
            localized("leave it out", ja: "外してください"))
    }

    static func unknownTrustAction(_ action: String) -> CommandFailure {
        usage(
            localized(
                "there is no `trust \(printable(action))`",
                ja: "`trust \(printable(action))` はありません"),
            localized("it is add, list, due or clear", ja: "add、list、due、clear のどれかです"))
    }

    static func missingTrustName(_ action: String) -> CommandFailure {
        usage(
            localized("`trust \(action)` needs a NAME", ja: "`trust \(action)` には NAME が必要です"),
            localized("`otptoken list` shows the names", ja: "名前の一覧は `otptoken list` で表示します"))
    }

    static func notMailed(_ token: Token) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "the codes of \(printable(token.name)) are not mailed",
                ja: "\(printable(token.name)) はメールでコードが届くトークンではありません"),
            hints: [
                localized(
                    "trust is for what `otptoken init --mailed` has set up",
                    ja: "trust は `otptoken init --mailed` で設定したトークンに使います")
            ])
    }
}
