import Foundation
import Glibc
import TestSupport
import Testing

/// The mailed code as people meet it: an issuer's pages in a real browser, its mail through a real mail system, and the
/// code out of it by `otptoken show --wait`.
@Suite(
    .enabled(
        if: Browser.isAvailable && MailDelivery.isAvailable,
        "Debian's chromium, chromium-driver and dovecot-core are needed"), .serialized)
struct MailedCodeFlowTests {
    private static let email = "taro@example.jp"
    private static let password = "correct horse"
    private static let name = "acme"
    private static let day = 86400

    /// An issuer whose mails are delivered, the person who gets them, and the browser of theirs.
    private final class Scene {
        let home: MailedHome
        let delivery: MailDelivery
        let issuer: RunningIssuer
        let setting: PageSetting
        let browser: Browser
        private var server: RunningProgram?

        init(_ setting: PageSetting) throws {
            self.setting = setting
            home = try MailedHome(nil)
            delivery = try MailDelivery(to: home.maildir, home: home.home)
            issuer = try RunningIssuer(
                ["--sendmail", delivery.command], port: try ScriptedServer.deadPort())
            for email in [MailedCodeFlowTests.email, "boss@example.jp"] {
                try issuer.addAccount(email, MailedCodeFlowTests.password)
                let set = try issuer.run("account", ["mailed-code", email])
                try #require(set.status == 0, "\(set)")
            }
            browser = try setting.browser()
        }

        var heading: String { get throws { try browser.text("h1") } }
        var codeHeading: String {
            setting.said("Enter the one-time password", "ワンタイムパスワード入力")
        }
        var signedInHeading: String {
            setting.said("Issue a one-time password token", "ワンタイムパスワードトークン発行")
        }

        func signIn(_ email: String = MailedCodeFlowTests.email, in browser: Browser? = nil) throws
        {
            try (browser ?? self.browser).signIn(
                issuer.url, email, MailedCodeFlowTests.password)
        }

        func signOut() throws { try browser.follow("nav form button") }

        /// What `show` prints once another mail has come.
        func show(after former: String) throws -> String {
            let code = try poll { () throws -> String? in
                let shown = try home.run("show", MailedCodeFlowTests.name)
                return shown.status == 0 && shown.output != former ? shown.output : nil
            }
            return try #require(code, "\(issuer.server.errors) \(delivery.log)")
        }

        /// The same issuer some days later.
        func goOn(_ days: Int) throws {
            let path = home.home + "/later"
            try "\(days * MailedCodeFlowTests.day)".write(
                toFile: path, atomically: true, encoding: .utf8)
            guard server == nil else { return }
            issuer.server.signal(SIGTERM)
            try #require(issuer.server.outcome()?.status == 0)
            var later = Interposer()
            later.age = path
            let server = try RunningProgram(
                Program.issuer,
                [
                    "--home", issuer.folder.path + "/issuer", "serve", "--listen",
                    String(issuer.url.drop { $0 != "/" }.dropFirst(2)), "--sendmail",
                    "env -u LD_PRELOAD \(delivery.command)",
                ], home: home.home, extra: try later.environment())
            try #require(poll { server.errors.contains("listening on ") ? true : nil } == true)
            self.server = server
        }
    }

    @Test(arguments: [
        PageSetting(language: "en", device: .desktop, runsScripts: false),
        PageSetting(language: "ja", device: .phone, runsScripts: true),
        PageSetting(language: "en", device: .phone, runsScripts: true),
        PageSetting(language: "ja", device: .desktop, runsScripts: false),
    ])
    func `somebody signs in with a mailed code, has it skipped, and asked for again`(
        _ setting: PageSetting
    ) async throws {
        try await apart { try Self.flow(Scene(setting)) }
    }

    private static func flow(_ scene: Scene) throws {
        let (home, browser, setting) = (scene.home, scene.browser, scene.setting)
        let made = try home.run(
            "init", "--mailed", "--name", name, "--maildir", "Maildir", "--from",
            "no-reply@localhost", "--subject",
            setting.said("One-time password", "ワンタイムパスワード通知"), "--to", email, "--skip-days", "90")
        try #require(made.status == 0, "\(made)")

        // 1: address and password, while the client waits.
        let waiting = try RunningProgram(
            Program.otptoken, ["show", name, "--wait"], home: home.home)
        try scene.signIn()
        #expect(try scene.heading == scene.codeHeading)
        #expect(try browser.focus() == "input#code")

        // 2: the code.
        let shown = try #require(waiting.outcome(), "\(scene.delivery.log)")
        #expect(shown.output.wholeMatch(of: /\d{6}\n/) != nil, "\(shown)")
        let code = String(shown.output.dropLast())
        try browser.type(code == "000000" ? "111111" : "000000", into: "#code")
        try browser.submit()
        #expect(
            try browser.text("#code-error")
                == setting.said("is not the code of the newest mail", "最新のメールのワンタイムパスワードと一致しません"))
        try browser.type(code, into: "#code")
        try browser.click("label[for=skip]")
        try setting.look(browser, "mailed-code")

