import Foundation
import TestSupport
import Testing

/// Token issuance as people do it: the pages in a real browser, and `otptoken` in a real terminal beside it.
@Suite(.enabled(if: Browser.isAvailable), .serialized) struct PageFlowTests {
    /// Who sits there.
    struct Setting: Sendable, CustomTestStringConvertible {
        let language: String
        let device: Browser.Device
        let runsScripts: Bool
        var testDescription: String { "\(language), \(device), scripts \(runsScripts)" }
        var isJapanese: Bool { language == "ja" }
        func said(_ english: String, _ japanese: String) -> String {
            isJapanese ? japanese : english
        }
    }

    private static let email = "hanako@example.jp"
    private static let password = "correct horse"

    /// Signs in.
    private func signIn(_ browser: Browser, _ url: String, _ email: String, _ password: String)
        throws
    {
        try browser.open(url)
        try browser.type(email, into: "#email")
        try browser.type(password, into: "#password")
        try browser.submit()
    }

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

    /// Keeps a picture where whoever runs the tests wants them, and looks for what would keep somebody out.
    private func look(_ browser: Browser, _ setting: Setting, _ name: String) throws {
        for dark in [false, true] {
            try browser.prefers(dark: dark)
            let faults = try browser.execute(Self.audit) as? [String]
            #expect(faults == [], "\(name), \(setting), \(dark ? "dark" : "light")")
        }
        try browser.prefers(dark: false)
        if let folder = ProcessInfo.processInfo.environment["OTPTOKEN_SCREENSHOTS"] {
            try browser.screenshot(
                to: "\(folder)/\(name)-\(setting.language)-\(setting.device).png")
        }
    }

    /// What a page must have for everybody: names for fields, contrast (WCAG 2.2, 1.4.3), room for fingers (2.5.8), no
    /// line that leaves the screen, and nothing from elsewhere.
    private static let audit = """
        const faults = [];
        const fault = (what, element) => faults.push(what + ": " + (element ? element.outerHTML.slice(0, 80) : ""));
        if (!["en", "ja"].includes(document.documentElement.lang)) fault("language");
        if (!document.title) fault("title");
        for (const [tag, count] of [["h1", 1], ["main", 1]])
            if (document.querySelectorAll(tag).length !== count) fault(tag);
        if (document.documentElement.scrollWidth > document.documentElement.clientWidth) fault("too wide");
        for (const input of document.querySelectorAll("input:not([type=hidden])")) {
            if (!input.labels || input.labels.length !== 1) fault("no label", input);
            for (const id of (input.getAttribute("aria-describedby") || "").split(" ").filter(x => x))
                if (!document.getElementById(id)) fault("no description", input);
        }
        for (const target of document.querySelectorAll("button, .button, input:not([type=hidden])"))
            if (target.getBoundingClientRect().height < 43.5) fault("too small", target);
        const numbers = text => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
        const light = ([r, g, b]) => { const f = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
            return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
        const ground = element => { for (; element; element = element.parentElement) {
            const colour = numbers(getComputedStyle(element).backgroundColor); if (colour[3] > 0) return colour; }
            return [255, 255, 255, 1]; };
        for (const element of document.querySelectorAll("body *")) {
            if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
            const [a, b] = [light(numbers(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
            if ((a + 0.05) / (b + 0.05) < 4.5) fault("contrast", element);
        }
        for (const entry of performance.getEntriesByType("resource"))
            if (!entry.name.startsWith(location.origin)) fault("from elsewhere: " + entry.name);
        if (document.querySelector("script, [style], [onclick]")) fault("inline code");
        return faults;
        """

    // On a phone with scripts alone: without them the driver cannot bring what it clicks on into view.
    @Test(arguments: [
        Setting(language: "en", device: .desktop, runsScripts: false),
        Setting(language: "ja", device: .phone, runsScripts: true),
        Setting(language: "en", device: .phone, runsScripts: true),
        Setting(language: "ja", device: .desktop, runsScripts: false),
    ])
    func `somebody issues a token, sets it up, confirms it, and replaces the device`(
        _ setting: Setting
    ) async throws {
        try await apart {
            let issuer = try RunningIssuer(port: try ScriptedServer.deadPort())
            try issuer.addAccount(Self.email, Self.password)
            try issuer.addAccount("boss@example.jp", "battery staple", isAdministrator: true)
            let browser = try Browser(
                language: setting.language, device: setting.device,
                runsScripts: setting.runsScripts)
            let person = try Person()

            // 1: signed in, the form, and what is wrong with it.
            try signIn(browser, issuer.url, Self.email, "wrong horse")
            #expect(
                try browser.text("[role=alert]")
                    == setting.said(
                        "Address or password is wrong.", "メールアドレスかパスワードが違います。"))
            try look(browser, setting, "sign-in")
            try signIn(browser, issuer.url, Self.email, Self.password)
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
            try look(browser, setting, "issue")
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
            try look(browser, setting, "confirm")
            try browser.submit()
            #expect(
                try browser.text("[role=status]")
                    == setting.said("The token is confirmed.", "認証確認が完了しました。"))
            #expect(try browser.text("h1") == setting.said("My token", "トークンの状態"))
            try look(browser, setting, "token")

            // 6: another device, by a code of the present one.
            try browser.follow("a[href='/token/replace']")
            let next = try person.run("show", "--next").output.dropLast()
            try browser.type(String(next), into: "#code")
            try look(browser, setting, "replace")
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
            try signIn(browser, issuer.url, "boss@example.jp", "battery staple")
            #expect(try browser.count("tbody tr") == 2)
            try look(browser, setting, "administration")
            try browser.follow("a[href$='\(user)']")
            try look(browser, setting, "administered")
            try browser.follow("input[value=revoke] + input + button")
            let states = try issuer.run("list").output.matches(of: /revoked/)
            #expect(states.count == 2)
            try browser.follow("nav a[href='/password']")
            try look(browser, setting, "password")
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
        try signIn(browser, issuer.url, Self.email, Self.password)
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
