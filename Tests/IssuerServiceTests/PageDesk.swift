import Cryptography
import Enrolment
import Foundation
import IssuerService
import Platform
import Testing

/// An issuer with pages, a person who may sign in at them, and an administrator.
struct PageDesk {
    static let email = "taro@example.jp"
    static let password = "correct horse"

    let desk: Desk
    let site: Site

    init() throws {
        desk = try Desk()
        site = Site(desk.issuer)
        _ = try desk.issuer.addAccount(
            email: Self.email, password: secret(Self.password), isAdministrator: false,
            now: Desk.now, random: SecretBytes.random)
        _ = try desk.issuer.addAccount(
            email: "boss@example.jp", password: secret("battery staple"), isAdministrator: true,
            now: Desk.now, random: SecretBytes.random)
    }

    /// Somebody who has signed in, or tried to; a stranger without an address.
    func visit(_ email: String? = PageDesk.email, _ password: String = PageDesk.password)
        -> Visit
    {
        let visit = Visit(site)
        guard let email else { return visit }
        visit.get("/sign-in")
        visit.post("/sign-in", ["email": email, "password": password])
        return visit
    }
}