        // 3: skipped from now on, after one more question.
        try browser.follow("form button")
        #expect(
            try scene.heading == setting.said("Skip the code here?", "ワンタイムパスワード省略設定確認"))
        try setting.look(browser, "mailed-code-skip")
        try browser.follow("form button")
        #expect(try scene.heading == scene.signedInHeading)
        let trusted = try home.run("trust", "add", name, "--device", "Chromium", "--yes")
        #expect(trusted.status == 0, "\(trusted)")
        try scene.signOut()
        try scene.signIn()
        #expect(try scene.heading == scene.signedInHeading)
        // No mail has been sent for that.
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.new).count == 1)

        // 4: a cookie keeps that.
        let cookie = try #require(try browser.cookies().first { $0.name == "otptoken-skip" })
        #expect(cookie.value.wholeMatch(of: /[0-9a-f]{64}/) != nil)
        #expect(cookie.isHTTPOnly && cookie.sameSite == "Strict" && cookie.path == "/")
        let left = try #require(cookie.expiry) - MailedHome.now
        #expect((89 * day...90 * day).contains(left))
        // Another account needs its own, and so does another browser.
        try scene.signOut()
        try scene.signIn("boss@example.jp")
        #expect(try scene.heading == scene.codeHeading)
        let other = try setting.browser()
        try scene.signIn(in: other)
        #expect(try other.text("h1") == scene.codeHeading)
        let next = try scene.show(after: shown.output)
        try other.type(String(next.dropLast()), into: "#code")
        try other.submit()
        #expect(try other.text("h1") == scene.signedInHeading)

        // 5: the settings tell whether any device skips it, and end that on all.
        try other.follow("nav a[href='/skips']")
        #expect(try other.text("dd") == setting.said("yes", "あり"))
        try setting.look(other, "mailed-code-settings")
        let command = try other.text("pre code")
        let more = home.home + "/again"
        try Program.configure(home: more)
        let again = try Program.run(
            "sh", ["-c", "\(command) >&2 && otptoken show"], home: home.home,
            extra: ["OTPTOKEN_HOME": more + "/otptoken", "LC_ALL": "C.UTF-8"])
        #expect(again.status == 0 && again.output == next, "\(command)\n\(again)")
        try other.follow("main form button")
        #expect(
            try other.text("[role=status]")
                == setting.said(
                    "The code is asked for everywhere again.", "すべての端末・ブラウザで、ワンタイムパスワードの入力を再開しました。")
        )
        #expect(try other.text("dd") == setting.said("no", "なし"))
        #expect(try home.run("trust", "clear", name).status == 0)
        try scene.signIn()
        #expect(try scene.heading == scene.codeHeading)

        try skipOnceMore(scene, after: next)
        // Without the cookie the code is asked for.
        try scene.signOut()
        try browser.deleteCookies()
        try scene.signIn()
        #expect(try scene.heading == scene.codeHeading)
    }

    /// Has the code skipped anew, with the code of a mail that is on its way.
    private static func skipOnceMore(_ scene: Scene, after former: String) throws {
        let code = try scene.show(after: former)
        try scene.browser.type(String(code.dropLast()), into: "#code")
        try scene.browser.click("label[for=skip]")
        try scene.browser.follow("form button")
        try scene.browser.follow("form button")
        #expect(try scene.heading == scene.signedInHeading)
    }

    @Test func `90 days later, and after a new password, the code is asked for`() async throws {
        try await apart {
            let setting = PageSetting(language: "en", device: .desktop, runsScripts: false)
            let scene = try Scene(setting)
            let made = try scene.home.run(
                "init", "--mailed", "--name", Self.name, "--maildir", "Maildir", "--from",
                "no-reply@localhost", "--subject", "One-time password", "--to", Self.email)
            try #require(made.status == 0, "\(made)")
            try scene.signIn()
            try Self.skipOnceMore(scene, after: "")
            let first = try scene.home.run("show", Self.name).output
            try scene.goOn(89)
            try scene.signIn()
            #expect(try scene.heading == scene.signedInHeading)
            try scene.signOut()
            try scene.goOn(90)
            try scene.signIn()
            #expect(try scene.heading == scene.codeHeading)
            try Self.skipOnceMore(scene, after: first)
            try scene.signOut()
            try scene.signIn()
            #expect(try scene.heading == scene.signedInHeading)
            let set = try scene.issuer.run(
                "account", ["password", Self.email, "--password-file", "-"], input: Self.password)
            #expect(set.status == 0, "\(set)")
            try scene.signIn()
            #expect(try scene.heading == scene.codeHeading)
        }
    }
}

/// Debian's dovecot-lda, which takes mails for one Maildir.
struct MailDelivery {
    private static let program = "/usr/lib/dovecot/dovecot-lda"

    /// Whether it can be had.
    static let isAvailable = FileManager.default.isExecutableFile(atPath: program)

    /// What reads a mail from its standard input.
    let command: String
    private let home: String

    /// - Parameters:
    ///   - maildir: where mails go.
    ///   - home: a folder for its files.
    /// - Throws: when they cannot be written.
    init(to maildir: String, home: String) throws {
        self.home = home
        try """
        mail_location = maildir:\(maildir)
        first_valid_uid = 0
        first_valid_gid = 0
        base_dir = \(home)/dovecot
        log_path = \(home)/dovecot.log
        ssl = no

        """.write(toFile: home + "/dovecot.conf", atomically: true, encoding: .utf8)
        // It delivers for root to somebody else alone; who then may write into a test's folder all the same.
        let words =
            getuid() == 0
            ? "setpriv --reuid=65534 --inh-caps=+dac_override --ambient-caps=+dac_override " : ""
        command = "env USER=taro \(words)\(Self.program) -c \(home)/dovecot.conf"
    }

    /// What it says of what it did.
    var log: String { (try? String(contentsOfFile: home + "/dovecot.log", encoding: .utf8)) ?? "" }
}
