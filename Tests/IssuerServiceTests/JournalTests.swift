import Cryptography
import Enrolment
import Foundation
import IssuerService
import Testing

/// The log of what becomes of tokens.
@Suite struct `The log` {
    private struct Entry: Decodable, Equatable {
        let time: String
        let event: String
        let user_id: String
        let actor: String
    }

    private let desk: Desk

    init() throws { desk = try Desk() }

    private func entries() throws -> [Entry] {
        let text = try String(contentsOfFile: desk.home + "/log", encoding: .utf8)
        return try text.split(separator: "\n").map {
            try JSONDecoder().decode(Entry.self, from: Data($0.utf8))
        }
    }

    @Test func `has each change with its time and who made it`() throws {
        let userID = try desk.issue()
        let seed = try desk.enrol(userID, now: Desk.now + 1)
        func verify(_ code: String, _ now: Int64) throws {
            _ = try desk.issuer.verify(
                userID: userID, code: code, now: now, random: SecretBytes.random,
                by: .service("vpn"))
        }
        try verify(code(seed), Desk.now + 2)
        try verify(code(seed, steps: 1), Desk.now + 3)
        for _ in 1...12 { try verify(wrongCode(seed), Desk.now + 4) }
        try desk.issuer.unlock(userID: userID, now: Desk.now + 5, random: SecretBytes.random)
        for _ in 1...2 {
            try desk.issuer.revoke(userID: userID, now: Desk.now + 6, random: SecretBytes.random)
        }
        let expected = [
            ("30", "issued", "administrator"), ("31", "enrolled", "client"),
            ("32", "activated", "service vpn"), ("34", "locked", "service vpn"),
            ("35", "unlocked", "administrator"), ("36", "revoked", "administrator"),
        ].map {
            Entry(time: "2025-02-13T23:31:\($0)Z", event: $1, user_id: userID, actor: $2)
        }
        #expect(try entries() == expected)
    }

    @Test func `is written before the change, which is not made without it`() throws {
        let userID = try desk.issue()
        let log = desk.home + "/log"
        try FileManager.default.removeItem(atPath: log)
        try FileManager.default.createDirectory(atPath: log, withIntermediateDirectories: false)
        #expect(throws: IssuerError.self) {
            try desk.issuer.revoke(userID: userID, now: Desk.now, random: SecretBytes.random)
        }
        #expect(try desk.user(userID)?.state == .issued)
    }

    @Test func `an unlocked token takes codes again`() throws {
        let userID = try desk.issue()
        let seed = try desk.enrol(userID)
        for _ in 1...10 { _ = try desk.verify(userID, wrongCode(seed)) }
        #expect(try desk.user(userID)?.isLocked == true)
        try desk.issuer.unlock(userID: userID, now: Desk.now, random: SecretBytes.random)
        #expect(try desk.user(userID)?.isLocked == false)
        #expect(try desk.verify(userID, code(seed)) == .accepted)
        #expect(throws: IssuerError.noSuchUser) {
            try desk.issuer.unlock(
                userID: "12345678901234ZZ", now: Desk.now, random: SecretBytes.random)
        }
    }

    @Test func `tries are forgotten, too`() throws {
        let userID = try desk.issue()
        for _ in 1...10 { _ = desk.start(try desk.client(userID, "00000000").startRequest) }
        #expect(try desk.user(userID)?.isLocked == true)
        try desk.issuer.unlock(userID: userID, now: Desk.now, random: SecretBytes.random)
        _ = try desk.enrol(userID)
    }

    @Test func `what nobody has used lapses, and what has ended is called so`() throws {
        let unused = try desk.issue()
        let used = try desk.issue()
        _ = try desk.enrol(used)
        func state(_ userID: String, _ days: Int64) throws -> UserState? {
            try desk.issuer.list(now: Desk.now + days * Desk.day).first { $0.userID == userID }?
                .state
        }
        #expect(try state(unused, 7) == .issued && state(unused, 8) == .lapsed)
        #expect(try state(used, 5 * 365 - 1) == .enrolled && state(used, 5 * 365) == .expired)
    }
}
