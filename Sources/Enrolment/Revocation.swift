internal import JSON

// The end of a token, on its person's wish: one request, with a current code for a proof.

/// The person's half of a revocation.
package enum RevocationClient {
    /// What an issuer says to a revocation.
    package enum Answer: Equatable, Sendable {
        /// The issuer takes no more codes of the token.
        case revoked
        /// It does not revoke it; it does not say why.
        case refused
        /// It knows nothing of revocations.
        case notOffered
    }

    /// The body of the request to `EnrolmentProtocol.revocationPath`.
    ///
    /// - Parameters:
    ///   - serviceID: the token's.
    ///   - userID: likewise.
    ///   - code: a current one.
    /// - Returns: the JSON.
    package static func request(serviceID: String, userID: String, code: String) -> [UInt8] {
        Wire.encode(RevocationRequest(serviceID: serviceID, userID: userID, code: code))
    }

    /// Takes the answer.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - body: the body.
    /// - Returns: what the issuer says.
    /// - Throws: `EnrolmentError.refused` where it has not looked at the code; `.malformed`.
    package static func receive(
        status: Int, body: [UInt8]
    ) throws(EnrolmentError) -> Answer {
        guard status != 404 else { return .notOffered }
        do throws(EnrolmentError) {
            try checkStatus(status, body)
        } catch .refused(.refused, _) {
            return .refused
        }
        guard Wire.decode(RevocationReply.self, body)?.result == RevocationReply.revoked else {
            throw .malformed("result")
        }
        return .revoked
    }
}

extension EnrolmentIssuer {
    /// A request for a revocation, checked.
    package struct Revocation: Sendable {
        package let serviceID: String
        package let userID: String
        /// 6 to 8 digits.
        package let code: String

        /// Reads the body of a request to `EnrolmentProtocol.revocationPath`.
        ///
        /// - Parameter body: the body.
        /// - Throws: `EnrolmentError.malformed` with the field.
        package init(body: [UInt8]) throws(EnrolmentError) {
            guard let request = Wire.decode(RevocationRequest.self, body) else {
                throw .malformed("request")
            }
            guard Identifier.isValid(request.serviceID) else { throw .malformed("service_id") }
            guard Identifier.isValid(request.userID) else { throw .malformed("user_id") }
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            guard (6...8).contains(request.code.utf8.count),
                request.code.utf8.allSatisfy(digits.contains)
            else { throw .malformed("code") }
            serviceID = request.serviceID
            userID = request.userID
            code = request.code
        }

        /// The body of the answer that says it is done.
        package static var reply: [UInt8] {
            Wire.encode(RevocationReply(result: RevocationReply.revoked))
        }
    }
}

private struct RevocationRequest {
    let serviceID: String
    let userID: String
    let code: String
}

extension RevocationRequest: WireMessage {
    init?(_ json: JSONValue) {
        guard let serviceID = json["service_id"]?.string, let userID = json["user_id"]?.string,
            let code = json["code"]?.string
        else { return nil }
        self.init(serviceID: serviceID, userID: userID, code: code)
    }

    var json: JSONValue {
        ["service_id": .string(serviceID), "user_id": .string(userID), "code": .string(code)]
    }
}

private struct RevocationReply {
    static let revoked = "revoked"

    let result: String
}

extension RevocationReply: WireMessage {
    init?(_ json: JSONValue) {
        guard let result = json["result"]?.string else { return nil }
        self.init(result: result)
    }

    var json: JSONValue { ["result": .string(result)] }
}
