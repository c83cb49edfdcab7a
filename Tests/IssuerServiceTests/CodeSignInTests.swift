import Cryptography
import Foundation
import IssuerService
import Platform
import Synchronization
import TestSupport
import Testing

/// The mailed code at the sign-in.
@Suite struct CodeSignInTests: CodeDesk {
    let pages: PageDesk

    init() throws {
        pages = try PageDesk()
        try need(PageDesk.email)
    }

    @Test func `is asked for after the password, where an account has it`() throws {
        let visit = visit()
        #expect(Self.asksForCode(visit) && visit.page.contains(PageDesk.email))
        #expect(!Self.isSignedIn(visit))
        visit.get("/sign-in/code")
        #expect(visit.post("/sign-in/code", ["code": try code()]) == 200)
        #expect(visit.page.contains("<h1>Issue a one-time password token</h1>"))
        // Others sign in as they did.
        #expect(Self.isSignedIn(self.visit("boss@example.jp")))
        try need(PageDesk.email, false)
        #expect(!Self.isSignedIn(visit))
        #expect(Self.isSignedIn(self.visit()))
    }

    @Test func `comes in a mail that a client knows in either language`() throws {
        let japanese = Visit(pages.site)
        japanese.language = "ja"
        signIn(japanese)
        #expect(japanese.page.contains("<h1>ワンタイムパスワード入力</h1>"))
        let first = try mail()
        #expect(first.contains("Content-Language: ja\n") && first.contains("30 分以内"))
        _ = visit()
        let second = try mail()
        #expect(second.contains("Content-Language: en\n") && second.contains("for 30 minutes"))
        let fields = try [first, second].map { mail in
            let found = mail.firstMatch(
                of: #/^From: (.*?)\nTo: .*?\nSubject: (.*?)\nDate: /#.dotMatchesNewlines())
            return try #require(found).output
        }
        #expect(fields[0].1.hasSuffix(" <no-reply@otp.example>"))
        #expect(fields[0].1 == fields[1].1 && fields[0].2 == fields[1].2)
    }

    @Test func `is typed as people type it`() throws {
        let visit = visit()
        let wide = try code().applyingTransform(.fullwidthToHalfwidth, reverse: true) ?? ""
        #expect(wide.utf8.count == 18)
        for unfit in ["", "12345", "1234567", "12345a", "-12345"] {
            #expect(visit.post("/sign-in/code", ["code": unfit]) == 422)
            #expect(visit.page.contains("id=\"code-error\""))
        }
        visit.post("/sign-in/code", ["code": " \(wide.prefix(3)) \(wide.suffix(3)) "])
        #expect(Self.isSignedIn(visit))
    }

    @Test func `ends with the tenth wrong try, and the right one comes too late`() throws {
        let visit = visit()
        let (right, wrong) = (try code(), try wrongCode())
        for _ in 1...9 {
            #expect(visit.post("/sign-in/code", ["code": wrong]) == 422)
            #expect(visit.page.contains("is not the code of the newest mail"))
        }
        #expect(visit.post("/sign-in/code", ["code": wrong]) == 403)
        #expect(visit.page.contains("Ten wrong codes.") && visit.page.contains("id=\"password\""))
        #expect(visit.post("/sign-in/code", ["code": right]) == 403)
        #expect(!Self.isSignedIn(visit))
        // Nine tries are none too many.
        signIn(visit)
        for _ in 1...9 { visit.post("/sign-in/code", ["code": try wrongCode()]) }
        #expect(visit.post("/sign-in/code", ["code": try code()]) == 200)
        #expect(Self.isSignedIn(visit))
    }

    @Test func `holds for 30 minutes`() throws {
        let late = visit()
        late.now += 1800
        #expect(late.post("/sign-in/code", ["code": try code()]) == 403)
        #expect(late.page.contains("does not hold any more"))
        #expect(late.get("/sign-in/code", follows: false) == 303)
        let early = visit()
        early.now += 1799
        #expect(early.post("/sign-in/code", ["code": try code()]) == 200)
        #expect(Self.isSignedIn(early))
    }

    @Test func `is one of an account: the next one ends it, in any browser`() throws {
        let first = visit()
        let old = try code()
        let second = visit()
        let new = try code()
        #expect(first.post("/sign-in/code", ["code": old]) == 403)
        #expect(first.post("/sign-in/code", ["code": new]) == 403)
        // Not even in the same one.
        signIn(second)
        if try new != code() { #expect(second.post("/sign-in/code", ["code": new]) == 422) }
        #expect(second.post("/sign-in/code", ["code": try code()]) == 200)
        // Somebody else's is somebody else's.
        try need("boss@example.jp")
        let boss = visit("boss@example.jp")
        let other = visit()
        #expect(other.post("/sign-in/code", ["code": try code()]) == 200)
        #expect(boss.post("/sign-in/code", ["code": try code(to: "boss@example.jp")]) == 200)
    }

    @Test func `is taken once, and in the browser that asked for it`() throws {
        let visit = visit()
        let (code, half) = (try code(), visit.cookies)
        let other = Visit(pages.site)
        other.get("/sign-in")
        #expect(other.post("/sign-in/code", ["code": code]) == 403)
        visit.post("/sign-in/code", ["code": code])
        #expect(visit.cookies != half && Self.isSignedIn(visit))
        other.cookies = half
        other.get("/sign-in")
        #expect(other.post("/sign-in/code", ["code": code]) == 403)
        #expect(!Self.isSignedIn(other))
    }

    @Test func `needs a form of its own`() throws {
        let visit = visit()
        #expect(visit.post("/sign-in/code", ["code": try code()], token: "") == 403)
        visit.get("/sign-in/code")
        visit.post("/sign-in/code", ["code": try code(), "skip": "yes"])
        #expect(visit.post("/sign-in/skip", ["action": "skip"], token: "") == 403)
        #expect(!Self.isSignedIn(visit) && visit.cookies["otptoken-skip"] == nil)
    }

    @Test func `ends when the password changes meanwhile`() throws {
        let (visit, asked) = (visit(), Visit(pages.site))
        let code = try code()
        _ = try desk.issuer.setPassword(
            secret(PageDesk.password), ofAccount: PageDesk.email, random: SecretBytes.random)
        #expect(visit.post("/sign-in/code", ["code": code]) == 403)
        #expect(!Self.isSignedIn(visit))
        signIn(asked)
        asked.post("/sign-in/code", ["code": try self.code(), "skip": "yes"])
        try desk.issuer.setCodeNeeded(
            true, ofAccount: PageDesk.email, random: SecretBytes.random)
        #expect(asked.post("/sign-in/skip", ["action": "skip"]) == 403)
        #expect(!Self.isSignedIn(asked) && asked.cookies["otptoken-skip"] == nil)
    }

    @Test func `is mailed no more than ten times to somebody who types none`() throws {
        for _ in 1...10 { #expect(Self.asksForCode(visit())) }
        let visit = visit()
        #expect(visit.status == 429 && visit.field("retry-after") == "1800")
        #expect(visit.page.contains("Too many codes were mailed"))
        let later = self.visit(at: Desk.now + 1800)
        #expect(later.post("/sign-in/code", ["code": try code()]) == 200)
        // One that was typed does not count.
        #expect(Self.asksForCode(self.visit(at: Desk.now + 1800)))
    }

    @Test func `is guessed ten times at most, however many guess at once`() throws {
        let visit = visit()
        let wrong = try wrongCode()
        let statuses = Mutex<[Int]>([])
        let (site, cookies) = (pages.site, visit.cookies)
        DispatchQueue.concurrentPerform(iterations: 40) { _ in
            let guesser = Visit(site)
            guesser.cookies = cookies
            guesser.get("/sign-in/code")
            let status = guesser.post("/sign-in/code", ["code": wrong])
            statuses.withLock { $0.append(status) }
        }
        #expect(statuses.withLock { $0 }.count { $0 == 422 } == 9)
        #expect(visit.post("/sign-in/code", ["code": try code()]) == 403)
    }

    @Test func `goes to sendmail without lying on the disk, and what fails is told`() throws {
        let box = desk.folder.path + "/box"
        let failures = Mutex<[IssuerError]>([])
        func site(_ words: String...) -> Site {
            let mailer = Mailer(
                desk.issuer, Sendmail(words: words),
                report: { error in
                    failures.withLock { $0.append(error) }
                })
            return Site(desk.issuer, mailer: mailer)
        }
        let visit = Visit(site("tee", "-a", box))
        signIn(visit)
        let mail = try #require(
            poll { () -> String? in
                let text = try? String(contentsOfFile: box, encoding: .utf8)
                return text.flatMap { $0.hasSuffix("\n") ? $0 : nil }
            })
        let code = try #require(mail.firstMatch(of: /password: (\d{6})\n/)).1
        #expect(visit.post("/sign-in/code", ["code": String(code)]) == 200)
        #expect(failures.withLock { $0 } == [])
        let unlucky = Visit(site("false"))
        signIn(unlucky)
        #expect(Self.asksForCode(unlucky))
        #expect(poll { failures.withLock { $0.first } } == .codeNotSent(PageDesk.email))
        let outbox = try FileManager.default.contentsOfDirectory(atPath: desk.home + "/outbox")
        #expect(outbox == [])
    }

    @Test func `lies nowhere but in its mail`() throws {
        let visit = visit()
        visit.post("/sign-in/code", ["code": try wrongCode()])
        let code = Data(try code().utf8)
        for (name, bytes) in try desk.folder.files() where !name.hasSuffix("-code.eml") {
            #expect(Data(bytes).range(of: code) == nil, "\(name)")
        }
    }
}
