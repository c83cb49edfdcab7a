import Cryptography
import Foundation
import IssuerService
import Testing

/// What tests of the mailed code do at a sign-in.
protocol CodeDesk {
    var pages: PageDesk { get }
}

extension CodeDesk {
    var desk: Desk { pages.desk }

    func need(_ email: String, _ isNeeded: Bool = true) throws {
        try desk.issuer.setCodeNeeded(
            isNeeded, ofAccount: email, random: SecretBytes.random)
    }

    /// The mail with the code of an address, which lies in the outbox where nothing sends it.
    func mail(to email: String = PageDesk.email) throws -> String {
        let folder = desk.home + "/outbox"
        let mails = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix("-code.eml") }
            .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
            .filter { $0.contains("\nTo: \(email)\n") }
        try #require(mails.count == 1)
        return mails[0]
    }

    func code(to email: String = PageDesk.email) throws -> String {
        let found = try mail(to: email).firstMatch(of: /(?:password: |パスワード：)(\d{6})\n/)
        return String(try #require(found).1)
    }

    /// Another code than the one in the mail.
    func wrongCode() throws -> String { try code() == "000000" ? "111111" : "000000" }

    /// Types the password, in a browser that may know something by now.
    func signIn(_ visit: Visit, _ email: String = PageDesk.email) {
        let password = email == PageDesk.email ? PageDesk.password : "battery staple"
        visit.get("/sign-in")
        visit.post("/sign-in", ["email": email, "password": password])
    }

    func visit(_ email: String = PageDesk.email, at now: Int64 = Desk.now) -> Visit {
        let visit = Visit(pages.site)
        visit.now = now
        signIn(visit, email)
        return visit
    }

    static func asksForCode(_ visit: Visit) -> Bool {
        visit.page.contains("<h1>Enter the one-time password</h1>")
    }

    static func isSignedIn(_ visit: Visit) -> Bool {
        visit.get("/token", follows: false) == 200
    }

    /// Signs in, and has the code skipped from now on.
    func trusted(_ email: String = PageDesk.email) throws -> Visit {
        let visit = visit(email)
        visit.post("/sign-in/code", ["code": try code(to: email), "skip": "yes"])
        visit.post("/sign-in/skip", ["action": "skip"])
        try #require(Self.isSignedIn(visit))
        return visit
    }

    /// Whether somebody who signs in anew in this browser is asked for a code.
    func isAskedAgain(_ visit: Visit, _ email: String = PageDesk.email) -> Bool {
        visit.get("/token")
        if visit.status == 200, visit.page.contains("/sign-out") { visit.post("/sign-out", [:]) }
        signIn(visit, email)
        return Self.asksForCode(visit)
    }
}
