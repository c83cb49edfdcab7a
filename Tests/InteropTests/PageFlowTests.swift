import Foundation
import TestSupport
import Testing

/// Token issuance as people do it: the pages in a real browser, and `otptoken` in a real terminal beside it.
@Suite(.enabled(if: Browser.isAvailable), .serialized) struct PageFlowTests {
    private static let email = "hanako@example.jp"
    private static let password = "correct horse"

    /// Fills the form of the issuance.
    private func fill(_ browser: Browser, _ email: String, _ again: String, _ password: String)
        throws
    {
        for (field, text) in [
            ("#email", email), ("#email-again", again), ("#start-password", password),
            ("#start-password-again", password),
        ] {
            try browser.clear(field)
            try browser.type(text, into: field)
        }
        try browser.submit()
    }

    // On a phone with scripts alone: without them the driver cannot bring what it clicks on into view.
    @Test(arguments: [
        PageSetting(language: "en", device: .desktop, runsScripts: false),
        PageSetting(language: "ja", device: .phone, runsScripts: true),
        PageSetting(language: "en", device: .phone, runsScripts: true),
        PageSetting(language: "ja", device: .desktop, runsScripts: false),
    ])
    func `somebody issues a token, sets it up, confirms it, and replaces the device`(
        _ setting: PageSetting
    ) async throws {
        try await apart {
            let issuer = try RunningIssuer(port: try ScriptedServer.deadPort())
            try issuer.addAccount(Self.email, Self.password)
            try issuer.addAccount("boss@example.jp", "battery staple", isAdministrator: true)
            let browser = try setting.browser()
            let person = try Person()

            // 1: signed in, the form, and what is wrong with it.
            try browser.signIn(issuer.url, Self.email, "wrong horse")
            #expect(
                try browser.text("[role=alert]")
                    == setting.said(
                        "Address or password is wrong.", "メールアドレスかパスワードが違います。"))
            try setting.look(browser, "sign-in")
            try browser.signIn(issuer.url, Self.email, Self.password)
            #expect(
                try browser.text("h1")
                    == setting.said("Issue a one-time password token", "ワンタイムパスワードトークン発行"))
            try fill(browser, Self.email, "hanako@example.com", "123")
            #expect(
                try browser.text("#email-again-error")
                    == setting.said("is not the same as above", "上の入力と一致しません"))
            #expect(
                try browser.text("#start-password-error")
                    == setting.said("has to be 4 to 8 digits", "半角数字 4〜8 桁で入力してください"))
            try setting.look(browser, "issue")
            try fill(browser, Self.email, Self.email, Person.startPassword)

            // 2: the page that stays open.
            #expect(
                try browser.text("h1")
                    == setting.said("Confirm the token", "ワンタイムパスワード認証確認"))
            #expect(try browser.focus() == "input#code")
            let facts = try browser.text("dl")
            #expect(facts.contains(Self.email) && facts.contains(RunningIssuer.serviceID))
            let command = try browser.text("pre code")

            // 3 and 4: the client in a terminal, by the command that the page shows.
            let terminal = try Tmux(home: person.folder, columns: 80, rows: 24)
            try terminal.type(
                "clear; LC_ALL=\(setting.isJapanese ? "ja_JP.UTF-8" : "C.UTF-8") \(command)")
            try terminal.wait { $0.contains("利用開始パスワード") }
            try terminal.type(Person.startPassword)
            let screen = try terminal.wait { $0.contains(/\n *\d{4} ?\d{4} *\n/) }
            let shown = try #require(screen.firstMatch(of: /\n *(\d{4}) ?(\d{4}) *\n/))

            // 5: the code, typed into the page.
            try browser.type(String(shown.1 + shown.2), into: "#code")
            try setting.look(browser, "confirm")
            try browser.submit()
            #expect(
                try browser.text("[role=status]")
                    == setting.said("The token is confirmed.", "認証確認が完了しました。"))
            #expect(try browser.text("h1") == setting.said("My token", "トークンの状態"))
            try setting.look(browser, "token")

            // 6: another device, by a code of the present one.
            try browser.follow("a[href='/token/replace']")
            let next = try person.run("show", "--next").output.dropLast()
            try browser.type(String(next), into: "#code")
            try setting.look(browser, "replace")
            try browser.submit()
            #expect(
                try browser.text("[role=status]")
                    == setting.said("The token is revoked.", "トークンを失効させました。"))
            try fill(browser, Self.email, Self.email, "4815")
            let user = try #require(
                try browser.text("dl").firstMatch(of: /\d{14}[A-Z]{2}/)
            ).0

            // An administrator sees both, and takes back the new one.
            try browser.follow("nav form button")
            try browser.signIn(issuer.url, "boss@example.jp", "battery staple")
            #expect(try browser.count("tbody tr") == 2)
            try setting.look(browser, "administration")
            try browser.follow("a[href$='\(user)']")
            try setting.look(browser, "administered")
            try browser.follow("input[value=revoke] + input + button")
            let states = try issuer.run("list").output.matches(of: /revoked/)
            #expect(states.count == 2)
            try browser.follow("nav a[href='/password']")
            try setting.look(browser, "password")
        }
    }

    @Test func `the other language is a link away, and nothing but a keyboard is needed`() throws {
        let issuer = try RunningIssuer(port: try ScriptedServer.deadPort())
        try issuer.addAccount(Self.email, Self.password)
        let browser = try Browser(language: "en")
        try browser.open(issuer.url)
        try browser.follow("footer a")
        #expect(try browser.text("h1") == "ログイン")
        #expect(try browser.url().hasSuffix("/sign-in"))
        var order: [String] = []
        for _ in 1...4 {
            try browser.press(.tab)
            order.append(try browser.focus())
        }
        #expect(order == ["input#email", "input#password", "button", "a"])
        try browser.signIn(issuer.url, Self.email, Self.password)
        #expect(try browser.text("h1") == "ワンタイムパスワードトークン発行")
        let cookies = try browser.cookies()
        #expect(cookies.map(\.name).sorted() == ["language", "otptoken"])
        let isKeptIn = cookies.allSatisfy { $0.isHTTPOnly && $0.sameSite == "Lax" }
        #expect(isKeptIn)
        #expect(try browser.execute("return document.cookie") as? String == "")
        // Nothing secret is to be seen in addresses, and little elsewhere.
        #expect(issuer.server.errors.split(separator: "\n").count == 1)
    }
}
