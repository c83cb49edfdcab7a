internal import ClockCheck
internal import Enrolment
internal import Platform
internal import TokenStore

/// What `doctor` finds outside of the person's files: the clock, and the issuers.
struct OutsideFindings {
    /// How long one issuer may take, and all of them together, in milliseconds.
    private static let patience = (one: 4000, all: 10_000)

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

    // MARK: The clock

    /// What is known of this machine's clock, once servers have been asked if that is due.
    func clock() -> Finding {
        let (mayCheck, corrects) = wishes()
        var known = KnownClock(session.locations)
        if known.measured == nil, mayCheck, !isOffline {
            session.progress(Messages.checkingClock)
            UnaskedCheck(session, patience: .long)?.wait(seconds: 4)
            known = KnownClock(session.locations)
        }
        let clock = CodeClock(known.state, correcting: corrects)
        let what = Messages.clockVerdict(clock.state, isCorrected: clock.isCorrected)
        let remedies = [Messages.clockRemedy(clock.state.verdict)].compactMap { $0 }
        switch clock.state.verdict {
        case .ok: return Finding(.clock, .ok, what)
        case .note: return Finding(.clock, .note, what, remedies: remedies)
        case .warning, .error:
            return Finding(
                .clock, clock.isCorrected ? .note : .problem, what, remedies: remedies)
        case .unknown where clock.state.evidence == .kernel || isOffline || !mayCheck:
            return Finding(.clock, .note, what, remedies: [Messages.clockTells])
        case .unknown: return Finding(.clock, .unknown, what, remedies: [Messages.clockTells])
        }
    }

    /// What the config says; where it is wrong, which has a line of its own, nobody is asked.
    private func wishes() -> (mayCheck: Bool, corrects: Bool) {
        do throws(CommandFailure) {
            let settings = try Settings(session.locations.config)
            _ = try settings.clockServers()
            return (try settings.checksClock(), try settings.correctsClock())
        } catch {
            return (false, false)
        }
    }

    // MARK: The issuers

    /// Whether each issuer answers; codes do not need it, the next enrolment does.
    func issuers(of tokens: [Token]) -> [Finding] {
        var texts: [String] = []
        for token in tokens where !texts.contains(token.server) { texts.append(token.server) }
        let all = Deadline(milliseconds: Self.patience.all)
        return texts.compactMap(ServerURL.init).map { server in
            guard !isOffline else { return Finding(.issuer, .note, Messages.notAsked(server)) }
            session.progress(Messages.askingIssuer(server))
            return issuer(server, Deadline(milliseconds: min(Self.patience.one, all.remaining)))
        }
    }

    private func issuer(_ server: ServerURL, _ deadline: Deadline) -> Finding {
        let client = HTTPClient(server, caFile: caFile, agent: "otptoken/\(releaseVersion)")
        do throws(NetworkError) {
            let answer = try client.post(
                EnrolmentProtocol.probe, to: EnrolmentProtocol.startPath, deadline: deadline)
            if case .response(let status, _) = answer.start,
                EnrolmentProtocol.isIssuer(status: status, body: answer.body)
            {
                return Finding(.issuer, .ok, Messages.issuerAnswers(server))
            }
            return Finding(.issuer, Messages.enrolment(.malformed("no otptoken-enrol/1"), server))
        } catch {
            var finding = Finding(.issuer, Messages.network(error, server, pending: false))
            finding.remedies.append(Messages.codesGoOn)
            switch error {
            // It may be this machine that has no network.
            case .nameNotFound, .cannotConnect, .timedOut, .connectionLost:
                finding.verdict = .unknown
            default: break
            }
            return finding
        }
    }
}
