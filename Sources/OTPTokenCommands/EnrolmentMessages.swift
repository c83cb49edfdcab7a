internal import Enrolment
internal import OATH
internal import Platform
internal import TokenStore

/// What is said while a token is fetched.
extension Messages {
    /// In front of the questions.
    static var introduction: String {
        localized(
            """
            The issuance mail has the issuer's address, the service ID and the user ID;
            the start password is the one that was chosen then. Ctrl-C gives up.
            """,
            ja: """
                発行元のアドレス、サービスID、ユーザIDは、トークン発行のメールにあります。
                利用開始パスワードは、発行時に決めたか渡されたものです。Ctrl-C で中止できます。
                """)
    }

    static var askServer: String {
        localized("Issuer's address (https://…): ", ja: "発行元のアドレス（https://…）: ")
    }
    static var askServiceID: String { localized("Service ID (サービスID): ", ja: "サービスID: ") }
    static var askUserID: String { localized("User ID (ユーザID): ", ja: "ユーザID: ") }
    static var askStartPassword: String {
        localized("Start password (利用開始パスワード), 4-8 digits: ", ja: "利用開始パスワード（4〜8 桁の数字）: ")
    }

    // MARK: Bad input

    static func badServer(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "the issuer's address is no URL: \(printable(text))",
                ja: "発行元のアドレスが URL ではありません: \(printable(text))"),
            hints: [
                localized(
                    "write it as the mail has it: https://token.example.com",
                    ja: "メールのとおりに入力してください（例: https://token.example.com）")
            ])
    }

    static func plainHTTP(_ server: ServerURL) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "\(server.text) is not protected by TLS", ja: "\(server.text) は TLS で保護されていません"),
            hints: [
                localized(
                    "use https; --allow-http takes it all the same",
                    ja: "https を使ってください。--allow-http を付けると、このままでも接続します")
            ])
    }

    static func secretsOverHTTP(_ server: ServerURL) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "\(server.text) is not protected by TLS", ja: "\(server.text) は TLS で保護されていません"),
            hints: [
                localized(
                    "use https: there the start password and the seed travel, and --allow-http changes nothing",
                    ja: "https を使ってください。利用開始パスワードとシードを送受信するので、--allow-http を付けても接続しません")
            ])
    }

    static func badBackend(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "there is no backend \(printable(text))", ja: "発行元の種類ではありません: \(printable(text))"),
            hints: [
                localized(
                    "--backend takes otptoken or privacyidea",
                    ja: "--backend には otptoken か privacyidea を指定してください")
            ])
    }

    static func badID(_ option: String, _ text: String) -> CommandFailure {
        let text = printable(text)
        return CommandFailure(
            .usage,
            option == "service-id"
                ? localized("this is no service ID: \(text)", ja: "サービスIDとして使えません: \(text)")
                : localized("this is no user ID: \(text)", ja: "ユーザIDとして使えません: \(text)"),
            hints: [
                localized(
                    "an ID has 1 to 64 of the characters A-Z a-z 0-9 . _ @ -",
                    ja: "ID は 1〜64 文字で、A-Z a-z 0-9 . _ @ - が使えます")
            ])
    }

    static func badName(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "this cannot be a token's name: \(printable(text))",
                ja: "トークンの名前として使えません: \(printable(text))"),
            hints: [
                localized(
                    "a name has 1 to 64 characters, no control characters, no blank at its ends",
                    ja: "名前は 1〜64 文字です。制御文字と、前後の空白は使えません")
            ])
    }

    static func nameTaken(_ name: String) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "there is a token called \(printable(name)) already",
                ja: "\(printable(name)) という名前のトークンはもうあります"),
            hints: [localized("choose another --name", ja: "--name で別の名前を付けてください")])
    }

    static func missingOption(_ option: String, _ value: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "--\(option) is missing, and there is no terminal to ask at",
                ja: "--\(option) がなく、入力する端末もありません"),
            hints: [
                localized("write --\(option) \(value)", ja: "--\(option) \(value) のように指定してください")
            ])
    }

    static func enrolledAlready(_ token: Token) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "\(printable(token.userID)) is enrolled here already, as \(printable(token.name))",
                ja: "\(printable(token.userID)) は、もう \(printable(token.name)) として登録されています"),
            hints: [
                localized(
                    "--force enrols again in its place, once the issuer has reset it",
                    ja: "発行元でリセットしてもらえば、--force で登録し直せます")
            ])
    }

    static func enrolledUnseen(_ token: Token, _ failure: CommandFailure) -> CommandFailure {
        CommandFailure(
            failure.status, failure.message,
            hints: [
                localized(
                    "the token is enrolled: `otptoken show \(shellQuoted(token.name))` prints the code",
                    ja: "トークンは登録済みです。コードは `otptoken show \(shellQuoted(token.name))` で表示します")
            ])
    }

    // MARK: Going well

    static func asking(_ server: ServerURL) -> String {
        localized(
            "Enrolling at \(printable(server.authority))…",
            ja: "\(printable(server.authority)) に登録しています…")
    }

    static func resuming(_ token: Token) -> String {
        localized(
            "Taking up the enrolment of \(printable(token.userID)) where it was.",
            ja: "\(printable(token.userID)) の登録を続きから再開します。")
    }

    static var startingAnew: String {
        localized(
            "The earlier attempt can no longer be finished; starting anew.",
            ja: "前回の登録はもう続けられないので、最初からやり直します。")
    }

    static func enrolled(_ token: Token) -> String {
        let name = printable(token.name)
        let (digits, period) = (token.totp.digits, token.totp.period)
        let end = token.expiresAt.map {
            localized(" It ends on \(localDate($0)).", ja: "有効期限は \(localDate($0)) です。")
        }
        return localized(
            "Enrolled as \(name): \(digits) digits, a new code every \(period) s.",
            ja: "\(name) として登録しました: \(digits) 桁、\(period) 秒ごとに新しいコードになります。") + (end ?? "")
    }

    /// Behind the live view that follows.
    static var fromNowOn: String {
        localized(
            "From now on `otptoken show` prints the code, and `otptoken watch` shows it live.",
            ja: "今後は `otptoken show` でコードを表示できます。`otptoken watch` なら表示し続けます。")
    }

    static func confirm(at url: String?) -> String {
        guard let url else {
            return localized(
                "Now enter this code on the page where the token was issued (認証確認):",
                ja: "認証確認: トークンを発行したページで、このコードを入力してください。")
        }
        let page = printable(url, limit: 200)
        return localized(
            "Now enter this code at \(page):", ja: "認証確認: \(page) で、このコードを入力してください。")
    }
}
