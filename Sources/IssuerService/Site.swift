package import Cryptography
package import Platform

/// Everything that an issuer answers over HTTP, by path.
package struct Site: Sendable {
    private let prefix: String
    private let enrolment: EnrolmentEndpoint
    private let verification: VerificationEndpoint

    /// Serves an issuer's users, and services that verify their codes.
    package init(_ issuer: Issuer) {
        prefix = ServerURL(issuer.url)?.path ?? ""
        enrolment = EnrolmentEndpoint(issuer)
        verification = VerificationEndpoint(issuer)
    }

    /// Answers a request; in many threads at once.
    ///
    /// - Parameters:
    ///   - request: any request.
    ///   - now: unix seconds.
    ///   - random: for ephemeral scalars and nonces.
    ///   - report: is told why an answer was 503; no secret in it.
    /// - Returns: the answer.
    package func answer(
        _ request: HTTPMessage, now: Int64, random: RandomSource, report: (IssuerError) -> Void
    ) -> HTTPMessage {
        var request = request
        if case .request(let method, var path) = request.start {
            // A proxy in front may pass the path of the issuer's URL on, or take it off.
            if path.hasPrefix(prefix) { path.removeFirst(prefix.count) }
            request.start = .request(method: method, target: path)
            if path == VerificationEndpoint.path {
                return verification.answer(request, now: now, random: random, report: report)
            }
        }
        return enrolment.answer(request, now: now, random: random, report: report)
    }
}
