internal import Enrolment
internal import Platform

extension HTTPMessage {
    /// An answer in JSON that nobody on the way may keep.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - body: the JSON.
    ///   - fields: more fields.
    /// - Returns: the answer.
    static func json(_ status: Int, _ body: [UInt8], _ fields: Field...) -> HTTPMessage {
        HTTPMessage(
            .response(status: status, reason: reason(status)),
            fields: [
                .init("Content-Type", "application/json"), .init("Cache-Control", "no-store"),
            ] + fields, body: body)
    }

    static func reason(_ status: Int) -> String { reasons[status] ?? "" }

    /// The reason phrases of RFC 9110, section 15, and of RFC 6585.
    private static let reasons = [
        200: "OK", 303: "See Other", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed", 410: "Gone", 415: "Unsupported Media Type",
        422: "Unprocessable Content", 423: "Locked",
        429: "Too Many Requests", 503: "Service Unavailable",
    ]

    /// The answer in JSON to a request that is no POST; nil for one that is.
    var refusalUnlessPost: HTTPMessage? {
        guard case .request(let method, _) = start else {
            return .json(400, EnrolmentIssuer.reply(.invalid))
        }
        return method == "POST"
            ? nil : .json(405, EnrolmentIssuer.reply(.invalid), .init("Allow", "POST"))
    }

    /// The path of a request, without its query; empty for an answer.
    var path: String {
        guard case .request(_, let target) = start else { return "" }
        return String(target.prefix { $0 != "?" })
    }

    /// The status of an answer; 0 for a request.
    var status: Int {
        guard case .response(let status, _) = start else { return 0 }
        return status
    }
}
