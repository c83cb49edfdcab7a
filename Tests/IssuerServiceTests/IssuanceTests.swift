import Cryptography
import Enrolment
import IssuerService
import Platform
import Testing

@Suite struct `An issuance` {
    @Test func `makes a user ID and a start password`() throws {
        let desk = try Desk()
        let issued = try desk.issuer.issue(
            email: "taro@example.jp", password: nil, now: Desk.now, random: SecretBytes.random)
        #expect(issued.userID.wholeMatch(of: /[0-9]{14}[A-Z]{2}/) != nil)
        guard let password = issued.startPassword else { throw Unexpected("no password") }
        let digits = password.withBytes { String(decoding: Array(copying: $0), as: UTF8.self) }
        #expect(digits.wholeMatch(of: /[0-9]{8}/) != nil)
        let pending = try desk.pending(issued.userID, digits)
        #expect(desk.finish(pending.finishRequest).status == 200)
        for (name, contents) in try desk.folder.files() {
            #expect(!contents.contains(Array(digits.utf8)), "\(name)")
        }
    }

    @Test func `keeps a start password that was given to itself`() throws {
        let desk = try Desk()
        let issued = try desk.issuer.issue(
            email: "taro@example.jp", password: StartPassword(secret("4815")), now: Desk.now,
            random: SecretBytes.random)
        #expect(issued.startPassword == nil)
        _ = try desk.pending(issued.userID, "4815")
    }

    @Test(arguments: [
        "a@b", "ab.c", "a@b@c", "@bcd", "abc@", "a b@c.d", "a@b.c\r\nBcc: x@y.z", "a,b@c.d",
        "<a@b.c>", "ü@example.de", "a@" + String(repeating: "b", count: 63),
    ])
    func `refuses what is no mail address`(email: String) throws {
        let desk = try Desk()
        #expect(throws: IssuerError.invalid("email")) {
            _ = try desk.issuer.issue(
                email: email, password: nil, now: Desk.now, random: SecretBytes.random)
        }
        #expect(try desk.issuer.list().isEmpty)
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
        #expect(head.count == 8)
        #expect(head[0] == "From: \"Acme Bank\" <no-reply@otp.example>")
        #expect(head[1] == "To: taro@example.jp")
        #expect(head[3] == "Date: Thu, 13 Feb 2025 23:31:30 +0000")
        #expect(head[4].wholeMatch(of: /Message-ID: <[0-9a-f]{32}@otp\.example>/) != nil)
        let body = halves[1].split(separator: "\n")
        #expect(
            body.contains(
                "otptoken init --server \(Desk.url) --service-id 10121234 --user-id \(issued.userID)"[...]))
        #expect(!mail.contains("48151623"))
    }
}
