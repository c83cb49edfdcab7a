import Foundation
import TestSupport
import Testing

/// An issuer behind a real nginx, which speaks TLS.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx")))
struct ProxyTests {
    private let person: Person
    private let issuer: RunningIssuer
    private let certificates: Certificates
    private let nginx: RunningProgram
    private let url: String

    init() throws {
        person = try Person()
        let port = try ScriptedServer.deadPort()
        url = "https://localhost:\(port)/token"
        issuer = try RunningIssuer(["--trust-proxy", "127.0.0.1"], url: url)
        certificates = try Certificates()
        try certificates.issue("proxy", for: "DNS:localhost")
        let folder = person.home + "/nginx"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(folder)/\($0);"
        }
        try """
        pid \(folder)/pid;
        daemon off;
        error_log stderr;
        events {}
        http {
            access_log off;
            \(paths.joined(separator: "\n    "))
            server {
                listen 127.0.0.1:\(port) ssl;
                ssl_certificate \(certificates.path("proxy.pem"));
                ssl_certificate_key \(certificates.path("proxy.key"));
                location /token/ {
                    proxy_pass \(issuer.url)/;
                    # As if the client came from elsewhere.
                    proxy_set_header X-Forwarded-For "203.0.113.1, $http_x_client";
                }
            }
        }
        """.write(toFile: folder + "/nginx.conf", atomically: true, encoding: .utf8)
        nginx = try RunningProgram(
            "/usr/sbin/nginx", ["-p", folder, "-c", folder + "/nginx.conf"], home: person.home)
        let file = folder + "/pid"
        let isUp = poll { FileManager.default.fileExists(atPath: file) ? true : nil }
        try #require(isUp == true, "\(nginx.errors)")
    }

    /// Asks for a verification, as a service with Python would: the statuses, and the last answer.
    private func verify(
        _ body: String, key: String, client: String, times: Int = 1
    ) throws -> (statuses: [Int], answer: String) {
        let script = """
            import json, ssl, sys, urllib.request
            url, authority, body, key, client, times = sys.argv[1:]
            context = ssl.create_default_context(cafile=authority)
            for _ in range(int(times)):
                request = urllib.request.Request(url + "/verify/v1", data=body.encode(), headers={
                    "Content-Type": "application/json", "Authorization": "Bearer " + key,
                    "X-Client": client})
                try: answer = urllib.request.urlopen(request, context=context)
                except urllib.error.HTTPError as error: answer = error
                print(answer.status, answer.headers.get("Retry-After"), answer.read().decode())
            """
        let outcome = try Program.run(
            "python3", ["-c", script, url, certificates.authority, body, key, client, "\(times)"],
            home: person.home)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n")
        let statuses = lines.compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }
        return (statuses, String(lines.last ?? ""))
    }

    @Test(.enabled(if: Browser.isAvailable))
    func `people issue and confirm their token through it, in a browser`() throws {
        try issuer.addAccount("hanako@example.jp", "correct horse")
        let browser = try Browser(trustsAnyCertificate: true)
        try browser.open(url + "/")
        try browser.type("hanako@example.jp", into: "#email")
        try browser.type("correct horse", into: "#password")
        try browser.submit()
        #expect(try browser.url() == url + "/issue")
        for (field, text) in [
            ("#email-again", "hanako@example.jp"), ("#start-password", Person.startPassword),
            ("#start-password-again", Person.startPassword),
        ] {
            try browser.type(text, into: field)
        }
        try browser.submit()
        #expect(try browser.url() == url + "/confirm")
        let user = try #require(try browser.text("dl").firstMatch(of: /\d{14}[A-Z]{2}/)).0
        let enrolled = try person.enrol(
            url, user: String(user), ["--ca-file", certificates.authority])
        #expect(enrolled.status == 0, "\(enrolled.errors)")
        let code = try person.run("show", "--min-remaining", "5").output.dropLast()
        try browser.type(String(code), into: "#code")
        try browser.submit()
        #expect(try browser.text("[role=status]") == "The token is confirmed.")
        let cookies = try browser.cookies()
        #expect(cookies.map(\.name) == ["__Host-otptoken"])
        let isSecure = cookies.allSatisfy { $0.isSecure && $0.isHTTPOnly }
        #expect(isSecure)
        // The stylesheet is found below the path, too.
        let colour = try browser.execute(
            "return getComputedStyle(document.querySelector('.issuer')).color")
        #expect(colour as? String == "rgb(11, 90, 74)")
    }

    @Test func `people enrol, and services verify through it`() throws {
        let user = try issuer.issue()
        let enrolled = try person.enrol(url, user: user, ["--ca-file", certificates.authority])
        #expect(enrolled.status == 0, "\(enrolled.errors)")
        let made = try issuer.run("key", ["add", "vpn"]).output
        let key = try #require(made.split(whereSeparator: \.isWhitespace).last.map(String.init))
        let code = try person.run("show", "--min-remaining", "5").output.dropLast()
        let body = #"{"user_id":"\#(user)","code":"\#(code)"}"#
        #expect(
            try verify(body, key: key, client: "198.51.100.1").answer
                == #"200 None {"result":"accepted"}"#)
        #expect(
            try verify(body, key: key, client: "198.51.100.1").answer
                == #"200 None {"result":"rejected","reason":"used"}"#)
        // Whoever guesses keys has to wait, and nobody else.
        // One more is answered every six seconds, should this take so long.
        let guesses = try verify(body, key: "guess", client: "198.51.100.2", times: 130).statuses
        #expect(guesses.prefix(100) == Array(repeating: 401, count: 100)[...])
        #expect(guesses.contains(429) && Set(guesses) == [401, 429])
        #expect(try verify(body, key: key, client: "198.51.100.1").statuses == [200])
    }
}
