internal import Cryptography
internal import Enrolment
internal import OATH
internal import Platform
internal import TokenStore

/// `init`: fetches a token from its issuer.
///
/// The order keeps an enrolment safe against a kill at any instant: the key is agreed, the token saved as pending,
/// and only then the issuer told that it may count on it. Whoever comes again with the same IDs takes it up there.
func initialise(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    try refuseMailOptions(line)
    var request = try EnrolmentRequest(line)
    let wishes = try ClockWishes(session)
    Hardening.ignoreBrokenPipes()
    let tokens = try session.tokens()
    if let wish = request.name, let index = tokens.index(named: wish),
        !request.concerns(tokens[index])
    {
        throw Messages.nameTaken(wish)
    }
    var enrolled: Enrolled?
    if !request.isForced {
        try request.refuseIfEnrolled(tokens)
        if let token = tokens.first(where: request.continues) {
            enrolled = try resume(token, request, session, wishes)
        }
    }
    if enrolled == nil {
        let client = try request.takeClient()
        enrolled = try enrol(client, request, session, wishes)
    }
    if let enrolled, request.wasAsked { try showLive(enrolled, session, wishes) }
}

/// A token that is in the store, its first code shown.
private struct Enrolled {
    let name: String
    let confirmURL: String?
}

/// Shows the code until it is confirmed, to the person who has just answered questions.
private func showLive(
    _ enrolled: Enrolled, _ session: Session, _ wishes: ClockWishes
) throws(CommandFailure) {
    guard isTerminal(1), session.hasReader, environmentVariable("TERM") ?? "dumb" != "dumb" else {
        return
    }
    func tokens() throws(CommandFailure) -> [Token] {
        let tokens = try session.activeTokens()
        session.unlocking.forget()
        return [try choose(enrolled.name, from: tokens)]
    }
    var view = try WatchView(
        tokens(), session, wishes, heading: Messages.confirm(at: enrolled.confirmURL),
        reload: tokens)
    let ending = try view.run()
    session.note(Messages.fromNowOn)
    ending?.takeEffect()
}

/// Takes up a pending enrolment; nil when the issuer knows nothing of it any more.
private func resume(
    _ token: Token, _ request: EnrolmentRequest, _ session: Session, _ wishes: ClockWishes
) throws(CommandFailure) -> Enrolled? {
    guard let pending = PendingEnrolment(token) else { return nil }
    session.note(Messages.resuming(token))
    let clock = EnrolmentClock(session, wishes)
    let answer = try request.post(
        pending.finishRequest, to: EnrolmentProtocol.finishPath,
        deadline: IssuerConnection.deadline(),
        pending: true)
    let parameters: EnrolmentParameters
    do {
        parameters = try pending.receiveFinish(status: answer.status, body: answer.body)
    } catch .refused(.refused, _), .refused(.expired, _) {
        // The pending token stays until a new one is agreed: a no can be forged, the agreement cannot.
        session.note(Messages.startingAnew)
        return nil
    } catch {
        throw Messages.enrolment(error, request.server)
    }
    // The issuer's time may be that of an earlier answer, which was lost: it says nothing of this moment.
    return try complete(pending, parameters, request, session, clock)
}

private func enrol(
    _ client: consuming EnrolmentClient, _ request: EnrolmentRequest, _ session: Session,
    _ wishes: ClockWishes
) throws(CommandFailure) -> Enrolled? {
    try session.prepareStore()
    var clock = EnrolmentClock(session, wishes)
    session.progress(Messages.asking(request.server))
    let deadline = IssuerConnection.deadline()
    let start = try request.post(
        client.startRequest, to: EnrolmentProtocol.startPath, deadline: deadline, pending: false)
    let pending: PendingEnrolment
    do {
        pending = try client.receiveStart(status: start.status, body: start.body)
    } catch {
        throw Messages.enrolment(error, request.server)
    }
    var token = Token(pending, request)
    try session.changeStore { (store) throws(CommandFailure) in
        try request.refuseIfEnrolled(store.tokens)
        store.tokens.removeAll(where: request.continues)
        token.name = store.tokens.freeName(like: request.userID)
        store.tokens.append(token)
    }
    let asked = SystemClock.together()
    let finish = try request.post(
        pending.finishRequest, to: EnrolmentProtocol.finishPath, deadline: deadline, pending: true)
    let parameters: EnrolmentParameters
    do {
        parameters = try pending.receiveFinish(status: finish.status, body: finish.body)
    } catch {
        throw Messages.enrolment(error, request.server)
    }
    clock.compare(parameters.time, askedAt: asked)
    return try complete(pending, parameters, request, session, clock)
}

