import Foundation
import TestSupport
import Testing
import TokenStore

/// What `doctor` finds outside of the files: issuers, the clock, the ends of tokens.
struct DoctorTests {
    private struct Finding: Decodable {
        let check: String
        let verdict: String
        let message: String
        let remedies: [String]
    }

    private let person: Person

    init() throws { person = try Person() }

    private func write(_ servers: String...) throws {
        let tokens = servers.enumerated().map { index, server in
            var token = StoreMaker.token("Token \(index)")
            token.server = server
            return token
        }
        try StoreMaker.write(tokens, home: person.home)
    }

    /// What it says of a check, and its status; the text says the same.
    private func examine(
        _ check: String, _ arguments: [String] = [], extra: [String: String] = [:]
    ) throws -> (findings: [Finding], status: Int32) {
        let outcome = try Program.run(
            Program.otptoken, ["doctor", "--json"] + arguments, home: person.home, extra: extra)
        let findings = try JSONDecoder().decode([Finding].self, from: Data(outcome.output.utf8))
        let wrong = findings.contains { !["ok", "note"].contains($0.verdict) }
        #expect((outcome.status != 0) == wrong, "\(outcome)")
        #expect(outcome.errors.contains("doctor found ") == wrong, "\(outcome)")
        return (findings.filter { $0.check == check }, outcome.status)
    }

    // MARK: Issuers

    @Test func `an issuer that answers is fine, and nobody's tries are spent`() throws {
        let issuer = try RunningIssuer()
        let user = try issuer.issue()
        #expect(try person.enrol(issuer.url, user: user).status == 0)
        let before = try issuer.run("list").output
        for _ in 1...12 {
            let (findings, status) = try examine("issuer")
            #expect(status == 0)
            #expect(findings.map(\.verdict) == ["ok"])
            #expect(findings.map(\.message) == ["issuer \(issuer.url): it answers"])
        }
        #expect(try issuer.run("list").output == before)
        // The next enrolment works still.
        let other = try issuer.issue()
        #expect(try person.enrol(issuer.url, user: other).status == 0)
        // Two tokens of one issuer are one question.
        #expect(try examine("issuer").findings.count == 1)
    }

    @Test func `an issuer out of reach is unknown, and the next one is asked all the same`() throws
    {
        let issuer = try RunningIssuer()
        try write("http://127.0.0.1:\(ScriptedServer.deadPort())", issuer.url)
        let (findings, status) = try examine("issuer")
        #expect(status == 7)
        #expect(findings.map(\.verdict) == ["unknown", "ok"])
        #expect(findings[0].message.contains("does not answer"))
        #expect(findings[0].remedies.last == "codes need no issuer: they are as good as ever")
    }

