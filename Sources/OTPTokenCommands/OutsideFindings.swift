internal import ClockCheck
internal import Enrolment
internal import Platform
internal import TokenStore

/// Where tokens are enrolled.
struct Issuer: Equatable, Sendable {
    let server: ServerURL
    let backend: Backend

    /// Where a token is from; nil when this version could not ask there.
    init?(_ token: Token) {
        guard let server = ServerURL(token.server), let backend = token.backend else { return nil }
        self.server = server
        self.backend = backend
    }
}

/// What `doctor` finds outside of the person's files: the clock, and the issuers.
struct OutsideFindings {
    /// How long all issuers may take together, in seconds: they are asked side by side.
    private static let patience = 5
    /// How many of them are asked at once.
    private static let width = 16

    private let session: Session
    private let caFile: String?
    private let isOffline: Bool

    /// Asks nobody yet.
    ///
    /// - Parameters:
    ///   - session: whose files count.
    ///   - caFile: certificates to trust instead of the system's.
    ///   - isOffline: whether nobody is to be asked at all.
    init(_ session: Session, caFile: String?, isOffline: Bool) {
        self.session = session
        self.caFile = caFile
        self.isOffline = isOffline
    }

    /// Asks, side by side: issuers in this process, time servers in another one.
    ///
    /// - Parameter servers: who issued the tokens; nil when the store does not open.
    /// - Returns: a finding for each issuer, and one for the clock.
    func findings(issuers servers: [Issuer]?) -> [Finding] {
        let settings = try? Settings(session.locations.config)
        let permission = isOffline ? .offline : Self.permission(settings)
        let check = startCheck(permission)
        let answers = issuers(servers)
        check?.wait(seconds: 4)
        let corrects = (try? settings?.correctsClock()) ?? false
        return answers + [clock(permission, correcting: corrects)]
    }

    // MARK: The clock

    private enum Permission {
        case given, offline, never
        /// The config does not say who may be asked.
        case unclear
    }

    /// Lets servers be asked if that is due.
    private func startCheck(_ permission: Permission) -> UnaskedCheck? {
        guard permission == .given, KnownClock(session.locations).measured == nil else {
            return nil
        }
        session.progress(Messages.checkingClock)
        return UnaskedCheck(session, patience: .long)
    }

    /// What is known of this machine's clock.
    private func clock(_ permission: Permission, correcting isWanted: Bool) -> Finding {
        let state = KnownClock(session.locations).state
        let clock = CodeClock(state, correcting: isWanted)
        let what = Messages.clockVerdict(state, isCorrected: clock.isCorrected)
        let remedies = [Messages.clockRemedy(state.verdict)].compactMap { $0 }
        switch state.verdict {
        case .ok: return Finding(.clock, .ok, what)
        case .note: return Finding(.clock, .note, what, remedies: remedies)
        case .warning, .error:
            guard clock.isCorrected else {
                let hints = Messages.clockNotGoodEnough(state).hints
                return Finding(.clock, .problem, what, remedies: hints)
            }
            let isMadeUpFor = [.ok, .note].contains(clock.verdict)
            return Finding(.clock, isMadeUpFor ? .note : .problem, what, remedies: remedies)
        case .unknown: return unknownClock(permission, what)
        }
    }

    /// Nobody has verified it; what the kernel says is a claim.
    private func unknownClock(_ permission: Permission, _ what: String) -> Finding {
        switch permission {
        case .given: Finding(.clock, .unknown, what, remedies: [Messages.clockTells])
        case .unclear:
            Finding(.clock, .unknown, Messages.clockUnclear, remedies: [Messages.mendsConfig])
        case .offline:
            Finding(.clock, .note, Messages.clockOffline, remedies: [Messages.clockTells])
        case .never:
            Finding(.clock, .note, Messages.clockNever, remedies: [Messages.clockTells])
        }
    }

    private static func permission(_ settings: Settings?) -> Permission {
        do throws(CommandFailure) {
            guard let settings else { return .unclear }
            guard try settings.checksClock() else { return .never }
            _ = try settings.clockServers()
            return .given
        } catch {
            return .unclear
        }
    }

    // MARK: The issuers

    /// Whether each issuer answers; codes do not need it, the next enrolment does.
    private func issuers(_ known: [Issuer]?) -> [Finding] {
        guard let known else {
            return [
                isOffline
                    ? Finding(.issuer, .note, Messages.issuersOffline)
                    : Finding(
                        .issuer, .unknown, Messages.issuersUnknown, remedies: [Messages.opensStore])
            ]
        }
        var issuers: [Issuer] = []
        for issuer in known where !issuers.contains(issuer) { issuers.append(issuer) }
        guard !isOffline else {
            return issuers.map { Finding(.issuer, .note, Messages.notAsked($0.server)) }
        }
        // As with `init`: nobody beyond this machine is asked without TLS.
        let (asked, open) = (
            issuers.filter { $0.server.isSecure || $0.server.isLoopback },
            issuers.filter { !$0.server.isSecure && !$0.server.isLoopback }
        )
        return ask(asked) + open.map { Finding(.issuer, .note, Messages.notProtected($0.server)) }
    }

    private func ask(_ issuers: [Issuer]) -> [Finding] {
        guard !issuers.isEmpty else { return [] }
        session.progress(Messages.askingIssuers(issuers.map(\.server)))
        Hardening.ignoreBrokenPipes()
        // One for all: many that are silent take no longer than one.
        let deadline = Deadline(seconds: Self.patience)
        let caFile = caFile
        var findings: [Finding] = []
        for start in stride(from: 0, to: issuers.count, by: Self.width) {
            let group = Array(issuers[start..<min(start + Self.width, issuers.count)])
            let found = Thread.gather(group.count) {
                Self.ask(group[$0], trusting: caFile, deadline)
            }
            findings += zip(group, found).map { $1 ?? Self.finding(.timedOut, $0.server) }
        }
        return findings
    }

    private static func ask(
        _ issuer: Issuer, trusting caFile: String?, _ deadline: Deadline
    ) -> Finding {
        let (server, dialect) = (issuer.server, issuer.backend.dialect)
        let answer: IssuerAnswer
        do throws(NetworkError) {
            answer = try IssuerConnection(server, caFile: caFile)
                .ask(dialect.probe, deadline: deadline)
        } catch {
            return finding(error, server)
        }
        do throws(EnrolmentError) {
            try dialect.receiveProbe(answer)
            return Finding(.issuer, .ok, Messages.issuerAnswers(server))
        } catch {
            var finding = Finding(
                .issuer, Messages.ofIssuer(server, Messages.enrolment(error, server)))
            if case .refused = error { finding.verdict = .unknown }
            return finding
        }
    }

    private static func finding(_ error: NetworkError, _ server: ServerURL) -> Finding {
        let failure = Messages.network(error, server)
        var finding = Finding(.issuer, Messages.ofIssuer(server, failure))
        switch error {
        // It may be this machine that has no network.
        case .nameNotFound, .cannotConnect, .timedOut, .connectionLost, .http(.cutShort):
            finding.verdict = .unknown
        default: break
        }
        return finding
    }
}