/// Makes the pending token an active one, and shows its first code.
private func complete(
    _ pending: borrowing PendingEnrolment, _ parameters: EnrolmentParameters,
    _ request: EnrolmentRequest, _ session: Session, _ clock: borrowing EnrolmentClock
) throws(CommandFailure) -> Enrolled? {
    let now = wallClockSeconds()
    let seed = Shared(pending.seed.clone())
    var enrolled: Token?
    try session.changeStore { (store) throws(CommandFailure) in
        // The token that --force replaces hands on its name and its place as the default.
        try request.refuseIfEnrolled(store.tokens)
        let former = store.tokens.first { $0.state == .active && request.concerns($0) }
        // A pending one of another address goes too: this issuer has shown that it knows the start password.
        store.tokens.removeAll(where: request.concerns)
        let wish = request.name ?? former?.name ?? parameters.issuer
        let token = Token(
            name: store.tokens.freeName(like: Token.isName(wish) ? wish : request.serviceID),
            state: .active, seed: seed, totp: parameters.totp, issuer: parameters.issuer,
            serviceID: request.serviceID, userID: request.userID, server: request.server.text,
            enrolledAt: now, expiresAt: parameters.expiresAt, isDefault: former?.isDefault ?? false)
        store.tokens.append(token)
        enrolled = token
    }
    guard let enrolled else { return nil }
    session.note(Messages.enrolled(enrolled))
    let codeClock = clock.tell()
    session.note(Messages.confirm(at: parameters.confirmURL))
    let code = try CodeReport(enrolled, at: codeClock.nowSeconds()).code
    do {
        try writeResult("\(code)\n")
    } catch {
        throw Messages.enrolledUnseen(enrolled, error)
    }
    return Enrolled(name: enrolled.name, confirmURL: parameters.confirmURL)
}

extension Token {
    fileprivate init(_ pending: borrowing PendingEnrolment, _ request: EnrolmentRequest) {
        self.init(
            name: request.userID, state: .pending, seed: Shared(pending.seed.clone()), totp: .rule,
            issuer: "", serviceID: request.serviceID, userID: request.userID,
            server: request.server.text, extras: pending.extras)
    }
}

/// How a pending enrolment is kept in the store: keys of its own beside the token's.
extension PendingEnrolment {
    private static let sessionKey = "enrol_session"
    private static let confirmationKey = "enrol_confirm_p"
    private static let parametersKeyKey = "enrol_parameters_key"

    fileprivate var extras: [Token.Extra] {
        var key = SecretBuffer()
        Base64.append(parametersKey, padding: .required, to: &key)
        let session = Array(session.utf8)
        let confirmation = Array(Base64.encode(confirmation.span, padding: .required).utf8)
        return [
            .init(key: Self.sessionKey, value: Shared(SecretBytes(copying: session.span))),
            .init(
                key: Self.confirmationKey, value: Shared(SecretBytes(copying: confirmation.span))),
            .init(key: Self.parametersKeyKey, value: Shared(key.finish())),
        ]
    }

    fileprivate init?(_ token: Token) {
        func value(_ key: String) -> Shared<SecretBytes>? {
            token.extras.first { $0.key == key }?.value
        }
        guard let session = value(Self.sessionKey), let confirmation = value(Self.confirmationKey),
            let key = value(Self.parametersKeyKey),
            let proof = confirmation.value.withBytes({ Base64.decode($0, padding: .required) }),
            let parametersKey = key.value.withBytes({ Base64.decode($0, padding: .required) })
        else { return nil }
        self.init(
            session: session.value.withBytes {
                String(decoding: Array(copying: $0), as: UTF8.self)
            },
            confirmation: proof.withBytes { Array(copying: $0) }, seed: token.seed.value.clone(),
            parametersKey: parametersKey)
    }
}
