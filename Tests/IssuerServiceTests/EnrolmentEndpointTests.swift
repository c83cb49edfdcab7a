import Cryptography
import Enrolment
import Foundation
import IssuerService
import OATH
import Platform
import Testing

@Suite struct `An enrolment` {
    @Test func `ends with the same seed on both sides`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let pending = try desk.pending(userID)
        #expect(pending.session.utf8.count < 300)
        let answer = desk.finish(pending.finishRequest)
        #expect(answer.message.value(of: "content-type") == "application/json")
        #expect(answer.message.value(of: "cache-control") == "no-store")
        let parameters = try pending.receiveFinish(status: answer.status, body: answer.body)
        #expect(
            parameters
                == EnrolmentParameters(
                    issuer: "Acme Bank", totp: .rule, expiresAt: Desk.now + 5 * 365 * Desk.day,
                    time: Desk.now))
        #expect(try desk.user(userID)?.state == .enrolled)
        #expect(try desk.verify(userID, code(pending.seed)) == .accepted)
    }

    @Test func `charges a try for every start, and gives it back`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let request = try desk.client(userID).startRequest
        for _ in 0..<9 { #expect(desk.start(request).status == 200) }
        #expect(try desk.user(userID)?.isLocked == false)
        // The tenth try is the right one, and leaves nothing charged.
        let pending = try desk.pending(userID)
        #expect(desk.start(request).status == 423)
        #expect(desk.finish(pending.finishRequest).status == 200)
        #expect(try desk.user(userID)?.isLocked == false)
    }

    @Test func `of a stranger looks like that of a user`() throws {
        let desk = try Desk()
        let known = try desk.issue()
        let other = try desk.client(desk.issue(), serviceID: "99999999")
        let enrolled = try desk.issue()
        _ = try desk.enrol(enrolled)
        let revoked = try desk.issue()
        try desk.issuer.revoke(userID: revoked, now: Desk.now, random: SecretBytes.random)
        var requests = [other.startRequest]
        for userID in [
            known, "12345678901234DC", "../users/x@y.z"[...].filter { $0 != "/" }, enrolled,
            revoked,
        ] {
            requests.append(try desk.client(userID, "0000").startRequest)
        }
        var lengths: Set<Int> = []
        for request in requests {
            var statuses: [Int] = []
            for _ in 0..<12 {
                let answer = desk.start(request)
                statuses.append(answer.status)
                if answer.status == 200 { lengths.insert(answer.body.count) }
            }
            #expect(statuses == Array(repeating: 200, count: 10) + [423, 423])
        }
        // Session, share and confirmation; one user ID is shorter than the others.
        #expect(lengths.count == 2)
        let issuer = try Issuer(home: desk.home)
        for request in requests {
            #expect(desk.post(EnrolmentProtocol.startPath, request, to: issuer).status == 423)
        }
    }

    @Test func `tries that were counted for a stranger are not forgotten for the sake of others`()
        throws
    {
        let desk = try Desk()
        let stranger = try desk.client("12345678901234DC", "0000").startRequest
        for _ in 0..<10 { #expect(desk.start(stranger).status == 200) }
        let other = try desk.client("00000000000000AA", "0000").startRequest
        for number in 0..<500 {
            // The share need not be made anew for each ID: nobody finishes these.
            let text = String(decoding: other, as: UTF8.self).replacing(
                "00000000000000AA", with: "someone\(number)")
            #expect(desk.start(Array(text.utf8)).status == 200)
        }
        #expect(desk.start(stranger).status == 423)
    }

    @Test func `a revocation does not give tries back`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let requests = [
            try desk.client(userID, "0000").startRequest,
            try desk.client("12345678901234DC", "0000").startRequest,
        ]
        for request in requests {
            for _ in 0..<5 { #expect(desk.start(request).status == 200) }
        }
        try desk.issuer.revoke(userID: userID, now: Desk.now, random: SecretBytes.random)
        for request in requests {
            let statuses = (0..<6).map { _ in desk.start(request).status }
            #expect(statuses == [200, 200, 200, 200, 200, 423])
        }
    }

    @Test func `with a wrong start password is not confirmed`() throws {
        let desk = try Desk()
        for userID in [try desk.issue(), "12345678901234DC"] {
            let client = try desk.client(userID, "0000")
            let answer = desk.start(client.startRequest)
            do throws(EnrolmentError) {
                _ = try client.receiveStart(status: answer.status, body: answer.body)
                Issue.record("confirmed")
            } catch {
                #expect(error == .notConfirmed)
            }
            let session = try #require(
                try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: String])
            let guess = PendingEnrolment(
                session: session["session"] ?? "", confirmation: [UInt8](repeating: 7, count: 32),
                seed: SecretBytes(zeros: 32), parametersKey: SecretBytes(zeros: 32))
            #expect(desk.finish(guess.finishRequest).status == 401)
        }
    }

    @Test func `may be finished again, later and after a restart`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let pending = try desk.pending(userID)
        #expect(desk.finish(pending.finishRequest).status == 200)
        let record = try PrivateFile.read(desk.recordPath(userID), limit: 4096)
        let again = desk.post(
            EnrolmentProtocol.finishPath, pending.finishRequest, now: Desk.now + 30 * Desk.day,
            to: try Issuer(home: desk.home))
        let parameters = try pending.receiveFinish(status: again.status, body: again.body)
        #expect(parameters.expiresAt == Desk.now + 5 * 365 * Desk.day)
        #expect(try PrivateFile.read(desk.recordPath(userID), limit: 4096) == record)
        #expect(try desk.verify(userID, code(pending.seed)) == .accepted)
        #expect(desk.finish(pending.finishRequest).status == 200)
        try desk.issuer.revoke(userID: userID, now: Desk.now, random: SecretBytes.random)
        #expect(desk.finish(pending.finishRequest).status == 401)
    }

    @Test func `is started before a restart and finished after it`() throws {
        let desk = try Desk()
        let pending = try desk.pending(try desk.issue())
        let answer = desk.post(
            EnrolmentProtocol.finishPath, pending.finishRequest, to: try Issuer(home: desk.home))
        #expect(answer.status == 200)
    }

    @Test func `of somebody who has enrolled is refused`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let first = try desk.pending(userID)
        let second = try desk.pending(userID)
        #expect(desk.finish(first.finishRequest).status == 200)
        #expect(desk.finish(second.finishRequest).status == 401)
        #expect(try desk.verify(userID, code(first.seed)) == .accepted)
    }

    @Test func `ends an hour after its start, and a week after the issuance`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let pending = try desk.pending(userID)
        #expect(desk.finish(pending.finishRequest, now: Desk.now + 3601).status == 410)
        #expect(desk.finish(pending.finishRequest, now: Desk.now + 3600).status == 200)

        let late = try desk.issue()
        let week = Desk.now + 7 * Desk.day
        let lapsed = try desk.pending(late, now: week)
        #expect(desk.finish(lapsed.finishRequest, now: week + 1).status == 410)
        #expect(desk.finish(lapsed.finishRequest, now: week).status == 200)
    }

    @Test func `takes no session but its own`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let pending = try desk.pending(userID)
        for session in ["x", "AAAA", String(pending.session.reversed()), try Desk().pending2()] {
            let forged = PendingEnrolment(
                session: session, confirmation: pending.confirmation,
                seed: SecretBytes(zeros: 32), parametersKey: SecretBytes(zeros: 32))
            #expect(desk.finish(forged.finishRequest).status == 401)
        }
        #expect(desk.finish(pending.finishRequest).status == 200)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"service_id":"1","user_id":"2","share_p":"AAAA"}"#,
        #"{"service_id":"1","user_id":"a b","share_p":"AAAA"}"#,
    ])
    func `that is malformed is invalid`(body: String) throws {
        let desk = try Desk()
        #expect(desk.start(Array(body.utf8)).status == 400)
        #expect(desk.finish(Array(body.utf8)).status == 400)
    }

    @Test func `with a share off the curve is invalid, and costs no try`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let share = Data([4] + [UInt8](repeating: 1, count: 64)).base64EncodedString()
        let body = #"{"service_id":"10121234","user_id":"\#(userID)","share_p":"\#(share)"}"#
        for _ in 0..<12 { #expect(desk.start(Array(body.utf8)).status == 400) }
        _ = try desk.enrol(userID)
    }

    @Test func `speaks HTTP as others expect it`() throws {
        let endpoint = Site(try Desk().issuer)
        func status(_ method: String, _ path: String, _ type: String = "application/json") -> Answer
        {
            Answer(
                endpoint.answer(
                    HTTPMessage(
                        .request(method: method, target: path),
                        fields: [.init("content-type", type)]),
                    now: Desk.now, random: SecretBytes.random, report: { _ in }))
        }
        #expect(status("POST", "/elsewhere").status == 404)
        #expect(status("POST", "/enrol/v1/start/").status == 404)
        #expect(status("GET", "/enrol/v1/start").status == 405)
        #expect(status("GET", "/enrol/v1/start").message.value(of: "allow") == "POST")
        #expect(status("POST", "/enrol/v1/finish", "text/plain").status == 415)
        #expect(status("POST", "/token/enrol/v1/start").status == 400)
    }
}

extension Desk {
    /// A session of this issuer.
    fileprivate func pending2() throws -> String { try pending(try issue()).session }
}
