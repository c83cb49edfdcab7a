internal import ClockCheck
internal import Platform

/// What is said about the clock.
extension Messages {
    static func askingTime(_ count: Int) -> String {
        "Asking \(count) time server\(count == 1 ? "" : "s")…"
    }

    // MARK: The verdict

    /// One line: direction, seconds, bound and evidence.
    static func clockVerdict(_ verdict: ClockVerdict, _ selection: ClockSelection?) -> String {
        guard let selection, verdict != .unknown else {
            return "clock unknown: no majority of the servers agrees"
        }
        return clockVerdict(
            verdict, selection.offset, selection.error, evidence(selection.evidence))
    }

    /// The same of what is known without asking.
    static func clockVerdict(_ state: ClockState) -> String {
        guard let offset = state.offset, let error = state.error, let evidence = state.evidence,
            state.verdict != .unknown
        else { return "clock unknown: it was not checked" }
        return clockVerdict(state.verdict, offset, error, evidence)
    }

    static func steppedSince(_ time: Int64) -> String { "stepped since \(localMoment(time))" }

    private static func clockVerdict(
        _ verdict: ClockVerdict, _ offset: Nanoseconds, _ error: Nanoseconds, _ evidence: String
    ) -> String {
        let size = seconds(Nanoseconds(clamping: offset.magnitude))
        let bound = "(±\(seconds(error)) s, \(evidence))"
        let direction = offset >= 0 ? "behind" : "ahead"
        switch verdict {
        case .ok: return "clock is right: \(size) s \(direction) \(bound)"
        case .note: return "clock is \(size) s \(direction) \(bound): codes are right"
        case .warning: return "clock is \(size) s \(direction) \(bound): codes may be refused"
        default: return "clock is \(size) s \(direction) \(bound): codes are likely to be refused"
        }
    }

    static func evidence(_ evidence: ClockSelection.Evidence) -> String {
        switch evidence {
        case .nts: "NTS"
        case .majority(let count, let all): "\(count) of \(all) servers"
        }
    }

    static func clockRemedy(_ verdict: ClockVerdict) -> String? {
        switch verdict {
        case .ok: nil
        case .note, .warning, .error:
            "`timedatectl set-ntp true` lets this machine keep its clock itself"
        case .unknown: "name servers to ask: --server nts://HOST or ntp://HOST, three or more"
        }
    }

    // MARK: Servers

    static let timeServerHeader = ["SERVER", "ADDRESS", "STRATUM", "OFFSET", "DELAY", ""]
    static let leftOut = "disagrees with the others, or is one of them by another name"

    static func timeServerRow(_ report: ServerReport, isUsed: Bool) -> [String] {
        let start = [report.server.text, report.address ?? ""]
        switch report.result {
        case .success(let sample):
            let sign = sample.offset >= 0 ? "+" : "-"
            let size = seconds(Nanoseconds(clamping: sample.offset.magnitude), digits: 6)
            return start + [
                "\(sample.stratum)", "\(sign)\(size) ± \(seconds(sample.error, digits: 6)) s",
                "\(seconds(sample.delay, digits: 6)) s",
                isUsed ? (sample.isAuthenticated ? "authenticated" : "") : leftOut,
            ]
        case .failure(let failure):
            return start + ["", "", "", timeServerReason(failure)]
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
            hints: [
                state.verdict == .unknown
                    ? "`otptoken clock` checks it" : clockRemedy(state.verdict) ?? "set it"
            ])
    }

    static func noTime() -> CommandFailure {
        CommandFailure(
            .unreachable, "no time server gave an answer that counts",
            hints: ["is there a network? --server ntp://HOST asks another one"])
    }

    static func badTimeServer(_ text: String, in path: String? = nil) -> CommandFailure {
        CommandFailure(
            path == nil ? .usage : .failure,
            "\(printable(text))\(path.map { " in \(printable($0, limit: 200))" } ?? "") is no time server",
            hints: ["write ntp://HOST, nts://HOST, or either with :PORT behind it"])
    }

    static func badTimeout(_ text: String) -> CommandFailure {
        CommandFailure(
            .usage, "--timeout takes seconds from 1 to 60, not \(printable(text))",
            hints: ["leave it out for 3 seconds"])
    }

    /// Nanoseconds as seconds with so many decimals, rounded.
    private static func seconds(_ time: Nanoseconds, digits: Int = 1) -> String {
        let unit = (digits..<9).reduce(Nanoseconds(1)) { unit, _ in unit * 10 }
        let count = (time + unit / 2) / unit
        let scale = Nanoseconds.second / unit
        let fraction = "\(count % scale)"
        return "\(count / scale)."
            + String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
    }
}
