package import Cryptography
internal import Enrolment
package import Platform

/// otptoken-enrol/1 over HTTP: a request in, an answer out.
package struct EnrolmentEndpoint: Sendable {
    private let issuer: Issuer
    private let prefix: String

    /// Serves an issuer's users.
    package init(_ issuer: Issuer) {
        self.issuer = issuer
        prefix = ServerURL(issuer.url)?.path ?? ""
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
        _ request: HTTPMessage, now: Int64, random: RandomSource,
        report: (IssuerError) -> Void
    ) -> HTTPMessage {
        guard case .request(let method, var path) = request.start else { return refusal(400) }
        // A proxy in front may pass the path of the issuer's URL on, or take it off.
        if path.hasPrefix(prefix) { path.removeFirst(prefix.count) }
        guard [EnrolmentProtocol.startPath, EnrolmentProtocol.finishPath].contains(path) else {
            return refusal(404)
        }
        guard method == "POST" else {
            var answer = refusal(405)
            answer.fields.append(.init("Allow", "POST"))
            return answer
        }
        guard request.mediaType == "application/json" else { return refusal(415) }
        do throws(IssuerError) {
            let reply =
                path == EnrolmentProtocol.startPath
                ? try issuer.start(body: request.body, now: now, random: random)
                : try issuer.finish(body: request.body, now: now, random: random)
            switch reply {
            case .done(let body): return message(200, body)
            case .refused(let refusal):
                return message(refusal.status, EnrolmentIssuer.reply(refusal))
            }
        } catch {
            report(error)
            return message(Refusal.unavailable.status, EnrolmentIssuer.reply(.unavailable))
        }
    }

    private func refusal(_ status: Int) -> HTTPMessage {
        message(status, EnrolmentIssuer.reply(.invalid))
    }

    private func message(_ status: Int, _ body: [UInt8]) -> HTTPMessage {
        HTTPMessage(
            .response(status: status, reason: Self.reasons[status] ?? ""),
            fields: [
                .init("Content-Type", "application/json"), .init("Cache-Control", "no-store"),
            ], body: body)
    }

    private static let reasons = [
        200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found",
        405: "Method Not Allowed", 410: "Gone", 415: "Unsupported Media Type", 423: "Locked",
        429: "Too Many Requests", 503: "Service Unavailable",
    ]
}
