internal import Cryptography
internal import Platform

/// The pages of an issuer: HTML that works without a script, in the language of who asks.
struct Pages: Sendable {
    let issuer: Issuer
    let sessions = WebSessions()
    /// Per account; a typing error costs nothing, a guesser a minute each.
    let failedSignIns = Throttle(burst: 10, interval: 60)
    let codeSignIns = CodeSignIns()
    /// Per account: a code that somebody types is taken back, a guesser gets one more in half an hour.
    let mailedCodes = Throttle(burst: 10, interval: 1800)
    let mailer: Mailer?
    private let prefix: String
    private let isSecure: Bool

    /// - Parameters:
    ///   - issuer: whose pages.
    ///   - prefix: the path of the issuer's URL, which stands before that of each page.
    ///   - isSecure: whether browsers speak TLS, with this program or with a proxy.
    ///   - mailer: what sends the mails; nil leaves them in the outbox.
    init(_ issuer: Issuer, prefix: String, isSecure: Bool, mailer: Mailer?) {
        self.issuer = issuer
        self.prefix = prefix
        self.isSecure = isSecure
        self.mailer = mailer
    }

    // MARK: Routes

    private typealias Handler = (PageRequest, Account) throws(IssuerError) -> PageAnswer

    /// Whether there is a page at a path, whoever may see it.
    func has(_ path: String) -> Bool { signInHandler(path) != nil || handler(path) != nil }

    /// The pages of those who are not signed in yet.
    private func signInHandler(
        _ path: String
    ) -> ((PageRequest) throws(IssuerError) -> PageAnswer)? {
        switch path {
        case "/sign-in": signIn
        case "/sign-in/code": enterCode
        case "/sign-in/skip": confirmSkip
        default: nil
        }
    }

    private func handler(_ path: String) -> Handler? {
        switch path {
        case "/": home
        case "/sign-out": signOut
        case "/issue": issue
        case "/confirm": confirm
        case "/token": token
        case "/token/replace": replace
        case "/token/revoke": revoke
        case "/password": password
        case "/skips": skips
        case "/admin": onlyAdministrators(administration)
        case "/admin/token": onlyAdministrators(administeredToken)
        default: nil
        }
    }

    private func onlyAdministrators(_ handler: @escaping Handler) -> Handler {
        { (request, account) throws(IssuerError) in
            guard account.isAdministrator else { return Self.message(403, request.words.forbidden) }
            return try handler(request, account)
        }
    }

    private func answer(_ request: PageRequest) throws(IssuerError) -> PageAnswer {
        if let handler = signInHandler(request.path) { return try handler(request) }
        guard let handler = handler(request.path) else {
            return Self.message(404, request.words.notFound)
        }
        guard let account = request.visitor.account else { return .redirect("/sign-in") }
        return try handler(request, account)
    }

    /// A page that says one thing.
    static func message(_ status: Int, _ words: (title: String, text: String)) -> PageAnswer {
        PageAnswer(status: status, title: words.title, main: "<p>\(words.text)</p>")
    }

    // MARK: Requests

    /// Answers a request to a page.
    ///
    /// - Parameters:
    ///   - message: the request, its path as it is below the issuer's URL.
    ///   - now: unix seconds.
    ///   - random: identities, and what tokens are made of.
    ///   - report: is told why a page could not be made.
    /// - Returns: the answer, and whether it was a try that failed.
    func answer(
        _ message: HTTPMessage, now: Int64, random: @escaping RandomSource,
        report: (IssuerError) -> Void
    ) -> (answer: HTTPMessage, isFailure: Bool) {
        guard case .request(let method, let target) = message.start else {
            return (.json(400, []), false)
        }
        let query = target.drop { $0 != "?" }.dropFirst()
        var request = PageRequest(
            isPost: method == "POST", path: message.path, language: language(of: message),
            now: now, random: random)
        var answer: PageAnswer
        do throws(IssuerError) {
            request.visitor = try visitor(of: message, now: now, random: random)
            guard let query = Form(Array(query.utf8)),
                let form = request.isPost ? Form(message.body) : Form()
            else {
                return (html(Self.message(400, request.words.malformed), request), false)
            }
            (request.query, request.form) = (query, form)
            request.skips = SkipCookie.read(message.cookie(cookieName + SkipCookie.suffix) ?? "")
            if let refusal = refusal(of: request, method, message) {
                answer = refusal
            } else {
                answer = try self.answer(request)
            }
        } catch .busy {
            answer = Self.message(503, request.words.busy)
            answer.retryAfter = 5
        } catch {
            report(error)
            answer = Self.message(503, request.words.unavailable)
        }
        var page = html(answer, request)
        if method != "GET", method != "POST" { page.fields.append(.init("Allow", "GET, POST")) }
        return (page, answer.isFailure)
    }

