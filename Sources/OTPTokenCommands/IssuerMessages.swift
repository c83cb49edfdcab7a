internal import Enrolment
internal import Platform

/// What is said about the issuer's answers, and where there are none.
extension Messages {
    static func network(_ error: NetworkError, _ server: ServerURL) -> CommandFailure {
        let host = printable(server.authority)
        func broke(_ reason: String) -> (String, String) {
            (
                localized(
                    "the connection to \(host) broke: \(reason)",
                    ja: "\(host) との接続が切れました: \(reason)"), localized("try again", ja: "やり直してください")
            )
        }
        let (message, hint): (String, String)
        switch error {
        case .nameNotFound(let reason):
            (message, hint) = (
                localized("\(host) is not known: \(reason)", ja: "\(host) が見つかりません（\(reason)）"),
                localized("check the address, and the network", ja: "アドレスとネットワークを確かめてください")
            )
        case .cannotConnect(let reason):
            (message, hint) = (
                localized("\(host) does not answer: \(reason)", ja: "\(host) に接続できません: \(reason)"),
                localized(
                    "check the address, or try again later", ja: "アドレスを確かめるか、しばらくしてからやり直してください")
            )
        case .timedOut:
            (message, hint) = (
                localized("\(host) gave no answer in time", ja: "\(host) から時間内に応答がありません"),
                localized("try again later", ja: "しばらくしてからやり直してください")
            )
        case .elsewhere(let address):
            (message, hint) = (
                localized(
                    "\(host) is \(address), which is not this machine",
                    ja: "\(host) はこのマシンではありません（\(address)）"),
                localized(
                    "use https, or write 127.0.0.1", ja: "https を使うか、127.0.0.1 と指定してください")
            )
        case .connectionLost(let reason): (message, hint) = broke("\(reason)")
        case .broken(let reason): (message, hint) = broke(printable(reason))
        case .certificate(let reason):
            (message, hint) = (
                localized(
                    "the certificate of \(host) is not trusted: \(reason)",
                    ja: "\(host) の証明書を信頼できません（\(reason)）"),
                localized(
                    "check the address and this machine's clock; --ca-file PEM trusts an issuer's own authority",
                    ja: "アドレスとこのマシンの時計を確かめてください。発行元独自の認証局なら --ca-file PEM で指定できます")
            )
        case .certificateDate(let reason):
            (message, hint) = (
                localized(
                    "the certificate of \(host) is not valid by this machine's clock: \(reason)",
                    ja: "このマシンの時計では、\(host) の証明書は有効ではありません（\(reason)）"),
                localized(
                    "look at the clock; when it is right, the issuer has to renew the certificate",
                    ja: "時計を確かめてください。合っていれば、発行元が証明書を更新する必要があります")
            )
        case .notSpoken(let name):
            (message, hint) = (
                localized("\(host) does not speak \(name)", ja: "\(host) は \(name) に対応していません"),
                localized("check the address", ja: "アドレスを確かめてください")
            )
        case .tls(let reason):
            (message, hint) = (
                localized(
                    "\(host) does not speak TLS 1.2 or later as it should: \(printable(reason))",
                    ja: "\(host) が TLS 1.2 以降で正しく応答しません（\(printable(reason))）"),
                localized("check the address and the port", ja: "アドレスとポートを確かめてください")
            )
        case .certificateFile(let file): return certificateFile(file)
        case .http(.cutShort):
            (message, hint) = (
                localized("the answer of \(host) was cut short", ja: "\(host) の応答が途中で切れました"),
                localized("try again", ja: "やり直してください")
            )
        case .http(.headTooLarge), .http(.bodyTooLarge):
            (message, hint) = (
                localized(
                    "the answer of \(host) is larger than any issuer's",
                    ja: "\(host) の応答が、発行元のものとしては大きすぎます"),
                localized("check the address", ja: "アドレスを確かめてください")
            )
        case .http(.malformed(let what)):
            (message, hint) = (
                localized(
                    "the answer of \(host) is no HTTP (\(what))",
                    ja: "\(host) の応答が HTTP ではありません（\(what)）"),
                localized("check the address", ja: "アドレスを確かめてください")
            )
        case .redirect(let status):
            (message, hint) = (
                localized(
                    "\(host) sends elsewhere (status \(status)), which is not followed",
                    ja: "\(host) が別の場所へ転送しようとしました（ステータス \(status)）。転送には従いません"),
                localized("use the address that the mail names", ja: "メールにあるアドレスを使ってください")
            )
        }
        return CommandFailure(.unreachable, message, hints: [hint])
    }

