internal import Platform

// What is said about accounts.
extension Messages {
    static func accountExists(_ email: String) -> CommandFailure {
        CommandFailure(
            .failure,
            localized("\(email) has an account already", ja: "\(email) にはもうアカウントがあります"),
            hints: [
                localized(
                    "`otptoken-issuer account password \(email)` gives it another password",
                    ja: "パスワードは `otptoken-issuer account password \(email)` で変更できます")
            ])
    }

    static func noSuchAccount(_ email: String) -> CommandFailure {
        CommandFailure(
            .noSuchToken,
            localized(
                "\(printable(email)) has no account", ja: "\(printable(email)) のアカウントはありません"),
            hints: [
                localized(
                    "`otptoken-issuer account list` shows them",
                    ja: "一覧は `otptoken-issuer account list` で表示します")
            ])
    }

    static var unfitPassword: (String, String) {
        (
            localized("the password cannot be used", ja: "パスワードとして使えません"),
            localized("8 to 256 characters, UTF-8", ja: "8〜256 文字で、UTF-8 で指定してください")
        )
    }

    static func badAccountAction(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "account cannot do this: \(printable(text))",
                ja: "account でできることではありません: \(printable(text))"),
            hints: [
                localized(
                    "write `account add ADDRESS`, `account list`, `account password ADDRESS`, `account mailed-code ADDRESS` or `account remove ADDRESS`",
                    ja:
                        "`account add ADDRESS`、`account list`、`account password ADDRESS`、`account mailed-code ADDRESS`、`account remove ADDRESS` のどれかを指定してください"
                )
            ])
    }

    static func codeNeeded(_ email: String, _ isNeeded: Bool) -> String {
        isNeeded
            ? localized(
                "\(email) is mailed a code at each sign-in; whoever was signed in no longer is",
                ja: "\(email) のログインのたびに、コードをメールで送ります。ログイン中だった場合はログアウトされます")
            : localized(
                "\(email) signs in by password alone; whoever was signed in no longer is",
                ja: "\(email) はパスワードだけでログインできます。ログイン中だった場合はログアウトされます")
    }

    static func codeNotSent(_ email: String) -> CommandFailure {
        CommandFailure(
            .unreachable,
            localized(
                "the code for \(printable(email)) was not mailed",
                ja: "\(printable(email)) にコードのメールを送れませんでした"),
            hints: [
                localized(
                    "the next sign-in mails another one", ja: "もう一度ログインすると、新しいコードを送ります")
            ])
    }

    static var passwordLabel: String { localized("password: ", ja: "パスワード: ") }

    static func accountAdded(_ email: String) -> String {
        localized("\(email) may sign in", ja: "\(email) でログインできます")
    }

    static func passwordSet(_ email: String) -> String {
        localized(
            "\(email) has another password; whoever was signed in no longer is",
            ja: "\(email) のパスワードを変更しました。ログイン中だった場合はログアウトされます")
    }

    /// A removed account, and the token that stays, if one does.
    static func accountRemoved(_ email: String, user: String?) -> String {
        guard let user else {
            return localized("The account of \(email) is gone.", ja: "\(email) のアカウントを削除しました。")
        }
        return localized(
            "The account of \(email) is gone. Its token stays: `otptoken-issuer revoke \(user)` ends it.",
            ja: "\(email) のアカウントを削除しました。トークンは残っています。`otptoken-issuer revoke \(user)` で失効させます。")
    }

    /// What to do about a password that nobody has seen.
    static func passwordUnseen(_ email: String) -> String {
        let command = "otptoken-issuer account password \(shellQuoted(email))"
        return localized(
            "nobody knows the password: `\(command)` makes another one",
            ja: "パスワードは失われました。`\(command)` で作り直してください")
    }

    static var accountHeader: [String] {
        [
            localized("ADDRESS", ja: "メールアドレス"), localized("KIND", ja: "種別"),
            localized("CREATED", ja: "作成日"), localized("USER ID", ja: "ユーザID"),
            localized("MAILED CODE", ja: "メール認証"),
        ]
    }

    /// Whether a mailed code is asked for, in the table.
    static func needsCode(_ account: Account) -> String {
        account.needsCode ? localized("yes", ja: "あり") : "-"
    }

    static func kind(_ account: Account) -> String {
        account.isAdministrator
            ? localized("administrator", ja: "管理者") : localized("person", ja: "利用者")
    }
}
