package import Cryptography
internal import Enrolment
package import Platform

/// otptoken-enrol/1 over HTTP: a request in, an answer out.
package struct EnrolmentEndpoint: Sendable {
    private let issuer: Issuer

    /// Serves an issuer's users.
    package init(_ issuer: Issuer) { self.issuer = issuer }

    /// Answers a request; in many threads at once.
    ///
    /// - Parameters:
    ///   - request: any request.
    ///   - now: unix seconds.
    ///   - random: for ephemeral scalars and nonces.
    ///   - report: is told why an answer was 503; no secret in it.
    ///   - enrolled: is told when somebody has enrolled just now; not at a repetition.
    /// - Returns: the answer.
    package func answer(
        _ request: HTTPMessage, now: Int64, random: RandomSource,
        report: (IssuerError) -> Void, enrolled: () -> Void = {}
    ) -> HTTPMessage {
        guard case .request(_, let path) = request.start else { return refusal(400) }
        guard [EnrolmentProtocol.startPath, EnrolmentProtocol.finishPath].contains(path) else {
            return refusal(404)
        }
        if let refusal = request.refusalUnlessPost { return refusal }
        guard request.mediaType == "application/json" else { return refusal(415) }
        do throws(IssuerError) {
            let reply =
                path == EnrolmentProtocol.startPath
                ? try issuer.start(body: request.body, now: now, random: random)
                : try issuer.finish(body: request.body, now: now, random: random)
            switch reply {
            case .done(let body): return .json(200, body)
            case .enrolled(let body):
                enrolled()
                return .json(200, body)
            case .refused(let refusal):
                return .json(refusal.status, EnrolmentIssuer.reply(refusal))
            }
        } catch {
            report(error)
            return .json(Refusal.unavailable.status, EnrolmentIssuer.reply(.unavailable))
        }
    }

    private func refusal(_ status: Int) -> HTTPMessage {
        .json(status, EnrolmentIssuer.reply(.invalid))
    }
}