    static func certificateFile(_ file: String) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "no certificates can be read from \(printable(file, limit: 200))",
                ja: "\(printable(file, limit: 200)) から証明書を読めません"),
            hints: [
                localized(
                    "--ca-file takes certificates in PEM form",
                    ja: "--ca-file には PEM 形式の証明書を指定してください")
            ])
    }

    static func enrolment(_ error: EnrolmentError, _ server: ServerURL) -> CommandFailure {
        let host = printable(server.authority)
        func refused(_ message: String, _ hint: String) -> CommandFailure {
            CommandFailure(.refused, message, hints: [hint])
        }
        switch error {
        case .refused(let refusal, let retryAfter):
            return self.refused(refusal, retryAfter, host)
        case .malformed(let what):
            return CommandFailure(
                .unreachable,
                localized(
                    "the answer of \(host) is not an issuer's (\(printable(what)))",
                    ja: "\(host) の応答が発行元のものではありません（\(printable(what))）"),
                hints: [
                    localized(
                        "check the address: is there an issuer of tokens?",
                        ja: "トークンの発行元のアドレスか確かめてください")
                ])
        case .unexpected(let what):
            return CommandFailure(
                .unreachable,
                localized(
                    "the answer of \(host) is not one that privacyIDEA is known to give (\(printable(what)))",
                    ja: "\(host) の応答が、privacyIDEA の応答として想定外です（\(printable(what))）"),
                hints: [
                    localized("ask the people who issue the token", ja: "トークンの発行元に問い合わせてください")
                ])
        case .badShare:
            return refused(
                localized(
                    "the answer of \(host) is not a valid key share", ja: "\(host) の応答の鍵共有が正しくありません"
                ),
                localized(
                    "this is not the real issuer, or it is broken: ask the people who issue the token",
                    ja: "本物の発行元ではないか、壊れています。トークンの発行元に問い合わせてください"))
        case .notConfirmed:
            return refused(
                localized(
                    "wrong start password, or not the real issuer",
                    ja: "利用開始パスワードが違うか、本物の発行元ではありません"),
                localized(
                    "check the start password, the service ID and the user ID: an issuance can be used once,"
                        + " and the issuer allows ten tries in all",
                    ja: "利用開始パスワード、サービスID、ユーザIDを確かめてください。"
                        + "発行は一度しか使えず、試せるのは合計 10 回までです"))
        case .notAuthentic:
            return refused(
                localized(
                    "the issuer's last answer was altered on its way", ja: "発行元の最後の応答が、途中で書き換えられました"
                ),
                localized(
                    "try again, from another network", ja: "別のネットワークからやり直してください"))
        case .unacceptable(let what):
            return refused(
                localized(
                    "the issuer asks for a token that this program does not make (\(printable(what)))",
                    ja: "発行元のトークンに、このプログラムは対応していません（\(printable(what))）"),
                localized("ask the people who issue the token", ja: "トークンの発行元に問い合わせてください"))
        case .seedsDiffer:
            return refused(
                localized(
                    "\(host) has come to another seed: the codes of the token would be wrong",
                    ja: "\(host) のシードと一致しないので、このトークンのコードは使えません"),
                localized("ask the people who issue the token", ja: "トークンの発行元に問い合わせてください"))
        case .foreign(let status, let line): return foreign(status, line, host)
        case .privacyIDEA(let refusal): return self.refused(refusal, host)
        case .cryptography:
            return .cryptography()
        }
    }

    private static func refused(
        _ refusal: Refusal, _ retryAfter: Int?, _ host: String
    ) -> CommandFailure {
        let anew = localized("have the token issued anew", ja: "トークンを発行し直してもらってください")
        switch refusal {
        case .invalid:
            return CommandFailure(
                .refused,
                localized("\(host) does not take these IDs", ja: "\(host) がこの ID を受け付けません"),
                hints: [localized("compare them with the mail", ja: "メールの内容と見比べてください")])
        case .refused:
            return CommandFailure(
                .refused,
                localized(
                    "\(host) refuses: wrong service ID, user ID or start password",
                    ja: "\(host) に拒否されました: サービスID、ユーザID、利用開始パスワードのどれかが違います"),
                hints: [localized("compare them with the mail", ja: "メールの内容と見比べてください")])
        case .expired:
            return CommandFailure(
                .refused,
                localized(
                    "\(host) refuses: the issuance has expired",
                    ja: "\(host) に拒否されました: 発行の有効期限が切れています"), hints: [anew])
        case .locked:
            return CommandFailure(
                .refused,
                localized(
                    "\(host) refuses: locked after too many tries",
                    ja: "\(host) に拒否されました: 試した回数が多すぎてロックされています"), hints: [anew])
        case .throttled:
            let wait =
                retryAfter.map {
                    localized("wait \($0) s, then try again", ja: "\($0) 秒待ってから、やり直してください")
                }
                ?? localized(
                    "wait a few minutes, then try again", ja: "数分待ってから、やり直してください")
            return CommandFailure(
                .refused,
                localized(
                    "\(host) refuses for now: too many tries",
                    ja: "\(host) がいまは受け付けません: 試した回数が多すぎます"),
                hints: [wait])
        case .unavailable:
            return CommandFailure(
                .unreachable,
                localized("\(host) is not available at the moment", ja: "\(host) はいま利用できません"),
                hints: [localized("try again later", ja: "しばらくしてからやり直してください")])
        }
    }
}