    /// Answers an address that has to wait; nobody is asked who it is.
    func throttled(_ message: HTTPMessage, _ wait: Int64) -> HTTPMessage {
        let request = PageRequest(
            isPost: true, path: "/", language: language(of: message), now: 0,
            random: SecretBytes.random)
        var answer = Self.message(429, request.words.throttled(wait))
        answer.retryAfter = wait
        return html(answer, request)
    }

    /// Why a request is not even looked at; nil when it is.
    private func refusal(
        of request: PageRequest, _ method: String, _ message: HTTPMessage
    ) -> PageAnswer? {
        guard request.isPost else {
            return method == "GET" ? nil : Self.message(405, request.words.malformed)
        }
        guard message.mediaType == "application/x-www-form-urlencoded" else {
            return Self.message(415, request.words.malformed)
        }
        // Forms of other sites: by what the browser says, and by a token that only our pages have.
        let site = message.value(of: "sec-fetch-site") ?? "same-origin"
        guard site == "same-origin",
            constantTimeEqual(
                Array(request.typed("token").utf8), Array(request.visitor.formToken.utf8))
        else { return Self.message(403, request.words.tooOld) }
        return nil
    }

    private func visitor(
        _ identity: String, isNew: Bool, _ account: Account? = nil
    ) throws(IssuerError) -> Visitor {
        do throws(CryptographyError) {
            let digest = try HMAC.authenticate(Array(identity.utf8), key: issuer.formsKey)
            return Visitor(
                identity: identity, isNew: isNew, account: account,
                formToken: Hex.encode(digest.span))
        } catch {
            throw .cryptography(error)
        }
    }

    private static let identityCount = 32

    static func newIdentity(_ random: RandomSource) throws(IssuerError) -> String {
        let bytes = try IssuerError.wrapping { () throws(CryptographyError) in
            try publicRandom(count: identityCount, from: random)
        }
        return Hex.encode(bytes.span)
    }

    private func visitor(
        of message: HTTPMessage, now: Int64, random: RandomSource
    ) throws(IssuerError) -> Visitor {
        guard let identity = message.cookie(cookieName),
            Hex.decode(identity)?.count == Self.identityCount
        else {
            return try visitor(Self.newIdentity(random), isNew: true)
        }
        var account: Account?
        if let session = sessions.find(identity, now: now) {
            account = try issuer.account(session.email)
            if account?.generation != session.generation {
                sessions.end(identity)
                account = nil
            }
        }
        return try visitor(identity, isNew: false, account)
    }

    private func language(of message: HTTPMessage) -> Language {
        message.cookie("language").flatMap(Language.init(tag:))
            ?? Language(accepting: message.value(of: "accept-language") ?? "")
    }

    // MARK: Answers

