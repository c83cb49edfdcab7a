package import Cryptography
internal import Enrolment
package import Platform

/// Everything that an issuer answers over HTTP, by path.
package struct Site: Sendable {
    private let prefix: String
    private let enrolment: EnrolmentEndpoint
    private let verification: VerificationEndpoint
    private let proxies: [String]
    private let onlyProxies: Bool
    private let throttle = Throttle()

    /// Serves an issuer's users, and services that verify their codes.
    ///
    /// - Parameters:
    ///   - issuer: whose.
    ///   - proxies: the addresses of proxies whose word for a client's address counts.
    ///   - onlyProxies: whether others than these, and this machine, are turned away.
    package init(_ issuer: Issuer, proxies: [String] = [], onlyProxies: Bool = false) {
        prefix = ServerURL(issuer.url)?.path ?? ""
        enrolment = EnrolmentEndpoint(issuer)
        verification = VerificationEndpoint(issuer)
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
        _ request: HTTPMessage, from peer: String = "127.0.0.1", now: Int64, random: RandomSource,
        report: (IssuerError) -> Void
    ) -> HTTPMessage {
        guard !onlyProxies || proxies.contains(peer) || chargedAddress(peer) == nil else {
            return .json(403, EnrolmentIssuer.reply(.refused))
        }
        guard let address = chargedAddress(client(of: request, peer)) else {
            return route(request, now: now, random: random, report: report).answer
        }
        if let wait = throttle.wait(address, now: now) {
            return .json(
                Refusal.throttled.status,
                EnrolmentIssuer.reply(.throttled, retryAfter: Int(clamping: wait)),
                .init("Retry-After", "\(wait)"))
        }
        let (answer, isStart) = route(request, now: now, random: random, report: report)
        guard case .response(let status, _) = answer.start else { return answer }
        // A start may become a failure; the end of the same enrolment takes that back.
        switch (status, isStart) {
        case (401, _), (200, true): throttle.charge(address, now: now)
        case (200, false): throttle.refund(address)
        default: break
        }
        return answer
    }

    /// The answer, and true when it is to the start of an enrolment, false when it ends one, which no repetition does.
    private func route(
        _ request: HTTPMessage, now: Int64, random: RandomSource, report: (IssuerError) -> Void
    ) -> (answer: HTTPMessage, isStart: Bool?) {
        var request = request
        var path = ""
        if case .request(let method, let target) = request.start {
            path = target
            // A proxy in front may pass the path of the issuer's URL on, or take it off.
            if path.hasPrefix(prefix) { path.removeFirst(prefix.count) }
            request.start = .request(method: method, target: path)
        }
        if path == VerificationEndpoint.path {
            return (verification.answer(request, now: now, random: random, report: report), nil)
        }
        var isStart: Bool? = path == EnrolmentProtocol.startPath ? true : nil
        let answer = enrolment.answer(
            request, now: now, random: random, report: report, enrolled: { isStart = false })
        return (answer, isStart)
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
