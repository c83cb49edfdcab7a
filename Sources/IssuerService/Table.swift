package import Platform

extension ProgramTable {
    private static let user = OperandEntry("USER", required: true)

    /// Everything that `otptoken-issuer` understands.
    package static let issuer = ProgramTable(
        name: "otptoken-issuer", version: releaseVersion,
        summary: "issues tokens, and verifies their codes", ja: "トークンを発行し、そのコードを検証します",
        globals: [
            .home,
            .help,
            .version,
        ],
        commands: [
            CommandEntry(
                "init", "makes a new issuer", ja: "新しい発行元を作ります",
                options: [
                    OptionEntry(
                        "service-id", value: "ID", "the service ID that its users enter",
                        ja: "利用者が入力するサービスID"),
                    OptionEntry(
                        "name", value: "NAME", "who it is, as tokens show it",
                        ja: "トークンに表示される発行元の名前"),
                    OptionEntry("url", value: "URL", "where clients reach it", ja: "クライアントの接続先"),
                    OptionEntry(
                        "algorithm", value: "HASH",
                        "the hash function of its tokens: SHA1, SHA256 or SHA512; else SHA256",
                        ja: "トークンのハッシュ関数（SHA1、SHA256、SHA512）。省くと SHA256 です"),
                ]),
            CommandEntry(
                "issue", "issues a token to a person, and writes the mail about it",
                ja: "トークンを発行し、利用者に送るメールを書き出します",
                options: [
                    OptionEntry("email", value: "ADDRESS", "where the mail goes", ja: "メールの宛先"),
                    OptionEntry(
                        "start-password-file", value: "FILE",
                        "read the start password from FILE (- for standard input) instead of making one",
                        ja: "利用開始パスワードを作らず FILE から読みます（- は標準入力）",
                        completion: .file),
                    OptionEntry(
                        "language", value: "LANGUAGE", "that of the mail: en or ja",
                        ja: "メールの言語（en か ja）"),
                    .send,
                    .sendmail,
                ]),
            CommandEntry(
                "serve", "answers clients that enrol, and people with a browser",
                ja: "登録するクライアントと、ブラウザからのアクセスに応答します",
                options: [
                    OptionEntry(
                        "listen", value: "ADDR:PORT", "where to listen; else 127.0.0.1:8080",
                        ja: "待ち受けるアドレス。省くと 127.0.0.1:8080 です"),
                    .send,
                    .sendmail,
                    OptionEntry(
                        "trust-proxy", value: "ADDRESS", repeats: true,
                        "the proxy in front, which speaks TLS and names its clients",
                        ja: "前に置くプロキシの IP アドレス。TLS と接続元の通知を任せます"),
                    OptionEntry(
                        "tls-cert", value: "PEM", "the certificate to show, with its chain",
                        ja: "提示する証明書（証明書チェーンを含む）",
                        completion: .file),
                    OptionEntry(
                        "tls-key", value: "PEM", "its private key", ja: "証明書の秘密鍵", completion: .file
                    ),
                ]),
            CommandEntry(
                "verify", "verifies a code: status 0 accepted, 1 rejected",
                ja: "コードを検証します: 終了ステータスは受理なら 0、拒否なら 1",
                operands: [user, OperandEntry("CODE", required: true)]),
            CommandEntry(
                "list", "lists the users", ja: "利用者の一覧を表示します",
                options: [.json]),
            CommandEntry(
                "export", "prints the seeds of all tokens, for another server",
                ja: "すべてのトークンのシードを、別のサーバ用に出力します",
                options: [
                    OptionEntry(
                        "format", value: "FORMAT",
                        "usersfile for pam_oath, oath-csv for privacyIDEA",
                        ja: "pam_oath 用の usersfile か、privacyIDEA 用の oath-csv")
                ]),
            CommandEntry(
                "key", "makes, lists or takes back the keys of services that verify codes",
                ja: "コードを検証するサービスの鍵を作成、一覧、取り消しします",
                operands: [
                    OperandEntry(
                        "ACTION", required: true, completion: .choices(["add", "list", "remove"])),
                    OperandEntry("NAME"),
                ]),
            CommandEntry(
                "account", "makes, lists or removes accounts of people who sign in at the pages",
                ja: "ページにログインする人のアカウントを作成、一覧、削除します",
                operands: [
                    OperandEntry(
                        "ACTION", required: true,
                        completion: .choices(["add", "list", "password", "mailed-code", "remove"])),
                    OperandEntry("ADDRESS"),
                ],
                options: [
                    OptionEntry(
                        "admin", "of add: the person looks after everybody's tokens",
                        ja: "add で、全員のトークンを管理できるようにします"),
                    OptionEntry(
                        "off", "of mailed-code: no code is mailed at the sign-in any more",
                        ja: "mailed-code で、ログインのときにコードを送らないようにします"),
                    OptionEntry(
                        "password-file", value: "FILE",
                        "read the password from FILE (- for standard input) instead of making one",
                        ja: "パスワードを作らず FILE から読みます（- は標準入力）", completion: .file),
                ]),
            CommandEntry("revoke", "ends a user's token", ja: "利用者のトークンを失効させます", operands: [user]),
            CommandEntry(
                "unlock", "forgets the wrong codes that have locked a user",
                ja: "利用者のロックを解除します", operands: [user]),
            .completion,
            .help,
        ])
}

extension OptionEntry {
    fileprivate static let send = OptionEntry(
        "send", "send the mail, instead of leaving it in the outbox", ja: "メールを送信トレイに残さず、送信します")
    fileprivate static let sendmail = OptionEntry(
        "sendmail", value: "CMD", "send it with CMD instead of sendmail -t -i",
        ja: "sendmail -t -i の代わりに CMD で送信します")
}
