internal import Enrolment
internal import Platform
internal import TokenStore

/// What is said of privacyIDEA, and of what is lost where an enrolment there breaks off.
extension Messages {
    static func refused(_ refusal: PrivacyIDEARefusal, _ host: String) -> CommandFailure {
        let (message, hint) = words(refusal, host)
        return CommandFailure(.refused, message, hints: [hint])
    }

    private static func words(_ refusal: PrivacyIDEARefusal, _ host: String) -> (String, String) {
        let newCode = localized(
            "have a new registration code issued: it is the start password",
            ja: "新しい登録コード（利用開始パスワード）を発行してもらってください")
        let compare = localized("compare them with the mail", ja: "メールの内容と見比べてください")
        let ask = localized("ask the people who issue the token", ja: "トークンの発行元に問い合わせてください")
        switch refusal {
        case .wrongPassword:
            return (
                localized(
                    "\(host) refuses: wrong start password", ja: "\(host) に拒否されました: 利用開始パスワードが違います"),
                localized(
                    "compare it with the mail: a few wrong ones lock it",
                    ja: "メールの内容と見比べてください。何度か間違えるとロックされます")
            )
        case .spent:
            return (
                localized(
                    "\(host) refuses: the start password is spent, or none was issued",
                    ja: "\(host) に拒否されました: 利用開始パスワードが使用済みか、発行されていません"), newCode
            )
        case .locked:
            return (
                localized(
                    "\(host) refuses: locked after too many tries",
                    ja: "\(host) に拒否されました: 試した回数が多すぎてロックされています"), newCode
            )
        case .expired:
            return (
                localized(
                    "\(host) refuses: the start password has expired, or is not valid yet",
                    ja: "\(host) に拒否されました: 利用開始パスワードが有効期間外です"), newCode
            )
        case .disabled:
            return (
                localized(
                    "\(host) refuses: the token that was to log in is disabled there",
                    ja: "\(host) に拒否されました: ログインに使うトークンが無効にされています"), newCode
            )
        case .unknownRealm:
            return (
                localized(
                    "\(host) refuses: it has no realm with this service ID",
                    ja: "\(host) に拒否されました: このサービスIDのレルムがありません"), compare
            )
        case .unexplained:
            return (
                localized(
                    "\(host) refuses: it does not know this user ID, or lets it not log in",
                    ja: "\(host) に拒否されました: ユーザIDが違うか、ログインが許可されていません"), compare
            )
        case .throttled:
            return (
                localized(
                    "\(host) refuses for now: too many tries",
                    ja: "\(host) がいまは受け付けません: 試した回数が多すぎます"),
                localized("wait a few minutes, then try again", ja: "数分待ってから、やり直してください")
            )
        case .loginOver:
            return (
                localized(
                    "\(host) refuses: the login is over before the enrolment is",
                    ja: "\(host) に拒否されました: 登録が終わる前にログインが切れました"), newCode
            )
        case .notPermitted(let reason):
            return (
                localized(
                    "\(host) does not permit it: \(printable(reason, limit: 160))",
                    ja: "\(host) で許可されていません: \(printable(reason, limit: 160))"),
                localized(
                    "ask the people who issue the token: a policy is against it, or a former token is in the way",
                    ja: "トークンの発行元に問い合わせてください。ポリシーで禁止されているか、以前のトークンが残っています")
            )
        case .notVerified:
            return (
                localized(
                    "\(host) does not take the codes of the new token",
                    ja: "\(host) が新しいトークンのコードを受け付けません"),
                localized(
                    "check the clock with `otptoken clock`, then run the same `otptoken init` again",
                    ja: "`otptoken clock` で時計を確かめてから、同じ `otptoken init` をやり直してください")
            )
        case .noToken:
            return (localized("\(host) has no such token", ja: "\(host) にそのトークンはありません"), ask)
        case .other(let code, let reason):
            let why =
                reason.isEmpty
                ? localized("it does not say why", ja: "理由は示されていません")
                : printable(reason, limit: 160)
            let number = code == 0 ? "" : " (\(code))"
            return (
                localized(
                    "\(host) refuses: \(why)\(number)", ja: "\(host) に拒否されました: \(why)\(number)"),
                ask
            )
        }
    }

    static func foreign(_ status: Int, _ line: String, _ host: String) -> CommandFailure {
        let line = line.isEmpty ? "-" : printable(line)
        return CommandFailure(
            .unreachable,
            localized(
                "the answer of \(host) is not privacyIDEA's (status \(status)): \(line)",
                ja: "\(host) の応答が privacyIDEA のものではありません（ステータス \(status)）: \(line)"),
            hints: [
                localized(
                    "check the address: a proxy may stand before it, or privacyIDEA be below a path",
                    ja: "アドレスを確かめてください。プロキシの応答か、privacyIDEA が別のパスにあるのかもしれません")
            ])
    }

    // MARK: What is lost

    /// No answer came: what happened, and what is lost by it.
    static func lost(
        _ error: NetworkError, _ server: ServerURL, _ loss: EnrolmentLoss
    ) -> CommandFailure {
        network(error, server).adding(loss, server, isOpen: error.mayHaveArrived)
    }

