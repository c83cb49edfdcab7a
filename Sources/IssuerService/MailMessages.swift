internal import Platform

/// What the mails of an issuer say, in the language of who reads them.
struct MailMessages {
    let issuer: Issuer
    let language: Language

    private func localized(
        _ english: @autoclosure () -> String, ja japanese: @autoclosure () -> String
    ) -> String {
        Platform.localized(english(), ja: japanese(), in: language)
    }

    // MARK: A token is issued

    var issuedSubject: String {
        localized("Your one-time password token", ja: "ワンタイムパスワードトークン発行のお知らせ")
    }

    func issued(_ userID: String) -> String {
        let command = issuer.enrolmentCommand(userID)
        return localized(
            """
            \(issuer.name) has issued a one-time password token for you.

            Server:     \(issuer.url)
            Service ID: \(issuer.serviceID)
            User ID:    \(userID)

            Set it up on the computer that is to show the codes, within 7 days:

            \(command)

            You will be asked for the start password, which is not in this mail. If you did
            not expect a token, tell \(issuer.name).
            """,
            ja: """
                \(issuer.name) がワンタイムパスワードトークンを発行しました。

                サーバ: \(issuer.url)
                サービスID: \(issuer.serviceID)
                ユーザID: \(userID)

                コードを表示するパソコンで、7 日以内に次のコマンドを実行し、登録してください。

                \(command)

                利用開始パスワードを尋ねられます（このメールには書かれていません）。
                お心当たりのない場合は、\(issuer.name) にご連絡ください。
                """)
    }

    // MARK: A token ends soon

    var endsSubject: String {
        localized(
            "Your one-time password token ends soon", ja: "ワンタイムパスワードトークンの有効期限が近づいています")
    }

    /// What to do before the end, which depends on whether the person can sign in.
    func ends(_ userID: String, at time: Int64, hasAccount: Bool) -> String {
        let date = localDate(time)
        return localized(
            """
            Your one-time password token ends on \(date): no code is accepted after that.

            Service ID: \(issuer.serviceID)
            User ID:    \(userID)

            \(hasAccount
                ? "Replace it before: sign in at \(issuer.url) and enter a code of it."
                : "Ask \(issuer.name) for another one before.")
            """,
            ja: """
                お使いのワンタイムパスワードトークンの有効期限は \(date) です。期限を過ぎると、コードは使えなくなります。

                サービスID: \(issuer.serviceID)
                ユーザID: \(userID)

                \(hasAccount
                    ? "期限までに \(issuer.url) にログインし、今のコードを入力してトークンを取り替えてください。"
                    : "期限までに、\(issuer.name) に新しいトークンの発行を依頼してください。")
                """)
    }

    // MARK: Somebody signs in

    /// The same in both languages: a client knows the mails by it.
    var codeSubject: String {
        let both = [Language.english, .japanese].map {
            Platform.localized("One-time password", ja: "ワンタイムパスワード通知", in: $0)
        }
        return "[\(issuer.name)] \(both.joined(separator: " / "))"
    }

    func code(_ code: String) -> String {
        localized(
            """
            Somebody has typed your password at \(issuer.name), and is asked for this code.

            One-time password: \(code)

            It is valid for 30 minutes, once, and only in the browser that asked for it. Tell
            it to nobody. If it was not you who signed in, set another password at once:

            \(issuer.url)
            """,
            ja: """
                \(issuer.name) で、あなたのパスワードによるログインがありました。
                画面に次のワンタイムパスワードを入力してください。

                ワンタイムパスワード：\(code)

                30 分以内に一度だけ、ログインを始めたブラウザで使えます。誰にも教えないでください。
                お心当たりのない場合は、すぐにパスワードを変更してください。

                \(issuer.url)
                """)
    }
}
