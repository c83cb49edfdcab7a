internal import Cryptography
internal import Platform

// Sign in and out, and another password.
extension Pages {
    /// Address and password; everybody is answered alike, and in the same time, who does not have both.
    func signIn(_ request: PageRequest) throws(IssuerError) -> PageAnswer {
        let words = request.words
        guard request.isPost else {
            return request.visitor.account == nil ? signInPage(request) : .redirect("/")
        }
        let email = request.typed("email")
        let name = String(email.lowercased().prefix(64))
        if let wait = failedSignIns.wait(name, now: request.now) {
            var page = signInPage(request, error: words.tooManyTries(wait))
            page.status = 429
            page.retryAfter = wait
            return page
        }
        // Charged before the password is looked at: many at once are no more than one after the other.
        failedSignIns.charge(name, now: request.now)
        guard let account = try issuer.account(email, password: request.form.secret("password"))
        else {
            var page = signInPage(request, error: words.signInRefused)
            page.status = 403
            page.isFailure = true
            return page
        }
        failedSignIns.refund(name)
        guard try asksForCode(account, request) else {
            return try begin(account, request, .redirect("/"))
        }
        return try mailCode(account, request)
    }

    /// Signs somebody in under a new identity: one that was planted before is worth nothing.
    func begin(
        _ account: Account, _ request: PageRequest, _ answer: PageAnswer
    ) throws(IssuerError) -> PageAnswer {
        let identity = try newIdentity(insteadOf: request)
        sessions.begin(account, as: identity, now: request.now)
        var answer = answer
        answer.identity = identity
        return answer
    }

    /// Another identity for a browser: what was begun under the present one is over.
    func newIdentity(insteadOf request: PageRequest) throws(IssuerError) -> String {
        sessions.end(request.visitor.identity)
        codeSignIns.end(request.visitor.identity, now: request.now)
        return try Self.newIdentity(request.random)
    }

    func signInPage(_ request: PageRequest, error: String? = nil) -> PageAnswer {
        let words = request.words
        let fields = [
            Field(
                name: "email", label: words.address, value: request.typed("email"),
                attributes: #" type="email" autocomplete="username" autocapitalize="none""#),
            Field(
                name: "password", label: words.password,
                attributes: #" type="password" autocomplete="current-password""#),
        ]
        return PageAnswer(
            title: words.signIn,
            main: """
                \(error.map { alert($0) })\(form("/sign-in", fields, button: words.signIn, request))
                """)
    }

    func signOut(_ request: PageRequest, _ account: Account) throws(IssuerError) -> PageAnswer {
        guard request.isPost else { return .redirect("/") }
        var answer = PageAnswer.redirect("/sign-in")
        answer.identity = try newIdentity(insteadOf: request)
        return answer
    }

    /// Another password, by the one there is.
    func password(_ request: PageRequest, _ account: Account) throws(IssuerError) -> PageAnswer {
        let words = request.words
        var fields = [
            Field(
                name: "password", label: words.currentPassword,
                attributes: #" type="password" autocomplete="current-password""#),
            Field(
                name: "new-password", label: words.newPassword, hint: words.passwordHint,
                attributes: #" type="password" autocomplete="new-password""#),
            Field(
                name: "new-password-again", label: words.again(words.newPassword),
                attributes: #" type="password" autocomplete="new-password""#),
        ]
        var page = PageAnswer(title: words.password)
        if request.isPost {
            let new = request.form.secret("new-password")
            let name = account.email.lowercased()
            if let wait = failedSignIns.wait(name, now: request.now) {
                fields[0].error = words.tooManyTries(wait)
                page.retryAfter = wait
            } else {
                failedSignIns.charge(name, now: request.now)
                if try issuer.account(account.email, password: request.form.secret("password"))
                    == nil
                {
                    fields[0].error = words.passwordWrong
                    page.isFailure = true
                } else {
                    failedSignIns.refund(name)
                }
            }
            if AccountPassword.read(new) == nil {
                fields[1].error = words.passwordUnfit
            } else if !new.equals(request.form.secret("new-password-again")) {
                fields[2].error = words.notTheSame
            }
            if fields.allSatisfy({ $0.error == nil }) {
                _ = try issuer.setPassword(new, ofAccount: account.email, random: request.random)
                guard let changed = try issuer.account(account.email) else {
                    return .redirect("/sign-in")
                }
                return try begin(changed, request, .redirect("/token", after: .password))
            }
            page.status = page.retryAfter == nil ? 422 : 429
        }
        page.main = form("/password", fields, button: words.setPassword, request)
        return page
    }
}
