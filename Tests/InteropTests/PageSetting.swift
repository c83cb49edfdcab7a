import Foundation
import TestSupport
import Testing

/// Who sits at the pages.
struct PageSetting: Sendable, CustomTestStringConvertible {
    let language: String
    let device: Browser.Device
    let runsScripts: Bool
    var testDescription: String { "\(language), \(device), scripts \(runsScripts)" }
    var isJapanese: Bool { language == "ja" }
    func said(_ english: String, _ japanese: String) -> String {
        isJapanese ? japanese : english
    }

    /// A browser that has never been used.
    func browser() throws -> Browser {
        try Browser(language: language, device: device, runsScripts: runsScripts)
    }

    /// Keeps a picture where whoever runs the tests wants them, and looks for what would keep somebody out.
    func look(_ browser: Browser, _ name: String) throws {
        for dark in [false, true] {
            try browser.prefers(dark: dark)
            let faults = try browser.execute(Self.audit) as? [String]
            #expect(faults == [], "\(name), \(testDescription), \(dark ? "dark" : "light")")
        }
        try browser.prefers(dark: false)
        if let folder = ProcessInfo.processInfo.environment["OTPTOKEN_SCREENSHOTS"] {
            try browser.screenshot(
                to: "\(folder)/\(name)-\(language)-\(device).png")
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
        for (const target of document.querySelectorAll("button, .button, input:not([type=hidden])")) {
            // A box is ticked by its label as well.
            const pressed = target.type === "checkbox" ? target.labels[0] : target;
            if (pressed.getBoundingClientRect().height < 43.5) fault("too small", target);
        }
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
}

extension Browser {
    /// Signs in at an issuer's pages, as far as the password goes.
    func signIn(_ url: String, _ email: String, _ password: String) throws {
        try open(url)
        try type(email, into: "#email")
        try type(password, into: "#password")
        try submit()
    }
}
