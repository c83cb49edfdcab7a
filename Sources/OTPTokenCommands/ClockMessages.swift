internal import ClockCheck
internal import Platform

/// What is said about the clock.
extension Messages {
    static func askingTime(_ count: Int) -> String {
        "Asking \(count) time server\(count == 1 ? "" : "s")…"
    }

    static let nothingDue = "No server is to be asked now."

    // MARK: The verdict

    /// One line: direction, seconds, bound, evidence, and what it means for codes.
    static func clockVerdict(_ state: ClockState, isCorrected: Bool = false) -> String {
        guard let core = clockOffset(state) else { return clockUnknown(state) }
        return core + consequence(state, isCorrected: isCorrected)
    }

    private static func clockUnknown(_ state: ClockState) -> String {
        let what =
            state.checkedAt.map {
                "no majority of time servers has answered since \(localMoment($0))"
            } ?? "it was not checked"
        let kept = state.evidence == .kernel ? "; by \(evidence(.kernel)) it is kept" : ""
        return "clock unknown: \(what)\(kept)"
    }

    /// Why a check that was just made says nothing.
    static func clockUnknown(hasAnswers: Bool) -> String {
        hasAnswers
            ? "clock unknown: no majority of the servers agrees"
            : "clock unknown: no server gave an answer that counts"
    }

    /// Direction, seconds, bound and evidence; nil when nothing is known.
    private static func clockOffset(_ state: ClockState) -> String? {
        guard let start = clockStart(state), let error = state.error,
            let evidence = state.evidence
        else { return nil }
        return "\(start) (±\(seconds(bound: error)) s, \(Messages.evidence(evidence)))"
    }

    private static func clockStart(_ state: ClockState) -> String? {
        guard let offset = state.offset, let direction = direction(state) else { return nil }
        guard state.verdict == .ok else { return "clock is \(direction)" }
        // What is nothing has no direction.
        return offset.magnitude < 50_000_000 ? "clock is right" : "clock is right: \(direction)"
    }

    private static func direction(_ state: ClockState) -> String? {
        state.offset.map {
            "\(seconds(Nanoseconds(clamping: $0.magnitude))) s \($0 >= 0 ? "behind" : "ahead")"
        }
    }

    /// The verdict in ever fewer words, for narrow windows: the `step`th, from 0; nil when there are no fewer.
    static func clockVerdict(_ clock: CodeClock, shortened step: Int) -> String? {
        let state = clock.state
        switch step {
        case 0: return clockVerdict(state, isCorrected: clock.isCorrected)
        case 1:
            guard let start = clockStart(state) else { return "clock unknown" }
            return start + consequence(state, isCorrected: clock.isCorrected)
        case 2: return clockStart(state)
        case 3: return direction(state)
        default: return nil
        }
    }

    private static func consequence(_ state: ClockState, isCorrected: Bool) -> String {
        if isCorrected { return ": codes are corrected" }
        switch state.verdict {
        case .ok, .unknown: return ""
        case .note: return ": codes are right"
        case .warning: return ": codes may be refused"
        case .error: return ": codes are likely to be refused"
        }
    }

    static func evidence(_ evidence: ClockState.Evidence) -> String {
        switch evidence {
        case .servers(.nts): "NTS"
        case .servers(.majority(let count, let all)): "\(count) of \(all) servers"
        case .stepped(let time): "stepped since \(localMoment(time))"
        case .issuer: "the issuer's clock"
        case .kernel: "the kernel's word"
        }
    }

    static func clockRemedy(_ verdict: ClockVerdict) -> String? {
        switch verdict {
        case .ok: nil
        case .note, .warning, .error:
            "`timedatectl set-ntp true` lets this machine keep its clock itself"
        case .unknown: "ask others: one nts://HOST, or two ntp://HOST that agree; three are better"
        }
    }

    // MARK: Beside a code

    static let checkingClock = "clock: being checked…"

