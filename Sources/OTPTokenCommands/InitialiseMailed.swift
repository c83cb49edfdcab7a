internal import Cryptography
internal import MailedCodes
internal import OATH
internal import Platform
internal import TokenStore

private let mailOptions = [
    "profile", "from", "subject", "to", "digits", "valid", "skip-days", "maildir", "mbox",
    "command", "require-dkim",
]
private let enrolmentOptions = [
    "server", "service-id", "user-id", "start-password-file", "mail", "ca-file", "allow-http",
    "backend",
]

/// Refuses what means something with `--mailed` only.
func refuseMailOptions(_ line: Invocation) throws(CommandFailure) {
    for option in mailOptions where line.has(option) { throw Messages.goesWith(option, "mailed") }
}

/// `init --mailed`: remembers where the codes of a service arrive, and how they are told from other mail.
func initialiseMailed(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    for option in enrolmentOptions where line.has(option) {
        throw Messages.excludes("mailed", option)
    }
    let profile = try profile(line)
    guard let sender = line.value("from") ?? profile?.sender else {
        throw Messages.missingMailOption("from", "ADDRESS")
    }
    guard isMailAddress(sender) else { throw Messages.badMailAddress("from", sender) }
    guard let subject = line.value("subject") ?? profile?.subject else {
        throw Messages.missingMailOption("subject", "TEXT")
    }
    guard Token.isValue(subject), subject.contains(where: { !$0.isWhitespace }) else {
        throw Messages.badSubject(subject)
    }
    let recipient = line.value("to") ?? ""
    guard recipient.isEmpty && !line.has("to") || isMailAddress(recipient) else {
        throw Messages.badMailAddress("to", recipient)
    }
    let mailed = MailedToken(
        sender: sender.lowercased(), subject: subject, source: try source(line),
        skipDays: try skipDays(line) ?? profile?.skipDays ?? 0,
        requiresSignature: line.has("require-dkim"))
    let wish = line.value("name") ?? profile?.name ?? String(sender.drop { $0 != "@" }.dropFirst())
    guard Token.isName(wish) else { throw Messages.badName(wish) }
    let token = Token(
        name: wish, kind: .mailed, state: .active, seed: Shared(SecretBytes(zeros: 0)),
        totp: try rule(line, profile), issuer: profile?.issuer ?? "", serviceID: "",
        userID: recipient.lowercased(), server: "", enrolledAt: wallClockSeconds(),
        extras: mailed.extras())
    try session.tokens().refuse(token, mailed, isForced: line.has("force"))
    // Whether it can be read at all; what is in it does not matter now.
    _ = try MailBox(token, session).newest(at: wallClockSeconds())
    try session.changeStore { (store) throws(CommandFailure) in
        try store.tokens.refuse(token, mailed, isForced: line.has("force"))
        guard let index = store.tokens.index(named: wish) else {
            return store.tokens.append(token)
        }
        var new = token
        let former = store.tokens[index]
        new.isDefault = former.isDefault
        if let old = try? MailedToken(former) {
            var kept = mailed
            kept.trusts = old.trusts
            new.extras = kept.extras()
        }
        store.tokens[index] = new
    }
    session.note(Messages.setUp(token))
}

extension [Token] {
    /// Refuses a token that is there already, and one whose mails would be another one's, too.
    fileprivate func refuse(
        _ token: Token, _ mailed: MailedToken, isForced: Bool
    ) throws(CommandFailure) {
        for other in self {
            if other.name == token.name {
                guard isForced, other.kind == .mailed else { throw Messages.nameTaken(token.name) }
                continue
            }
            guard other.kind == .mailed, let their = try? MailedToken(other),
                their.source == mailed.source, their.sender == mailed.sender,
                their.subject == mailed.subject
            else { continue }
            // Without a recipient a token takes the mails of both.
            if token.userID.isEmpty || other.userID.isEmpty || token.userID == other.userID {
                throw Messages.sameMails(other)
            }
        }
    }
}

private func profile(_ line: Invocation) throws(CommandFailure) -> MailProfile? {
    guard let name = line.value("profile") else { return nil }
    guard let profile = MailProfile.all.first(where: { $0.name == name }) else {
        throw Messages.unknownProfile(name, known: MailProfile.all.map(\.name))
    }
    return profile
}

private func source(_ line: Invocation) throws(CommandFailure) -> MailSource {
    let given = ["maildir", "mbox", "command"].filter(line.has)
    guard given.count < 2 else { throw Messages.excludes(given[0], given[1]) }
    guard let option = given.first, let text = line.value(option) else {
        throw Messages.missingMailSource
    }
    guard !text.isEmpty, Token.isValue(text) else { throw Messages.badMailSource(option, text) }
    guard option != "command" else {
        do {
            _ = try commandWords(text)
        } catch {
            throw Messages.badMailCommand(error)
        }
        return .command(text)
    }
    // It is looked for from any folder later on.
    guard let path = absolutePath(text) else { throw Messages.badMailSource(option, text) }
    guard option == "maildir" else { return .mbox(path) }
    guard Maildir.exists(path) else { throw Messages.noMaildir(path) }
    return .maildir(path)
}

private func rule(
    _ line: Invocation, _ profile: MailProfile?
) throws(CommandFailure) -> TOTP {
    var digits = profile?.digits ?? 6
    var seconds = profile?.validity ?? 1800
    if let text = line.value("digits") {
        guard let number = Int(text), HOTP.digits.contains(number) else {
            throw Messages.badDigits(text)
        }
        digits = number
    }
    if let text = line.value("valid") {
        guard let length = duration(text), TOTP.periods.contains(length) else {
            throw Messages.badValidity(text)
        }
        seconds = length
    }
    return TOTP(digits: digits, period: seconds, algorithm: TOTP.rule.algorithm) ?? .rule
}

private func skipDays(_ line: Invocation) throws(CommandFailure) -> Int? {
    guard let text = line.value("skip-days") else { return nil }
    guard let days = Int(text), (0...3650).contains(days), "\(days)" == text else {
        throw Messages.badSkipDays(text)
    }
    return days
}
