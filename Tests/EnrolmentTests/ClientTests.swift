import Cryptography
import Enrolment
import Foundation
import OATH
import TestSupport
import Testing

@Suite struct EnrolmentClientTests {
    private let vector: Vectors
    private let good: Fields

    init() throws {
        vector = try Vectors("enrol-v1.json")
        good = Fields([
            "session": "s", "share_v": base64(vector["share_v"]),
            "confirm_v": base64(vector["confirm_v"]),
        ])
    }

    /// What a client that has sent its first request makes of an answer.
    private func start(_ body: [UInt8], status: Int = 200) throws -> String {
        let client = try EnrolmentClient(
            serviceID: vector.text("service_id"), userID: vector.text("user_id"),
            password: password(vector.text("start_password")),
            random: ScriptedRandom([vector["x"]]).draw)
        return try client.receiveStart(status: status, body: body).session
    }

    /// What a client that has sent its second request makes of an answer.
    private func finish(_ body: [UInt8], status: Int = 200) throws -> EnrolmentParameters {
        try PendingEnrolment(
            session: "s", confirmation: vector["confirm_p"], seed: SecretBytes(vector["seed"]),
            parametersKey: SecretBytes(vector["parameters_key"])
        ).receiveFinish(status: status, body: body)
    }

    @Test func `the longest session is taken, and unknown fields are ignored`() throws {
        let session = String(repeating: "~", count: 2048)
        let reply = good.with("session", session).with("more", ["a": [1, NSNull()]])
        #expect(try start(reply.body) == session)
    }

    @Test func `a first answer that is none is refused`() throws {
        for body in Fields.noMessages {
            #expect(throws: EnrolmentError.malformed("start reply"), "\(body.prefix(20))") {
                try start(body)
            }
        }
    }

    @Test(arguments: ["session", "share_v", "confirm_v"])
    func `a field that is missing or no text is refused`(_ field: String) throws {
        for value in Fields.noTexts {
            let body = try good.with(field, value).body
            #expect(throws: EnrolmentError.malformed("start reply"), "\(String(describing: value))")
            {
                try start(body)
            }
        }
    }

    @Test(arguments: [
        "", " ", "a b", "a\n", "a\tb", "a\0", "a\u{7F}", "\u{1B}[2J", "é", "ａ",
        String(repeating: "a", count: 2049),
    ])
    func `a session that could not go back or be stored is refused`(_ session: String) throws {
        let body = try good.with("session", session).body
        #expect(throws: EnrolmentError.malformed("session")) { try start(body) }
    }

    @Test func `bytes that are no Base64 are refused`() throws {
        for field in ["share_v", "confirm_v"] {
            for text in Fields.noBase64(try #require(good.bytes(field))) {
                let body = try good.with(field, text).body
                #expect(throws: EnrolmentError.malformed(field), "\(field): \(text)") {
                    try start(body)
                }
            }
        }
    }

    @Test(arguments: [0, 1, 31, 33, 64])
    func `a confirmation of another length is refused`(_ count: Int) throws {
        let body = try good.with("confirm_v", base64(bytes(1, count))).body
        #expect(throws: EnrolmentError.malformed("confirm_v")) { try start(body) }
    }

    @Test func `a share that is no point is refused`() throws {
        let share = vector["share_v"]
        let shares: [[UInt8]] = [
            [], [0], bytes(0, 65), Array(share.dropLast()), share + [0],
            [2 + (share[64] & 1)] + share[1..<33], share.dropLast() + [share[64] ^ 1],
        ]
        for share in shares {
            let body = try good.with("share_v", base64(share)).body
            #expect(throws: EnrolmentError.badShare, "\(Hex.encode(share.span))") {
                try start(body)
            }
        }
    }

    @Test func `another confirmation is a wrong start password or another issuer`() throws {
        for confirmation in [bytes(0, 32), vector["confirm_p"]] {
            let body = try good.with("confirm_v", base64(confirmation)).body
            #expect(throws: EnrolmentError.notConfirmed) { try start(body) }
        }
        // A point, but not the one that the confirmation is about.
        let body = try good.with("share_v", base64(vector["share_p"])).body
        #expect(throws: EnrolmentError.notConfirmed) { try start(body) }
    }

    static let statuses: [(Int, Refusal)] = [
        (400, .invalid), (401, .refused), (410, .expired), (423, .locked), (429, .throttled),
        (503, .unavailable),
    ]

    @Test(arguments: statuses)
    func `a refusal is told by its status`(_ status: Int, _ refusal: Refusal) throws {
        let plain = EnrolmentError.refused(refusal, retryAfter: nil)
        let body = Array("{\"error\":\"any word\",\"more\":1}".utf8)
        #expect(throws: plain) { try start(body, status: status) }
        #expect(throws: plain) { try finish(body, status: status) }
        #expect(throws: plain) { try finish(EnrolmentIssuer.reply(refusal), status: status) }
        for seconds in ["null", "0", "-5"] {
            let body = Array("{\"error\":\"\",\"retry_after\":\(seconds)}".utf8)
            #expect(throws: plain) { try finish(body, status: status) }
        }
        let later = EnrolmentError.refused(refusal, retryAfter: 30)
        #expect(throws: later) {
            try finish(EnrolmentIssuer.reply(refusal, retryAfter: 30), status: status)
        }
        #expect(refusal.status == status && Refusal(status: status) == refusal)
    }

    @Test(arguments: statuses)
    func `a proxy's page is no refusal of the issuer`(_ status: Int, _ refusal: Refusal) {
        for body in Fields.noMessages + [Array("{\"error\":1}".utf8)] {
            #expect(throws: EnrolmentError.malformed("status \(status)")) {
                try finish(body, status: status)
            }
        }
    }

    @Test(arguments: [-1, 0, 100, 199, 201, 204, 301, 302, 307, 402, 403, 404, 500, 502])
    func `another status is none of this protocol`(_ status: Int) throws {
        let body = Array("{\"error\":\"refused\"}".utf8)
        #expect(throws: EnrolmentError.malformed("status \(status)")) {
            try finish(body, status: status)
        }
        #expect(throws: EnrolmentError.malformed("status \(status)")) {
            try finish(try Fields(["sealed": base64(vector["sealed"])]).body, status: status)
        }
    }

    @Test func `a second answer that is none is refused`() throws {
        let sealed = Fields(["sealed": base64(vector["sealed"])])
        #expect(try finish(sealed.with("more", 1).body).issuer == "Example Bank")
        var bodies = Fields.noMessages
        bodies += try Fields.noTexts.map { try sealed.with("sealed", $0).body }
        bodies += try Fields.noBase64(vector["sealed"] + [0]).map {
            try sealed.with("sealed", $0).body
        }
        for body in bodies {
            #expect(throws: EnrolmentError.malformed("sealed"), "\(body.prefix(40))") {
                try finish(body)
            }
        }
        for count in [0, 1, 12, 27, 28, vector["sealed"].count - 1] {
            let short = Array(vector["sealed"].prefix(count))
            let body = try sealed.with("sealed", base64(short)).body
            #expect(throws: EnrolmentError.notAuthentic, "\(count) bytes") { try finish(body) }
        }
    }
}
