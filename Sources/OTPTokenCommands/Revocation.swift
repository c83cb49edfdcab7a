internal import Enrolment
internal import Platform
internal import TokenStore

/// What the command line says of the issuer when a token is removed.
struct RevocationWish {
    private enum Answer { case yes, no, asked }

    private let answer: Answer
    private let caFile: String?
    private let allowsHTTP: Bool

    /// Whether the person is to be asked.
    var isAsked: Bool { answer == .asked }

    init(_ line: Invocation) throws(CommandFailure) {
        caFile = try IssuerConnection.caFile(line)
        allowsHTTP = line.has("allow-http")
        switch (line.has("revoke"), line.has("no-revoke")) {
        case (true, true): throw Messages.excludes("revoke", "no-revoke")
        case (true, false): answer = .yes
        case (false, true): answer = .no
        // Who does not want to be asked is not asked this either, and nobody is told unasked.
        case (false, false): answer = line.has("yes") ? .no : .asked
        }
    }

    /// The revocation of a token.
    ///
    /// - Parameter token: the one that is removed.
    /// - Returns: the revocation; nil where it is not wanted, or where nobody need be asked since it cannot be.
    /// - Throws: why it cannot be, where it is wanted.
    func revocation(of token: Token) throws(CommandFailure) -> Revocation? {
        guard answer != .no else { return nil }
        do throws(CommandFailure) {
            guard token.kind == .totp else { throw Messages.notRevocableMailed(token) }
            guard token.state == .active else { throw Messages.notRevocableYet(token) }
            guard token.expiry(at: wallClockSeconds()) != .ended else {
                throw Messages.notRevocableAnyMore(token)
            }
            guard let backend = token.backend else { throw Messages.unknownBackend(token) }
            let server = try IssuerConnection.server(token.server, backend, allowsHTTP: allowsHTTP)
            return Revocation(
                token: token, backend: backend, issuer: IssuerConnection(server, caFile: caFile))
        } catch {
            guard isAsked else { throw error }
            return nil
        }
    }
}

/// Ends a token at its issuer, to which a current code proves that it is this person's.
struct Revocation {
    let token: Token
    let backend: Backend
    let issuer: IssuerConnection

    /// Asks the issuer.
    ///
    /// - Parameter session: whose clock counts.
    /// - Throws: when the issuer does not say that it is done, which does not mean that it is not.
    func run(_ session: Session) throws(CommandFailure) {
        let wishes = try ClockWishes(session)
        Hardening.ignoreBrokenPipes()
        let clock =
            wishes.wantsCorrection ? session.checkedClock(wishes) : session.knownClock(wishes)
        session.progress(Messages.revoking(token, issuer.server))
        let deadline = IssuerConnection.deadline()
        // The current code may just have been used to log in; the issuer takes the one after it as well.
        let report = try CodeReport(token, at: clock.nowSeconds(), withNext: true)
        for code in [report.code, report.nextCode].compactMap({ $0 }) {
            switch try ask(code, deadline) {
            case .revoked: return session.note(Messages.revoked(token, issuer.server))
            case .refused: continue
            case .notOffered: throw Messages.revocationNotOffered(token, issuer.server)
            }
        }
        session.tell(clock, wishes)
        throw Messages.revocationRefused(token, issuer.server)
    }

    private func ask(
        _ code: String, _ deadline: Deadline
    ) throws(CommandFailure) -> RevocationClient.Answer {
        let dialog = backend.dialect.revocation(of: token.person, marks: token.marks, code: code)
        while true {
            switch dialog.next() {
            case .done(let answer): return answer
            case .ask(let question):
                let answer: IssuerAnswer
                do throws(NetworkError) {
                    answer = try issuer.ask(question, deadline: deadline)
                } catch {
                    throw Messages.notRevoked(error, token, issuer.server)
                }
                do throws(EnrolmentError) {
                    try dialog.receive(answer)
                } catch {
                    throw Messages.notRevoked(error, token, issuer.server)
                }
            }
        }
    }
}
