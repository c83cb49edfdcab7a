package import Cryptography
internal import Enrolment
package import Platform

/// Everything that an issuer answers over HTTP, by path.
package struct Site: Sendable {
    private let prefix: String
    private let enrolment: EnrolmentEndpoint
    private let verification: VerificationEndpoint
    private let revocation: RevocationEndpoint
    private let proxies: [String]
    private let onlyProxies: Bool
    private let pages: Pages
    /// A hundred at once, and one more every six seconds.
    private let throttle = Throttle(burst: 100, interval: 6)

    /// Serves an issuer's users, and services that verify their codes.
    ///
    /// - Parameters:
    ///   - issuer: whose.
    ///   - proxies: the addresses of proxies whose word for a client's address counts.
    ///   - onlyProxies: whether others than these, and this machine, are turned away.
    ///   - isSecure: whether browsers speak TLS, with this program or with a proxy.
    ///   - mailer: what sends the mails of the pages; nil leaves them in the outbox.
    package init(
        _ issuer: Issuer, proxies: [String] = [], onlyProxies: Bool = false,
        isSecure: Bool = false, mailer: Mailer? = nil
    ) {
        prefix = ServerURL(issuer.url)?.path ?? ""
        pages = Pages(
            issuer, prefix: prefix, isSecure: isSecure,
            mailer: mailer)
        enrolment = EnrolmentEndpoint(issuer)
        verification = VerificationEndpoint(issuer)
        revocation = RevocationEndpoint(issuer)
        self.proxies = proxies
        self.onlyProxies = onlyProxies
    }

    /// Answers a request; in many threads at once.
    ///
    /// - Parameters:
    ///   - request: any request.
    ///   - peer: the IP address that it came from.
    ///   - now: unix seconds.
    ///   - random: for ephemeral scalars and nonces.
    ///   - report: is told why an answer was 503; no secret in it.
    /// - Returns: the answer.
    package func answer(
        _ request: HTTPMessage, from peer: String = "127.0.0.1", now: Int64,
        random: @escaping RandomSource, report: (IssuerError) -> Void
    ) -> HTTPMessage {
        guard !onlyProxies || proxies.contains(peer) || chargedAddress(peer) == nil else {
            return .json(403, EnrolmentIssuer.reply(.refused))
        }
        let request = below(request)
        guard let address = chargedAddress(client(of: request, peer)) else {
            return route(request, now: now, random: random, report: report).answer
        }
        if let wait = throttle.wait(address, now: now) {
            return throttled(request, wait)
        }
        let (answer, effect) = route(request, now: now, random: random, report: report)
        switch effect {
        case .charge: throttle.charge(address, now: now)
        case .refund: throttle.refund(address)
        case .nothing: break
        }
        return answer
    }

    /// What an answer means for the address that it goes to.
    private enum Effect {
        case nothing
        /// A failure, or what may become one: the start of an enrolment, whose end takes that back.
        case charge
        case refund
    }

    /// A request whose path is as it is below the issuer's URL.
    ///
    /// A proxy in front may pass the path of the issuer's URL on, or take it off.
    private func below(_ request: HTTPMessage) -> HTTPMessage {
        let path = request.path
        guard case .request(let method, let target) = request.start, !prefix.isEmpty,
            !pages.has(path), path.hasPrefix(prefix)
        else { return request }
        let rest = target.dropFirst(prefix.count)
        var request = request
        request.start = .request(
            method: method, target: rest.hasPrefix("/") ? String(rest) : "/" + rest)
        return request
    }

    private func route(
        _ request: HTTPMessage, now: Int64, random: @escaping RandomSource,
        report: (IssuerError) -> Void
    ) -> (answer: HTTPMessage, effect: Effect) {
        switch request.path {
        case VerificationEndpoint.path:
            let answer = verification.answer(request, now: now, random: random, report: report)
            return (answer, answer.status == 401 ? .charge : .nothing)
        case RevocationEndpoint.path:
            let answer = revocation.answer(request, now: now, random: random, report: report)
            return (answer, answer.status == 401 ? .charge : .nothing)
        case EnrolmentProtocol.startPath:
            let answer = enrolment.answer(
                request, now: now, random: random, report: report)
            return (answer, answer.status == 200 ? .charge : .nothing)
        case EnrolmentProtocol.finishPath:
            // Not at a repetition: each charge is given back once.
            var effect = Effect.nothing
            let answer = enrolment.answer(
                request, now: now, random: random, report: report, enrolled: { effect = .refund })
            return (answer, effect)
        case Stylesheet.path: return (Stylesheet.answer, .nothing)
        default:
            guard wantsPage(request) else {
                return (.json(404, EnrolmentIssuer.reply(.invalid)), .nothing)
            }
            let (answer, isFailure) = pages.answer(
                request, now: now, random: random, report: report)
            return (answer, isFailure ? .charge : .nothing)
        }
    }

    /// Whether somebody with a browser asks: for a page, or for what might be one.
    private func wantsPage(_ request: HTTPMessage) -> Bool {
        pages.has(request.path)
            || request.value(of: "accept")?.contains("text/html") == true
    }

    private func throttled(_ request: HTTPMessage, _ wait: Int64) -> HTTPMessage {
        guard !wantsPage(request) else { return pages.throttled(request, wait) }
        return .json(
            Refusal.throttled.status,
            EnrolmentIssuer.reply(.throttled, retryAfter: Int(clamping: wait)),
            .init("Retry-After", "\(wait)"))
    }

    /// Whom a request is from: the last address that a trusted proxy has added, else the peer.
    private func client(of request: HTTPMessage, _ peer: String) -> String {
        guard proxies.contains(peer), let value = request.value(of: "x-forwarded-for"),
            let last = value.split(separator: ",").last
        else { return peer }
        let address = last.filter { $0 != " " }
        let isAddress = address.allSatisfy { $0.isHexDigit || $0 == "." || $0 == ":" }
        return isAddress && !address.isEmpty ? address : peer
    }
}
