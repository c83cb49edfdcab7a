import Cryptography
import Enrolment
import Foundation
import Platform
import Testing

@testable import IssuerService

/// What the daily look at all tokens finds.
@Suite struct `A sweep` {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private func sweep(_ now: Int64) throws -> [String] {
        try desk.issuer.sweep(now: now, random: SecretBytes.random, report: { _ in })
    }

    private func events() throws -> [String] {
        try String(contentsOfFile: desk.home + "/log", encoding: .utf8).split(separator: "\n").map {
            String($0).replacing(/.*"event":"([a-z]+)".*"actor":"([^"]*)".*/) {
                "\($0.1) by \($0.2)"
            }
        }
    }

    private func state(_ userID: String, _ now: Int64) throws -> UserState? {
        try desk.issuer.user(userID, now: now)?.state
    }

    @Test func `ends what nobody has used in time, and forgets its secret`() throws {
        let userID = try desk.issue()
        #expect(try sweep(Desk.now + 7 * Desk.day) == [])
        #expect(try events() == ["issued by administrator"])
        #expect(try sweep(Desk.now + 7 * Desk.day + 1) == [])
        #expect(try sweep(Desk.now + 8 * Desk.day) == [])
        #expect(try events() == ["issued by administrator", "lapsed by time"])
        let place = try #require(desk.issuer.place(ofUser: userID))
        guard case .ended(.lapsed) = try desk.issuer.record(at: place)?.stage else {
            Issue.record("it stays")
            return
        }
        let start = desk.start(try desk.client(userID).startRequest)
        #expect(start.status == 200)
        #expect(throws: (any Error).self) { _ = try desk.enrol(userID) }
        #expect(try desk.verify(userID, "12345678") == .rejected(.revoked))
    }

    @Test func `ends what has come to its end, and forgets its seed`() throws {
        let userID = try desk.issue()
        let seed = try desk.enrol(userID)
        let end = try #require(try desk.user(userID)?.expiresAt)
        #expect(end == Desk.now + 5 * 365 * Desk.day)
        _ = try sweep(end - 1)
        #expect(try state(userID, end - 1) == .enrolled)
        _ = try sweep(end)
        #expect(try events().suffix(1) == ["expired by time"])
        #expect(try state(userID, Desk.now) == .expired)
        #expect(try desk.verify(userID, code(seed)) == .rejected(.expired))
    }

    @Test(arguments: [Language.english, .japanese])
    func `tells the person once, 30 days before the end`(_ language: Language) throws {
        let issued = try desk.issuer.issue(
            email: "taro@example.jp", password: StartPassword(secret("48151623")), now: Desk.now,
            random: SecretBytes.random, in: language)
        let userID = issued.userID
        let seed = try desk.enrol(userID)
        #expect(try desk.verify(userID, code(seed)) == .accepted)
        let end = try #require(try desk.user(userID)?.expiresAt)
        #expect(try sweep(end - 30 * Desk.day - 1) == [])
        let mails = try sweep(end - 30 * Desk.day)
        #expect(mails == ["\(desk.home)/outbox/\(userID)-ends.eml"])
        #expect(try sweep(end - 29 * Desk.day) == [])
        let mail = try String(contentsOfFile: mails[0], encoding: .utf8)
        #expect(mail.contains("To: taro@example.jp\n") && mail.contains(userID))
        #expect(mail.contains(localDate(end)))
        #expect(mail.contains("Content-Language: \(language == .english ? "en" : "ja")\n"))
        let words = ["Your one-time password token ends on", "有効期限は"]
        #expect(
            words.map { mail.contains($0) }
                == (language == .english ? [true, false] : [false, true]))
        // Nothing else has changed: the code that was taken stays so.
        #expect(try desk.verify(userID, code(seed)) == .rejected(.used))
        #expect(try desk.verify(userID, code(seed, steps: 1)) == .accepted)
    }

    @Test func `looks after all others where one is damaged`() throws {
        let users = try (0..<3).map { _ in try desk.issue() }
        try Data("x".utf8).write(to: URL(fileURLWithPath: desk.recordPath(users[1])))
        var told: [IssuerError] = []
        _ = try desk.issuer.sweep(
            now: Desk.now + 8 * Desk.day, random: SecretBytes.random, report: { told.append($0) })
        #expect(told == [.damaged(path: desk.recordPath(users[1]))])
        #expect(try state(users[0], Desk.now) == .lapsed)
        #expect(try state(users[2], Desk.now) == .lapsed)
    }
}
