internal import Enrolment
internal import OATH
internal import Platform
internal import TokenStore

/// What is said while a token is fetched.
extension Messages {
    static let askServer = "Issuer's address (https://…): "
    static let askServiceID = "Service ID (サービスID): "
    static let askUserID = "User ID (ユーザID): "
    static let askStartPassword = "Start password (利用開始パスワード), 4-8 digits: "

    // MARK: Bad input

    static func badServer(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage, "the issuer's address is no URL: \(printable(text))",
            hints: ["write it as the mail has it: https://token.example.com"])
    }

    static func plainHTTP(_ server: ServerURL) -> CommandFailure {
        CommandFailure(
            .usage, "\(server.text) is not protected by TLS",
            hints: ["use https; --allow-http takes it all the same"])
    }

    static func badID(_ option: String, _ text: String) -> CommandFailure {
        CommandFailure(
            .usage,
            "this is no \(option == "service-id" ? "service ID" : "user ID"): \(printable(text))",
            hints: ["an ID has 1 to 64 of the characters A-Z a-z 0-9 . _ @ -"])
    }

    static func badName(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage, "this cannot be a token's name: \(printable(text))",
            hints: ["a name has 1 to 64 characters, no control characters, no blank at its ends"])
    }

    static func nameTaken(_ name: String) -> CommandFailure {
        CommandFailure(
            .failure, "there is a token called \(printable(name)) already",
            hints: ["choose another --name"])
    }

    static func missingOption(_ option: String, _ value: String) -> CommandFailure {
        CommandFailure(
            .usage, "--\(option) is missing, and there is no terminal to ask at",
            hints: ["write --\(option) \(value)"])
    }

    static func enrolledAlready(_ token: Token) -> CommandFailure {
        CommandFailure(
            .failure,
            "\(printable(token.userID)) is enrolled here already, as \(printable(token.name))",
            hints: [
                "--force enrols again in its place, once the issuer has reset it"
            ])
    }

    // MARK: The issuer

    static func network(_ error: NetworkError, _ server: ServerURL, pending: Bool) -> CommandFailure
    {
        let host = printable(server.authority)
        let (message, hint): (String, String)
        switch error {
        case .nameNotFound(let reason):
            (message, hint) = (
                "\(host) is not known: \(reason)", "check the address, and the network"
            )
        case .cannotConnect(let reason):
            (message, hint) = (
                "\(host) does not answer: \(reason)", "check the address, or try again later"
            )
        case .timedOut:
            (message, hint) = ("\(host) gave no answer in time", "try again later")
        case .connectionLost(let reason):
            (message, hint) = ("the connection to \(host) broke: \(reason)", "try again")
        case .certificate(let reason):
            (message, hint) = (
                "the certificate of \(host) is not trusted: \(reason)",
                "check the address and this machine's clock; --ca-file PEM trusts an issuer's own authority"
            )
        case .certificateDate(let reason):
            (message, hint) = (
                "the certificate of \(host) is not valid by this machine's clock: \(reason)",
                "look at the clock; when it is right, the issuer has to renew the certificate"
            )
        case .notSpoken(let name):
            (message, hint) = ("\(host) does not speak \(name)", "check the address")
        case .tls(let reason):
            (message, hint) = (
                "\(host) does not speak TLS 1.2 or later as it should: \(printable(reason))",
                "check the address and the port"
            )
        case .certificateFile(let file): return certificateFile(file)
        case .http(.cutShort):
            (message, hint) = ("the answer of \(host) was cut short", "try again")
        case .http(.headTooLarge), .http(.bodyTooLarge):
            (message, hint) = (
                "the answer of \(host) is larger than any issuer's", "check the address"
            )
        case .http(.malformed(let what)):
            (message, hint) = ("the answer of \(host) is no HTTP (\(what))", "check the address")
        case .redirect(let status):
            (message, hint) = (
                "\(host) sends elsewhere (status \(status)), which is not followed",
                "use the address that the mail names"
            )
        }
        return CommandFailure(.unreachable, message, hints: [hint] + (pending ? [again] : []))
    }

    static func certificateFile(_ file: String) -> CommandFailure {
        CommandFailure(
            .failure, "no certificates can be read from \(printable(file, limit: 200))",
            hints: ["--ca-file takes certificates in PEM form"])
    }

    private static let again =
        "the same `otptoken init` finishes the enrolment: the start password is not needed again"

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
                .unreachable, "the answer of \(host) is not an issuer's (\(printable(what)))",
                hints: ["check the address: is there an issuer of tokens?"])
        case .badShare:
            return refused(
                "the answer of \(host) is not a valid key share",
                "this is not the real issuer, or it is broken: ask the people who issue the token")
        case .notConfirmed:
            return refused(
                "wrong start password, or not the real issuer",
                "check the start password, the service ID and the user ID: an issuance can be used once,"
                    + " and the issuer allows ten tries in all")
        case .notAuthentic:
            return refused(
                "the issuer's last answer was altered on its way",
                "try again, from another network: the same `otptoken init` finishes the enrolment")
        case .unacceptable(let what):
            return refused(
                "the issuer asks for a token that this program does not make (\(what))",
                "ask the people who issue the token")
        case .cryptography:
            return .cryptography()
        }
    }

    private static func refused(
        _ refusal: Refusal, _ retryAfter: Int?, _ host: String
    ) -> CommandFailure {
        let anew = "have the token issued anew"
        switch refusal {
        case .invalid:
            return CommandFailure(
                .refused, "\(host) does not take these IDs", hints: ["compare them with the mail"])
        case .refused:
            return CommandFailure(
                .refused, "\(host) refuses: wrong service ID, user ID or start password",
                hints: ["compare them with the mail"])
        case .expired:
            return CommandFailure(
                .refused, "\(host) refuses: the issuance has expired", hints: [anew])
        case .locked:
            return CommandFailure(
                .refused, "\(host) refuses: locked after too many tries", hints: [anew])
        case .throttled:
            let wait = retryAfter.map { "wait \($0) s" } ?? "wait a few minutes"
            return CommandFailure(
                .refused, "\(host) refuses for now: too many tries",
                hints: ["\(wait), then try again"])
        case .unavailable:
            return CommandFailure(
                .unreachable, "\(host) is not available at the moment", hints: ["try again later"])
        }
    }

    static func enrolledUnseen(_ token: Token, _ failure: CommandFailure) -> CommandFailure {
        CommandFailure(
            failure.status, failure.message,
            hints: [
                "the token is enrolled: `otptoken show \(shellQuoted(token.name))` prints the code"
            ])
    }

    // MARK: Going well

    static func asking(_ server: ServerURL) -> String {
        "Enrolling at \(printable(server.authority))…"
    }

    static func resuming(_ token: Token) -> String {
        "Taking up the enrolment of \(printable(token.userID)) where it was."
    }

    static let startingAnew = "The earlier attempt can no longer be finished; starting anew."

    static func enrolled(_ token: Token) -> String {
        let end = token.expiresAt.map { " It ends on \(localDate($0))." } ?? ""
        return "Enrolled as \(printable(token.name)): \(token.totp.digits) digits, a new code every"
            + " \(token.totp.period) s.\(end)"
    }

    static func confirm(at url: String?) -> String {
        guard let url else {
            return "Now enter this code on the page where the token was issued (認証確認):"
        }
        return "Now enter this code at \(printable(url, limit: 200)):"
    }
}
