// What somebody may do about their token.
extension Pages {
    /// A line that tells what has been done, after the page was reached from there.
    func notice(_ request: PageRequest) -> HTML? {
        request.query.text("done").flatMap(Deed.init).map {
            "<p class=\"done\" role=\"status\">\(request.words.done($0))</p>\n"
        }
    }

    /// A line about what went wrong.
    func alert(_ text: String) -> HTML { "<p class=\"summary\" role=\"alert\">\(text)</p>\n" }

    /// My token.
    func token(_ request: PageRequest, _ account: Account) throws(IssuerError) -> PageAnswer {
        let words = request.words
        var page = PageAnswer(title: words.myToken)
        guard let userID = account.userID, let user = try issuer.user(userID, now: request.now)
        else {
            page.main = """
                \(notice(request))<p>\(words.noToken)</p>
                <p><a class="button" href="\(link("/issue"))">\(words.issueTitle)</a></p>
                """
            return page
        }
        page.main = """
            \(notice(request))\(facts(words.facts(of: user, issuer)))
            \(nextSteps(user, words))
            """
        return page
    }

    private func nextSteps(_ user: UserSummary, _ words: PageMessages) -> HTML {
        func step(_ path: String, _ text: String, isQuiet: Bool = false) -> HTML {
            "<p><a class=\"button\(isQuiet ? " quiet" : "")\" href=\"\(link(path))\">\(text)</a></p>\n"
        }
        guard !user.isLocked || user.state == .issued else {
            return "<p>\(words.lockedText)</p>"
        }
        return switch user.state {
        case .issued, .enrolled:
            "\(step("/confirm", words.confirmTitle))\(step("/issue", words.issueAgain, isQuiet: true))"
        case .active:
            "\(step("/token/replace", words.replace))\(step("/token/revoke", words.revoke, isQuiet: true))"
        case .revoked, .lapsed, .expired: step("/issue", words.issueTitle)
        }
    }

    /// Another device: a current code ends the token of the former one.
    func replace(_ request: PageRequest, _ account: Account) throws(IssuerError) -> PageAnswer {
        try end(
            request, account, path: "/token/replace", title: request.words.replace,
            text: request.words.replaceText, next: "/issue")
    }

    /// The end of a token, by a current code.
    func revoke(_ request: PageRequest, _ account: Account) throws(IssuerError) -> PageAnswer {
        try end(
            request, account, path: "/token/revoke", title: request.words.revoke,
            text: request.words.revokeText, next: "/token")
    }

    private func end(
        _ request: PageRequest, _ account: Account, path: String, title: String, text: String,
        next: String
    ) throws(IssuerError) -> PageAnswer {
        guard let user = try currentToken(account, request), user.state == .active else {
            return .redirect("/token")
        }
        var page = PageAnswer(title: title)
        var field = codeField(request)
        if request.isPost {
            let verdict = try verify(user.userID, request, account)
            if verdict == .accepted {
                try issuer.revoke(
                    userID: user.userID, now: request.now, random: request.random,
                    by: .account(account.email))
                return .redirect(next, after: .revoked)
            }
            refuse(verdict, &page, &field, request)
        }
        page.main = """
            <p>\(text)</p>
            \(form(path, [field], button: title, request))
            <p><a href="\(link("/token"))">\(request.words.back)</a></p>
            """
        return page
    }
}
