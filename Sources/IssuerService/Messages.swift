internal import Platform

/// Everything that `otptoken-issuer` says: no sentence stands elsewhere.
enum Messages {
    static func naming<Result: ~Copyable>(
        _ work: () throws(IssuerError) -> Result
    ) throws(CommandFailure) -> Result {
        do {
            return try work()
        } catch {
            throw issuer(error)
        }
    }

    static func issuer(_ error: IssuerError) -> CommandFailure {
        switch error {
        case .missing(let home):
            return CommandFailure(
                .failure,
                localized(
                    "there is no issuer in \(printable(home, limit: 200))",
                    ja: "\(printable(home, limit: 200)) に発行元がありません"),
                hints: [
                    localized(
                        "`otptoken-issuer init` makes one; --home DIR names another folder",
                        ja: "`otptoken-issuer init` で作れます。別のフォルダは --home DIR で指定します")
                ])
        case .exists(let home):
            return CommandFailure(
                .failure,
                localized(
                    "there is an issuer in \(printable(home, limit: 200)) already",
                    ja: "\(printable(home, limit: 200)) にはもう発行元があります"),
                hints: [
                    localized(
                        "use it, or name another folder: --home DIR",
                        ja: "それを使うか、--home DIR で別のフォルダを指定してください")
                ])
        case .invalid(let field): return invalid(field)
        case .damaged(let path):
            return CommandFailure(
                .storeDamaged,
                localized(
                    "\(printable(path, limit: 200)) is damaged, or sealed with another issuer.key",
                    ja: "\(printable(path, limit: 200)) は壊れているか、別の issuer.key で封じられています"),
                hints: [
                    localized(
                        "it was not touched: put it back from a backup",
                        ja: "手を加えていません。バックアップから戻してください")
                ])
        case .file(let path, let error):
            return .file(error, path)
        case .noSuchUser:
            return CommandFailure(
                .noSuchToken, localized("there is no such user", ja: "その利用者はいません"),
                hints: [
                    localized(
                        "`otptoken-issuer list` shows them",
                        ja: "利用者の一覧は `otptoken-issuer list` で表示します")
                ])
        case .notSent(let path):
            return CommandFailure(
                .unreachable, localized("the mail was not sent", ja: "メールを送れませんでした"),
                hints: [
                    localized(
                        "it is \(printable(path, limit: 200)): send it with `sendmail -t`",
                        ja: "\(printable(path, limit: 200)) にあります。`sendmail -t` で送れます")
                ])
        case .codeNotSent(let email): return codeNotSent(email)
        case .busy:
            return CommandFailure(
                .failure,
                localized("too many passwords are looked at just now", ja: "パスワードの確認が集中しています"),
                hints: [localized("try again", ja: "やり直してください")])
        case .keyExists(let name):
            return CommandFailure(
                .failure,
                localized("\(name) has a key already", ja: "\(name) にはもう鍵があります"),
                hints: [
                    localized(
                        "`otptoken-issuer key remove \(name)` takes it back first",
                        ja: "先に `otptoken-issuer key remove \(name)` で取り消してください")
                ])
        case .noSuchKey(let name):
            return CommandFailure(
                .noSuchToken,
                localized(
                    "\(printable(name)) has no key", ja: "\(printable(name)) の鍵はありません"),
                hints: [
                    localized(
                        "`otptoken-issuer key list` shows them",
                        ja: "一覧は `otptoken-issuer key list` で表示します")
                ])
        case .accountExists(let email): return accountExists(email)
        case .noSuchAccount(let email): return noSuchAccount(email)
        case .needsCertificate(let address):
            return CommandFailure(
                .usage,
                localized(
                    "\(printable(address)) is not this machine alone: TLS is needed there",
                    ja: "\(printable(address)) はこのマシンの外からも接続できるので、TLS が必要です"),
                hints: [
                    localized(
                        "give --tls-cert PEM and --tls-key PEM, or listen on 127.0.0.1",
                        ja: "--tls-cert PEM と --tls-key PEM を指定するか、127.0.0.1 で待ち受けてください")
                ])
        case .network(let error):
            return network(error)
        case .cryptography:
            return .cryptography()
        }
    }

