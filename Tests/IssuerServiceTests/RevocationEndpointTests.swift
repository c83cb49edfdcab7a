import Cryptography
import Enrolment
import Foundation
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import IssuerService

/// POST /revoke/v1, as somebody asks who has the token.
@Suite struct `A revocation` {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private func body(
        _ userID: String, _ code: String, serviceID: String = Desk.serviceID
    ) -> [UInt8] {
        RevocationClient.request(serviceID: serviceID, userID: userID, code: code)
    }

    private func revoke(
        _ userID: String, _ code: String, serviceID: String = Desk.serviceID,
        now: Int64 = Desk.now
    ) throws -> Int {
        let answer = desk.post(
            EnrolmentProtocol.revocationPath, body(userID, code, serviceID: serviceID), now: now)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text == (answer.status == 200 ? #"{"result":"revoked"}"# : #"{"error":"refused"}"#))
        return answer.status
    }

    private func ask(
        _ body: [UInt8], method: String = "POST", type: String = "application/json",
        path: String = "/revoke/v1", from peer: String = "127.0.0.1", site: Site? = nil,
        report: (IssuerError) -> Void = { _ in }
    ) -> Answer {
        Answer(
            (site ?? Site(desk.issuer)).answer(
                HTTPMessage(
                    .request(method: method, target: path),
                    fields: [.init("Content-Type", type)], body: body),
                from: peer, now: Desk.now, random: SecretBytes.random, report: report))
    }

    private func journal() throws -> [String] {
        try String(contentsOfFile: desk.home + "/log", encoding: .utf8).split(separator: "\n")
            .compactMap { line in
                let entry = JSONValue(Array(line.utf8))
                return ["event", "user_id", "actor"].compactMap { entry?[$0]?.string }
                    .joined(separator: " ")
            }
    }

    @Test func `takes a current code, ends the token and forgets its seed`() throws {
        let userID = try desk.issue()
        let seed = try desk.enrol(userID)
        #expect(try revoke(userID, code(seed)) == 200)
        let summary = try #require(try desk.user(userID))
        #expect(summary.state == .revoked && summary.expiresAt == nil)
        #expect(try desk.verify(userID, code(seed, steps: 1)) == .rejected(.revoked))
        #expect(try journal().last == "revoked \(userID) client")
        let place = try #require(desk.issuer.place(ofUser: userID))
        let record = try #require(try desk.issuer.record(at: place))
        guard case .ended(.revoked) = record.stage else {
            Issue.record("\(record.state)")
            return
        }
    }

    @Test func `takes a code one step early or late, and none that was taken before`() throws {
        for steps in [-1, 0, 1] {
            let userID = try desk.issue()
            let seed = try desk.enrol(userID)
            #expect(try revoke(userID, code(seed, steps: steps * 2 + 5)) == 401)
            #expect(try revoke(userID, code(seed, steps: steps)) == 200, "\(steps)")
        }
        let userID = try desk.issue()
        let seed = try desk.enrol(userID)
        #expect(try desk.verify(userID, code(seed)) == .accepted)
        #expect(try revoke(userID, code(seed)) == 401)
        #expect(try desk.user(userID)?.state == .active)
        #expect(try revoke(userID, code(seed, steps: 1)) == 200)
    }

    @Test func `is refused to all others alike`() throws {
        let enrolled = try desk.issue()
        let seed = try desk.enrol(enrolled)
        let issued = try desk.issue()
        let revoked = try desk.issue()
        let former = try desk.enrol(revoked)
        try desk.issuer.revoke(userID: revoked, now: Desk.now, random: SecretBytes.random)
        let before = try journal()
        #expect(try revoke(enrolled, wrongCode(seed)) == 401)
        #expect(try revoke(enrolled, "123456") == 401)
        #expect(try revoke(enrolled, code(seed), serviceID: "99999999") == 401)
        #expect(try revoke(issued, "12345678") == 401)
        #expect(try revoke(revoked, code(former)) == 401)
        for stranger in ["12345678901234ZZ", "x", "..", "issuer"] {
            #expect(try revoke(stranger, code(seed)) == 401)
        }
        let end = Desk.now + 5 * 365 * Desk.day
        #expect(try revoke(enrolled, code(seed, at: end), now: end) == 401)
        #expect(try journal() == before)
        #expect(try desk.user(enrolled)?.state == .enrolled)
        #expect(try desk.user(issued)?.state == .issued)
        #expect(try desk.user("12345678901234ZZ") == nil)
        #expect(try desk.issuer.list(now: Desk.now).count == 3)
        // All of that has cost the token no more than one wrong code.
        for _ in 2...9 { #expect(try revoke(enrolled, wrongCode(seed)) == 401) }
        #expect(try revoke(enrolled, code(seed)) == 200)
    }

    @Test func `with wrong codes locks the token, as logging in with them does`() throws {
        let userID = try desk.issue()
        let seed = try desk.enrol(userID)
        let wrong = try wrongCode(seed)
        for _ in 1...5 { #expect(try revoke(userID, wrong) == 401) }
        for _ in 1...4 { #expect(try desk.verify(userID, wrong) == .rejected(.wrong)) }
        #expect(try desk.user(userID)?.isLocked == false)
        #expect(try revoke(userID, wrong) == 401)
        #expect(try desk.user(userID)?.isLocked == true)
        #expect(try journal().last == "locked \(userID) client")
        #expect(try revoke(userID, code(seed)) == 401)
        #expect(try desk.user(userID)?.state == .enrolled)
        try desk.issuer.unlock(userID: userID, now: Desk.now, random: SecretBytes.random)
        #expect(try revoke(userID, code(seed)) == 200)
        // It is done: nobody is told once more.
        #expect(try revoke(userID, code(seed)) == 401)
    }

    @Test func `that comes eight times at once is done once`() throws {
        let userID = try desk.issue()
        let body = try body(userID, code(desk.enrol(userID)))
        let statuses = Mutex<[Int]>([])
        for _ in 0..<8 {
            // An issuer each, as processes would have.
            let issuer = try Issuer(home: desk.home)
            let desk = desk
            try Thread.start {
                let status = desk.post(EnrolmentProtocol.revocationPath, body, to: issuer).status
                statuses.withLock { $0.append(status) }
            }
        }
        let deadline = Deadline(seconds: 30)
        while statuses.withLock({ $0.count }) < 8, !deadline.isOver { IssuerServiceTests.pause() }
        #expect(statuses.withLock { $0.sorted() } == [200] + Array(repeating: 401, count: 7))
        #expect(try journal().count { $0 == "revoked \(userID) client" } == 1)
    }

    @Test func `takes its own kind of request alone`() throws {
        let good = body("12345678901234ZZ", "12345678")
        #expect(ask(good).status == 401)
        #expect(ask(good, path: "/token/revoke/v1").status == 401)
        #expect(ask(good, path: "/revoke/v1/").status == 404)
        #expect(ask(good, type: "text/plain").status == 415)
        let wrongMethod = ask(good, method: "GET")
        #expect(wrongMethod.status == 405 && wrongMethod.message.value(of: "allow") == "POST")
        let (user, code) = (#""user_id":"a","#, #""code":"123456""#)
        for wrong in [
            "", "{}", "[]", "{\(user)\(code)}", #"{"service_id":"a",\#(user)"code":1}"#,
            #"{"service_id":"a b",\#(user)\#(code)}"#, #"{"service_id":"","user_id":"a",\#(code)}"#,
            #"{"service_id":"a","user_id":"../a",\#(code)}"#,
            #"{"service_id":"a",\#(user)"code":"12345"}"#,
            #"{"service_id":"a",\#(user)"code":"123456789"}"#,
            #"{"service_id":"a",\#(user)"code":"１２３４５６"}"#,
            #"{"service_id":"a",\#(user)"code":"12345 "}"#,
        ] {
            let answer = ask(Array(wrong.utf8))
            #expect(answer.status == 400, "\(wrong)")
            #expect(answer.body == Array(#"{"error":"invalid"}"#.utf8))
        }
    }

    @Test func `is charged to the address when it is refused`() throws {
        let site = Site(desk.issuer)
        let stranger = body("12345678901234ZZ", "12345678")
        let statuses = (1...102).map { _ in ask(stranger, from: "198.51.100.7", site: site).status }
        #expect(statuses == Array(repeating: 401, count: 100) + [429, 429])
        // It gives nothing back when it is granted.
        let other = "198.51.100.8"
        for _ in 1...99 { #expect(ask(stranger, from: other, site: site).status == 401) }
        let userID = try desk.issue()
        let good = try body(userID, code(desk.enrol(userID)))
        #expect(ask(good, from: other, site: site).status == 200)
        #expect(ask(stranger, from: other, site: site).status == 401)
        #expect(ask(stranger, from: other, site: site).status == 429)
    }

    @Test func `is not done where the disk fails, for a stranger neither`() throws {
        let userID = try desk.issue()
        let seed = try desk.enrol(userID)
        // Neither record can be written where a folder is in the way.
        let files = FileManager.default
        try files.createDirectory(
            atPath: desk.recordPath(userID) + ".new/x", withIntermediateDirectories: true)
        var told: [IssuerError] = []
        let answer = ask(body(userID, try code(seed))) { told.append($0) }
        #expect(answer.status == 503 && told.count == 1)
        #expect(answer.body == Array(#"{"error":"unavailable"}"#.utf8))
        #expect(try desk.user(userID)?.state == .enrolled)
        try files.removeItem(atPath: desk.recordPath(userID) + ".new")
        #expect(try revoke(userID, code(seed)) == 200)

        for lock in 0..<64 {
            try files.createDirectory(
                atPath: "\(desk.home)/users/nobody-\(lock).new/x",
                withIntermediateDirectories: true)
        }
        #expect(ask(body("12345678901234ZZ", "12345678")).status == 503)
    }

    @Test(arguments: [false, true])
    func `of a stranger writes as much as that of a user, and makes none`(_ isBusy: Bool) throws {
        let userID = try desk.issue()
        let seed = try desk.enrol(userID)
        // As a server has it, or a command.
        let site = Site(try Issuer(home: desk.home, isBusy: isBusy))
        func nobodys() throws -> Int {
            try desk.folder.files().keys.count { $0.contains("/users/nobody-") }
        }
        let wrong = try wrongCode(seed)
        #expect(ask(body(userID, wrong), site: site).status == 401)
        #expect(try nobodys() == 0)
        #expect(ask(body("12345678901234ZZ", wrong), site: site).status == 401)
        #expect(try nobodys() == 1)
        #expect(try desk.issuer.list(now: Desk.now).map(\.userID) == [userID])
        let names = try desk.folder.files().keys
        #expect(!names.contains { $0.contains("12345678901234ZZ") })
    }
}
