internal import Interchange
package import Platform

extension ProgramTable {
    private static let tokenName = OperandEntry("NAME", completion: .token)

    /// Everything that `otptoken` understands.
    package static let otptoken = ProgramTable(
        name: "otptoken", version: releaseVersion,
        summary: "shows the one-time codes of the tokens that services issue",
        ja: "サービスが発行したトークンのワンタイムパスワードを表示します",
        globals: [
            .home,
            OptionEntry(
                "passphrase-file", value: "FILE",
                "read the passphrase from FILE (- for standard input) instead of asking",
                ja: "パスフレーズを尋ねずに FILE から読みます（- は標準入力）",
                completion: .file),
            OptionEntry(
                "quiet", "print no notes, only results and errors", ja: "お知らせを出さず、結果とエラーだけを出します"),
            .help,
            .version,
        ],
        commands: [
            CommandEntry(
                "init", "enrols: fetches a token from the service that issues it",
                ja: "サービスが発行したトークンを登録します",
                options: [
                    OptionEntry(
                        "server", value: "URL", "the issuer's address, https://…",
                        ja: "発行元のアドレス（https://…）"),
                    OptionEntry(
                        "service-id", value: "ID", "the service ID from the mail",
                        ja: "メールにあるサービスID"),
                    OptionEntry(
                        "user-id", value: "ID", "the user ID from the mail", ja: "メールにあるユーザID"),
                    OptionEntry(
                        "backend", value: "KIND",
                        "who issues tokens there: otptoken (the rule) or privacyidea",
                        ja: "発行元の種類。otptoken（省略時）か privacyidea です",
                        completion: .choices(["otptoken", "privacyidea"])),
                    OptionEntry(
                        "name", value: "NAME",
                        "what to call the token here; else the issuer's name",
                        ja: "ここで使うトークンの名前。省くと発行元の名前です"
                    ),
                    OptionEntry(
                        "start-password-file", value: "FILE",
                        "read the start password from FILE (- for standard input) instead of asking",
                        ja: "利用開始パスワードを FILE から読みます（- は標準入力）",
                        completion: .file),
                    OptionEntry(
                        "mail", value: "FILE",
                        "read server, service ID and user ID out of the mail in FILE",
                        ja: "FILE のメールからサーバ、サービスID、ユーザIDを読みます", completion: .file),
                    .caFile,
                    .allowHTTP,
                    OptionEntry(
                        "force", "enrol again, in the place of the token that is here",
                        ja: "登録し直して、すでにあるトークンと入れ替えます"),
                ] + .mailed),
            CommandEntry(
                "show", "prints the current code", ja: "現在のコードを表示します", operands: [tokenName],
                options: [
                    OptionEntry("next", "print the code that follows", ja: "次のコードを表示します"),
                    OptionEntry(
                        "at", value: "TIME", "print the code of TIME: unix seconds or RFC 3339",
                        ja: "TIME の時点のコードを表示します（UNIX 秒または RFC 3339）"),
                    OptionEntry(
                        "min-remaining", value: "SECONDS",
                        "wait for the next code when this one ends sooner than that",
                        ja: "残りがこの秒数に満たなければ、次のコードを待ちます"),
                    OptionEntry(
                        "copy", "copy the code to the clipboard instead of printing it",
                        ja: "コードを表示せず、クリップボードにコピーします"),
                    OptionEntry(
                        "print", "with --copy: print it as well", ja: "--copy と合わせて、表示もします"),
                    OptionEntry(
                        "all", "print the codes of all tokens, with their names",
                        ja: "すべてのトークンのコードを、名前とともに表示します"),
                    OptionEntry(
                        "strict-clock", "print no code unless the clock is known to be right",
                        ja: "時計が正しいと分かっているときだけコードを表示します"),
                    OptionEntry(
                        "correct", "compute the code with the measured offset of the clock",
                        ja: "測った時計のずれを補正してコードを計算します"),
                    OptionEntry(
                        "force", "print the code of a token that has ended",
                        ja: "有効期限の切れたトークンのコードも表示します"),
                    OptionEntry(
                        "wait", value: "DURATION", isValueOptional: true,
                        "wait for a code that is mailed: 30s, 15m; else 10m",
                        ja: "メールで届くコードを待ちます。30s、15m などの長さで、省くと 10m です"),
                    OptionEntry(
                        "mark-seen", "flag the mail of the code as read, in a Maildir",
                        ja: "コードのメールに既読の印を付けます（Maildir のみ）"),
                    .json,
                ]),
            CommandEntry(
                "watch", "shows codes as they change", ja: "切り替わるコードを表示し続けます",
                operands: [OperandEntry("NAME", repeats: true, completion: .token)],
                options: [
                    OptionEntry(
                        "count", value: "N", "end after N lines of output", ja: "N 行出力したら終わります"),
                    OptionEntry(
                        "force", "show the codes of tokens that have ended, too",
                        ja: "有効期限の切れたトークンのコードも表示します"),
                    .json,
                ]),
            CommandEntry(
                "list", "lists the tokens", ja: "トークンの一覧を表示します",
                options: [
                    OptionEntry(
                        "names", "print the names alone, one a line", ja: "名前だけを 1 行に 1 つずつ表示します"),
                    .json,
                ]),
            CommandEntry(
                "rename", "gives a token another name", ja: "トークンの名前を変えます",
                operands: [
                    OperandEntry("OLD", required: true, completion: .token),
                    OperandEntry("NEW", required: true),
                ]),
            CommandEntry(
                "remove", "removes a token from this machine", ja: "トークンをこのマシンから削除します",
                operands: [OperandEntry("NAME", required: true, completion: .token)],
                options: [
                    OptionEntry("yes", "do not ask", ja: "確認せずに実行します"),
                    OptionEntry(
                        "revoke", "have the issuer revoke it first", ja: "先に発行元で失効させます"),
                    OptionEntry(
                        "no-revoke", "leave it valid at the issuer", ja: "発行元では失効させません"),
                    .caFile,
                    .allowHTTP,
                ]),
            CommandEntry(
                "default", "chooses the token that is shown when none is named",
                ja: "名前を省いたときに使うトークンを選びます",
                operands: [OperandEntry("NAME", required: true, completion: .token)]),
            CommandEntry(
                "passphrase", "sets, changes or removes the app lock", ja: "アプリロックを設定、変更、解除します",
                operands: [
                    OperandEntry(
                        "ACTION", required: true, completion: .choices(["set", "change", "remove"]))
                ],
                options: [
                    OptionEntry(
                        "command", "lock with what passphrase.command of the config prints",
                        ja: "設定ファイルの passphrase.command が出力する内容でロックします"),
                    OptionEntry(
                        "new-passphrase-file", value: "FILE",
                        "with change: read the new passphrase from FILE",
                        ja: "change で、新しいパスフレーズを FILE から読みます", completion: .file),
                ]),
            CommandEntry(
                "unlock", "keeps a locked store open for a while", ja: "ロックしたストアを、しばらく開いたままにします",
                options: [
                    OptionEntry(
                        "for", value: "DURATION",
                        "how long: 30s, 15m, 8h, 7d; else 15m, or unlock.for",
                        ja: "30s、15m、8h、7d などの長さ。省くと unlock.for の値か 15m です")
                ]),
            CommandEntry("lock", "ends what unlock began", ja: "unlock で開いたストアを閉じます"),
            CommandEntry(
                "clock", "checks this machine's clock against time servers",
                ja: "このマシンの時計を時刻サーバと比べて調べます",
                options: [
                    OptionEntry(
                        "server", value: "URL", repeats: true,
                        "ask ntp://HOST[:PORT] or nts://HOST[:PORT]; more than once for several",
                        ja: "ntp://HOST[:PORT] か nts://HOST[:PORT] に尋ねます（複数可）"),
                    .caFile,
                    OptionEntry(
                        "timeout", value: "SECONDS", "how long to wait for answers; else 3",
                        ja: "応答を待つ秒数。省くと 3 秒です"),
                    OptionEntry(
                        "if-due", "ask only servers that nobody here has asked for 30 minutes",
                        ja: "ここ 30 分に尋ねていないサーバだけに尋ねます"),
                    .json,
                ]),
            CommandEntry(
                "trust", "remembers on which devices a mailed code is skipped, and how long",
                ja: "メールのコードを省略できる端末とその期限を記録します",
                operands: [
                    OperandEntry(
                        "ACTION", required: true,
                        completion: .choices(["add", "list", "due", "clear"])),
                    OperandEntry("NAME", completion: .token),
                ],
                options: [
                    OptionEntry(
                        "device", value: "TEXT", "with add: what to call device and browser",
                        ja: "add で、端末とブラウザの呼び名"),
                    OptionEntry(
                        "yes", "with add: do not ask whether the device is shared",
                        ja: "add で、共用の端末かどうかを確認しません"),
                    .json,
                ]),
            CommandEntry(
                "import", "takes in the tokens of other authenticators",
                ja: "ほかの認証アプリのトークンを取り込みます",
                operands: [OperandEntry("FILE", completion: .file)],
                options: [
                    OptionEntry(
                        "uri", "ask for an otpauth URI at the terminal",
                        ja: "otpauth URI を端末で尋ねます"),
                    OptionEntry(
                        "format", value: "FORMAT",
                        "take FILE for this format, whatever it looks like",
                        ja: "FILE の形式を指定します（省くと内容から判断します）",
                        completion: .choices(InterchangeFormat.allCases.map(\.rawValue))),
                    OptionEntry(
                        "dry-run", "show what would come in, and change nothing",
                        ja: "取り込まれるものを表示し、何も変更しません"),
                    .passwordFile,
                ]),
            CommandEntry(
                "export", "hands tokens on to other authenticators",
                ja: "トークンをほかの認証アプリへ書き出します",
                operands: [OperandEntry("NAME", repeats: true, completion: .token)],
                options: [
                    OptionEntry(
                        "format", value: "FORMAT", "aegis (the rule), otpauth, pskc or qr",
                        ja: "aegis（省略時）、otpauth、pskc、qr のどれかです",
                        completion: .choices(ExportFormat.allCases.map(\.rawValue))),
                    OptionEntry(
                        "plain", "do not encrypt: whoever reads it has the secrets",
                        ja: "暗号化しません。読んだ人に秘密が渡ります"),
                    .passwordFile,
                ]),
            CommandEntry(
                "backup", "saves the tokens in a sealed file for another machine",
                ja: "トークンを、別のマシンで戻せる封印したファイルに保存します",
                operands: [OperandEntry("FILE", required: true, completion: .file)],
                options: [
                    OptionEntry(
                        "force", "write over a file that is there", ja: "すでにあるファイルを置き換えます"),
                    OptionEntry(
                        "verify", "write nothing: open FILE and compare it with the store",
                        ja: "何も書かず、FILE を開いてストアと比べます"),
                    .passwordFile,
                ]),
            CommandEntry(
                "restore", "takes in what backup saved", ja: "backup で保存したトークンを戻します",
                operands: [OperandEntry("FILE", required: true, completion: .file)],
                options: [
                    OptionEntry(
                        "replace", "put it in the place of all tokens that are here",
                        ja: "いまあるトークンすべてと入れ替えます"),
                    .passwordFile,
                ]),
            CommandEntry(
                "doctor", "looks for what is wrong, and says what to do", ja: "問題がないか調べ、対処方法を示します",
                options: [
                    .caFile,
                    .json,
                    OptionEntry(
                        "offline", "ask nobody: neither issuers nor time servers",
                        ja: "発行元にも時刻サーバにも尋ねません"),
                    OptionEntry(
                        "restore-backup",
                        "put the store before its last change in the place of a damaged one",
                        ja: "壊れたストアを、最後に変更する前のストアで置き換えます"),
                ]),
            .completion,
            .help,
        ])
}