    private static func invalid(_ field: IssuerError.Field) -> CommandFailure {
        let (message, hint): (String, String)
        switch field {
        case .serviceID:
            message = localized("the service ID cannot be used", ja: "サービスIDとして使えません")
            hint = localized(
                "1 to 64 of the characters A-Z a-z 0-9 . _ @ -",
                ja: "1〜64 文字で、A-Z a-z 0-9 . _ @ - が使えます")
        case .name:
            message = localized("the name cannot be used", ja: "名前として使えません")
            hint = localized(
                "1 to 64 characters, none that steers a terminal", ja: "1〜64 文字で、制御文字は使えません")
        case .url:
            message = localized("the URL cannot be used", ja: "URL として使えません")
            hint = localized(
                "https://HOST[:PORT][/PATH], or http on this machine",
                ja: "https://HOST[:PORT][/PATH] の形です。このマシンの中なら http も使えます")
        case .keyName:
            message = localized(
                "the name of the service cannot be used", ja: "サービスの名前として使えません")
            hint = localized(
                "1 to 64 of the characters A-Z a-z 0-9 . _ @ -",
                ja: "1〜64 文字で、A-Z a-z 0-9 . _ @ - が使えます")
        case .password: (message, hint) = unfitPassword
        case .email:
            message = localized("the email address cannot be used", ja: "メールアドレスとして使えません")
            hint = localized(
                "4 to 64 characters of ASCII with one @", ja: "4〜64 文字の ASCII で、@ が 1 つ必要です")
        }
        return CommandFailure(.usage, message, hints: [hint])
    }

    private static func network(_ error: NetworkError) -> CommandFailure {
        switch error {
        case .certificateFile(let files):
            CommandFailure(
                .failure,
                localized(
                    "certificate and key do not load, or do not belong together: \(files)",
                    ja: "証明書と秘密鍵を読み込めないか、組み合わせが違います: \(files)"),
                hints: [
                    localized(
                        "both have to be in PEM form, the certificate with its chain",
                        ja: "どちらも PEM 形式で、証明書には証明書チェーンも必要です")
                ])
        case .cannotConnect(let reason):
            CommandFailure(
                .failure, localized("cannot listen: \(reason)", ja: "待ち受けられません: \(reason)"),
                hints: [
                    localized(
                        "name another port: --listen ADDR:PORT",
                        ja: "--listen ADDR:PORT で別のポートを指定してください")
                ])
        default:
            CommandFailure(
                .failure,
                localized("cannot listen: no such address", ja: "待ち受けられません: そのアドレスがありません"),
                hints: [localized("name one of this machine's", ja: "このマシンのアドレスを指定してください")])
        }
    }

    static func noHome() -> CommandFailure {
        CommandFailure(
            .usage, localized("no folder for the issuer's files", ja: "発行元のファイルを置くフォルダがありません"),
            hints: [
                localized(
                    "name one: --home DIR, or OTPTOKEN_ISSUER_HOME in the environment",
                    ja: "--home DIR か環境変数 OTPTOKEN_ISSUER_HOME で指定してください")
            ])
    }

    static func missing(_ option: String, _ value: String) -> CommandFailure {
        CommandFailure(
            .usage, localized("--\(option) is missing", ja: "--\(option) がありません"),
            hints: [localized("write --\(option) \(value)", ja: "--\(option) \(value) を指定してください")])
    }

