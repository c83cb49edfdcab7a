import Cryptography
import Foundation
import OATH
import TestSupport
import Testing

@testable import Enrolment

/// Both halves against the worked run of otptoken-enrol/1, byte for byte.
@Suite struct EnrolmentVectorTests {
    private let vector: Vectors

    init() throws { vector = try Vectors("enrol-v1.json") }

    private func client() throws -> EnrolmentClient {
        try EnrolmentClient(
            serviceID: vector.text("service_id"), userID: vector.text("user_id"),
            password: password(vector.text("start_password")),
            random: ScriptedRandom([vector["x"]]).draw)
    }

    private func record() throws -> SPAKE2Plus.VerifierSecret {
        try EnrolmentIssuer.register(
            password: password(vector.text("start_password")), serviceID: vector.text("service_id"),
            userID: vector.text("user_id"))
    }

    private func answer() throws -> EnrolmentIssuer.Answer {
        let start = try EnrolmentIssuer.Start(
            body: Fields([
                "service_id": vector.text("service_id"), "user_id": vector.text("user_id"),
                "share_p": base64(vector["share_p"]),
            ]).body)
        return try EnrolmentIssuer.Answer(
            to: start, secret: record(), random: ScriptedRandom([vector["y"]]).draw)
    }

    private func pending() throws -> PendingEnrolment {
        try client().receiveStart(
            status: 200,
            body: Fields([
                "session": "s", "share_v": base64(vector["share_v"]),
                "confirm_v": base64(vector["confirm_v"]),
            ]).body)
    }

    @Test func `the context`() {
        #expect(EnrolmentProtocol.context == vector.text("context"))
        #expect(EnrolmentProtocol.startPath == "/enrol/v1/start")
        #expect(EnrolmentProtocol.finishPath == "/enrol/v1/finish")
    }

    @Test func `the hash of the start password`() throws {
        var input = LengthPrefixed()
        for part in ["start_password", "user_id", "service_id"] {
            input.append(vector.utf8(part).span)
        }
        let hash = try Scrypt.derive(
            from: input.finish(), salt: [], cost: .enrolment, count: 80)
        #expect(hash.exposed == vector["scrypt"])
        let secret = try SPAKE2Plus.ProverSecret(reducing: hash)
        #expect(secret.w0.exposed == vector["w0"])
        #expect(secret.w1.exposed == vector["w1"])
    }

    @Test func `the scalars of the start password`() throws {
        let secret = try EnrolmentProtocol.secret(
            password: password(vector.text("start_password")), serviceID: vector.text("service_id"),
            userID: vector.text("user_id"))
        #expect(secret.w0.exposed == vector["w0"])
        #expect(secret.w1.exposed == vector["w1"])
    }

    @Test func `the issuer's record`() throws {
        let record = try record()
        #expect(record.w0.exposed == vector["w0"])
        #expect(record.l == vector["L"])
    }

    @Test func `the transcript and its keys`() throws {
        let all = vector["TT"]
        // The parts have known lengths; what is not in the file by itself is taken from its place.
        let start = 8 + 16 + 8 + 16 + 8 + 8
        let point = { (index: Int) in
            Array(all[start + index * 73 + 8..<start + (index + 1) * 73])
        }
        let identities = EnrolmentProtocol.identities(
            serviceID: vector.text("service_id"), userID: vector.text("user_id"))
        let transcript = SPAKE2Plus.transcript(
            identities, m: point(0), n: point(1), shareP: vector["share_p"],
            shareV: vector["share_v"], z: SecretBytes(point(4)), v: SecretBytes(point(5)),
            w0: SecretBytes(vector["w0"]))
        #expect(transcript.exposed == all)
        #expect(try SHA256.digest(transcript).exposed == vector["K_main"])
        let confirmation = try HKDF.derive(
            from: SecretBytes(vector["K_main"]), info: Array("ConfirmationKeys".utf8), count: 64)
        #expect(confirmation.exposed == vector["K_confirmP"] + vector["K_confirmV"])
        let keys = try SPAKE2Plus.keys(
            transcript: transcript, shareP: vector["share_p"], shareV: vector["share_v"])
        #expect(keys.shared.exposed == vector["K_shared"])
        #expect(keys.confirmP == vector["confirm_p"])
        #expect(keys.confirmV == vector["confirm_v"])
    }

    @Test func `the client's first request`() throws {
        let request = try Fields(parsing: client().startRequest)
        #expect(request.names == ["service_id", "share_p", "user_id"])
        #expect(request.text("service_id") == vector.text("service_id"))
        #expect(request.text("user_id") == vector.text("user_id"))
        #expect(request.bytes("share_p") == vector["share_p"])
    }

    @Test func `the issuer's first answer`() throws {
        let answer = try answer()
        let reply = try Fields(parsing: answer.reply(session: "a/session+==~"))
        #expect(reply.names == ["confirm_v", "session", "share_v"])
        #expect(reply.text("session") == "a/session+==~")
        #expect(reply.bytes("share_v") == vector["share_v"])
        #expect(reply.bytes("confirm_v") == vector["confirm_v"])
        #expect(answer.run.confirmation == vector["confirm_p"])
        #expect(answer.run.seed.exposed == vector["seed"])
        #expect(answer.run.parametersKey.exposed == vector["parameters_key"])
    }