extension OptionEntry {
    fileprivate static let passwordFile = OptionEntry(
        "password-file", value: "FILE",
        "read the password of the other file from FILE (- for standard input)",
        ja: "相手のファイルのパスワードを FILE から読みます（- は標準入力）", completion: .file)
    fileprivate static let caFile = OptionEntry(
        "ca-file", value: "PEM", "trust the certificates in PEM, and no others",
        ja: "PEM にある証明書だけを信頼します", completion: .file)
    fileprivate static let allowHTTP = OptionEntry(
        "allow-http", "take a server without TLS that is not on this machine",
        ja: "このマシン以外のサーバにも TLS なしで接続します")
}

extension [OptionEntry] {
    /// For codes that are mailed.
    fileprivate static let mailed = [
        OptionEntry(
            "mailed", "set up a token whose codes the service mails",
            ja: "サービスがメールで送るコードを使うトークンを設定します"),
        OptionEntry(
            "profile", value: "SERVICE", "with --mailed: what is known of SERVICE",
            ja: "--mailed で、登録済みの SERVICE の設定を使います", completion: .choices(["hellowork"])),
        OptionEntry(
            "from", value: "ADDRESS", "with --mailed: who sends the mails", ja: "--mailed で、メールの差出人"
        ),
        OptionEntry(
            "subject", value: "TEXT", "with --mailed: what their subject holds",
            ja: "--mailed で、件名に入る語句"),
        OptionEntry(
            "to", value: "ADDRESS", "with --mailed: whom they go to, to tell accounts apart",
            ja: "--mailed で、メールのあて先。複数のアカウントを区別します"),
        OptionEntry(
            "digits", value: "N", "with --mailed: digits of the code; else 6",
            ja: "--mailed で、コードの桁数。省くと 6 です"),
        OptionEntry(
            "valid", value: "DURATION", "with --mailed: how long it holds; else 30m",
            ja: "--mailed で、コードの有効期間。省くと 30m です"),
        OptionEntry(
            "skip-days", value: "DAYS",
            "with --mailed: how long the service skips it on a trusted device",
            ja: "--mailed で、端末でコードを省略できる日数"),
        OptionEntry(
            "maildir", value: "DIR", "with --mailed: the Maildir where they arrive",
            ja: "--mailed で、メールの届く Maildir", completion: .folder),
        OptionEntry(
            "mbox", value: "FILE", "with --mailed: the mbox where they arrive",
            ja: "--mailed で、メールの届く mbox", completion: .file),
        OptionEntry(
            "command", value: "COMMAND", "with --mailed: prints the newest mail",
            ja: "--mailed で、最新のメールを出力するコマンド"),
        OptionEntry(
            "require-dkim", "with --mailed: take only mails that the sender's domain has signed",
            ja: "--mailed で、差出人のドメインの署名があるメールだけを使います"),
    ]
}
