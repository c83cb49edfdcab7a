// What is said about the code that is mailed at the sign-in; the labels are those of the job service's pages.
extension PageMessages {
    // MARK: Typing it

    var codeTitle: String { localized("Enter the one-time password", ja: "ワンタイムパスワード入力") }
    func codeMailed(to email: String) -> String {
        localized(
            "A mail with a code has gone to \(email).",
            ja: "\(email) に、ワンタイムパスワードをメールでお送りしました。")
    }
    var mailedCodeHint: String {
        localized(
            "The 6 digits of the mail; they hold for 30 minutes.",
            ja: "メールに記載の半角数字 6 桁（有効期間は 30 分）")
    }
    var mailedCodeWrong: String {
        localized("is not the code of the newest mail", ja: "最新のメールのワンタイムパスワードと一致しません")
    }
    var codeOver: String {
        localized(
            "This code does not hold any more. Sign in again: another one is mailed.",
            ja: "このワンタイムパスワードは無効になりました。もう一度ログインすると、新しいものをお送りします。")
    }
    var codeWrongTooOften: String {
        localized(
            "Ten wrong codes. Sign in again: another one is mailed.",
            ja: "ワンタイムパスワードを 10 回間違えました。もう一度ログインすると、新しいものをお送りします。")
    }
    func tooManyCodes(_ seconds: Int64) -> String {
        localized(
            "Too many codes were mailed that nobody typed. Try again in \(seconds) s.",
            ja: "使われなかったワンタイムパスワードが多すぎるため、\(seconds) 秒後にもう一度お試しください。")
    }
    var noCodeMail: String {
        localized(
            "No mail? Look into the spam folder, or have another one sent:",
            ja: "メールが届かない場合は、迷惑メールのフォルダを確認してください。ログインし直すと、新しいものをお送りします。")
    }
    var signInAgain: String { localized("Sign in again", ja: "もう一度ログインする") }

    // MARK: Skipping it

    var skipBox: String {
        localized(
            "Skip the code in this browser on this device from now on",
            ja: "次回以降、同じ端末・ブラウザでログインする際にワンタイムパスワードを省略する")
    }
    var skipBoxHint: String {
        localized(
            "For 90 days. Not on a device that you share with others.",
            ja: "90 日間有効です。共用の端末では選択しないでください。")
    }
    var confirmSkipTitle: String {
        localized("Skip the code here?", ja: "ワンタイムパスワード省略設定確認")
    }
    var confirmSkipText: String {
        localized(
            "For 90 days no code is mailed when you sign in with this browser on this device: the password is enough. A cookie keeps that; whoever else uses this device could sign in as you with your password. You can end it at any time, for all devices at once.",
            ja:
                "この端末・ブラウザでは、90 日間、パスワードだけでログインできるようになります。この設定は Cookie に保存されます。ほかの人と共用する端末では設定しないでください。設定は、すべての端末についてまとめて、いつでも解除できます。"
        )
    }
    var ok: String { localized("Skip it here", ja: "OK（省略する）") }
    var doNotSkip: String { localized("Ask me each time", ja: "省略しない") }

    // MARK: Settings

    var skipsLink: String { localized("Mailed code", ja: "メール認証") }
    var skips: String { localized("Mailed code", ja: "ワンタイムパスワードの省略") }
    var skipsText: String {
        localized(
            "A code is mailed to you whenever you sign in, except with browsers in which you have it skipped.",
            ja: "ログインのたびに、ワンタイムパスワードをメールでお送りします。省略を設定した端末・ブラウザでは、入力は不要です。")
    }
    var skipsAnywhere: String {
        localized("Skipped on any device", ja: "省略を設定した端末")
    }
    var yes: String { localized("yes", ja: "あり") }
    var no: String { localized("no", ja: "なし") }
    var resume: String { localized("Ask for the code everywhere again", ja: "ワンタイムパスワードの入力を再開する") }
    var inTerminal: String { localized("The code in a terminal", ja: "ターミナルでコードを受け取る") }
    var inTerminalText: String {
        localized(
            "On a machine where your mail arrives, this sets up a token that shows the code of the newest mail. Put your own Maildir in the place of this one.",
            ja: "メールが届くパソコンで次のコマンドを実行すると、最新のメールのコードを表示できます。~/Maildir は、お使いの Maildir に置き換えてください。")
    }
}