    /// What is to be said beside a code.
    ///
    /// - Parameters:
    ///   - state: what is known.
    ///   - isCorrected: whether the code was computed with the measured offset.
    ///   - toPerson: whether somebody reads along, who is told lesser things, too.
    /// - Returns: the lines; nil when there is nothing to say.
    static func clockNotice(
        _ state: ClockState, isCorrected: Bool = false, toPerson: Bool
    ) -> String? {
        var remedies: [String] = []
        switch state.verdict {
        case _ where isCorrected:
            // Below what is printed nothing is worth a word.
            guard let offset = state.offset, offset.magnitude >= 50_000_000 else { return nil }
        case .ok: return nil
        case .note: guard toPerson else { return nil }
        case .warning, .error: remedies = self.remedies(state)
        // Where a daemon claims to keep the clock, there is no reason to worry anybody.
        case .unknown where state.evidence == .kernel: return nil
        case .unknown:
            guard toPerson else { return nil }
            remedies = [
                "`otptoken clock` tells more; `clock.check = never` in the config ends this"
            ]
        }
        return ([clockVerdict(state, isCorrected: isCorrected)] + remedies.map { "hint: \($0)" })
            .joined(separator: "\n")
    }

    private static func remedies(_ state: ClockState) -> [String] {
        [clockRemedy(state.verdict)].compactMap { $0 }
            + (state.allowsCorrection
                ? ["`otptoken show --correct`, or `clock.correct = on`, makes up for it"] : [])
    }

    static func notCorrected(_ state: ClockState) -> String {
        let why =
            switch state.evidence {
            case .kernel: "only the kernel says that the clock is kept, and nobody has checked it"
            case .issuer: "only the issuer says how the clock is"
            case .servers, .stepped, nil: "no check of the clock holds"
            }
        return "the code is not corrected: \(why)\nhint: `otptoken clock` checks it"
    }

    /// What to say when the issuer's clock is another one than that of the servers; nil when it is not.
    static func issuerClock(_ state: ClockState, of issuer: ClockState) -> String? {
        guard let offset = state.offset, let error = state.error, let theirs = issuer.offset,
            let bound = issuer.error
        else { return nil }
        let difference = Nanoseconds(clamping: Int128(theirs) - Int128(offset))
        let verdict = ClockVerdict(offset: difference, error: error + bound)
        guard verdict == .warning || verdict == .error else { return nil }
        let size = seconds(Nanoseconds(clamping: difference.magnitude))
        let codes =
            issuer.verdict == .ok || issuer.verdict == .note
            ? "it takes codes of this machine's clock as they are" : "codes may be refused"
        return "the issuer's clock is \(size) s \(difference >= 0 ? "ahead of" : "behind") that of"
            + " the time servers (\(state.evidence.map(evidence) ?? "")): \(codes)"
            + "\nhint: tell the people who issue the token"
    }

    // MARK: Servers

    static let timeServerHeader = ["SERVER", "ADDRESS", "STRATUM", "OFFSET", "DELAY", ""]

    static func reason(_ voice: ClockSelection.Voice, isAgreed: Bool) -> String {
        switch voice {
        case .counts: isAgreed ? "disagrees with the others" : "no majority confirms it"
        case .unauthenticated: "does not prove who it is, as another does"
        case .repeated: "is another one by a second name"
        }
    }

    static func timeServerRow(_ report: ServerReport, reason: String?) -> [String] {
        let start = [report.server.text, report.address ?? ""]
        switch report.result {
        case .success(let sample):
            let size = seconds(Nanoseconds(clamping: sample.offset.magnitude), digits: 4)
            let isZero = size.allSatisfy { $0 == "0" || $0 == "." }
            return start + [
                "\(sample.stratum)",
                (isZero || sample.offset > 0 ? "+" : "-") + size
                    + " ± \(seconds(bound: sample.error, digits: 4)) s",
                "\(seconds(sample.delay, digits: 4)) s",
                reason ?? (sample.isAuthenticated ? "authenticated" : ""),
            ]
        case .failure:
            return start + ["", "", "", reason ?? ""]
        }
    }

    static func timeServerReason(_ failure: ServerFailure) -> String {
        switch failure {
        case .network(let error): return reason(error)
        case .rejected(let rejection): return reason(rejection)
        case .keyExchange(let failure): return reason(failure)
        case .unknownCookie: return "it does not know its own cookie any more"
        case .cryptography: return "libcrypto failed"
        }
    }

