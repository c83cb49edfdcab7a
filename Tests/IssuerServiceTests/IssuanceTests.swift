import Cryptography
import Enrolment
import Foundation
import Platform
import TestSupport
import Testing

@testable import IssuerService

@Suite struct `An issuance` {
    @Test func `makes a user ID and a start password`() throws {
        let desk = try Desk()
        let issued = try desk.issuer.issue(
            email: "taro@example.jp", password: nil, now: Desk.now, random: SecretBytes.random)
        #expect(issued.userID.wholeMatch(of: /[0-9]{14}[A-Z]{2}/) != nil)
        let digits = issued.startPassword.withBytes {
            String(decoding: Array(copying: $0), as: UTF8.self)
        }
        #expect(digits.wholeMatch(of: /[0-9]{8}/) != nil)
        let pending = try desk.pending(issued.userID, digits)
        #expect(desk.finish(pending.finishRequest).status == 200)
        for (name, contents) in try desk.folder.files() {
            #expect(!contents.contains(Array(digits.utf8)), "\(name)")
        }
    }

    @Test func `takes a start password that was chosen`() throws {
        let desk = try Desk()
        let issued = try desk.issuer.issue(
            email: "taro@example.jp", password: StartPassword(secret("4815")), now: Desk.now,
            random: SecretBytes.random)
        let isSame = issued.startPassword.equals(secret("4815"))
        #expect(isSame)
        _ = try desk.pending(issued.userID, "4815")
    }

    @Test(arguments: [
        "a@b", "ab.c", "a@b@c", "@bcd", "abc@", "a b@c.d", "a@b.c\r\nBcc: x@y.z", "a,b@c.d",
        "<a@b.c>", "ü@example.de", "a@" + String(repeating: "b", count: 63),
    ])
    func `refuses what is no mail address`(email: String) throws {
        let desk = try Desk()
        #expect(throws: IssuerError.invalid(.email)) {
            _ = try desk.issuer.issue(
                email: email, password: nil, now: Desk.now, random: SecretBytes.random)
        }
        #expect(try desk.issuer.list(now: Desk.now).isEmpty)
    }

    @Test func `never gives a user ID twice`() throws {
        let desk = try Desk()
        // The same bytes every time: the second issuance finds its user ID taken.
        let stuck: RandomSource = { count in SecretBytes(count: count) { _ in } }
        let first = try desk.issuer.issue(
            email: "a@b.c", password: StartPassword(secret("4815")), now: Desk.now, random: stuck)
        #expect(first.userID == "00000000000000AA")
        #expect(throws: IssuerError.cryptography(.libraryFailed)) {
            _ = try desk.issuer.issue(
                email: "a@b.c", password: StartPassword(secret("4815")), now: Desk.now,
                random: stuck)
        }
    }

    @Test func `writes a mail without the start password`() throws {
        let desk = try Desk()
        let issued = try desk.issuer.issue(
            email: "taro@example.jp", password: StartPassword(secret("48151623")), now: Desk.now,
            random: SecretBytes.random)
        let mail = String(
            decoding: try PrivateFile.read(issued.mailPath, limit: 4096), as: UTF8.self)
        #expect(issued.mailPath == desk.home + "/outbox/\(issued.userID).eml")
        let halves = mail.split(separator: "\n\n", maxSplits: 1)
        let head = halves[0].split(separator: "\n")
        #expect(head.count == 11)
        #expect(head[0...1] == ["From: \"Acme Bank\"", " <no-reply@otp.example>"])
        #expect(head[2] == "To: taro@example.jp")
        #expect(head[4] == "Date: Thu, 13 Feb 2025 23:31:30 +0000")
        #expect(head[5].wholeMatch(of: /Message-ID: <[0-9a-f]{32}@otp\.example>/) != nil)
        let ids = "--service-id 10121234 --user-id \(issued.userID)"
        #expect(halves[1].contains("\notptoken init --server \(Desk.url) \(ids)\n"))
        #expect(!mail.contains("48151623"))
    }

    @Test func `writes a name in other letters as mails must have it`() throws {
        let desk = try Desk()
        let name = String(repeating: "銀行", count: 20)
        let issuer = try Issuer.create(
            home: desk.folder.path + "/other", serviceID: "1", name: name,
            url: "http://127.0.0.1:8080/a'b", random: SecretBytes.random)
        let issued = try issuer.issue(
            email: "a@b.c", password: StartPassword(secret("48151623")), now: Desk.now,
            random: SecretBytes.random)
        let mail = String(
            decoding: try PrivateFile.read(issued.mailPath, limit: 4096), as: UTF8.self)
        let head = mail.split(separator: "\n").prefix { !$0.hasPrefix("To:") }
        let words = head.joined().matches(of: /=\?UTF-8\?B\?([A-Za-z0-9+\/=]+)\?=/)
        let read = words.map { Base64.decode(String($0.1), padding: .required) ?? [] }
        #expect(read.map { String(decoding: $0, as: UTF8.self) }.joined() == name)
        #expect(head.allSatisfy { $0.utf8.count <= 78 })
        #expect(head.last?.hasSuffix("<no-reply@localhost>") == true)
        #expect(mail.contains(" --server 'http://127.0.0.1:8080/a'\\''b' "))
    }

    @Test func `dates its mail as the calendar does`() {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
        for days in 0..<(366 * 140) {
            let time = Int64(days) * 86400 + Int64(days) % 86400
            guard days % 7 == 0 || days % 365 < 3 else { continue }
            #expect(
                mailDate(time)
                    == format.string(from: Date(timeIntervalSince1970: TimeInterval(time))))
        }
    }
}
