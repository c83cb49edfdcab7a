internal import Cryptography
internal import Enrolment

// A token is issued, set up elsewhere, and confirmed.
extension Pages {
    /// The token that an account has; nil when there is none that could still be used.
    func currentToken(
        _ account: Account, _ request: PageRequest
    ) throws(IssuerError) -> UserSummary? {
        guard let userID = account.userID,
            let user = try issuer.user(userID, now: request.now)
        else { return nil }
        return user.state.isEnded ? nil : user
    }

    /// Where somebody is to go on.
    func home(_ request: PageRequest, _ account: Account) throws(IssuerError) -> PageAnswer {
        switch try currentToken(account, request)?.state {
        case .issued, .enrolled: .redirect("/confirm")
        case .active: .redirect("/token")
        default: .redirect(account.isAdministrator ? "/admin" : "/issue")
        }
    }

    /// ワンタイムパスワードトークン発行.
    func issue(_ request: PageRequest, _ account: Account) throws(IssuerError) -> PageAnswer {
        let words = request.words
        let former = try currentToken(account, request)
        if former?.state == .active {
            return PageAnswer(
                title: words.issueTitle,
                main: """
                    <p>\(words.hasToken)</p>
                    <p><a class="button" href="\(link("/token"))">\(words.skip)</a></p>
                    """)
        }
        var page = PageAnswer(title: words.issueTitle)
        var fields = [
            Field(
                name: "email", label: words.phoneAddress, hint: words.addressHint,
                value: request.isPost ? request.typed("email") : account.email,
                attributes:
                    #" type="email" autocomplete="email" autocapitalize="none" maxlength="64""#),
            Field(
                name: "email-again", label: words.again(words.phoneAddress),
                value: request.typed("email-again"),
                attributes:
                    #" type="email" autocomplete="off" autocapitalize="none" maxlength="64""#),
        ]
        fields += startPasswordFields(request)
        if request.isPost {
            if !Issuer.isAddress(fields[0].value) {
                fields[0].error = words.addressUnfit
            } else if fields[0].value != fields[1].value {
                fields[1].error = words.notTheSame
            }
            let password = startPassword(request, &fields)
            if let password, fields.allSatisfy({ $0.error == nil }) {
                let issued = try issuer.issue(
                    inPlaceOf: former?.userID, email: fields[0].value, password: password,
                    for: account.email, in: request.language, now: request.now,
                    random: request.random, by: .account(account.email))
                send(issued.mailPath)
                return .redirect("/confirm")
            }
            page.status = 422
        }
        let pending: HTML? = former.map { _ in
            """
            <p>\(words.hasPendingToken)</p>
            <p><a class="button" href="\(link("/confirm"))">\(words.skip)</a></p>

            """
        }
        page.main = """
            \(notice(request))<p>\(words.issueText)</p>
            \(pending)\(form("/issue", fields, button: words.issue, request))
            """
        return page
    }

    /// The start password, twice.
    func startPasswordFields(_ request: PageRequest) -> [Field] {
        let words = request.words
        let attributes: HTML =
            #" type="password" inputmode="numeric" autocomplete="off" maxlength="8""#
        return [
            Field(
                name: "start-password", label: words.startPassword,
                hint: words.startPasswordHint, attributes: attributes),
            Field(
                name: "start-password-again", label: words.again(words.startPassword),
                attributes: attributes),
        ]
    }

    /// The start password, when it is fit and was typed twice; else its fields, the last two, say what is wrong.
    func startPassword(_ request: PageRequest, _ fields: inout [Field]) -> StartPassword? {
        let (first, second) = (fields.count - 2, fields.count - 1)
        guard let password = StartPassword(request.form.secret(fields[first].name)) else {
            fields[first].error = request.words.startPasswordUnfit
            return nil
        }
        guard let again = StartPassword(request.form.secret(fields[second].name)),
            again.digits.equals(password.digits)
        else {
            fields[second].error = request.words.notTheSame
            return nil
        }
        return password
    }

    /// ワンタイムパスワード認証確認: stays open while the client is set up.
    func confirm(_ request: PageRequest, _ account: Account) throws(IssuerError) -> PageAnswer {
        let words = request.words
        guard let user = try currentToken(account, request) else { return .redirect("/issue") }
        guard user.state != .active else { return .redirect("/token") }
        var page = PageAnswer(title: words.confirmTitle)
        var field = codeField(request)
        if request.isPost {
            let verdict = try verify(user.userID, request, account)
            if verdict == .accepted { return .redirect("/token", after: .confirmed) }
            refuse(verdict, &page, &field, request)
        }
        // Lines end between words, not at the hyphens of an option.
        let command: [HTML] = issuer.enrolmentCommand(user.userID).split(separator: " ")
            .enumerated()
            .map { "\($0 == 0 ? "" : " ")<span>\(String($1))</span>" }
        page.main = """
            <p>\(words.confirmText)</p>
            \(facts([
                (words.phoneAddress, user.email), (words.serviceID, issuer.serviceID),
                (words.userID, user.userID),
            ]))
            <p>\(words.setUp)</p>
            <pre><code>\(command)</code></pre>
            \(form("/confirm", [field], button: words.confirm, request))
            <p><a href="\(link("/issue"))">\(words.back)</a></p>
            """
        return page
    }

    /// Verifies the code that somebody typed.
    func verify(
        _ userID: String, _ request: PageRequest, _ account: Account
    ) throws(IssuerError) -> Verdict {
        try issuer.verify(
            userID: userID, code: request.code, now: request.now, random: request.random,
            by: .account(account.email))
    }

    /// Says beside the field why a code was not taken.
    func refuse(
        _ verdict: Verdict, _ page: inout PageAnswer, _ field: inout Field, _ request: PageRequest
    ) {
        guard case .rejected(let reason) = verdict else { return }
        page.status = 422
        page.isFailure = reason == .wrong
        field.error = request.words.reason(reason)
    }
}