    static func badListen(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "--listen is no address: \(printable(text))",
                ja: "--listen のアドレスが正しくありません: \(printable(text))"),
            hints: [
                localized(
                    "write ADDR:PORT, such as 127.0.0.1:8080 or [::1]:8080",
                    ja: "ADDR:PORT の形で書いてください（例: 127.0.0.1:8080、[::1]:8080）")
            ])
    }

    static func created(_ issuer: Issuer, _ home: String) -> String {
        localized(
            "\(issuer.name) issues tokens as service \(issuer.serviceID) at \(issuer.url)\n",
            ja: "\(issuer.name) がサービス \(issuer.serviceID) として \(issuer.url) でトークンを発行します\n")
    }

    static func issued(_ serviceID: String, _ userID: String) -> String {
        localized(
            "service ID:     \(serviceID)\nuser ID:        \(userID)\n",
            ja: "サービスID:         \(serviceID)\nユーザID:           \(userID)\n")
    }

    static var startPasswordLabel: String { localized("start password: ", ja: "利用開始パスワード: ") }

    static func badAlgorithm(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "there is no hash function \(printable(text))",
                ja: "\(printable(text)) というハッシュ関数はありません"),
            hints: [
                localized(
                    "write SHA1, SHA256 or SHA512", ja: "SHA1、SHA256、SHA512 のどれかを指定してください")
            ])
    }

    static func badFormat(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "there is no format \(printable(text))", ja: "\(printable(text)) という形式はありません"),
            hints: [
                localized(
                    "write usersfile (pam_oath) or oath-csv (privacyIDEA)",
                    ja: "usersfile（pam_oath）か oath-csv（privacyIDEA）を指定してください")
            ])
    }

    /// Of an export: what the format cannot say.
    static func leftOut(_ count: Int, _ format: Export.Format) -> String {
        let only = format == .usersfile ? "SHA1" : "SHA256"
        return localized(
            "\(count) token\(count == 1 ? "" : "s") left out: \(format.rawValue) is for \(only) alone",
            ja: "\(count) 件のトークンを省きました。\(format.rawValue) で使えるのは \(only) だけです")
    }

    static func keyRemoved(_ name: String) -> String {
        localized("The key of \(name) is of no use any more.", ja: "\(name) の鍵を取り消しました。")
    }

    static func badKeyAction(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "key cannot do this: \(printable(text))",
                ja: "key でできることではありません: \(printable(text))"),
            hints: [
                localized(
                    "write `key add NAME`, `key list` or `key remove NAME`",
                    ja: "`key add NAME`、`key list`、`key remove NAME` のどれかを指定してください")
            ])
    }

    static var keyLabel: String { localized("bearer key: ", ja: "ベアラー鍵: ") }

    static var keyHeader: [String] {
        [localized("NAME", ja: "名前"), localized("CREATED", ja: "作成日")]
    }

    static func sentLine(_ email: String) -> String {
        localized("mail:           sent to \(email)\n", ja: "メール:             \(email) に送りました\n")
    }

    static func badLanguage(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "there is no mail in this language: \(printable(text))",
                ja: "この言語のメールはありません: \(printable(text))"),
            hints: [localized("write en or ja", ja: "en か ja を指定してください")])
    }

    static func badSendmail() -> CommandFailure {
        CommandFailure(
            .usage,
            localized("--sendmail is no command", ja: "--sendmail の値がコマンドになっていません"),
            hints: [
                localized(
                    "write a program and its arguments; quotes must be closed",
                    ja: "プログラムと引数を書き、引用符を閉じてください")
            ])
    }

    static func mailLine(_ path: String) -> String {
        localized("mail:           \(path)\n", ja: "メール:             \(path)\n")
    }

    static func createdUnseen() -> String {
        localized("the issuer is made all the same", ja: "発行元はできています")
    }

    /// What to do about a token whose IDs nobody has seen, and perhaps its start password.
    static func issuedUnseen(_ user: String, knowsPassword: Bool) -> String {
        knowsPassword
            ? localized(
                "the token is issued all the same: its user ID is \(user)",
                ja: "トークンは発行済みです。ユーザID は \(user) です")
            : localized(
                "nobody knows its start password: `otptoken-issuer revoke \(user)`, then issue it again",
                ja: "利用開始パスワードは失われました。`otptoken-issuer revoke \(user)` で失効させ、発行し直してください")
    }

    static func keyUnseen(_ name: String) -> String {
        let name = shellQuoted(name)
        return localized(
            "nobody knows the key: `otptoken-issuer key remove \(name)`, then add it again",
            ja: "鍵は失われました。`otptoken-issuer key remove \(name)` で取り消し、作り直してください")
    }

    static func listening(_ url: String) -> String {
        localized("listening on \(url)", ja: "\(url) で待ち受けています")
    }

    static func unlocked(_ user: String) -> String {
        localized("\(printable(user)) is unlocked", ja: "\(printable(user)) のロックを解除しました")
    }

    static func revoked(_ user: String) -> String {
        localized("\(printable(user)) is revoked", ja: "\(printable(user)) を失効させました")
    }

    /// Why a code is rejected.
    static func reason(_ reason: Verdict.Reason) -> String {
        switch reason {
        case .unknown: localized("no such user", ja: "その利用者はいません")
        case .pending: localized("not enrolled yet", ja: "まだ登録されていません")
        case .revoked: localized("revoked", ja: "失効しています")
        case .expired: localized("expired", ja: "有効期限が切れています")
        case .locked: localized("locked after ten wrong codes", ja: "10 回間違えたのでロックされています")
        case .malformed:
            localized("not as many digits as a code has", ja: "コードの桁数が違います")
        case .used:
            localized("used already, or older than one that was", ja: "使用済みか、使用済みのものより古いコードです")
        case .wrong: localized("wrong code", ja: "コードが違います")
        }
    }

    /// How far a user has come, in the table of `list`.
    static func state(_ user: UserSummary) -> String {
        guard !user.isLocked else { return localized("locked", ja: "ロック") }
        return switch user.state {
        case .issued: localized("issued", ja: "発行済み")
        case .enrolled: localized("enrolled", ja: "登録済み")
        case .active: localized("active", ja: "使用中")
        case .revoked: localized("revoked", ja: "失効")
        case .lapsed: localized("lapsed", ja: "未使用で失効")
        case .expired: localized("expired", ja: "期限切れ")
        }
    }

    static var listHeader: [String] {
        [
            localized("USER ID", ja: "ユーザID"), localized("EMAIL", ja: "メールアドレス"),
            localized("STATE", ja: "状態"), localized("ISSUED", ja: "発行日"),
            localized("EXPIRES", ja: "有効期限"), localized("LAST USED", ja: "最終使用"),
        ]
    }
}
