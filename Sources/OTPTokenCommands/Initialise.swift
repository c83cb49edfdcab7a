internal import Cryptography
internal import Enrolment
internal import OATH
internal import Platform
internal import TokenStore

/// `init`: fetches a token from its issuer.
///
/// What the issuer says, and in which order things must be kept, is the backend's part: here is done what it asks for.
/// Whoever comes again with the same IDs takes up there what was kept.
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
    try request.refuseIfEnrolled(tokens)
    let pending = tokens.first(where: request.continues)
    let enrolled = try enrol(&request, resuming: pending, session, wishes)
    if request.wasAsked { try showLive(enrolled, session, wishes) }
}

/// A token that is in the store, its first code shown.
private struct Enrolled {
    let name: String
    /// Where it is to be confirmed.
    let heading: String
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
        tokens(), session, wishes, heading: enrolled.heading, reload: tokens)
    let ending = try view.run()
    session.note(Messages.fromNowOn)
    ending?.takeEffect()
}

/// Does what the backend asks for, until there is a token.
private func enrol(
    _ request: inout EnrolmentRequest, resuming pending: Token?, _ session: Session,
    _ wishes: ClockWishes
) throws(CommandFailure) -> Enrolled {
    let (dialect, server) = (request.backend.dialect, request.server)
    let dialog: any EnrolmentDialog
    if let pending,
        let resumed = dialect.resumption(
            of: pending.keptEnrolment, by: request.person, random: SecretBytes.random)
    {
        session.note(Messages.resuming(pending))
        dialog = resumed
    } else {
        dialog = dialect.enrolment(of: request.person, random: SecretBytes.random)
    }
    var clock: EnrolmentClock?
    var deadline = IssuerConnection.deadline()
    var asked = SystemClock.together()
    while true {
        let loss = dialog.loss
        switch try step(dialog, server) {
        case .password(let reason):
            if let words = Messages.passwordReason(reason, server) { session.note(words) }
            let password = try request.takeStartPassword()
            try check(dialog, server) { () throws(EnrolmentError) in try dialog.take(password) }
            // Whatever cannot be kept is found before the password is shown to anybody.
            try session.prepareStore()
            if clock == nil { clock = EnrolmentClock(session, wishes) }
            session.progress(Messages.asking(server))
            if dialect.sendsSecrets, server.isSecure {
                session.progress(Messages.secretsTravel(server))
            }
            deadline = IssuerConnection.deadline()
        case .keep(let kept):
            try losing(loss, server) { () throws(CommandFailure) in
                try keep(kept, request, session)
            }
        case .ask(let question):
            if clock == nil { clock = EnrolmentClock(session, wishes) }
            asked = SystemClock.together()
            let answer: IssuerAnswer
            do {
                answer = try request.issuer.ask(question, deadline: deadline)
            } catch {
                throw Messages.lost(error, server, dialog.loss)
            }
            try check(dialog, server) { () throws(EnrolmentError) in try dialog.receive(answer) }
        case .wait(let moment):
            session.note(Messages.waitingForNextCode)
            while wallClockSeconds() < moment { pause(microseconds: 200_000) }
            deadline = IssuerConnection.deadline()
        case .done(let result):
            var known = clock.take() ?? EnrolmentClock(session, wishes)
            known.compare(result.parameters.time, askedAt: asked)
            return try complete(result, dialog, request, session, known)
        }
    }
}

private func step(
    _ dialog: any EnrolmentDialog, _ server: ServerURL
) throws(CommandFailure) -> EnrolmentStep {
    do throws(EnrolmentError) {
        return try dialog.next(at: wallClockSeconds())
    } catch {
        throw Messages.failed(error, server, dialog.loss)
    }
}

/// Lets the dialog take something; what it says to it is put into words.
private func check(
    _ dialog: any EnrolmentDialog, _ server: ServerURL, _ take: () throws(EnrolmentError) -> Void
) throws(CommandFailure) {
    do throws(EnrolmentError) {
        try take()
    } catch {
        throw Messages.failed(error, server, dialog.loss)
    }
}

