internal import Enrolment
internal import Platform
internal import TokenStore

/// What is said while a token is revoked at its issuer.
extension Messages {
    static func askRevocation(_ server: ServerURL) -> String {
        let server = printable(server.text, limit: 200)
        return localized(
            "Revoke it at \(server), too? That cannot be taken back. [y/N] ",
            ja: "\(server) でも失効させますか？ 失効は取り消せません。 [y/N] ")
    }

    static func revoking(_ token: Token, _ server: ServerURL) -> String {
        let (name, host) = (printable(token.name), printable(server.authority))
        return localized("Revoking \(name) at \(host)…", ja: "\(host) で \(name) を失効させています…")
    }

    static func revoked(_ token: Token, _ server: ServerURL) -> String {
        let (name, host) = (printable(token.name), printable(server.authority))
        return localized(
            "Revoked \(name) at \(host), which takes no more codes of it.",
            ja: "\(host) で \(name) を失効させました。コードはもう受け付けられません。")
    }

    // MARK: Where it is not done

    static func notRevocableYet(_ token: Token) -> CommandFailure {
        let name = printable(token.name)
        return CommandFailure(
            .failure,
            localized(
                "\(name) cannot be revoked from here: its enrolment is not finished",
                ja: "\(name) は登録が済んでいないので、ここからは失効させられません"),
            hints: [removingOnly(token)])
    }

    static func unknownBackend(_ token: Token) -> CommandFailure {
        let name = printable(token.name)
        return CommandFailure(
            .failure,
            localized(
                "\(name) comes from an issuer of a kind that this version does not know",
                ja: "\(name) の発行元の種類に、このバージョンは対応していません"),
            hints: [removingOnly(token)])
    }

    static func notRevocableAnyMore(_ token: Token) -> CommandFailure {
        CommandFailure(
            .refused,
            localized(
                "\(hasEnded(token)): there is nothing to revoke",
                ja: "\(hasEnded(token))。失効させる必要はありません"),
            hints: [removingOnly(token)])
    }

    static func revocationRefused(_ token: Token, _ server: ServerURL) -> CommandFailure {
        let (name, host) = (printable(token.name), printable(server.authority))
        return CommandFailure(
            .refused,
            localized(
                "\(host) refuses to revoke \(name)", ja: "\(host) に \(name) の失効を拒否されました"),
            hints: [
                localized(
                    "its codes were used already, or it is revoked or locked there, or the clock is wrong:"
                        + " `otptoken clock` tells",
                    ja: "コードが使用済みか、発行元で失効またはロックされているか、時計がずれています。"
                        + "時計は `otptoken clock` で調べられます"),
                removingOnly(token),
            ])
    }

    static func revocationNotOffered(_ token: Token, _ server: ServerURL) -> CommandFailure {
        let host = printable(server.authority)
        return CommandFailure(
            .refused,
            localized(
                "\(host) does not let tokens be revoked from here",
                ja: "\(host) は、ここからの失効に対応していません"),
            hints: [
                localized(
                    "ask the people who issue the token to revoke it", ja: "トークンの発行元に失効を依頼してください"),
                removingOnly(token),
            ])
    }

    static func notRevoked(
        _ error: NetworkError, _ token: Token, _ server: ServerURL
    ) -> CommandFailure {
        // The code may have arrived, although the answer has not.
        notRevoked(network(error, server), token, mayBeDone: error.mayHaveArrived)
    }

    static func notRevoked(
        _ error: EnrolmentError, _ token: Token, _ server: ServerURL
    ) -> CommandFailure {
        switch error {
        case .malformed, .unexpected, .foreign:
            return notRevoked(enrolment(error, server), token, mayBeDone: true)
        case .privacyIDEA(let refusal):
            let failure = codeRefused(refusal, token, server) ?? enrolment(error, server)
            return notRevoked(failure, token, mayBeDone: false)
        default: return notRevoked(enrolment(error, server), token, mayBeDone: false)
        }
    }

    /// What a no of privacyIDEA means where a code logs in; nil where it means what it means elsewhere.
    private static func codeRefused(
        _ refusal: PrivacyIDEARefusal, _ token: Token, _ server: ServerURL
    ) -> CommandFailure? {
        let (name, host) = (printable(token.name), printable(server.authority))
        let ask = localized("ask the people who issue the token", ja: "トークンの発行元に問い合わせてください")
        let again = localized("try again", ja: "やり直してください")
        let (message, hint): (String, String?)
        switch refusal {
        case .spent, .disabled:
            (message, hint) = (
                localized(
                    "\(host) takes no codes of \(name) any more: it is disabled or deleted there",
                    ja: "\(host) は \(name) のコードをもう受け付けません（無効にされたか、削除されています）"), nil
            )
        case .locked:
            (message, hint) = (
                localized(
                    "\(host) has locked \(name) after too many wrong codes",
                    ja: "\(name) は、間違ったコードが多すぎたため \(host) でロックされています"), ask
            )
        case .expired:
            (message, hint) = (
                localized(
                    "\(host) does not take codes of \(name) at this time: it has expired, or is not valid yet",
                    ja: "\(host) は、有効期間外の \(name) のコードを受け付けません"), ask
            )
        case .loginOver:
            (message, hint) = (
                localized(
                    "\(host) refuses: the login is over before the token is revoked",
                    ja: "\(host) に拒否されました: 失効させる前にログインが切れました"), again
            )
        default: return nil
        }
        return CommandFailure(.refused, message, hints: hint.map { [$0] } ?? [])
    }

    private static func notRevoked(
        _ failure: CommandFailure, _ token: Token, mayBeDone: Bool
    ) -> CommandFailure {
        let doubt = localized(
            "the issuer may have revoked it all the same: it refuses to do so again then",
            ja: "発行元では失効しているかもしれません。その場合、やり直すと拒否されます")
        return CommandFailure(
            failure.status, failure.message,
            hints: failure.hints + (mayBeDone ? [doubt] : []) + [removingOnly(token)])
    }

    private static func removingOnly(_ token: Token) -> String {
        let command = "otptoken remove --no-revoke \(shellQuoted(token.name))"
        return localized(
            "nothing was removed; `\(command)` removes it here alone",
            ja: "何も削除していません。`\(command)` なら、ここからだけ削除します")
    }
}
