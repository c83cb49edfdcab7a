package import Cryptography
internal import Enrolment
package import Platform

/// Revocations over HTTP, for those who have the token: a request in, an answer out.
package struct RevocationEndpoint: Sendable {
    /// Where it is asked, below the issuer's URL.
    package static let path = EnrolmentProtocol.revocationPath

    private let issuer: Issuer

    /// Revokes tokens of an issuer's users.
    package init(_ issuer: Issuer) { self.issuer = issuer }

    /// Answers a request to its path; in many threads at once.
    ///
    /// - Parameters:
    ///   - request: any request.
    ///   - now: unix seconds.
    ///   - random: the nonces of records.
    ///   - report: is told why an answer was 503; no secret in it.
    /// - Returns: the answer.
    package func answer(
        _ request: HTTPMessage, now: Int64, random: RandomSource, report: (IssuerError) -> Void
    ) -> HTTPMessage {
        if let refusal = request.refusalUnlessPost { return refusal }
        guard request.mediaType == "application/json" else {
            return .json(415, EnrolmentIssuer.reply(.invalid))
        }
        guard let revocation = try? EnrolmentIssuer.Revocation(body: request.body) else {
            return .json(400, EnrolmentIssuer.reply(.invalid))
        }
        do throws(IssuerError) {
            guard try issuer.revoke(revocation, now: now, random: random) else {
                return .json(Refusal.refused.status, EnrolmentIssuer.reply(.refused))
            }
            return .json(200, EnrolmentIssuer.Revocation.reply)
        } catch {
            report(error)
            return .json(Refusal.unavailable.status, EnrolmentIssuer.reply(.unavailable))
        }
    }
}
