import Cryptography
import Enrolment
import Foundation
import IssuerService
import Platform
import Testing

/// The pages, asked as a browser asks, and as none would.
@Suite struct PageTests {
    private let pages: PageDesk
    private var desk: Desk { pages.desk }
    private var site: Site { pages.site }

    init() throws { pages = try PageDesk() }

    private func visit(
        _ email: String? = PageDesk.email, _ password: String = PageDesk.password
    ) -> Visit {
        pages.visit(email, password)
    }

    private func issue(_ visit: Visit, _ password: String = "48151623") {
        visit.get("/issue")
        visit.post(
            "/issue",
            [
                "email": "phone@example.jp", "email-again": "phone@example.jp",
                "start-password": password, "start-password-again": password,
            ])
    }

    /// The user ID that the page shows.
    private func userID(_ visit: Visit) throws -> String {
        let found = visit.page.firstMatch(of: /\d{14}[A-Z]{2}/)
        return String(try #require(found).0)
    }

    private struct Confirmed: ~Copyable {
        let userID: String
        let seed: SecretBytes
    }

    /// Issues, enrols and confirms.
    private func confirm(_ visit: Visit) throws -> Confirmed {
        issue(visit)
        let userID = try userID(visit)
        let seed = try desk.enrol(userID)
        visit.get("/confirm")
        visit.post("/confirm", ["code": try code(seed)])
        return Confirmed(userID: userID, seed: seed)
    }

    // MARK: Forms

    @Test func `take forms of their own alone`() {
        let visit = visit()
        let values: KeyValuePairs = [
            "email": "phone@example.jp", "email-again": "phone@example.jp",
            "start-password": "48151623", "start-password-again": "48151623",
        ]
        visit.get("/issue")
        let token = visit.token
        #expect(visit.post("/issue", values, token: "") == 403)
        #expect(visit.page.contains("Nothing was done."))
        let others = self.visit("boss@example.jp", "battery staple")
        others.get("/issue")
        #expect(others.token != token)
        #expect(visit.post("/issue", values, token: others.token) == 403)
        let cross: [HTTPMessage.Field] = [.init("Sec-Fetch-Site", "cross-site")]
        #expect(visit.post("/issue", values, token: token, fields: cross) == 403)
        visit.ask(
            "POST", "/issue", fields: [.init("Content-Type", "text/plain")], body: "token=\(token)")
        #expect(visit.status == 415)
        for method in ["PUT", "DELETE", "HEAD", "OPTIONS", "TRACE"] {
            visit.ask(method, "/issue")
            #expect(visit.status == 405 && visit.field("allow") == "GET, POST")
        }
        for body in ["token=\(token)&email=%4", "token=\(token)&token=\(token)", "=", "A=1", "&"] {
            visit.ask(
                "POST", "/issue",
                fields: [.init("Content-Type", "application/x-www-form-urlencoded")], body: body)
            #expect(visit.status == 400, "\(body)")
        }
        #expect(visit.get("/confirm", follows: false) == 303)
        visit.get("/issue")
        #expect(visit.post("/issue", values) == 200)
    }

    @Test(arguments: [
        ("", "", "", "", ["email", "start-password"]),
        ("abc", "abc", "48151623", "48151623", ["email"]),
        ("a@b.c", "a@b.d", "48151623", "48151624", ["email-again", "start-password-again"]),
        ("a@b.c", "a@b.c", "123", "123", ["start-password"]),
        ("a@b.c", "a@b.c", "123456789", "123456789", ["start-password"]),
        ("a@b.c", "a@b.c", "12a4", "12a4", ["start-password"]),
        ("a@b.c\r\nBcc: x@y.z", "a@b.c\r\nBcc: x@y.z", "1234", "1234", ["email"]),
        ("\"><script>@b.c", "\"><script>@b.c", "1234", "1234", ["email"]),
        (String(repeating: "a", count: 61) + "@b.c", "", "1234", "1234", ["email"]),
    ])
    func `say beside the field what is wrong with it`(
        _ email: String, _ again: String, _ password: String, _ passwordAgain: String,
        _ wrong: [String]
    ) {
        let visit = visit()
        visit.get("/issue")
        visit.post(
            "/issue",
            [
                "email": email, "email-again": again, "start-password": password,
                "start-password-again": passwordAgain,
            ])
        #expect(visit.status == 422)
        let marked = visit.page.matches(of: /<input id="([a-z-]+)"[^>]*aria-invalid="true"/)
        #expect(marked.map { String($0.1) } == wrong)
        for name in wrong {
            #expect(visit.page.contains("id=\"\(name)-error\""))
            #expect(visit.page.contains("<a href=\"#\(name)\">"))
        }
        #expect(!visit.page.contains("<script") && visit.page.contains("role=\"alert\""))
        #expect(password.isEmpty || !visit.page.contains("value=\"\(password)\""))
    }

    @Test func `take full-width digits and blanks as people type them`() throws {
        let visit = visit()
        visit.get("/issue")
        visit.post(
            "/issue",
            [
                "email": " phone@example.jp ", "email-again": "phone@example.jp",
                "start-password": "４８１５１６２３", "start-password-again": "48151623",
            ])
        let seed = try desk.enrol(userID(visit))
        visit.get("/confirm")
        let digits = try code(seed)
        visit.post("/confirm", ["code": "\(digits.prefix(4)) \(digits.suffix(4))"])
        #expect(visit.page.contains("The token is confirmed."))
    }

    // MARK: The life of a token

    @Test func `take a token from its issuance to its end`() throws {
        let visit = visit()
        issue(visit)
        #expect(visit.page.contains("<h1>Confirm the token</h1>"))
        let userID = try userID(visit)
        #expect(visit.page.contains("phone@example.jp") && visit.page.contains(Desk.serviceID))
        #expect(
            visit.page.replacing(/<\/?span>/, with: "").contains(
                "otptoken init --server \(Desk.url) --service-id \(Desk.serviceID) --user-id \(userID)"
            ))
        let mail = try String(contentsOfFile: "\(desk.home)/outbox/\(userID).eml", encoding: .utf8)
        #expect(mail.contains("To: phone@example.jp\n") && !mail.contains("48151623"))
        #expect(visit.post("/confirm", ["code": "12345678"]) == 422)
        #expect(visit.page.contains("not set up yet"))
        let seed = try desk.enrol(userID)
        #expect(visit.post("/confirm", ["code": try wrongCode(seed)]) == 422)
        #expect(visit.page.contains("is wrong"))
        visit.post("/confirm", ["code": try code(seed)])
        #expect(visit.page.contains("The token is confirmed.") && visit.page.contains(">active<"))
        // Whoever has one is not issued another.
        visit.get("/issue")
        #expect(
            visit.page.contains("You have a token already.")
        )
        visit.post(
            "/issue",
            [
                "email": "a@b.c", "email-again": "a@b.c", "start-password": "1234",
                "start-password-again": "1234",
            ])
        #expect(try desk.user(userID)?.state == .active)
        // The end needs a code that is right, and was not used.
        visit.get("/token/revoke")
        #expect(visit.post("/token/revoke", ["code": try code(seed)]) == 422)
        #expect(visit.page.contains("used before"))
        visit.post("/token/revoke", ["code": try code(seed, steps: 1)])
        #expect(visit.page.contains("The token is revoked."))
        #expect(try desk.user(userID)?.state == .revoked)
        #expect(visit.get("/issue") == 200 && visit.page.contains("start-password"))
    }

    @Test func `replace a device by a current code`() throws {
        let visit = visit()
        let confirmed = try confirm(visit)
        let userID = confirmed.userID
        visit.get("/token/replace")
        visit.post("/token/replace", ["code": try code(confirmed.seed, steps: 1)])
        #expect(visit.page.contains("<h1>Issue a one-time password token</h1>"))
        #expect(try desk.user(userID)?.state == .revoked)
        let other = try confirm(visit).userID
        #expect(other != userID)
        #expect(try desk.user(other)?.state == .active)
    }

    @Test func `issue again while nothing is confirmed, which ends what waits`() throws {
        let visit = visit()
        issue(visit)
        let first = try userID(visit)
        visit.get("/issue")
        #expect(visit.page.contains("waits for its first code"))
        issue(visit, "1234")
        let second = try userID(visit)
        #expect(first != second)
        #expect(try desk.user(first)?.state == .revoked)
        #expect(try desk.user(second)?.state == .issued)
    }

    @Test func `lock after ten wrong codes, which an administrator undoes`() throws {
        let visit = visit()
        issue(visit)
        let userID = try userID(visit)
        let seed = try desk.enrol(userID)
        visit.get("/confirm")
        for _ in 1...10 { visit.post("/confirm", ["code": try wrongCode(seed)]) }
        #expect(visit.post("/confirm", ["code": try code(seed)]) == 422)
        #expect(visit.page.contains("ask an administrator"))
        let boss = self.visit("boss@example.jp", "battery staple")
        boss.get("/admin/token?user=\(userID)")
        #expect(boss.page.contains(">locked<"))
        boss.post("/admin/token", ["user": userID, "action": "unlock"])
        #expect(boss.page.contains("The token is unlocked."))
        visit.post("/confirm", ["code": try code(seed)])
        #expect(visit.page.contains("The token is confirmed."))
        let log = try String(contentsOfFile: desk.home + "/log", encoding: .utf8)
        let actors = log.split(separator: "\n").map {
            $0.replacing(/.*"event":"([a-z]+)".*"actor":"([^"]*)".*/) { "\($0.1) \($0.2)" }
        }
        #expect(
            actors == [
                "issued account \(PageDesk.email)", "enrolled client",
                "locked account \(PageDesk.email)",
                "unlocked account boss@example.jp", "activated account \(PageDesk.email)",
            ])
    }

    // MARK: Administration

    @Test func `show administration to administrators alone`() throws {
        let userID = try desk.issue()
        let visit = visit()
        visit.get("/token")
        #expect(!visit.page.contains("Administration"))
        for path in ["/admin", "/admin/token?user=\(userID)"] {
            #expect(visit.get(path) == 403)
        }
        visit.get("/token")
        #expect(visit.post("/admin/token", ["user": userID, "action": "revoke"]) == 403)
        #expect(try desk.user(userID)?.state == .issued)
    }

    @Test func `list, search, revoke and issue anew`() throws {
        let visit = visit()
        let userID = try confirm(visit).userID
        for _ in 1...60 { _ = try desk.issue() }
        let boss = self.visit("boss@example.jp", "battery staple")
        #expect(boss.page.contains("61 tokens") && boss.page.contains("older →"))
        #expect(boss.page.matches(of: /<th scope="row">/).count == 50)
        boss.get("/admin?page=2")
        #expect(boss.page.matches(of: /<th scope="row">/).count == 11)
        for wanted in ["PHONE%40example", userID.lowercased()] {
            boss.get("/admin?find=\(wanted)")
            #expect(boss.page.contains("1 token<") && boss.page.contains(userID))
        }
        boss.get("/admin?find=%22%3E%3Cscript%3E")
        #expect(boss.page.contains("0 tokens") && !boss.page.contains("<script"))
        boss.get("/admin/token?user=\(userID)")
        boss.post(
            "/admin/token",
            [
                "user": userID, "action": "reissue", "start-password": "1234",
                "start-password-again": "1235",
            ])
        #expect(boss.status == 422 && boss.page.contains("is not the same as above"))
        boss.post(
            "/admin/token",
            [
                "user": userID, "action": "reissue", "start-password": "1234",
                "start-password-again": "1234",
            ])
        #expect(boss.page.contains("This token is issued"))
        let other = try self.userID(boss)
        #expect(try desk.user(userID)?.state == .revoked)
        // It is the person's now.
        visit.get("/confirm")
        #expect(visit.page.contains(other))
        boss.post("/admin/token", ["user": other, "action": "revoke"])
        #expect(boss.page.contains("The token is revoked."))
        #expect(boss.get("/admin/token?user=12345678901234ZZ") == 404)
        #expect(boss.get("/admin/token?user=../../issuer.key") == 404)
    }

    // MARK: Answers

    @Test func `speak the language that is asked for, and remember it`() {
        let visit = visit(nil)
        for (field, word) in [
            ("ja", "ログイン"), ("ja-JP,ja;q=0.9,en;q=0.8", "ログイン"), ("en-GB, ja;q=0.5", "Sign in"),
            ("fr, ja;q=0.2, en;q=0.1", "ログイン"), ("fr", "Sign in"), ("ja;q=0", "Sign in"),
            (",;q=,ja;q=x,,", "Sign in"), ("", "Sign in"),
        ] {
            visit.language = field
            visit.get("/sign-in")
            #expect(visit.page.contains("<h1>\(word)</h1>"), "\(field)")
        }
        visit.get("/sign-in?language=ja")
        #expect(visit.page.contains("<html lang=\"ja\">") && visit.page.contains("<h1>ログイン</h1>"))
        visit.get("/sign-in?language=fr")
        #expect(visit.page.contains("<h1>ログイン</h1>"))
        visit.get("/sign-in?language=en")
        #expect(visit.page.contains("<h1>Sign in</h1>"))
    }

    @Test func `lead to no other site`() {
        let visit = visit(nil)
        for path in [
            "//elsewhere.example/", "//elsewhere.example/?language=ja", "/\\elsewhere.example",
        ] {
            #expect(visit.get(path, follows: false) == 404, "\(path)")
            #expect(visit.field("location") == nil && !visit.page.contains("elsewhere"))
        }
    }

    @Test func `are kept by nobody on the way, framed by nobody, and run no script`() {
        let visit = visit()
        for path in ["/sign-in", "/issue", "/token", "/password", "/nowhere", "/admin"] {
            visit.get(path)
            #expect(visit.field("cache-control") == "no-store", "\(path)")
            let policy = visit.field("content-security-policy") ?? ""
            #expect(policy.hasPrefix("default-src 'none'; style-src 'self';"))
            #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
            #expect(visit.field("x-content-type-options") == "nosniff")
            #expect(!visit.page.contains("<script") && !visit.page.contains(" style="))
            #expect(!visit.page.contains("://"))
        }
        #expect(visit.get("/style.css") == 200)
        #expect(visit.field("content-type") == "text/css; charset=utf-8")
    }

    @Test func `show cookies to this site over TLS alone`() {
        let open = Visit(site)
        open.get("/sign-in")
        #expect(open.setCookies.count == 1)
        #expect(open.setCookies[0].hasSuffix("; Path=/; HttpOnly; SameSite=Lax"))
        let secured = Visit(Site(desk.issuer, isSecure: true))
        secured.get("/sign-in")
        #expect(secured.setCookies[0].hasPrefix("__Host-otptoken="))
        #expect(secured.setCookies[0].hasSuffix("; Path=/; HttpOnly; SameSite=Lax; Secure"))
    }

    @Test func `are reached below the path of the issuer's URL, or without it`() {
        // Its URL ends in /token, which is a page's path, too.
        let visit = visit(nil)
        #expect(visit.get("/token/sign-in") == 200)
        #expect(visit.page.contains("action=\"/token/sign-in\""))
        #expect(visit.page.contains("href=\"/token/style.css\""))
        #expect(visit.get("/token/style.css") == 200)
        #expect(visit.get("/sign-in") == 200)
        #expect(visit.get("/tokenx") == 404)
        #expect(visit.get("/token/../users") == 404)
        #expect(visit.get("//sign-in") == 404)
    }

    @Test func `tell that the disk fails, and nothing more`() throws {
        let visit = visit()
        issue(visit)
        let userID = try userID(visit)
        try Data("x".utf8).write(to: URL(fileURLWithPath: desk.recordPath(userID)))
        #expect(visit.get("/confirm") == 503)
        #expect(visit.page.contains("try again later") && !visit.page.contains(desk.home))
    }
}
