internal import Enrolment

// What an administrator may do about everybody's tokens.
extension Pages {
    private static let rowCount = 50

    /// All tokens, or those whose address or user ID has what is looked for.
    func administration(
        _ request: PageRequest, _ account: Account
    ) throws(IssuerError) -> PageAnswer {
        let words = request.words
        let wanted = request.query.text("find") ?? ""
        let found = try issuer.list(now: request.now).filter {
            wanted.isEmpty || $0.email.lowercased().contains(wanted.lowercased())
                || $0.userID.contains(wanted.uppercased())
        }
        let last = max(1, (found.count + Self.rowCount - 1) / Self.rowCount)
        let number = min(max(1, request.query.text("page").flatMap(Int.init) ?? 1), last)
        // The newest are most likely the ones that somebody asks about.
        let rows = found.reversed().dropFirst((number - 1) * Self.rowCount).prefix(Self.rowCount)
        func to(_ page: Int, _ text: String) -> HTML {
            guard (1...last).contains(page) else { return "" }
            let query = "page=\(page)" + (wanted.isEmpty ? "" : "&find=\(encoded(wanted))")
            return "<a href=\"\(link("/admin"))?\(query)\">\(text)</a>\n"
        }
        return PageAnswer(
            title: words.administration,
            main: """
                <form method="get" action="\(link("/admin"))" class="search" role="search">
                <label for="find">\(words.search)</label>
                <input id="find" name="find" type="search" value="\(wanted)">
                <button type="submit">\(words.find)</button>
                </form>
                <p>\(words.count(found.count))</p>
                \(rows.isEmpty ? "" : table(Array(rows), words))
                <p class="pages">\(to(number - 1, words.newer))\(to(number + 1, words.older))</p>
                """)
    }

    private func table(_ users: [UserSummary], _ words: PageMessages) -> HTML {
        let header = words.tableHeader
        let heads: [HTML] = header.map { "<th scope=\"col\">\($0)</th>" }
        let rows: [HTML] = users.map { user in
            // On a narrow screen each cell stands in a line with its head.
            let cells: [HTML] = zip(header.dropFirst(), words.cells(user)).map {
                "<td data-head=\"\($0)\">\($1)</td>"
            }
            return """
                <tr><th scope="row"><a href="\(link("/admin/token"))?user=\(user.userID)">\(user.userID)</a></th>\(cells)</tr>

                """
        }
        return """
            <table>
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>

            """
    }

    /// One token: revoke, unlock, issue anew.
    func administeredToken(
        _ request: PageRequest, _ account: Account
    ) throws(IssuerError) -> PageAnswer {
        let words = request.words
        let userID = (request.isPost ? request.form : request.query).text("user") ?? ""
        guard let user = try issuer.user(userID, now: request.now) else {
            return Self.message(404, words.noSuchToken)
        }
        var fields = startPasswordFields(request)
        var page = PageAnswer(title: words.tokenOf(user.email))
        let actor = Actor.account(account.email)
        if request.isPost {
            switch request.form.text("action") {
            case "revoke":
                try issuer.revoke(
                    userID: userID, now: request.now, random: request.random, by: actor)
                return .redirect("/admin/token?user=\(userID)", after: .revoked)
            case "unlock":
                try issuer.unlock(
                    userID: userID, now: request.now, random: request.random, by: actor)
                return .redirect("/admin/token?user=\(userID)", after: .unlocked)
            case "reissue":
                if let password = startPassword(request, &fields) {
                    let issued = try issuer.reissue(
                        userID: userID, password: password, now: request.now,
                        random: request.random, by: actor)
                    send(issued.mailPath)
                    return .redirect("/admin/token?user=\(issued.userID)", after: .issued)
                }
                page.status = 422
            default: return Self.message(400, words.malformed)
            }
        }
        func action(_ name: String, _ text: String) -> HTML {
            button("/admin/token", text, hidden: ["user": userID, "action": name], request)
        }
        page.main = """
            \(notice(request))\(facts(words.facts(of: user, issuer)))
            \(user.isLocked ? action("unlock", words.unlock) : "")\
            \(user.state == .revoked ? "" : action("revoke", words.revoke))
            <h2>\(words.reissue)</h2>
            <p>\(words.reissueText)</p>
            \(form(
                "/admin/token", fields, hidden: ["user": userID, "action": "reissue"],
                button: words.reissue, request))
            <p><a href="\(link("/admin"))">\(words.allTokens)</a></p>
            """
        return page
    }

    /// A text as part of a query (RFC 3986, section 2.1).
    private func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            if scalar.properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte) {
                return String(scalar)
            }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}
