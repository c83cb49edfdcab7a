import Cryptography
import Foundation
import IssuerService
import Platform
import Testing

/// A browser that knows no more than cookies and forms: for what no real browser would do.
final class Visit {
    let site: Site
    var cookies: [String: String] = [:]
    var language = "en"
    var now = Desk.now
    var peer = "127.0.0.1"
    /// Whose pages: the answer to the last request.
    private(set) var answer = HTTPMessage(.response(status: 0, reason: ""))

    init(_ site: Site) { self.site = site }

    var status: Int {
        guard case .response(let status, _) = answer.start else { return 0 }
        return status
    }
    var page: String { String(decoding: answer.body, as: UTF8.self) }
    func field(_ name: String) -> String? { answer.value(of: name) }

    /// The fields that a cookie is set by.
    var setCookies: [String] {
        answer.fields.filter { $0.name == "Set-Cookie" }.map(\.value)
    }

    private func send(
        _ method: String, _ path: String, _ fields: [HTTPMessage.Field], _ body: String
    ) {
        var fields = fields + [.init("Accept", "text/html"), .init("Accept-Language", language)]
        if !cookies.isEmpty {
            let text = cookies.map { "\($0)=\($1)" }.sorted().joined(separator: "; ")
            fields.append(.init("Cookie", text))
        }
        let request = HTTPMessage(
            .request(method: method, target: path), fields: fields, body: Array(body.utf8))
        answer = site.answer(
            request, from: peer, now: now, random: SecretBytes.random, report: { _ in })
        for cookie in setCookies {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            cookies[String(pair[0])] = String(pair[1])
        }
    }

    /// Loads a page, and goes where it leads.
    @discardableResult
    func get(_ path: String, follows: Bool = true) -> Int {
        send("GET", path, [], "")
        var count = 0
        while follows, status == 303, let next = field("location"), count < 5 {
            send("GET", next, [], "")
            count += 1
        }
        return status
    }

    func ask(_ method: String, _ path: String, fields: [HTTPMessage.Field] = [], body: String = "")
    {
        send(method, path, fields, body)
    }

    /// The hidden token of the page's last form.
    var token: String {
        page.matches(of: /name="token" value="([0-9a-f]*)"/).last.map { String($0.1) } ?? ""
    }

    /// Sends a form, with the token of the page that was loaded last.
    @discardableResult
    func post(
        _ path: String, _ values: KeyValuePairs<String, String>, token: String? = nil,
        fields: [HTTPMessage.Field] = [], follows: Bool = true
    ) -> Int {
        let allowed = CharacterSet.alphanumerics
        let pairs = ([("token", token ?? self.token)] + values.map { ($0.key, $0.value) }).map {
            "\($0.0)=\($0.1.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
        }
        send(
            "POST", path,
            [.init("Content-Type", "application/x-www-form-urlencoded")] + fields,
            pairs.joined(separator: "&"))
        if follows, status == 303, let next = field("location") { return get(next) }
        return status
    }
}
