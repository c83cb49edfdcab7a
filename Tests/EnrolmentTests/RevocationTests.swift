import Enrolment
import Testing

/// What is sent and said when a token is revoked.
@Suite struct `The messages of a revocation` {
    private func receive(_ status: Int, _ body: String) throws -> RevocationClient.Answer {
        try RevocationClient.receive(status: status, body: Array(body.utf8))
    }

    @Test func `have the fields that are written down`() throws {
        let request = RevocationClient.request(serviceID: "10121234", userID: "a", code: "123456")
        let text = #"{"service_id":"10121234","user_id":"a","code":"123456"}"#
        #expect(request == Array(text.utf8))
        let read = try EnrolmentIssuer.Revocation(body: request)
        #expect(read.serviceID == "10121234" && read.userID == "a" && read.code == "123456")
        #expect(EnrolmentIssuer.Revocation.reply == Array(#"{"result":"revoked"}"#.utf8))
    }

    @Test func `say yes with one word and one status alone`() throws {
        #expect(try receive(200, #"{"result":"revoked","more":1}"#) == .revoked)
        for body in [
            "", "{}", #"{"result":"accepted"}"#, #"{"result":true}"#, #"{"result":"Revoked"}"#,
            #"{"error":"refused"}"#, "<html>",
        ] {
            #expect(throws: EnrolmentError.malformed("result"), "\(body)") {
                try receive(200, body)
            }
        }
        for status in [0, 201, 204, 302, 400, 500] {
            #expect(throws: EnrolmentError.malformed("status \(status)")) {
                try receive(status, #"{"result":"revoked"}"#)
            }
        }
    }

    @Test func `tell a no from one that has not looked at the code`() throws {
        #expect(try receive(401, #"{"error":"refused"}"#) == .refused)
        #expect(throws: EnrolmentError.refused(.throttled, retryAfter: 6)) {
            try receive(429, #"{"error":"throttled","retry_after":6}"#)
        }
        #expect(throws: EnrolmentError.refused(.unavailable, retryAfter: nil)) {
            try receive(503, #"{"error":"unavailable"}"#)
        }
        // A web server's own page is no issuer's word, but that there is nothing is clear from any.
        #expect(throws: EnrolmentError.malformed("status 401")) { try receive(401, "<html>") }
        #expect(try receive(404, "<html>") == .notOffered)
        #expect(try receive(404, #"{"error":"invalid"}"#) == .notOffered)
    }
}
