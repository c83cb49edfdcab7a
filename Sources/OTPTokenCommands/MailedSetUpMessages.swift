internal import Platform
internal import TokenStore

/// What `init --mailed` says.
extension Messages {
    static func setUp(_ token: Token) -> String {
        let name = printable(token.name)
        let command = "otptoken show --wait \(shellQuoted(token.name))"
        return localized(
            "\(name) is set up. Log in at the service, then `\(command)` shows the code that it mails.",
            ja: "\(name) を設定しました。サービスにログインしてから `\(command)` とすると、メールで届くコードを表示します。")
    }

    private static func usage(_ message: String, _ hint: String) -> CommandFailure {
        CommandFailure(.usage, message, hints: [hint])
    }

    static var missingMailSource: CommandFailure {
        usage(
            localized(
                "where does the mail arrive? one of --maildir, --mbox and --command is needed",
                ja: "メールの届く場所を --maildir、--mbox、--command のどれかで指定してください"),
            localized("such as --maildir ~/Maildir", ja: "--maildir ~/Maildir のように指定します"))
    }

    static func missingMailOption(_ option: String, _ value: String) -> CommandFailure {
        usage(
            localized("--\(option) \(value) is needed", ja: "--\(option) \(value) が必要です"),
            localized(
                "or name a known service: --profile hellowork",
                ja: "知られているサービスなら --profile hellowork のように指定できます"))
    }

    static func badMailAddress(_ option: String, _ text: String) -> CommandFailure {
        usage(
            localized(
                "--\(option) is no mail address: \(printable(text))",
                ja: "--\(option) がメールアドレスではありません: \(printable(text))"),
            localized("write name@host.example alone", ja: "name@host.example の形で指定してください"))
    }

    static func badSubject(_ text: String) -> CommandFailure {
        usage(
            localized(
                "--subject cannot be that: \(printable(text))",
                ja: "--subject に使えない内容です: \(printable(text))"),
            localized(
                "write what the subject of every such mail holds", ja: "届くメールの件名に必ず入る語句を指定してください"))
    }

    static func badMailSource(_ option: String, _ text: String) -> CommandFailure {
        usage(
            localized(
                "--\(option) cannot be that: \(printable(text))",
                ja: "--\(option) に使えない内容です: \(printable(text))"),
            localized("name what is there, in one line", ja: "実際にあるものを 1 行で指定してください"))
    }

    static func unknownProfile(_ name: String, known: [String]) -> CommandFailure {
        usage(
            localized(
                "no service is known as \(printable(name))",
                ja: "\(printable(name)) というサービスは登録されていません"),
            localized(
                "known are: \(known.joined(separator: ", ")); else give --from and --subject",
                ja: "使えるのは \(known.joined(separator: "、")) です。ほかのサービスは --from と --subject で指定してください"
            ))
    }

    static func badDigits(_ text: String) -> CommandFailure {
        usage(
            localized(
                "--digits takes 6, 7 or 8, not \(printable(text))",
                ja: "--digits には 6、7、8 のどれかを指定してください: \(printable(text))"),
            localized("count them in a mail", ja: "届いたメールで数えてください"))
    }

    static func badValidity(_ text: String) -> CommandFailure {
        usage(
            localized(
                "--valid takes a time up to 1h, not \(printable(text))",
                ja: "--valid には 1h までの長さを指定してください: \(printable(text))"),
            localized("write 90s, 30m or 1h", ja: "90s、30m、1h のように書きます"))
    }

    static func badSkipDays(_ text: String) -> CommandFailure {
        usage(
            localized(
                "--skip-days takes days from 0 to 3650, not \(printable(text))",
                ja: "--skip-days には 0 から 3650 までの日数を指定してください: \(printable(text))"),
            localized("0 when the service always asks", ja: "コードを省略できないサービスでは 0 です"))
    }

    static func sameMails(_ other: Token) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "the same mails bring the codes of \(printable(other.name))",
                ja: "同じメールで \(printable(other.name)) のコードが届きます"),
            hints: [
                localized(
                    "tell several accounts apart by --to ADDRESS, each with its own",
                    ja: "アカウントが複数あるときは、それぞれ --to ADDRESS であて先を指定して区別してください")
            ])
    }
}
