import Cryptography
import Foundation
import IssuerService
import Platform
import TestSupport
import Testing

/// The mailed code at the sign-in, and the browsers that skip it.
@Suite struct CodeSignInTests {
    private static let days: Int64 = 86400

    private let pages: PageDesk
    private var desk: Desk { pages.desk }

    init() throws {
        pages = try PageDesk()
        try need(PageDesk.email)
    }

    private func need(_ email: String, _ isNeeded: Bool = true) throws {
        try desk.issuer.setCodeNeeded(
            isNeeded, ofAccount: email, random: SecretBytes.random)
    }

    /// The mail with the code of an address, which lies in the outbox where nothing sends it.
    private func mail(to email: String = PageDesk.email) throws -> String {
        let folder = desk.home + "/outbox"
        let mails = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix("-code.eml") }
            .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
            .filter { $0.contains("\nTo: \(email)\n") }
        try #require(mails.count == 1)
        return mails[0]
    }

    private func code(to email: String = PageDesk.email) throws -> String {
        let found = try mail(to: email).firstMatch(of: /(?:password: |パスワード：)(\d{6})\n/)
        return String(try #require(found).1)
    }

    /// Another code than the one in the mail.
    private func wrongCode() throws -> String { try code() == "000000" ? "111111" : "000000" }

    /// Types the password, in a browser that may know something by now.
    private func signIn(_ visit: Visit, _ email: String = PageDesk.email) {
        let password = email == PageDesk.email ? PageDesk.password : "battery staple"
        visit.get("/sign-in")
        visit.post("/sign-in", ["email": email, "password": password])
    }

    private func visit(_ email: String = PageDesk.email, at now: Int64 = Desk.now) -> Visit {
        let visit = Visit(pages.site)
        visit.now = now
        signIn(visit, email)
        return visit
    }

    private static func asksForCode(_ visit: Visit) -> Bool {
        visit.page.contains("<h1>Enter the one-time password</h1>")
    }

    private static func isSignedIn(_ visit: Visit) -> Bool {
        visit.get("/token", follows: false) == 200
    }

    /// Signs in, and has the code skipped from now on.
    private func trusted(_ email: String = PageDesk.email) throws -> Visit {
        let visit = visit(email)
        visit.post("/sign-in/code", ["code": try code(to: email), "skip": "yes"])
        visit.post("/sign-in/skip", ["action": "skip"])
        try #require(Self.isSignedIn(visit))
        return visit
    }

    /// Whether somebody who signs in anew in this browser is asked for a code.
    private func isAskedAgain(_ visit: Visit, _ email: String = PageDesk.email) -> Bool {
        visit.get("/token")
        if visit.status == 200, visit.page.contains("/sign-out") { visit.post("/sign-out", [:]) }
        signIn(visit, email)
        return Self.asksForCode(visit)
    }

    // MARK: The code

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

    @Test func `lies nowhere but in its mail`() throws {
        let visit = visit()
        visit.post("/sign-in/code", ["code": try wrongCode()])
        let code = Data(try code().utf8)
        for (name, bytes) in try desk.folder.files() where !name.hasSuffix("-code.eml") {
            #expect(Data(bytes).range(of: code) == nil, "\(name)")
        }
    }

    // MARK: Skipping it

    @Test func `is skipped where that was asked for and confirmed, for 90 days`() throws {
        let visit = visit()
        visit.post("/sign-in/code", ["code": try code(), "skip": "yes"])
        #expect(visit.page.contains("<h1>Skip the code here?</h1>"))
        #expect(!Self.isSignedIn(visit) && visit.cookies["otptoken-skip"] == nil)
        visit.get("/sign-in/skip")
        visit.post("/sign-in/skip", ["action": "skip"])
        #expect(Self.isSignedIn(visit))
        #expect(!isAskedAgain(visit))
        visit.now = Desk.now + 90 * Self.days - 1
        #expect(!isAskedAgain(visit))
        // Signing in without a code makes it no longer.
        visit.now += 1
        #expect(isAskedAgain(visit))
        // It can be asked for again, and then is one still.
        visit.post("/sign-in/code", ["code": try code(), "skip": "yes"])
        visit.post("/sign-in/skip", ["action": "skip"])
        #expect(!isAskedAgain(visit))
    }

    @Test func `is asked for where the box is not ticked, or the question is denied`() throws {
        let visit = visit()
        visit.post("/sign-in/code", ["code": try code()])
        #expect(Self.isSignedIn(visit) && isAskedAgain(visit))
        visit.post("/sign-in/code", ["code": try code(), "skip": "yes"])
        visit.post("/sign-in/skip", ["action": "ask"])
        #expect(Self.isSignedIn(visit) && visit.cookies["otptoken-skip"] == nil)
        #expect(isAskedAgain(visit))
        // The question is asked of whoever has just typed a code, once.
        #expect(visit.get("/sign-in/skip", follows: false) == 303)
        visit.get("/sign-in/code")
        #expect(visit.post("/sign-in/skip", ["action": "skip"], follows: false) == 303)
        visit.get("/sign-in/code")
        visit.post("/sign-in/code", ["code": try code()])
        #expect(visit.get("/sign-in/skip", follows: false) == 303)
        #expect(visit.cookies["otptoken-skip"] == nil)
        // A wrong code leaves the box as it was.
        #expect(isAskedAgain(visit))
        visit.post("/sign-in/code", ["code": try wrongCode(), "skip": "yes"])
        #expect(
            visit.page.contains("name=\"skip\" value=\"yes\"") && visit.page.contains(" checked>"))
    }

    @Test func `keeps a cookie that tells nothing, and is this site's alone`() throws {
        let visit = visit()
        visit.post("/sign-in/code", ["code": try code(), "skip": "yes"])
        visit.post("/sign-in/skip", ["action": "skip"], follows: false)
        let fields = visit.setCookies
        let field = try #require(fields.first { $0.hasPrefix("otptoken-skip=") })
        #expect(
            field.wholeMatch(
                of:
                    /otptoken-skip=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=7776000/
            ) != nil, "\(field)")
        // What is kept is no cookie.
        let id = try #require(visit.cookies["otptoken-skip"])
        for (name, bytes) in try desk.folder.files() {
            #expect(!String(decoding: bytes, as: UTF8.self).contains(id), "\(name)")
        }
        // Over TLS no other host can set it.
        let secured = Visit(Site(desk.issuer, isSecure: true))
        signIn(secured)
        secured.post("/sign-in/code", ["code": try code(), "skip": "yes"])
        secured.post("/sign-in/skip", ["action": "skip"], follows: false)
        let other = try #require(secured.setCookies.first { $0.contains("-skip=") })
        #expect(other.hasPrefix("__Host-otptoken-skip=") && other.hasSuffix("; Secure"))
    }

    @Test func `is skipped in that browser alone, and not for another account`() throws {
        try need("boss@example.jp")
        let visit = try trusted()
        #expect(Self.asksForCode(self.visit()))
        #expect(isAskedAgain(visit, "boss@example.jp"))
        // Both may be skipped in one browser.
        visit.post("/sign-in/code", ["code": try code(to: "boss@example.jp"), "skip": "yes"])
        visit.post("/sign-in/skip", ["action": "skip"])
        #expect(!isAskedAgain(visit, "boss@example.jp"))
        #expect(!isAskedAgain(visit))
        // Nor without the password, or with a cookie that somebody made up.
        visit.post("/sign-out", [:])
        visit.get("/sign-in")
        #expect(visit.post("/sign-in", ["email": PageDesk.email, "password": "wrong"]) == 403)
        for made in [String(repeating: "0", count: 64), "", ".", "x", "0.0"] {
            visit.cookies["otptoken-skip"] = made
            #expect(isAskedAgain(visit), "\(made)")
        }
    }

    @Test func `is skipped on any number of devices, after a restart as well`() throws {
        let devices = try (1...12).map { _ in try trusted() }
        let restarted = Site(try Issuer(home: desk.home))
        for device in devices {
            let later = Visit(restarted)
            later.cookies["otptoken-skip"] = device.cookies["otptoken-skip"]
            signIn(later)
            #expect(Self.isSignedIn(later))
        }
    }

    @Test func `is asked for everywhere again once one has it resumed`() throws {
        let (one, other) = (try trusted(), try trusted())
        one.get("/skips")
        #expect(one.page.contains("<dt>Skipped on any device</dt><dd>yes</dd>"))
        one.post("/skips", [:])
        #expect(one.page.contains("The code is asked for everywhere again."))
        #expect(one.page.contains("<dd>no</dd>") && !one.page.contains("everywhere again</button>"))
        // Who is signed in stays so.
        #expect(Self.isSignedIn(other))
        #expect(isAskedAgain(one) && isAskedAgain(other))
    }

    @Test func `is asked for everywhere again after a new password`() throws {
        let (one, other) = (try trusted(), try trusted())
        one.get("/password")
        one.post(
            "/password",
            [
                "password": PageDesk.password, "new-password": PageDesk.password,
                "new-password-again": PageDesk.password,
            ])
        #expect(one.page.contains("The password is changed."))
        #expect(isAskedAgain(one) && isAskedAgain(other))
        let administered = try trusted()
        _ = try desk.issuer.setPassword(
            secret(PageDesk.password), ofAccount: PageDesk.email, random: SecretBytes.random)
        #expect(isAskedAgain(administered))
    }

    @Test func `says on its page whether it is skipped, and how a client reads the mails`() throws {
        let visit = visit()
        visit.post("/sign-in/code", ["code": try code()])
        visit.get("/skips")
        #expect(visit.page.contains("<dd>no</dd>"))
        #expect(
            visit.page.replacing(/<\/?span>/, with: "").contains(
                "otptoken init --mailed --maildir ~/Maildir --from no-reply@otp.example --to taro@example.jp --subject "
            ))
        let trusted = try trusted()
        trusted.now = Desk.now + 20 * 60
        trusted.get("/skips")
        #expect(trusted.page.contains("<dd>yes</dd>"))
        // Whoever has no mailed code has no such page.
        let boss = self.visit("boss@example.jp")
        #expect(boss.get("/skips", follows: false) == 303)
        boss.get("/token")
        #expect(!boss.page.contains("/skips"))
    }
}