    /// The issuer's answer ends it: why, and what is lost by it.
    static func failed(
        _ error: EnrolmentError, _ server: ServerURL, _ loss: EnrolmentLoss
    ) -> CommandFailure {
        let failure = enrolment(error, server)
        switch error {
        // Whether it can be taken up then, only the next run sees.
        case .refused: return failure
        // A login that is refused has spent nothing.
        case .privacyIDEA: return failure.adding(loss, server, isOpen: false)
        default: return failure.adding(loss, server)
        }
    }

    /// What is lost; the start password only where it is open what became of the last request.
    fileprivate static func hints(
        _ loss: EnrolmentLoss, _ server: ServerURL, isOpen: Bool
    ) -> [String] {
        let host = printable(server.authority)
        switch loss {
        case .nothing: return []
        case .resumable:
            return [
                localized(
                    "the same `otptoken init` finishes the enrolment: the start password is not needed again",
                    ja: "同じ `otptoken init` で登録を続けられます。利用開始パスワードはもう要りません")
            ]
        case .unfinished(let serial):
            return [
                localized(
                    "the same `otptoken init` goes on with the token \(serial); it may need a new registration code",
                    ja: "同じ `otptoken init` でトークン \(serial) の登録を続けられます。新しい登録コードが必要になるかもしれません")
            ]
        case .password(let serials):
            let spent = localized(
                "the start password may be spent: if it is refused then, have a new registration code issued",
                ja: "利用開始パスワードは使用済みかもしれません。次に拒否されたら、新しい登録コードを発行してもらってください")
            return (isOpen ? [spent] : []) + (serials.isEmpty ? [] : [leftover(serials, host)])
        case .token(let serials):
            return [
                localized(
                    "the start password is spent: with a new registration code the same `otptoken init` goes on",
                    ja: "利用開始パスワードは使用済みです。新しい登録コードがあれば、同じ `otptoken init` で続けられます"),
                leftover(serials, host),
            ]
        }
    }

    private static func leftover(_ serials: [String], _ host: String) -> String {
        let serial = serials.joined(separator: ", ")
        return localized(
            "\(host) may hold an unusable token \(serial): where it is in the way, have it deleted there first",
            ja: "\(host) に使えないトークン \(serial) が残っているかもしれません。妨げになる場合は、先に削除してもらってください")
    }

    // MARK: Going on

    /// Why a start password is needed; nil where that goes without saying.
    static func passwordReason(_ reason: PasswordReason, _ server: ServerURL) -> String? {
        switch reason {
        case .beginning: nil
        case .anew: startingAnew
        case .spent:
            localized(
                "The start password of the earlier attempt is spent: finishing it takes a new registration code.",
                ja: "前回の利用開始パスワードは使用済みです。続けるには、新しい登録コードが必要です。")
        }
    }

    static func secretsTravel(_ server: ServerURL) -> String {
        let host = printable(server.authority)
        return localized(
            "The start password goes to \(host), and the seed comes from there: TLS alone protects them.",
            ja: "利用開始パスワードを \(host) に送り、シードを受け取ります。保護するのは TLS だけです。")
    }

    static var waitingForNextCode: String {
        localized(
            "The code was not taken, perhaps as it was used already: waiting for the next one…",
            ja: "コードが受け付けられませんでした。使用済みかもしれないので、次のコードを待っています…")
    }

    /// Where the first code goes.
    static func confirmation(_ url: String?, at request: EnrolmentRequest) -> String {
        guard request.backend == .privacyidea, url == nil else { return confirm(at: url) }
        let host = printable(request.server.authority)
        return localized(
            "\(host) takes its codes from now on; this is the first one:",
            ja: "\(host) で、いまからコードを使えます。最初のコードです。")
    }

    static var codeUsedUp: String {
        localized(
            "The current code is used up by the enrolment: here is the one that follows.",
            ja: "現在のコードは登録で使用済みなので、次のコードを表示します。")
    }

    static func retired(_ server: ServerURL) -> String {
        let host = printable(server.authority)
        return localized(
            "The former token is deleted at \(host).", ja: "以前のトークンは \(host) から削除しました。")
    }

    static func notRetired(_ serial: String, of token: Token) -> String {
        let (host, serial) = (printable(token.host), printable(serial))
        return token.state == .active
            ? localized(
                "The former token \(serial) is still valid at \(host): have it deleted there.",
                ja: "以前のトークン \(serial) は \(host) でまだ有効です。発行元に削除を依頼してください。")
            : unusable(serial, host)
    }

    static func leftBehind(_ serial: String, _ server: ServerURL) -> String {
        unusable(serial, printable(server.authority))
    }

    private static func unusable(_ serial: String, _ host: String) -> String {
        localized(
            "An unusable token \(serial) may be left at \(host): have it deleted there.",
            ja: "使えないトークン \(serial) が \(host) に残っているかもしれません。発行元に削除を依頼してください。")
    }
}

extension CommandFailure {
    /// The same, and what is lost by it.
    ///
    /// - Parameters:
    ///   - loss: what it means that the enrolment ends here.
    ///   - server: where it was.
    ///   - isOpen: whether the last request may have been taken.
    /// - Returns: the failure with further hints.
    func adding(
        _ loss: EnrolmentLoss, _ server: ServerURL, isOpen: Bool = true
    ) -> CommandFailure {
        CommandFailure(
            status, message, hints: hints + Messages.hints(loss, server, isOpen: isOpen))
    }
}
