import Foundation

/// A real browser, used as a person would: Debian's chromium without a window, driven by W3C WebDriver.
///
/// It reaches nothing but this machine. Elements go by CSS selectors, and are waited for.
package final class Browser: Sendable {
    /// What it looks like to pages.
    package enum Device: Sendable {
        case phone, desktop

        fileprivate var metrics: [String: Any] {
            switch self {
            case .phone:
                ["width": 390, "height": 844, "pixelRatio": 2.0, "mobile": true, "touch": true]
            case .desktop:
                ["width": 1280, "height": 900, "pixelRatio": 1.0, "mobile": false, "touch": false]
            }
        }
    }

    /// Keys without a character.
    package enum Key: String, Sendable {
        case tab = "\u{E004}"
        case enter = "\u{E007}"
        case shift = "\u{E008}"
        case escape = "\u{E00C}"
        case space = " "
    }

    /// A cookie of the page that is open.
    package struct Cookie: Sendable {
        package let name, value, path, sameSite: String
        package let isSecure, isHTTPOnly: Bool
        /// Unix seconds; nil for one that goes with the session.
        package let expiry: Int?
    }

    /// Whether it can be had.
    package static let isAvailable = ["chromium", "chromedriver"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0)
    }

    private let driver: RunningProgram
    private let folder: TemporaryFolder
    private let session: WebDriver
    private let patience: Double

    /// Starts a browser that has never been used.
    ///
    /// - Parameters:
    ///   - language: what its person reads, as in Accept-Language.
    ///   - device: its size.
    ///   - runsScripts: whether pages have JavaScript.
    ///   - trustsAnyCertificate: whether it goes on where it should warn.
    ///   - patience: for how many seconds an element is waited for.
    /// - Throws: when it does not come up.
    package init(
        language: String = "en", device: Device = .desktop, runsScripts: Bool = true,
        trustsAnyCertificate: Bool = false, patience: Double = 10
    ) throws {
        self.patience = patience
        folder = try TemporaryFolder()
        let port: UInt16
        (driver, port) = try Self.startDriver(language, folder.path)
        var preferences: [String: Any] = [
            "intl.accept_languages": language, "credentials_enable_service": false,
            "profile.password_manager_enabled": false,
        ]
        if !runsScripts { preferences["profile.managed_default_content_settings.javascript"] = 2 }
        let options: [String: Any] = [
            "binary": "/usr/bin/chromium", "prefs": preferences,
            "mobileEmulation": ["deviceMetrics": device.metrics],
            "args": [
                "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                "--no-first-run", "--disable-sync", "--disable-background-networking",
                "--disable-component-update", "--no-proxy-server", "--lang=\(language)",
                "--user-data-dir=\(folder.path)/profile", "--window-size=1280,1000",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            ],
        ]
        let wishes: [String: Any] = [
            "acceptInsecureCerts": trustsAnyCertificate, "goog:chromeOptions": options,
        ]
        session = try WebDriver(port: port, wishes: wishes)
    }

    /// Starts the driver; again when it ends at once, as it does when another program takes its port just then.
    private static func startDriver(
        _ language: String, _ folder: String
    ) throws -> (RunningProgram, UInt16) {
        let mark = "started successfully on port "
        var said = ""
        for _ in 0..<3 {
            let driver = try RunningProgram(
                "/usr/bin/chromedriver", ["--port=0"], home: folder,
                extra: ["LANGUAGE": language, "TMPDIR": folder])
            let port = poll(within: 60) { () -> UInt16? in
                let output = driver.output
                if let start = output.range(of: mark), output.hasSuffix("\n") {
                    return UInt16(output[start.upperBound...].prefix { $0.isNumber })
                }
                return driver.waitStatus(within: 0) == nil ? nil : 0
            }
            if let port, port > 0 { return (driver, port) }
            said = driver.output + driver.errors
        }
        throw Failed(error: "no driver", description: said)
    }

    deinit {
        // Closed like a window, so that nothing is written any more when its folder goes.
        _ = try? session.delete("", within: 5)
    }

    // MARK: Pages

    /// Goes to a page and waits until it is loaded.
    package func open(_ url: String) throws { try session.post("/url", ["url": url]) }

    /// Loads the page again.
    package func reload() throws { try session.post("/refresh", [:]) }

    /// Goes back to the page before.
    package func back() throws { try session.post("/back", [:]) }

    /// Where it is.
    package func url() throws -> String { try session.text("/url") }

    /// The title of the page.
    package func title() throws -> String { try session.text("/title") }

    /// The page as HTML.
    package func source() throws -> String { try session.text("/source") }

    /// Runs JavaScript, the body of a function, even where pages have none.
    ///
    /// - Parameters:
    ///   - script: says `return` for its value.
    ///   - arguments: what it finds in `arguments`.
    /// - Returns: JSON's value; nil for null.
    /// - Throws: `Failed`, with what the script threw.
    @discardableResult
    package func execute(_ script: String, _ arguments: [Any] = []) throws -> Any? {
        let value = try session.post("/execute/sync", ["script": script, "args": arguments])
        return value is NSNull ? nil : value
    }

    /// Makes a PNG of the whole page, however high it is.
    package func screenshot(to path: String) throws {
        let metrics = try devTools("Page.getLayoutMetrics")["cssContentSize"] as? [String: Any]
        let clip: [String: Any] = [
            "x": 0, "y": 0, "width": metrics?["width"] ?? 0, "height": metrics?["height"] ?? 0,
            "scale": 1,
        ]
        let picture =
            try devTools(
                "Page.captureScreenshot",
                ["format": "png", "captureBeyondViewport": true, "clip": clip])["data"] as? String
        guard let data = Data(base64Encoded: picture ?? ""), !data.isEmpty else {
            throw Failed(error: "no picture", description: "no picture of the page")
        }
        try data.write(to: URL(filePath: path))
    }

    /// Lets pages know that its person likes it dark, or light.
    package func prefers(dark: Bool) throws {
        let feature = ["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]
        _ = try devTools("Emulation.setEmulatedMedia", ["features": [feature]])
    }

    // MARK: Elements

    /// Waits until there is an element; false when there is none in time.
    package func exists(_ css: String) throws -> Bool {
        try poll(within: patience) { try count(css) > 0 ? true : nil } ?? false
    }

    /// How many elements there are now.
    package func count(_ css: String) throws -> Int {
        try elements(css).count
    }

    /// What a person reads in an element.
    package func text(_ css: String) throws -> String {
        try element(css, "GET", "/text") as? String ?? ""
    }

    /// An attribute of an element as it stands in the page; nil when it is not there.
    package func attribute(_ name: String, of css: String) throws -> String? {
        try element(css, "GET", "/attribute/\(name)") as? String
    }

    /// What a field holds now.
    package func value(of css: String) throws -> String {
        try element(css, "GET", "/property/value") as? String ?? ""
    }

    /// Whether a person sees an element.
    package func isShown(_ css: String) throws -> Bool {
        try element(css, "GET", "/displayed") as? Bool ?? false
    }

    /// Types into a field, behind what it holds.
    package func type(_ text: String, into css: String) throws {
        _ = try element(css, "POST", "/value", ["text": text])
    }

    /// Empties a field.
    package func clear(_ css: String) throws {
        _ = try element(css, "POST", "/clear", [:])
    }

    /// Clicks on an element of a page that stays; where it leads to another, that may not be there yet.
    package func click(_ css: String) throws { _ = try element(css, "POST", "/click", [:]) }

    /// Clicks on a link or a button, and waits for the page that it leads to.
    package func follow(_ css: String) throws { try awaitingPage { try click(css) } }

    /// Presses Enter in a field of a form, and waits for the page that it leads to.
    package func submit() throws { try awaitingPage { try press(.enter) } }

    /// Presses keys together, where the focus is: `press(.enter)`, `press(.shift, .tab)`.
    package func press(_ keys: Key...) throws {
        let strokes = keys.map { ["type": "keyDown", "value": $0.rawValue] }
        let ends = keys.reversed().map { ["type": "keyUp", "value": $0.rawValue] }
        let source: [String: Any] = ["type": "key", "id": "keys", "actions": strokes + ends]
        try session.post("/actions", ["actions": [source]])
    }

    /// What has the focus: its tag and its id, or its name where it has no id: `input#code`, `body`.
    package func focus() throws -> String {
        guard let id = try WebDriver.element(session.get("/element/active")) else { return "" }
        let tag = try session.text("/element/\(id)/name")
        for (name, before, after) in [("id", "#", ""), ("name", "[name=", "]")] {
            let value = try session.get("/element/\(id)/attribute/\(name)") as? String
            if let value, !value.isEmpty { return tag + before + value + after }
        }
        return tag
    }

    // MARK: Cookies

    /// The cookies of the page that is open.
    package func cookies() throws -> [Cookie] {
        let list = try session.get("/cookie") as? [[String: Any]] ?? []
        return list.map { cookie in
            func text(_ name: String) -> String { cookie[name] as? String ?? "" }
            return Cookie(
                name: text("name"), value: text("value"), path: text("path"),
                sameSite: text("sameSite"), isSecure: cookie["secure"] as? Bool ?? false,
                isHTTPOnly: cookie["httpOnly"] as? Bool ?? false, expiry: cookie["expiry"] as? Int)
        }
    }

    /// Forgets the cookies of the page that is open.
    package func deleteCookies() throws { try session.delete("/cookie") }

    // MARK: Inside

    /// What the driver calls the elements that fit.
    private func elements(_ css: String) throws -> [String] {
        let found = try session.post("/elements", ["using": "css selector", "value": css])
        return (found as? [Any])?.compactMap(WebDriver.element) ?? []
    }

    /// Asks for something about the first element that fits; again while the page is changing.
    private func element(
        _ css: String, _ method: String, _ path: String, _ body: [String: Any]? = nil
    ) throws -> Any {
        var failure = Failed(error: "", description: "")
        let passing = [
            "no such element", "stale element reference", "element not interactable",
            "element click intercepted",
        ]
        let value = try poll(within: patience) { () -> Any? in
            do {
                guard let found = try elements(css).first else {
                    throw Failed(error: "no such element", description: "no such element")
                }
                return try session.ask(method, "/element/\(found)\(path)", body)
            } catch let error as Failed where passing.contains(error.error) {
                failure = error
                return nil
            }
        }
        if let value { return value }
        let page = try url()
        throw Failed(error: failure.error, description: "\(css) of \(page): \(failure)")
    }

    /// Does something that leads to another page, and waits until the old one is gone.
    private func awaitingPage(_ act: () throws -> Void) throws {
        let old = try elements(":root").first ?? ""
        try act()
        let isGone = try poll(within: patience) { () -> Bool? in
            do {
                _ = try session.get("/element/\(old)/name")
                return nil
            } catch let error as Failed where error.error != "timeout" {
                return true
            }
        }
        if isGone == nil { throw Failed(error: "same page", description: "\(try url()) stays") }
    }

    private func devTools(_ name: String, _ more: [String: Any] = [:]) throws -> [String: Any] {
        let value = try session.post("/goog/cdp/execute", ["cmd": name, "params": more])
        return value as? [String: Any] ?? [:]
    }
}