/// Does something on this machine; where that fails, it is said what is lost at the issuer.
private func losing(
    _ loss: EnrolmentLoss, _ server: ServerURL, _ work: () throws(CommandFailure) -> Void
) throws(CommandFailure) {
    do throws(CommandFailure) {
        try work()
    } catch {
        throw error.adding(loss, server)
    }
}

/// Keeps what an enrolment needs to be taken up.
private func keep(
    _ kept: KeptEnrolment, _ request: EnrolmentRequest, _ session: Session
) throws(CommandFailure) {
    try session.changeStore { (store) throws(CommandFailure) in
        try request.refuseIfEnrolled(store.tokens)
        store.tokens.removeAll(where: request.continues)
        store.tokens.append(
            Token(
                name: store.tokens.freeName(like: request.userID), state: .pending, seed: kept.seed,
                totp: kept.totp, issuer: "", serviceID: request.serviceID, userID: request.userID,
                server: request.server.text, extras: Token.extras(kept.marks, of: request.backend)))
    }
}

/// Makes an active token of it, and shows its first code.
private func complete(
    _ result: EnrolledToken, _ dialog: any EnrolmentDialog, _ request: EnrolmentRequest,
    _ session: Session, _ clock: borrowing EnrolmentClock
) throws(CommandFailure) -> Enrolled {
    let parameters = result.parameters
    var replaced: [Token] = []
    var token = Token(
        name: request.serviceID, state: .active, seed: result.seed, totp: parameters.totp,
        issuer: parameters.issuer, serviceID: request.serviceID, userID: request.userID,
        server: request.server.text, enrolledAt: wallClockSeconds(),
        expiresAt: parameters.expiresAt,
        extras: Token.extras(result.marks, of: request.backend))
    try losing(dialog.loss, request.server) { () throws(CommandFailure) in
        try session.changeStore { (store) throws(CommandFailure) in
            // The token that --force replaces hands on its name and its place as the default.
            try request.refuseIfEnrolled(store.tokens)
            let former = store.tokens.first { $0.state == .active && request.concerns($0) }
            // A pending one of another address goes too: this issuer has shown that it knows the start password.
            replaced = store.tokens.filter { request.concerns($0) && !request.continues($0) }
            store.tokens.removeAll(where: request.concerns)
            let wish = request.name ?? former?.name ?? parameters.issuer
            token.name = store.tokens.freeName(like: Token.isName(wish) ? wish : request.serviceID)
            token.isDefault = former?.isDefault ?? false
            store.tokens.append(token)
        }
    }
    session.note(Messages.enrolled(token))
    for former in replaced { retire(former, for: token, dialog, request, session) }
    for serial in result.leftovers { session.note(Messages.leftBehind(serial, request.server)) }
    let codeClock = clock.tell()
    let heading = Messages.confirmation(parameters.confirmURL, at: request)
    session.note(heading)
    // A code that the enrolment has used up is of no more use.
    let moment = codeClock.nowSeconds()
    let unspent = result.spentStep.map { parameters.totp.start(of: $0 + 1) } ?? moment
    if unspent > moment { session.note(Messages.codeUsedUp) }
    let code = try CodeReport(token, at: max(moment, unspent)).code
    do {
        try writeResult("\(code)\n")
    } catch {
        throw Messages.enrolledUnseen(token, error)
    }
    return Enrolled(name: token.name, heading: heading)
}

/// Has the issuer forget a token that was replaced, where it does not do so by itself; else says that it is left there.
private func retire(
    _ former: Token, for token: Token, _ dialog: any EnrolmentDialog, _ request: EnrolmentRequest,
    _ session: Session
) {
    guard former.backend != .otptoken, let serial = former.serial, serial != token.serial else {
        return
    }
    guard request.isFromThere(former), let question = dialog.retirement(of: former.marks),
        let answer = try? request.issuer.ask(question, deadline: IssuerConnection.deadline()),
        dialog.isRetired(answer)
    else { return session.note(Messages.notRetired(serial, of: former)) }
    session.note(Messages.retired(request.server))
}