    private static func reason(_ error: NetworkError) -> String {
        switch error {
        case .nameNotFound(let reason): "its name is not found: \(printable(reason))"
        case .cannotConnect(let reason): "\(reason)"
        case .timedOut: "no answer in time"
        case .connectionLost(let reason): "the connection broke: \(reason)"
        case .certificate(let reason): "its certificate is not trusted: \(printable(reason))"
        case .certificateDate(let reason):
            "its certificate suggests that this clock is wrong by days or more: \(printable(reason))"
        case .notSpoken(let name): "it does not speak \(name)"
        case .tls(let reason): "no TLS 1.3 with ntske/1: \(printable(reason))"
        case .certificateFile(let file): "no certificates in \(printable(file, limit: 200))"
        case .http(.cutShort): "the connection was cut short"
        case .http, .redirect: "no answer that is understood"
        }
    }

    private static func reason(_ rejection: ServerRejection) -> String {
        switch rejection {
        case .version(let version): "it speaks NTP version \(version)"
        case .unsynchronised: "it has no time itself"
        case .kiss(let code): "it asks to be left alone (\(code))"
        case .timestamps: "its timestamps cannot be"
        case .rootDistance(let distance): "it may be off itself by \(seconds(distance)) s"
        case .roundTrip(let time): "its answer took \(seconds(time)) s"
        }
    }

    private static func reason(_ failure: NTSKeyExchange.Failure) -> String {
        switch failure {
        case .malformed(let what): "its key exchange is malformed (\(what))"
        case .refused(let code): "it refused the key exchange (error \(code))"
        case .warned(let code): "it warned in the key exchange (\(code))"
        case .nothingInCommon: "it speaks neither NTPv4 nor AES-SIV"
        case .unknownRecord(let type): "its key exchange demands record \(type)"
        }
    }

    // MARK: Failures

    static func clockNotGoodEnough(_ state: ClockState) -> CommandFailure {
        CommandFailure(
            state.verdict.status, clockVerdict(state),
            hints: state.verdict == .unknown ? ["`otptoken clock` checks it"] : remedies(state))
    }

    /// What to do when no server gave an answer that counts.
    static func noTime(_ failures: [ServerFailure]) -> CommandFailure {
        for case .network(.certificateFile(let file)) in failures {
            return certificateFile(file)
        }
        var isDateWrong = false
        for case .network(.certificateDate) in failures { isDateWrong = true }
        return CommandFailure(
            .unreachable, "no time server gave an answer that counts",
            hints: [
                isDateWrong
                    ? "set the clock roughly right first, when its date is wrong"
                    : "the list says why; --server nts://HOST or ntp://HOST asks another one"
            ])
    }

    static func badTimeServer(_ text: String, at place: String? = nil) -> CommandFailure {
        CommandFailure(
            place == nil ? .usage : .failure,
            "\(place.map { "\($0): " } ?? "")\(printable(text)) is no time server",
            hints: ["write ntp://HOST, nts://HOST, or either with :PORT behind it"])
    }

    static func badServerCount(_ count: Int, most: Int, at place: String?) -> CommandFailure {
        CommandFailure(
            place == nil ? .usage : .failure,
            "\(place.map { "\($0): " } ?? "")\(count == 0 ? "no" : "\(count)") time servers are named",
            hints: ["name 1 to \(most) of them; three to five are enough"])
    }

    static func badTimeout(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage, "--timeout takes seconds from 0.1 to 60, not \(printable(text))",
            hints: ["leave it out for 3 seconds"])
    }

    /// A bound as seconds with so many decimals, rounded up: what is printed is a bound, too.
    private static func seconds(bound: Nanoseconds, digits: Int = 1) -> String {
        let unit = (digits..<9).reduce(Nanoseconds(1)) { unit, _ in unit * 10 }
        return seconds((bound + unit - 1) / unit * unit, digits: digits)
    }

    /// Nanoseconds as seconds with so many decimals, rounded.
    private static func seconds(_ time: Nanoseconds, digits: Int = 1) -> String {
        // Not signed: the longest time and half a unit are no overflow.
        let unit = (digits..<9).reduce(UInt64(1)) { unit, _ in unit * 10 }
        let count = (time.magnitude + unit / 2) / unit
        let scale = Nanoseconds.second.magnitude / unit
        let fraction = "\(count % scale)"
        return "\(count / scale)."
            + String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
    }
}
