import Foundation
import TestSupport
import Testing

/// The browser that tests of pages use, on a page whose behaviour is known.
@Suite(.enabled(if: Browser.isAvailable, "Debian's chromium and chromium-driver are needed"))
struct BrowserTests {
    /// Tells in its page what it was asked.
    private let server = Result {
        try ScriptedServer { request in
            let lines = request.head.components(separatedBy: "\r\n")
            let language = lines.first { $0.lowercased().hasPrefix("accept-language:") } ?? ""
            let page = """
                <!DOCTYPE html><meta charset="utf-8"><title>試験</title>
                <meta name="viewport" content="width=device-width">
                <p id="language">\(language)</p><p id="asked">\(request.path)</p>
                <p id="sent">\(String(decoding: request.body, as: UTF8.self))</p>
                <form method="post" action="/sent">
                <input id="user" name="user"><input name="code" value="1"><button>送る</button>
                </form>
                <a href="/next?x=1">next</a><p id="script">off</p>
                <div style="height: 3000px"></div><p id="hidden" hidden>unseen</p>
                <script>document.getElementById("script").textContent = "on " + innerWidth
                setTimeout(() => document.body.append(document.createElement("aside")), 50)</script>
                """
            let head = """
                HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(page.utf8.count)\r
                Set-Cookie: session=abc; HttpOnly; SameSite=Strict; Path=/\r\n\r\n
                """
            return Array((head + page).utf8)
        }
    }

    private func open(_ browser: Browser) throws -> String {
        let url = try server.get().url + "/"
        try browser.open(url)
        return url
    }

    @Test func `reads, types, clicks and presses keys`() throws {
        let browser = try Browser()
        let url = try open(browser)
        #expect(try browser.url() == url && browser.title() == "試験")
        #expect(try browser.text("#script") == "on 1280")
        #expect(try browser.text("#language") == "Accept-Language: en")
        #expect(try browser.exists("aside"))
        #expect(try browser.count("article") == 0 && browser.count("p") == 5)
        #expect(try browser.isShown("#asked") && !browser.isShown("#hidden"))
        #expect(try browser.attribute("name", of: "#user") == "user")
        #expect(try browser.attribute("class", of: "#user") == nil)
        #expect(try browser.source().contains("<button>送る</button>"))

        try browser.type("太郎", into: "#user")
        try browser.clear("[name=code]")
        try browser.type("39801035", into: "[name=code]")
        #expect(try browser.value(of: "#user") == "太郎")
        #expect(try browser.focus() == "input[name=code]")
        try browser.press(.shift, .tab)
        #expect(try browser.focus() == "input#user")
        try browser.submit()
        let sent = "user=%E5%A4%AA%E9%83%8E&code=39801035"
        #expect(try browser.text("#sent") == sent && browser.text("#asked") == "/sent")

        try browser.follow("a")
        #expect(try browser.text("#asked") == "/next?x=1")
        try browser.back()
        #expect(try browser.url() == url + "sent")

        let sum = try browser.execute("return {sum: arguments[0] + 1}", [2]) as? [String: Int]
        #expect(sum == ["sum": 3])
        let cookie = try #require(browser.cookies().first)
        #expect(cookie.name == "session" && cookie.value == "abc" && cookie.expiry == nil)
        #expect(cookie.isHTTPOnly && !cookie.isSecure && cookie.sameSite == "Strict")
        try browser.deleteCookies()
        #expect(try browser.cookies().isEmpty)
    }

    @Test func `is a Japanese phone`() throws {
        let browser = try Browser(language: "ja", device: .phone)
        _ = try open(browser)
        #expect(try browser.text("#language").hasPrefix("Accept-Language: ja"))
        #expect(try browser.text("#script") == "on 390")
        #expect(try browser.execute("return devicePixelRatio") as? Double == 2)
        let picture = try TemporaryFolder()
        let path = picture.path + "/page.png"
        try browser.screenshot(to: path)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        // Width and height stand behind the signature and the name of the first chunk.
        let numbers = stride(from: 16, to: 24, by: 4).map { start in
            bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        #expect(numbers[0] == 780 && numbers[1] > 6000)
    }

    @Test func `has no scripts where it should not`() throws {
        let browser = try Browser(runsScripts: false)
        _ = try open(browser)
        #expect(try browser.text("#script") == "off")
        try browser.type("x", into: "#user")
        try browser.follow("button")
        #expect(try browser.text("#sent") == "user=x&code=1")
        #expect(try browser.execute("return document.title") as? String == "試験")
    }

    @Test func `tells what is not there, and reaches nothing but this machine`() throws {
        let browser = try Browser(patience: 0.1)
        #expect(try !browser.exists("a"))
        let url = try open(browser)
        let error = #expect(throws: Browser.Failed.self) { try browser.click("a:nth-child(0)") }
        #expect(error?.description.contains("a:nth-child(0) of \(url)") == true)
        #expect(throws: Browser.Failed.self) { try browser.follow("#asked") }
        #expect(throws: Browser.Failed.self) { try browser.open("http://example.org/") }
    }
}