    @Test func `the client's second request`() throws {
        let pending = try pending()
        #expect(pending.seed.exposed == vector["seed"])
        #expect(pending.parametersKey.exposed == vector["parameters_key"])
        let request = try Fields(parsing: pending.finishRequest)
        #expect(request.names == ["confirm_p", "session"])
        #expect(request.text("session") == "s")
        #expect(request.bytes("confirm_p") == vector["confirm_p"])
        #expect(pending.finishRequest == pending.finishRequest)
    }

    @Test func `the sealed parameters open`() throws {
        let parameters = try pending().receiveFinish(
            status: 200, body: Fields(["sealed": base64(vector["sealed"])]).body)
        #expect(
            parameters
                == EnrolmentParameters(
                    issuer: "Example Bank", totp: .rule, expiresAt: 1_830_297_600))
        // What is in the file is sealed as the file says.
        let sealed = try AESGCM.seal(
            SecretBytes(vector.utf8("parameters")), key: SecretBytes(vector["parameters_key"]),
            nonce: vector["nonce"], aad: vector.utf8("context"))
        #expect(sealed == vector["sealed"])
    }

    @Test func `every altered bit of the sealed parameters is refused`() throws {
        let pending = try pending()
        for (bit, altered) in vector["sealed"].bitFlips {
            let body = try Fields(["sealed": base64(altered)]).body
            #expect(throws: EnrolmentError.notAuthentic, "bit \(bit)") {
                try pending.receiveFinish(status: 200, body: body)
            }
        }
    }

    @Test func `the codes of the seed`() throws {
        let times = vector.table("totp")
        #expect(times.count == 5)
        for (time, code) in times {
            let time = try #require(Int64(time))
            let made = try TOTP.rule.code(
                key: SecretBytes(vector["seed"]), step: TOTP.rule.step(at: time))
            #expect(made == code, "at \(time)")
        }
    }

    @Test func `both halves agree, and the issuer's parameters arrive`() throws {
        let issuer = EnrolmentParameters(
            issuer: "例の銀行", totp: try #require(TOTP(digits: 6, period: 30, algorithm: .sha1)),
            expiresAt: 1_830_297_600, confirmURL: "https://bank.example/confirm?a=b",
            time: 1_767_225_600)
        let client = try EnrolmentClient(
            serviceID: "service", userID: "user@example",
            password: password("0000"),
            random: SecretBytes.random)
        let record = try EnrolmentIssuer.register(
            password: password("0000"), serviceID: "service",
            userID: "user@example")
        let answer = try EnrolmentIssuer.Answer(
            to: EnrolmentIssuer.Start(body: client.startRequest), secret: record,
            random: SecretBytes.random)
        let first = answer.reply(session: "1")
        let pending = try client.receiveStart(status: 200, body: first)
        let finish = try EnrolmentIssuer.Finish(body: pending.finishRequest)
        let confirmed = answer.run.confirms(finish)
        #expect(finish.session == "1")
        #expect(confirmed)
        let reply = try answer.run.reply(issuer, random: ScriptedRandom([vector["nonce"]]).draw)
        let sealed = try #require(try Fields(parsing: reply).bytes("sealed"))
        #expect(Array(sealed.prefix(12)) == vector["nonce"])
        #expect(try pending.receiveFinish(status: 200, body: reply) == issuer)
        let seed = answer.run.seed.exposed
        #expect(pending.seed.exposed == seed)
    }

    @Test func `a wrong start password is found out, on both sides`() throws {
        let wrong = try EnrolmentClient(
            serviceID: vector.text("service_id"), userID: vector.text("user_id"),
            password: password("48151624"),
            random: ScriptedRandom([vector["x"]]).draw)
        let answer = try EnrolmentIssuer.Answer(
            to: EnrolmentIssuer.Start(body: wrong.startRequest), secret: record(),
            random: SecretBytes.random)
        let finish = try EnrolmentIssuer.Finish(
            body: Fields(["session": "s", "confirm_p": base64(vector["confirm_p"])]).body)
        let confirmed = answer.run.confirms(finish)
        #expect(!confirmed)
        let reply = answer.reply(session: "s")
        var caught: EnrolmentError?
        do throws(EnrolmentError) {
            _ = try wrong.receiveStart(status: 200, body: reply)
        } catch {
            caught = error
        }
        #expect(caught == .notConfirmed)
    }

    @Test(arguments: [("10121235", "12345678901234DC"), ("10121234", "12345678901234DD")])
    func `other IDs than the record's are found out`(_ service: String, _ user: String) throws {
        let other = try EnrolmentProtocol.secret(
            password: password(vector.text("start_password")), serviceID: service, userID: user)
        let scalars = [other.w0.exposed, other.w1.exposed]
        #expect(!scalars.contains(vector["w0"]) && !scalars.contains(vector["w1"]))
    }
}
