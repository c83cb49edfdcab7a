import Cryptography
import Enrolment
import Foundation
import Glibc
import IssuerService
import Platform
import TestSupport
import Testing

/// What survives a power cut, whatever of the records it takes.
@Suite struct `After a power cut` {
    private let desk: Desk
    private let busy: Issuer

    init() throws {
        desk = try Desk()
        busy = try Issuer(home: desk.home, isBusy: true, boot: "before")
    }

    private func verify(
        _ userID: String, _ code: String, by issuer: Issuer
    ) throws -> Verdict {
        try issuer.verify(
            userID: userID, code: code, now: Desk.now, random: SecretBytes.random)
    }

    /// The folder as it lies on the disk after a power cut that takes what was done to a record.
    private func cut(_ records: [String: [UInt8]]) throws -> String {
        let home = desk.folder.path + "/\(UUID())"
        try FileManager.default.copyItem(atPath: desk.home, toPath: home)
        for (userID, record) in records {
            try PrivateFile.replace("\(home)/users/\(userID)", with: record)
        }
        return home
    }

    private func record(_ userID: String) throws -> [UInt8] {
        try PrivateFile.read(desk.recordPath(userID), limit: 4096)
    }

    /// Enrols with the issuer that is busy.
    private func enrol(_ userID: String) throws -> SecretBytes {
        let client = try desk.client(userID)
        let start = desk.post(EnrolmentProtocol.startPath, client.startRequest, to: busy)
        let pending = try client.receiveStart(status: start.status, body: start.body)
        let finish = desk.post(EnrolmentProtocol.finishPath, pending.finishRequest, to: busy)
        _ = try pending.receiveFinish(status: finish.status, body: finish.body)
        return pending.seed.clone()
    }

    @Test func `a code that was accepted stays used`() throws {
        let userID = try desk.issue()
        let seed = try enrol(userID)
        let before = try record(userID)
        #expect(try verify(userID, code(seed), by: busy) == .accepted)
        let home = try cut([userID: before])
        // While the system runs, the record itself is right, and here it is not.
        let sameRun = try Issuer(home: cut([userID: before]), boot: "before")
        #expect(try verify(userID, code(seed), by: sameRun) == .accepted)
        for _ in 1...2 {
            let issuer = try Issuer(home: home, boot: "after")
            #expect(try verify(userID, code(seed), by: issuer) == .rejected(.used))
            #expect(!FileManager.default.fileExists(atPath: home + "/changes"))
        }
        let unknown = try Issuer(home: cut([userID: before]), boot: nil)
        #expect(try verify(userID, code(seed), by: unknown) == .rejected(.used))
    }

    @Test func `an enrolment that was answered counts, even where its record is rubbish`() throws {
        let (lost, damaged) = (try desk.issue(), try desk.issue())
        let before = try record(lost)
        let seeds = try [lost, damaged].map { Shared(try enrol($0)) }
        let home = try cut([lost: before, damaged: [UInt8](repeating: 0, count: 300)])
        let issuer = try Issuer(home: home, isBusy: true, boot: "after")
        for (userID, seed) in zip([lost, damaged], seeds) {
            #expect(try verify(userID, code(seed.value), by: issuer) == .accepted)
        }
        issuer.close()
        #expect(!FileManager.default.fileExists(atPath: home + "/changes"))
    }

    @Test func `a later change that another process has made is kept`() throws {
        let userID = try desk.issue()
        let seed = try enrol(userID)
        #expect(try verify(userID, code(seed, steps: -1), by: busy) == .accepted)
        try desk.issuer.revoke(userID: userID, now: Desk.now, random: SecretBytes.random)
        let issuer = try Issuer(home: cut([:]), boot: "after")
        #expect(try verify(userID, code(seed), by: issuer) == .rejected(.revoked))
    }

    @Test func `a change that was cut short is none, and keeps nothing else from coming back`()
        throws
    {
        let (first, second) = (try desk.issue(), try desk.issue())
        let before = (try record(first), try record(second))
        let seed = try enrol(first)
        _ = try enrol(second)
        let home = try cut([first: before.0, second: before.1])
        let path = home + "/changes"
        var changes = try PrivateFile.read(path, limit: 8 << 20)
        let end = try #require(changes.lastIndex { $0 != 0 })
        for index in end - 40...end { changes[index] = 0 }
        try PrivateFile.replace(path, with: changes)
        let issuer = try Issuer(home: home, boot: "after")
        #expect(try verify(first, code(seed), by: issuer) == .accepted)
        #expect(try verify(second, "12345678", by: issuer) == .rejected(.pending))
    }
}

/// Several issuers of one folder, some of them busy.
@Suite struct `Issuers of one folder` {
    @Test func `accept a code once among them`() throws {
        let desk = try Desk()
        let issuers = [
            try Issuer(home: desk.home, isBusy: true), try Issuer(home: desk.home, isBusy: true),
            try Issuer(home: desk.home),
        ]
        for _ in 1...10 {
            let userID = try desk.issue()
            let seed = try desk.enrol(userID)
            let code = try code(seed)
            let verdicts = Thread.gather(9) { number in
                try? issuers[number % 3].verify(
                    userID: userID, code: code, now: Desk.now, random: SecretBytes.random)
            }
            #expect(verdicts.count { $0 == .accepted } == 1)
            #expect(verdicts.count { $0 == .rejected(.used) } == 8)
        }
        issuers.forEach { $0.close() }
        #expect(!FileManager.default.fileExists(atPath: desk.home + "/changes"))
    }

    @Test func `read a record again, locked, when it does not authenticate`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let record = try PrivateFile.read(desk.recordPath(userID), limit: 4096)
        // Whoever changes a record holds one of these.
        let locks = try (0..<64).map { number in
            let path = "\(desk.home)/locks/\(number)"
            if !FileManager.default.fileExists(atPath: path) {
                try PrivateFile.replace(path, with: [])
            }
            return try FileHandle(forUpdating: URL(fileURLWithPath: path))
        }
        for lock in locks { #expect(flock(lock.fileDescriptor, LOCK_EX) == 0) }
        try PrivateFile.replace(desk.recordPath(userID), with: [0])
        let states = Thread.gather(2) { number -> UserState? in
            if number == 0 { return try? desk.user(userID)?.state }
            // It is found damaged by now, most likely; if it is not, that is no failure.
            usleep(100_000)
            try? PrivateFile.replace(desk.recordPath(userID), with: record)
            for lock in locks { try? lock.close() }
            return nil
        }
        #expect(states[0] == .issued)
    }

    @Test func `list and export whole records while these change`() throws {
        let desk = try Desk()
        let busy = try Issuer(home: desk.home, isBusy: true)
        let userIDs = try (1...4).map { _ in try desk.issue() }
        for userID in userIDs { _ = try desk.enrol(userID) }
        let done = Thread.gather(4) { number in
            (1...150).allSatisfy { _ in
                if number == 0 {
                    return (try? desk.issuer.list(now: Desk.now))?.count == 4
                        && (try? desk.issuer.export(.oathCSV, now: Desk.now))?.count == 4
                }
                return
                    (try? busy.unlock(
                        userID: userIDs[number], now: Desk.now, random: SecretBytes.random)) != nil
            }
        }
        #expect(done.allSatisfy { $0 == true })
    }
}
