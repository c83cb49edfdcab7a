import Cryptography
import Foundation
import IssuerService
import Platform
import TestSupport
import Testing

/// The browsers that skip the mailed code.
@Suite struct CodeSkipTests: CodeDesk {
    private static let day: Int64 = 86400

    let pages: PageDesk

    init() throws {
        pages = try PageDesk()
        try need(PageDesk.email)
    }

    @Test func `is skipped where that was asked for and confirmed, for 90 days`() throws {
        let visit = visit()
        visit.post("/sign-in/code", ["code": try code(), "skip": "yes"])
        #expect(visit.page.contains("<h1>Skip the code here?</h1>"))
        #expect(!Self.isSignedIn(visit) && visit.cookies["otptoken-skip"] == nil)
        visit.get("/sign-in/skip")
        visit.post("/sign-in/skip", ["action": "skip"])
        #expect(Self.isSignedIn(visit))
        #expect(!isAskedAgain(visit))
        visit.now = Desk.now + 90 * Self.day - 1
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