    // The prefix keeps cookies of other hosts and of plain http out (RFC 6265bis, section 4.1.3.2).
    private var cookieName: String { isSecure ? "__Host-otptoken" : "otptoken" }
    private var cookieAttributes: String {
        "; Path=/; HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")"
    }

    private func html(_ answer: PageAnswer, _ request: PageRequest) -> HTTPMessage {
        var fields: [HTTPMessage.Field] = [
            .init("Content-Type", "text/html; charset=utf-8"), .init("Cache-Control", "no-store"),
            .init(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
            ),
            .init("X-Content-Type-Options", "nosniff"), .init("Referrer-Policy", "same-origin"),
            .init("Cross-Origin-Opener-Policy", "same-origin"),
            .init("Vary", "Accept-Language, Cookie"),
        ]
        if let identity = answer.identity
            ?? (request.visitor.isNew ? request.visitor.identity : nil)
        {
            fields.append(.init("Set-Cookie", "\(cookieName)=\(identity)\(cookieAttributes)"))
        }
        if let skips = answer.skips {
            fields.append(
                .init(
                    "Set-Cookie",
                    "\(cookieName)\(SkipCookie.suffix)=\(SkipCookie.text(skips))"
                        + SkipCookie.attributes + (isSecure ? "; Secure" : "")))
        }
        if let wait = answer.retryAfter { fields.append(.init("Retry-After", "\(wait)")) }
        var status = answer.status
        var location = answer.location
        // The link to the other language: it is remembered, and leads back to the page.
        if let tag = request.query.text("language"), Language(tag: tag) != nil, !request.isPost,
            has(request.path)
        {
            fields.append(
                .init("Set-Cookie", "language=\(tag)\(cookieAttributes); Max-Age=31536000"))
            (status, location) = (303, request.path)
        }
        if let location { fields.append(.init("Location", prefix + location)) }
        let body = location == nil ? layout(answer, request).text : ""
        return HTTPMessage(
            .response(status: status, reason: HTTPMessage.reason(status)), fields: fields,
            body: Array(body.utf8))
    }

    /// A link to a page.
    func link(_ path: String) -> String { prefix + path }

    private func layout(_ answer: PageAnswer, _ request: PageRequest) -> HTML {
        let other: Language = request.language == .japanese ? .english : .japanese
        // What is no page may be another site's: "//elsewhere".
        let path = has(request.path) ? request.path : "/"
        return """
            <!DOCTYPE html>
            <html lang="\(request.language.tag)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(answer.title) · \(issuer.name)</title>
            <link rel="stylesheet" href="\(link(Stylesheet.path))">
            </head>
            <body>
            <header>
            <p class="issuer">\(issuer.name)</p>
            \(request.visitor.account.map { navigation(request, $0) })
            </header>
            <main>
            <h1>\(answer.title)</h1>
            \(answer.main)
            </main>
            <footer>
            <a href="\(link(path))?language=\(other.tag)" lang="\(other.tag)" hreflang="\(other.tag)">\(other.ownName)</a>
            </footer>
            </body>
            </html>

            """
    }

    private func navigation(_ request: PageRequest, _ account: Account) -> HTML {
        let words = request.words
        func item(_ path: String, _ text: String) -> HTML {
            let current: HTML = request.path == path ? #" aria-current="page""# : ""
            return #"<li><a href="\#(link(path))"\#(current)>\#(text)</a></li>"#
        }
        return """
            <nav aria-label="\(words.navigation)">
            <ul>
            \(item("/token", words.myToken))
            \(account.isAdministrator ? item("/admin", words.administration) : "")
            \(item("/password", words.password))
            \(account.needsCode ? item("/skips", words.skipsLink) : "")
            </ul>
            \(button("/sign-out", words.signOut, request, isQuiet: true))
            <p class="account">\(account.email)</p>
            </nav>
            """
    }

    /// Sends a mail beside everything else.
    func send(_ mailPath: String) { mailer?.send(mailPath) }
}

extension HTTPMessage {
    /// The value of a cookie (RFC 6265, section 5.4).
    fileprivate func cookie(_ name: String) -> String? {
        let pairs = (value(of: "cookie") ?? "").split(separator: ";").map {
            $0.drop { $0 == " " }.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        }
        return pairs.first { $0.count == 2 && $0[0] == name }.map { String($0[1]) }
    }
}