    @Test(arguments: [
        ("200 OK", "<html>Welcome</html>"), ("400 Bad Request", "<html>nginx</html>"),
        ("200 OK", #"{"error":"invalid"}"#), ("404 Not Found", #"{"error":"invalid"}"#),
        ("302 Found", ""), ("400 Bad Request", #"{"error":"bad request"}"#),
        ("401 Unauthorized", #"{"error":"invalid"}"#),
    ]) func `another server in its place is a problem`(status: String, body: String) throws {
        let server = try ScriptedServer { _ in
            Array(
                "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
        }
        try write(server.url)
        let (findings, exit) = try examine("issuer")
        #expect(exit == 7 && findings.map(\.verdict) == ["problem"], "\(findings)")
        #expect(server.paths == ["/enrol/v1/start"])
    }

    @Test func `a certificate that is not trusted is a problem, until --ca-file trusts it`() throws
    {
        let certificates = try Certificates()
        try certificates.issue("server", for: "DNS:localhost,IP:127.0.0.1")
        let issuer = try RunningIssuer([
            "--tls-cert", certificates.path("server.pem"), "--tls-key",
            certificates.path("server.key"),
        ])
        try write(issuer.url)
        let (distrusted, status) = try examine("issuer")
        #expect(status == 7 && distrusted.map(\.verdict) == ["problem"])
        #expect(distrusted[0].message.contains("is not trusted"))
        let (trusted, done) = try examine("issuer", ["--ca-file", certificates.authority])
        #expect(done == 0 && trusted.map(\.verdict) == ["ok"])
        let missing = try person.run("doctor", "--ca-file", "nowhere.pem")
        #expect(missing.status == 1 && missing.output == "")
    }

    @Test func `with --offline nobody is asked`() throws {
        let server = try ScriptedServer { _ in nil }
        try write(server.url)
        let time = try ScriptedTimeServer(ahead: 0)
        try Program.configure("clock.servers = \(time.url)", home: person.home)
        let (findings, status) = try examine("issuer", ["--offline"])
        #expect(status == 0 && findings.map(\.verdict) == ["note"])
        #expect(try examine("clock", ["--offline"]).findings.map(\.verdict) == ["note"])
        #expect(server.paths.isEmpty && time.received.isEmpty)
    }

    @Test(arguments: [
        (429, "throttled", "ok", Int32(0)), (503, "unavailable", "unknown", 7),
        (400, "bad request", "problem", 7), (401, "refused", "problem", 7),
        (503, "invalid", "problem", 7),
    ]) func `an issuer is known by its words`(
        status: Int, word: String, verdict: String, exit: Int32
    ) throws {
        let server = try ScriptedServer { _ in answer(status, #"{"error":"\#(word)"}"#) }
        try write(server.url)
        let (findings, done) = try examine("issuer")
        #expect(done == exit && findings.map(\.verdict) == [verdict], "\(findings)")
    }

    @Test func `a redirect is not followed`() throws {
        let aim = try ScriptedServer { _ in answer(400, #"{"error":"invalid"}"#) }
        let url = aim.url
        let server = try ScriptedServer { request in
            Array(
                "HTTP/1.1 307 Away\r\nLocation: \(url)\(request.path)\r\nContent-Length: 0\r\n\r\n"
                    .utf8)
        }
        try write(server.url)
        let (findings, status) = try examine("issuer")
        #expect(status == 7 && findings.map(\.verdict) == ["problem"])
        #expect(findings[0].message.contains("sends elsewhere (status 307)"))
        #expect(aim.paths.isEmpty)
    }

    @Test func `issuers that are silent take nobody else's time`() throws {
        let silent = try ScriptedServer { _ in nil }
        let live = try ScriptedServer { _ in answer(400, #"{"error":"invalid"}"#) }
        // One behind the other, there would be no time left for the last.
        try write(silent.url, silent.url + "/other", live.url + "/", live.url)
        let (findings, status) = try examine("issuer")
        #expect(status == 7)
        #expect(findings.map(\.verdict) == ["unknown", "unknown", "ok"])
        let host = silent.url.dropFirst(7)
        #expect(
            findings[1].message
                == "issuer \(silent.url)/other: \(host) gave no answer in time")
    }

    @Test func `nobody beyond this machine is asked without TLS`() throws {
        try write("http://token.example.com")
        let (findings, status) = try examine("issuer")
        #expect(status == 0 && findings.map(\.verdict) == ["note"])
        #expect(findings[0].message.hasSuffix("not asked, since it is not protected by TLS"))
    }

    @Test func `a certificate of another time or name is a problem`() throws {
        let certificates = try Certificates()
        for (name, host, time, words) in [
            ("old", "DNS:localhost", "-60d", "is not valid by this machine's clock"),
            ("other", "DNS:other.example", "+0", "is not trusted"),
        ] {
            try certificates.issue(name, for: host, at: time)
            let issuer = try RunningIssuer([
                "--tls-cert", certificates.path(name + ".pem"), "--tls-key",
                certificates.path(name + ".key"),
            ])
            let port = try #require(URL(string: issuer.url)?.port)
            try write("https://localhost:\(port)")
            let (findings, status) = try examine(
                "issuer", ["--ca-file", certificates.authority])
            #expect(status == 7 && findings.map(\.verdict) == ["problem"], "\(findings)")
            #expect(findings.first?.message.contains(words) == true, "\(findings)")
        }
    }

    @Test func `a server that hangs up is unknown, and doctor goes on`() throws {
        let server = try ScriptedServer { _ in [] }
        try write(server.url)
        let (findings, status) = try examine("issuer")
        #expect(status == 7 && findings.map(\.verdict) == ["unknown"], "\(findings)")
        #expect(try examine("clipboard").findings.count == 1)
    }

    @Test func `a locked store is opened by nobody, and its issuers are not known`() throws {
        let server = try ScriptedServer { _ in nil }
        var token = StoreMaker.token("Acme Bank")
        token.server = server.url
        try StoreMaker.write([token], home: person.home, passphrase: "correct horse")
        let (findings, status) = try examine("issuer")
        #expect(status == 4 && findings.map(\.verdict) == ["unknown"] && server.paths.isEmpty)
        let offline = try examine("issuer", ["--offline"])
        #expect(offline.status == 4 && offline.findings.map(\.verdict) == ["note"])
    }

    // MARK: The clock

    @Test(arguments: [
        (0.0, "ok", Int32(0)), (5, "note", 0), (20, "problem", 1), (-90, "problem", 1),
    ]) func `the clock is checked`(ahead: Double, verdict: String, status: Int32) throws {
        let servers = try (1...2).map { _ in try ScriptedTimeServer(ahead: ahead) }
        let names = servers.map(\.url).joined(separator: " ")
        try Program.configure("clock.servers = \(names)", home: person.home)
        try write()
        for _ in 1...2 {
            let (findings, exit) = try examine("clock")
            #expect(exit == status)
            #expect(findings.map(\.verdict) == [verdict], "\(findings)")
            #expect(findings.first?.message.contains("2 of 2 servers") == true)
            #expect(findings.first?.remedies.isEmpty == (verdict == "ok"))
            let corrects = "`otptoken show --correct`, or `clock.correct = on`, makes up for it"
            #expect(
                findings.first?.remedies.contains(corrects) == (verdict == "problem"))
        }
        // What holds is not asked for again.
        #expect(servers.map(\.received.count) == [1, 1])
    }

    @Test func `the clock is checked while issuers are asked`() throws {
        let servers = try (1...2).map { _ in try ScriptedTimeServer(ahead: 0) }
        let names = servers.map(\.url).joined(separator: " ")
        try Program.configure("clock.servers = \(names)", home: person.home)
        // An issuer that does not answer before a time server was asked.
        let issuer = try ScriptedServer { _ in
            let isAsked = poll { servers[0].received.isEmpty ? nil : true }
            return isAsked == true ? answer(400, #"{"error":"invalid"}"#) : nil
        }
        try write(issuer.url)
        let (findings, status) = try examine("issuer")
        #expect(status == 0 && findings.map(\.verdict) == ["ok"], "\(findings)")
    }

    @Test func `a clock that is wrong, but made up for, is a note`() throws {
        let servers = try (1...2).map { _ in try ScriptedTimeServer(ahead: 90) }
        let names = servers.map(\.url).joined(separator: " ")
        try Program.configure(
            "clock.servers = \(names)\nclock.correct = on", home: person.home)
        let (findings, status) = try examine("clock")
        #expect(status == 0 && findings.map(\.verdict) == ["note"])
        #expect(findings.first?.message.hasSuffix(": codes are corrected") == true)
    }

    @Test func `a clock that nobody answers for is unknown, and one not to be checked is a note`()
        throws
    {
        var interposer = Interposer()
        interposer.kernelBound = -1
        let dead = try "ntp://127.0.0.1:\(ScriptedServer.deadPort())"
        try Program.configure("clock.servers = \(dead)", home: person.home)
        let (findings, status) = try examine("clock", extra: interposer.environment())
        #expect(status == 1 && findings.map(\.verdict) == ["unknown"])
        #expect(findings.first?.remedies == ["`otptoken clock` asks time servers"])
        try Program.configure("clock.check = never", home: person.home)
        let (left, done) = try examine("clock", extra: interposer.environment())
        #expect(done == 0 && left.map(\.verdict) == ["note"])
    }

    @Test
    func `what the kernel says is unknown all the same, and servers have half an hour's rest`()
        throws
    {
        var interposer = Interposer()
        interposer.kernelBound = 1000
        let servers = try [ScriptedTimeServer(ahead: 0), ScriptedTimeServer(ahead: 500)]
        let names = servers.map(\.url).joined(separator: " ")
        try Program.configure("clock.servers = \(names)", home: person.home)
        for _ in 1...2 {
            let (findings, status) = try examine("clock", extra: interposer.environment())
            #expect(status == 1 && findings.map(\.verdict) == ["unknown"])
            #expect(findings.first?.message.contains("the kernel's word") == true, "\(findings)")
        }
        #expect(servers.map(\.received.count) == [1, 1])
        // Where nobody is to be asked, its word is not worth a line that differs.
        let (offline, done) = try examine(
            "clock", ["--offline"], extra: interposer.environment())
        #expect(done == 0)
        #expect(offline.map(\.message) == ["clock: not checked (--offline)"])
    }

    @Test func `what is known is told, whoever may be asked`() throws {
        let servers = try (1...2).map { _ in try ScriptedTimeServer(ahead: 90) }
        let names = servers.map(\.url).joined(separator: " ")
        try Program.configure(
            "clock.servers = \(names)\nclock.check = never", home: person.home)
        #expect(try examine("clock").findings.map(\.verdict) == ["note"])
        #expect(servers.map(\.received.count) == [0, 0])
        #expect(try person.run("clock").status == 9)
        for options in [[], ["--offline"]] {
            let (findings, status) = try examine("clock", options)
            #expect(status == 1 && findings.map(\.verdict) == ["problem"])
        }
        #expect(servers.map(\.received.count) == [1, 1])
    }

    @Test(arguments: ["clock.check = nevr", "clock.servers = time.test", "clock.servers"])
    func `a config that is wrong leaves the clock unknown`(config: String) throws {
        try Program.configure(config, home: person.home)
        let (findings, status) = try examine("clock")
        #expect(status == 1 && findings.map(\.verdict) == ["unknown"])
        #expect(findings.first?.remedies == ["mend the config first"])
    }

    // MARK: Tokens

    @Test func `tokens that end, have ended, or are not finished`() throws {
        let now = Int64(Date().timeIntervalSince1970)
        var tokens = [StoreMaker.token("far"), StoreMaker.token("soon"), StoreMaker.token("over")]
        tokens[0].expiresAt = now + 31 * 86400
        tokens[1].expiresAt = now + 29 * 86400 + 3600
        tokens[2].expiresAt = now - 5
        tokens.append(StoreMaker.pending("98765432109876AB"))
        try StoreMaker.write(tokens, home: person.home)
        let (findings, status) = try examine("token", ["--offline"])
        #expect(status == 6)
        #expect(findings.map(\.verdict) == ["note", "problem", "note"])
        #expect(
            findings[0].message.contains("soon ends on")
                && findings[1].message.contains("over ended on"))
        #expect(findings[2].remedies.first?.contains("otptoken init --server") == true)
        // The same in the list.
        let list = try person.run("list")
        #expect(list.status == 0)
        let ends = list.output.split(separator: "\n").map { $0.hasSuffix(", ended") }
        #expect(ends == [false, false, false, true], "\(list.output)")
        #expect(
            list.errors.hasPrefix(
                "the enrolment of 98765432109876AB is not finished\nhint: `otptoken init"))
        #expect(try person.run("list", "--names").errors == "")
        let json = try person.run("list", "--json")
        #expect(json.errors == "")
        struct Entry: Decodable { let name: String, ended: Bool }
        let entries = try JSONDecoder().decode([Entry].self, from: Data(json.output.utf8))
        #expect(entries.map(\.ended) == [false, false, true])
    }
}
