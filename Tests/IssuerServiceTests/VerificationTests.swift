import Cryptography
import Enrolment
import IssuerService
import Platform
import Synchronization
import Testing

@Suite struct `A code` {
    @Test func `is taken once, and makes the token active`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        #expect(try desk.verify(userID, "12345678") == .rejected(.pending))
        let seed = try desk.enrol(userID)
        #expect(try desk.verify(userID, code(seed)) == .accepted)
        #expect(try desk.user(userID)?.state == .active)
        #expect(try desk.user(userID)?.lastUsed == Desk.now)
        #expect(try desk.verify(userID, code(seed)) == .rejected(.used))
        let reopened = try Issuer(home: desk.home)
        #expect(
            try reopened.verify(
                userID: userID, code: code(seed), now: Desk.now, random: SecretBytes.random)
                == .rejected(.used))
    }

    @Test func `is taken one step early or late, in order`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let seed = try desk.enrol(userID)
        #expect(try desk.verify(userID, code(seed, steps: -2)) == .rejected(.wrong))
        #expect(try desk.verify(userID, code(seed, steps: 2)) == .rejected(.wrong))
        #expect(try desk.verify(userID, code(seed, steps: -1)) == .accepted)
        #expect(try desk.verify(userID, code(seed, steps: 1)) == .accepted)
        #expect(try desk.verify(userID, code(seed)) == .rejected(.used))
        #expect(try desk.verify(userID, code(seed, steps: 2), now: Desk.now + 60) == .accepted)
    }

    @Test func `is looked for where the token's clock was last, and near the true time as well`()
        throws
    {
        let desk = try Desk()
        let userID = try desk.issue()
        let seed = try desk.enrol(userID)
        func verdict(_ steps: Int, _ now: Int64) throws -> Verdict {
            try desk.verify(userID, code(seed, at: now, steps: steps), now: now)
        }
        var now = Desk.now
        // A clock that gets slower and slower is followed, as far as five steps.
        for steps in [-1, -2, -3, -4, -5, -6] {
            #expect(try verdict(steps, now) == .accepted, "\(steps)")
            now += 600
        }
        #expect(try verdict(-7, now) == .rejected(.wrong))
        #expect(try verdict(-6, now) == .accepted)
        // It is set right.
        #expect(try verdict(0, now + 600) == .accepted)
        #expect(try verdict(-2, now + 1200) == .rejected(.wrong))
        #expect(try verdict(1, now + 1200) == .accepted)
        // What was learnt lies on the disk.
        let reopened = try Issuer(home: desk.home)
        #expect(
            try reopened.verify(
                userID: userID, code: code(seed, at: now + 1800, steps: 2), now: now + 1800,
                random: SecretBytes.random) == .accepted)
    }

    @Test func `locks the token when it is wrong ten times in a row`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let seed = try desk.enrol(userID)
        let wrong = try wrongCode(seed)
        for _ in 0..<9 { #expect(try desk.verify(userID, wrong) == .rejected(.wrong)) }
        #expect(try desk.verify(userID, code(seed)) == .accepted)
        for _ in 0..<10 { #expect(try desk.verify(userID, wrong) == .rejected(.wrong)) }
        #expect(try desk.user(userID)?.isLocked == true)
        #expect(try desk.verify(userID, code(seed, steps: 1)) == .rejected(.locked))
    }

    @Test(arguments: ["", "1234567", "123456789", "1234 5678", "１２３４５６７８", "1234567a"])
    func `that cannot be right is not counted`(code: String) throws {
        let desk = try Desk()
        let userID = try desk.issue()
        _ = try desk.enrol(userID)
        for _ in 0..<11 { #expect(try desk.verify(userID, code) == .rejected(.malformed)) }
    }

    @Test func `is refused after the end and after the revocation`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let seed = try desk.enrol(userID)
        let end = Desk.now + 5 * 365 * Desk.day
        #expect(try desk.verify(userID, code(seed, at: end), now: end) == .rejected(.expired))
        #expect(try desk.verify(userID, code(seed, at: end - 1), now: end - 1) == .accepted)
        try desk.issuer.revoke(userID: userID, now: Desk.now, random: SecretBytes.random)
        #expect(try desk.verify(userID, code(seed)) == .rejected(.revoked))
        try desk.issuer.revoke(userID: userID, now: Desk.now, random: SecretBytes.random)
        let summary = try #require(try desk.user(userID))
        #expect(
            summary.state == .revoked && summary.expiresAt == nil && summary.lastUsed == end - 1)
    }

    @Test func `of nobody is unknown`() throws {
        let desk = try Desk()
        for userID in ["12345678901234DC", "", "..", "../issuer", "x"] {
            #expect(try desk.verify(userID, "12345678") == .rejected(.unknown))
            #expect(throws: IssuerError.noSuchUser) {
                try desk.issuer.revoke(userID: userID, now: Desk.now, random: SecretBytes.random)
            }
        }
    }

    @Test func `that comes eight times at once is taken once`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let code = try code(try desk.enrol(userID))
        let verdicts = Mutex<[Verdict?]>([])
        for _ in 0..<8 {
            // An issuer each, as processes would have.
            let issuer = try Issuer(home: desk.home)
            try Thread.start {
                let verdict = try? issuer.verify(
                    userID: userID, code: code, now: Desk.now, random: SecretBytes.random)
                verdicts.withLock { $0.append(verdict) }
            }
        }
        let deadline = Deadline(seconds: 30)
        while verdicts.withLock({ $0.count }) < 8, !deadline.isOver { pause() }
        verdicts.withLock {
            #expect($0.count == 8)
            #expect($0.filter { $0 == .accepted }.count == 1)
            #expect($0.filter { $0 == .rejected(.used) }.count == 7)
        }
    }
}
