import Cryptography
import Enrolment
import Foundation
import IssuerService
import Platform
import Synchronization
import Testing

/// Signing in at the pages, and out.
@Suite struct SignInTests {
    private let pages: PageDesk
    private var desk: Desk { pages.desk }
    private var site: Site { pages.site }

    init() throws { pages = try PageDesk() }

    private func visit(
        _ email: String? = PageDesk.email, _ password: String = PageDesk.password
    ) -> Visit {
        pages.visit(email, password)
    }

    @Test func `lead whoever is not signed in to the sign-in`() {
        for path in ["/", "/issue", "/confirm", "/token", "/token/replace", "/password", "/admin"] {
            let visit = visit(nil)
            visit.get(path, follows: false)
            #expect(visit.status == 303 && visit.field("location")?.hasSuffix("/sign-in") == true)
        }
    }

    @Test func `let nobody in without address and password, and tell no difference`() {
        let wrong = visit(PageDesk.email, "wrong horse")
        let unknown = visit("nobody@example.jp", PageDesk.password)
        #expect(wrong.status == 403 && unknown.status == 403)
        func plain(_ visit: Visit) -> String {
            visit.page.replacing(/value="[^"]*"/, with: "")
        }
        #expect(plain(wrong) == plain(unknown))
        #expect(plain(wrong).contains("Address or password is wrong."))
        wrong.get("/issue", follows: false)
        #expect(wrong.status == 303)
        let right = visit("TARO@example.jp")
        #expect(right.status == 200 && right.page.contains("<h1>Issue a one-time password token"))
    }

    @Test func `give another identity at the sign-in, so that a planted one is worth nothing`() {
        let visit = visit(nil)
        visit.get("/sign-in")
        let planted = visit.cookies["otptoken"]
        visit.post("/sign-in", ["email": PageDesk.email, "password": PageDesk.password])
        #expect(planted != nil && visit.cookies["otptoken"] != planted)
        let other = Visit(site)
        other.cookies["otptoken"] = planted
        other.get("/issue", follows: false)
        #expect(other.status == 303)
    }

    @Test func `make whoever guesses a password wait, address by address and account by account`() {
        let guesser = visit(nil)
        guesser.get("/sign-in")
        for _ in 1...10 {
            #expect(
                guesser.post("/sign-in", ["email": PageDesk.email, "password": "wrong"]) == 403)
        }
        #expect(
            guesser.post("/sign-in", ["email": PageDesk.email, "password": PageDesk.password])
                == 429)
        #expect(guesser.field("retry-after") == "60")
        #expect(guesser.page.contains("Try again in 60 s."))
        // Somebody else is not kept waiting.
        #expect(visit("boss@example.jp", "battery staple").status == 200)
        guesser.now += 60
        #expect(
            guesser.post("/sign-in", ["email": PageDesk.email, "password": PageDesk.password])
                == 200)
        // The same for an account that there is not.
        let other = visit(nil)
        other.get("/sign-in")
        for _ in 1...10 { other.post("/sign-in", ["email": "x@y.z", "password": "wrong"]) }
        #expect(other.post("/sign-in", ["email": "X@y.z", "password": "wrong"]) == 429)
    }

    @Test func `turn some of a crowd away, and serve the others and everybody else`() throws {
        let site = site
        let statuses = Mutex<[Int]>([])
        _ = Platform.Thread.gather(64) { number in
            let visit = Visit(site)
            visit.get("/sign-in")
            visit.post(
                "/sign-in", ["email": "\(number)@example.jp", "password": PageDesk.password])
            statuses.withLock { $0.append(visit.status) }
            if visit.status == 503 {
                #expect(visit.field("retry-after") == "5")
                #expect(visit.page.contains("Load this page again in a few seconds"))
            }
        }
        let counts = Dictionary(grouping: statuses.withLock(\.self), by: \.self).mapValues(\.count)
        #expect(counts.count == 2 && (counts[403] ?? 0) >= 12 && (counts[503] ?? 0) > 0)
        #expect(visit().get("/issue", follows: false) == 200)
    }

    @Test func `count what fails against the address, for pages too`() {
        let guesser = visit(nil)
        guesser.peer = "203.0.113.9"
        guesser.get("/sign-in")
        var statuses: [Int] = []
        for number in 1...101 {
            statuses.append(
                guesser.post("/sign-in", ["email": "a\(number)@b.c", "password": "wrong"]))
        }
        #expect(statuses.prefix(100).allSatisfy { $0 == 403 } && statuses.last == 429)
        #expect(guesser.field("content-type") == "text/html; charset=utf-8")
        #expect(guesser.field("retry-after") != nil)
    }

    @Test func `sign out whoever does nothing for half an hour, or stays for half a day`() {
        let idle = visit()
        idle.now += 29 * 60
        #expect(idle.get("/issue", follows: false) == 200)
        idle.now += 30 * 60
        #expect(idle.get("/issue", follows: false) == 303)
        let busy = visit()
        for _ in 1..<36 {
            busy.now += 20 * 60
            #expect(busy.get("/issue", follows: false) == 200)
        }
        busy.now += 20 * 60
        #expect(busy.get("/issue", follows: false) == 303)
    }

    @Test func `sign out on demand`() {
        let visit = visit()
        let identity = visit.cookies["otptoken"]
        visit.get("/issue")
        visit.post("/sign-out", [:])
        #expect(visit.page.contains("<h1>Sign in</h1>"))
        visit.cookies["otptoken"] = identity
        #expect(visit.get("/issue", follows: false) == 303)
    }

    @Test func `take another password, which ends what was signed in with the former one`() throws {
        let (visit, elsewhere) = (visit(), visit())
        visit.get("/password")
        func set(_ password: String, _ new: String, _ again: String) -> Int {
            visit.post(
                "/password",
                ["password": password, "new-password": new, "new-password-again": again])
        }
        #expect(set("wrong horse", "staple battery", "staple battery") == 422)
        #expect(visit.page.contains("is not the right one"))
        #expect(set(PageDesk.password, "short", "short") == 422)
        #expect(set(PageDesk.password, "staple battery", "staple batterie") == 422)
        #expect(elsewhere.get("/issue", follows: false) == 200)
        #expect(set(PageDesk.password, "staple battery", "staple battery") == 200)
        #expect(visit.page.contains("The password is changed."))
        #expect(elsewhere.get("/issue", follows: false) == 303)
        #expect(self.visit().status == 403)
        #expect(self.visit(PageDesk.email, "staple battery").status == 200)
        // As set at the command line.
        _ = try desk.issuer.setPassword(
            nil, ofAccount: PageDesk.email, random: SecretBytes.random)
        #expect(visit.get("/issue", follows: false) == 303)
    }
}
