import Cryptography
import Enrolment
import Foundation
import TestSupport
import Testing

@Suite struct EnrolmentIssuerTests {
    private let vector: Vectors
    private let start: Fields
    private let finish: Fields

    init() throws {
        vector = try Vectors("enrol-v1.json")
        start = Fields([
            "service_id": vector.text("service_id"), "user_id": vector.text("user_id"),
            "share_p": base64(vector["share_p"]),
        ])
        finish = Fields(["session": "s", "confirm_p": base64(vector["confirm_p"])])
    }

    @Test func `requests that are none are refused`() {
        for body in Fields.noMessages {
            #expect(throws: EnrolmentError.malformed("request")) {
                try EnrolmentIssuer.Start(body: body)
            }
            #expect(throws: EnrolmentError.malformed("request")) {
                try EnrolmentIssuer.Finish(body: body)
            }
        }
    }

    @Test func `a field that is missing or no text is refused`() throws {
        for value in Fields.noTexts {
            for field in ["service_id", "user_id", "share_p"] {
                let body = try start.with(field, value).body
                #expect(throws: EnrolmentError.malformed("request")) {
                    try EnrolmentIssuer.Start(body: body)
                }
            }
            for field in ["session", "confirm_p"] {
                let body = try finish.with(field, value).body
                #expect(throws: EnrolmentError.malformed("request")) {
                    try EnrolmentIssuer.Finish(body: body)
                }
            }
        }
    }

    @Test(arguments: ["service_id", "user_id"])
    func `an ID is strict on the wire`(_ field: String) throws {
        let bad = [
            "", " 1", "1 ", "１", "a/b", "../a", "a\n", "a\0", "é",
            String(repeating: "a", count: 65),
        ]
        for id in bad {
            let body = try start.with(field, id).body
            #expect(throws: EnrolmentError.malformed(field), "\(id)") {
                try EnrolmentIssuer.Start(body: body)
            }
        }
        for id in ["a", "A.b_c@d-9", String(repeating: "a", count: 64)] {
            let request = try EnrolmentIssuer.Start(body: start.with(field, id).body)
            #expect([request.serviceID, request.userID].contains(id))
        }
    }

    @Test func `a share that is no Base64 or of another length is refused`() throws {
        let lengths = [0, 33, 64, 66].map { base64(bytes(4, $0)) }
        for text in Fields.noBase64(vector["share_p"]) + lengths {
            let body = try start.with("share_p", text).body
            #expect(throws: EnrolmentError.malformed("share_p"), "\(text)") {
                try EnrolmentIssuer.Start(body: body)
            }
        }
    }

    @Test func `a share that is no point is refused`() throws {
        var offCurve = vector["share_p"]
        offCurve[64] ^= 1
        for share in [offCurve, bytes(0, 65), [3] + offCurve.dropFirst()] {
            let request = try EnrolmentIssuer.Start(
                body: start.with("share_p", base64(share)).body)
            let script = ScriptedRandom([vector["y"]])
            #expect(throws: EnrolmentError.badShare) {
                _ = try EnrolmentIssuer.Answer(
                    to: request,
                    secret: .init(w0: SecretBytes(vector["w0"]), l: vector["L"]),
                    random: script.draw)
            }
        }
    }

    @Test func `a second request is strict too`() throws {
        for session in ["", "a b", "a\n", "é", String(repeating: "a", count: 2049)] {
            let body = try finish.with("session", session).body
            #expect(throws: EnrolmentError.malformed("session")) {
                try EnrolmentIssuer.Finish(body: body)
            }
        }
        let lengths = [0, 31, 33].map { base64(bytes(4, $0)) }
        for text in Fields.noBase64(vector["confirm_p"]) + lengths {
            let body = try finish.with("confirm_p", text).body
            #expect(throws: EnrolmentError.malformed("confirm_p"), "\(text)") {
                try EnrolmentIssuer.Finish(body: body)
            }
        }
    }

    @Test func `a confirmation counts in every bit, and as often as it comes`() throws {
        let run = EnrolmentIssuer.Run(
            confirmation: vector["confirm_p"], seed: SecretBytes(vector["seed"]),
            parametersKey: SecretBytes(vector["parameters_key"]))
        for _ in 0..<2 {
            let confirmed = run.confirms(try EnrolmentIssuer.Finish(body: finish.body))
            #expect(confirmed)
        }
        for (bit, altered) in vector["confirm_p"].bitFlips {
            let request = try EnrolmentIssuer.Finish(
                body: finish.with("confirm_p", base64(altered)).body)
            let confirmed = run.confirms(request)
            #expect(!confirmed, "bit \(bit)")
        }
    }

    @Test func `a refusal names its reason`() throws {
        for refusal in Refusal.allCases {
            let plain = try Fields(parsing: EnrolmentIssuer.reply(refusal))
            #expect(plain.text("error") == refusal.rawValue)
            #expect(plain.number("retry_after") == nil)
        }
        let throttled = try Fields(parsing: EnrolmentIssuer.reply(.throttled, retryAfter: 7))
        #expect(throttled.number("retry_after") == 7)
    }
}
