package import Cryptography
internal import Enrolment
internal import JSON
package import Platform

/// Verification over HTTP, for services that have a bearer key: a request in, an answer out.
package struct VerificationEndpoint: Sendable {
    /// Where it is asked, below the issuer's URL.
    package static let path = "/verify/v1"
    /// The longest user ID and code that are looked at, in bytes.
    private static let longest = 64

    private let issuer: Issuer

    /// Verifies the codes of an issuer's users.
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
        do throws(IssuerError) {
            guard let bearer = Self.bearer(request), let key = try issuer.key(shownAs: bearer)
            else {
                // RFC 6750, section 3.
                return .json(
                    401, EnrolmentIssuer.reply(.refused), .init("WWW-Authenticate", "Bearer"))
            }
            guard request.mediaType == "application/json" else {
                return .json(415, EnrolmentIssuer.reply(.invalid))
            }
            guard let json = JSONValue(request.body), let userID = json["user_id"]?.string,
                let code = json["code"]?.string, userID.utf8.count <= Self.longest,
                code.utf8.count <= Self.longest
            else { return .json(400, EnrolmentIssuer.reply(.invalid)) }
            return Self.answer(
                try issuer.verify(
                    userID: userID, code: code, now: now, random: random, by: .service(key.name)))
        } catch {
            report(error)
            return .json(503, EnrolmentIssuer.reply(.unavailable))
        }
    }

    private static func answer(_ verdict: Verdict) -> HTTPMessage {
        let json: JSONValue =
            switch verdict {
            case .accepted: ["result": "accepted"]
            case .rejected(let reason):
                ["result": "rejected", "reason": .string(reason.rawValue)]
            }
        return .json(200, json.encoded)
    }

    /// What stands behind the scheme, whose case does not matter (RFC 9110, section 11.1).
    private static func bearer(_ request: HTTPMessage) -> String? {
        guard let value = request.value(of: "authorization") else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
