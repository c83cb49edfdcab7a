internal import Platform

// The code that is mailed at the sign-in, and the browsers that skip it.
extension Pages {
    /// Whether an account has to type a mailed code in this browser.
    func asksForCode(_ account: Account, _ request: PageRequest) throws(IssuerError) -> Bool {
        guard account.needsCode else { return false }
        return try !issuer.skipsCode(account, request.skips, now: request.now)
    }

    /// Mails a code to somebody who has typed the password.
    func mailCode(_ account: Account, _ request: PageRequest) throws(IssuerError) -> PageAnswer {
        let name = account.email.lowercased()
        if let wait = mailedCodes.wait(name, now: request.now) {
            var page = signInPage(request, error: request.words.tooManyCodes(wait))
            page.status = 429
            page.retryAfter = wait
            return page
        }
        mailedCodes.charge(name, now: request.now)
        let identity = try newIdentity(insteadOf: request)
        let code = try issuer.newCode(request.random)
        try codeSignIns.begin(
            account, as: identity, expecting: issuer.digest(ofCode: code, for: identity),
            now: request.now)
        let words = MailMessages(issuer: issuer, language: request.language)
        let mail = try issuer.mail(
            to: account.email, words.codeSubject, words.code(code), in: request.language,
            now: request.now, random: request.random)
        if let mailer {
            mailer.send(mail)
        } else {
            _ = try issuer.post(mail, issuer.accountName(account.email) + "-code")
        }
        var answer = PageAnswer.redirect("/sign-in/code")
        answer.identity = identity
        return answer
    }

    /// ワンタイムパスワード入力.
    func enterCode(_ request: PageRequest) throws(IssuerError) -> PageAnswer {
        let words = request.words
        let identity = request.visitor.identity
        guard let entry = codeSignIns.find(identity, now: request.now), !entry.isPassed else {
            return request.isPost ? signInAgain(request, words.codeOver) : .redirect("/sign-in")
        }
        var page = PageAnswer(title: words.codeTitle)
        var field = codeField(request, hint: words.mailedCodeHint)
        if request.isPost {
            let code = request.code
            guard code.utf8.count == Issuer.codeDigits, code.utf8.allSatisfy({ 0x30...0x39 ~= $0 })
            else {
                field.error = words.mailedCodeHint
                page.status = 422
                return codePage(page, field, entry, request)
            }
            let digest = try issuer.digest(ofCode: code, for: identity)
            switch codeSignIns.verify(digest, from: identity, now: request.now) {
            case .right(let entry):
                mailedCodes.refund(entry.email.lowercased())
                return request.form.text("skip") == nil
                    ? try finish(request) : .redirect("/sign-in/skip")
            case .wrong:
                field.error = words.mailedCodeWrong
                page.status = 422
                page.isFailure = true
            case .wrongTooOften:
                var page = signInAgain(request, words.codeWrongTooOften)
                page.isFailure = true
                return page
            case .over: return signInAgain(request, words.codeOver)
            }
        }
        return codePage(page, field, entry, request)
    }

    private func codePage(
        _ page: PageAnswer, _ field: Field, _ entry: CodeSignIns.Entry, _ request: PageRequest
    ) -> PageAnswer {
        let words = request.words
        let box = CheckBox(
            name: "skip", label: words.skipBox, hint: words.skipBoxHint,
            isTicked: request.form.text("skip") != nil)
        var page = page
        page.main = """
            <p>\(words.codeMailed(to: entry.email))</p>
            \(form("/sign-in/code", [field], box, button: words.signIn, request))
            <p>\(words.noCodeMail) <a href="\(link("/sign-in"))">\(words.signInAgain)</a></p>
            """
        return page
    }

    /// The sign-in from its beginning, and why.
    private func signInAgain(_ request: PageRequest, _ reason: String) -> PageAnswer {
        var page = signInPage(request, error: reason)
        page.status = 403
        return page
    }

    /// ワンタイムパスワード省略設定確認: the question is asked once, of whoever has just typed a code.
    func confirmSkip(_ request: PageRequest) throws(IssuerError) -> PageAnswer {
        let words = request.words
        guard
            codeSignIns.find(request.visitor.identity, now: request.now)?.isPassed == true
        else { return .redirect("/sign-in") }
        guard request.isPost else {
            return PageAnswer(
                title: words.confirmSkipTitle,
                main: """
                    <p>\(words.confirmSkipText)</p>
                    \(button("/sign-in/skip", words.ok, hidden: ["action": "skip"], request))
                    \(button(
                        "/sign-in/skip", words.doNotSkip, hidden: ["action": "ask"], request,
                        isQuiet: true))
                    """)
        }
        return try finish(request, skips: request.form.text("action") == "skip")
    }

    /// Signs in who has typed the code; has it skipped from now on where that is wanted.
    private func finish(
        _ request: PageRequest, skips: Bool = false
    ) throws(IssuerError) -> PageAnswer {
        let entry = codeSignIns.end(request.visitor.identity, now: request.now)
        // Another password, or another method, has ended what began before it.
        guard let entry, entry.isPassed, let account = try issuer.account(entry.email),
            account.generation == entry.generation
        else { return signInAgain(request, request.words.codeOver) }
        var answer = PageAnswer.redirect("/")
        if skips {
            let cookie = try SkipCookie.adding(to: request.skips, random: request.random)
            try issuer.skipCode(
                of: account, cookie.new, insteadOf: request.skips, now: request.now,
                random: request.random)
            answer.skips = cookie.all
        }
        return try begin(account, request, answer)
    }

    /// Whether any browser skips the code, and the end of that.
    func skips(_ request: PageRequest, _ account: Account) throws(IssuerError) -> PageAnswer {
        let words = request.words
        guard account.needsCode else { return .redirect("/token") }
        if request.isPost {
            try issuer.endSkips(ofAccount: account.email, random: request.random)
            return .redirect("/skips", after: .resumed)
        }
        let isSkipped = account.hasSkip(at: request.now)
        let command: [HTML] = issuer.mailedCommand(account).enumerated()
            .map { "\($0 == 0 ? "" : " ")<span>\($1)</span>" }
        return PageAnswer(
            title: words.skips,
            main: """
                \(notice(request))<p>\(words.skipsText)</p>
                \(facts([(words.skipsAnywhere, isSkipped ? words.yes : words.no)]))
                \(isSkipped ? button("/skips", words.resume, request) : "")
                <h2>\(words.inTerminal)</h2>
                <p>\(words.inTerminalText)</p>
                <pre><code>\(command)</code></pre>
                """)
    }
}

extension Issuer {
    /// What somebody runs to have the codes picked up in a terminal, word by word: it is to be pasted.
    fileprivate func mailedCommand(_ account: Account) -> [String] {
        let words = MailMessages(issuer: self, language: .english)
        return [
            "otptoken", "init", "--mailed", "--maildir", "~/Maildir",
            "--from", Mail.sender(for: url), "--to", shellQuoted(account.email),
            "--subject", shellQuoted(words.codeSubject),
            "--skip-days", "\(CodeSkip.lifetime / 86400)",
        ]
    }
}
