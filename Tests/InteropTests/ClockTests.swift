import Foundation
import Glibc
import TestSupport
import Testing

/// What `clock --json` says.
struct ClockAnswer: Decodable {
    struct Server: Decodable {
        let server: String
        let address: String?
        let stratum: Int?
        let offset: Double?
        let error: Double?
        let delay: Double?
        let authenticated: Bool
        let used: Bool
        let reason: String?
    }

    let verdict: String
    let offset: Double?
    let error: Double?
    let evidence: String?
    let checked_at: Int
    let servers: [Server]
    /// The exit status.
    var status: Int32 = -1

    private enum CodingKeys: CodingKey {
        case verdict, offset, error, evidence, checked_at, servers
    }

    /// Asks servers.
    ///
    /// - Parameters:
    ///   - servers: their URLs.
    ///   - options: more options.
    ///   - ahead: how far this program's clock is wrong.
    /// - Throws: when the program does not start, or says something else.
    init(_ servers: [String], _ options: [String] = [], ahead: Int = 0) throws {
        let folder = try TemporaryFolder()
        let command =
            RunningChronyd.clock(ahead: ahead) + [Program.otptoken, "clock", "--json"]
            + servers.flatMap { ["--server", $0] } + options
        let outcome = try Program.run(command[0], Array(command.dropFirst()), home: folder.path)
        self = try #require(
            try? JSONDecoder().decode(Self.self, from: Data(outcome.output.utf8)),
            "\(outcome.status) \(outcome.output) \(outcome.errors)")
        status = outcome.status
        // One object in one line, and nothing kept.
        #expect(outcome.output.hasSuffix("}\n") && outcome.output.count { $0 == "\n" } == 1)
        #expect(self.servers.map(\.server) == servers)
        #expect(self.servers.allSatisfy { $0.used != ($0.reason != nil) })
        #expect((offset == nil) == (verdict == "unknown") && (error == nil) == (offset == nil))
    }

    /// Whether it found this offset, but for its own bound and the few milliseconds that libfaketime is off.
    func isOff(by seconds: Double) -> Bool {
        guard let offset, let error else { return false }
        return abs(offset - seconds) <= error + 0.02 && error < 1
    }
}

@Suite struct `The clock by NTP` {
    @Test func `is measured as chronyd measures it`() throws {
        let servers = try [RunningChronyd(), RunningChronyd(stratum: 7)]
        // Whatever else this machine does lengthens the way of one packet or another.
        let isNear = try poll(within: 60) { () -> Bool? in
            let peer = try RunningChronyd.measure(port: servers[0].port)
            let answer = try ClockAnswer(servers.map(\.url))
            #expect(answer.status == 0 && answer.verdict == "ok" && answer.isOff(by: 0))
            #expect(answer.evidence == "2 of 2 servers")
            #expect(answer.servers.map(\.stratum) == [3, 7])
            #expect(answer.servers.map(\.address) == servers.map { "127.0.0.1:\($0.port)" })
            #expect(answer.servers.allSatisfy { $0.used && !$0.authenticated })
            #expect(answer.servers.allSatisfy { ($0.delay ?? -1) >= 0 })
            #expect(abs(Double(answer.checked_at) - Date().timeIntervalSince1970) < 60)
            return abs((answer.offset ?? 1) - peer) < 0.001 ? true : nil
        }
        #expect(isNear == true)
    }

    @Test(arguments: [
        (90, "error", 9), (-3600, "error", 9), (15, "warning", 8), (-15, "warning", 8),
        (5, "note", 0),
    ])
    func `is found wrong by so much`(ahead: Int, verdict: String, status: Int32) throws {
        let servers = try [RunningChronyd(ahead: ahead), RunningChronyd(ahead: ahead)]
        let answer = try ClockAnswer(servers.map(\.url))
        #expect(answer.isOff(by: Double(ahead)), "\(answer)")
        #expect(answer.verdict == verdict && answer.status == status)
    }

    /// NTP's seconds begin anew on 7 February 2036, 06:28:16 UTC.
    @Test func `is right on both sides of the rollover of 2036`() throws {
        let now = Int(Date().timeIntervalSince1970)
        let rollover = 2_085_978_496 - now
        let servers = try [
            RunningChronyd(ahead: rollover + 3600), RunningChronyd(ahead: rollover + 3600),
        ]
        // Here before, there after; here and there after; here today.
        for (ahead, status) in [(rollover - 3600, 9), (rollover + 3600, 0), (0, 9)]
            as [(Int, Int32)]
        {
            let answer = try ClockAnswer(servers.map(\.url), ahead: ahead)
            #expect(answer.isOff(by: Double(rollover + 3600 - ahead)), "\(answer)")
            #expect(answer.status == status)
        }
    }

    @Test func `is known by a majority`() throws {
        let servers = try [RunningChronyd(), RunningChronyd(), RunningChronyd()]
        let good = servers.map(\.url)
        let bad = try RunningChronyd(ahead: 90)
        let dead = "ntp://127.0.0.1:\(try ScriptedTimeServer.deadPort())"
        let most = try ClockAnswer([bad.url] + good + [dead])
        #expect(most.status == 0 && most.verdict == "ok" && most.isOff(by: 0))
        #expect(most.evidence == "3 of 4 servers")
        #expect(most.servers.map(\.used) == [false, true, true, true, false])
        #expect(most.servers[4].offset == nil)
        let tie = try ClockAnswer([good[0], bad.url])
        #expect(tie.status == 10 && tie.verdict == "unknown" && tie.evidence == nil)
        #expect(tie.servers.allSatisfy { $0.offset != nil })
        let same = try ClockAnswer([good[0], good[0]])
        #expect(same.status == 10 && same.verdict == "unknown")
        let alone = try ClockAnswer([good[0], dead])
        #expect(alone.status == 10 && alone.verdict == "unknown")
        let none = try ClockAnswer([dead, dead])
        #expect(none.status == 7 && none.verdict == "unknown")
        withExtendedLifetime((servers, bad)) {}
    }

    /// While the third keeps silent.
    @Test func `is measured as it is at the end, whoever has set it meanwhile`() throws {
        let silent = try ScriptedTimeServer { _, _ in [] }
        let good = try [RunningChronyd(), RunningChronyd()]
        let folder = try TemporaryFolder()
        let file = folder.path + "/time"
        try "+0s".write(toFile: file, atomically: true, encoding: .utf8)
        let clock = try RunningChronyd.clock(from: file)
        let servers = good.map(\.url)
        func arguments(_ options: [String], _ servers: [String]) -> [String] {
            clock.dropFirst() + [Program.otptoken, "clock"] + options
                + servers.flatMap { ["--server", $0] }
        }
        let program = try RunningProgram(
            clock[0], arguments(["--timeout", "2"], servers + [silent.url]), home: folder.path)
        #expect(poll { silent.received.isEmpty ? nil : true } == true)
        try "-60s".write(toFile: file, atomically: true, encoding: .utf8)
        let outcome = try #require(program.outcome())
        #expect(outcome.status == 9, "\(outcome)")
        let words = "clock is 60.0 s behind (±0.1 s, 2 of 2 servers)"
        #expect(outcome.output.contains("\n\(words)"))
        // And so it is remembered.
        let known = try Program.run(
            clock[0], arguments(["--if-due", "--quiet"], servers), home: folder.path)
        #expect(known.output.hasPrefix(words))
    }

    @Test func `is unknown when one server has two names`() throws {
        let server = try ScriptedTimeServer { request, _ in
            [.init(TimeAnswer(to: request).bytes)]
        }
        // Where the name leads to ::1 instead, nobody is there.
        let answer = try ClockAnswer([server.url, "ntp://localhost:\(server.port)"])
        #expect(answer.status == 10 && answer.verdict == "unknown")
    }
}

@Suite struct `The clock by NTS` {
    private func ask(_ server: String, ahead: Int = 0) throws -> ClockAnswer {
        try ClockAnswer(
            [server], ["--ca-file", try RunningChronyd.authority()], ahead: ahead)
    }

    @Test func `needs one server`() throws {
        let server = try RunningChronyd(certificate: .good)
        let port = try #require(server.keyExchangePort)
        for host in ["localhost", "127.0.0.1"] {
            let answer = try ask("nts://\(host):\(port)")
            #expect(answer.status == 0 && answer.verdict == "ok" && answer.isOff(by: 0))
            #expect(answer.evidence == "NTS" && answer.servers[0].authenticated)
        }
        let wrong = try RunningChronyd(ahead: 90, certificate: .good)
        let answer = try ask(wrong.url)
        #expect(answer.status == 9 && answer.isOff(by: 90) && answer.evidence == "NTS")
    }

    @Test(arguments: [
        (RunningChronyd.Certificate.expired, "suggests that this clock is wrong"),
        (.wrongName, "not trusted"),
    ])
    func `needs a certificate that holds`(
        certificate: RunningChronyd.Certificate, words: String
    ) throws {
        let server = try RunningChronyd(certificate: certificate)
        try refuse(ask(server.url), words)
    }

    @Test func `needs an authority that is known`() throws {
        let server = try RunningChronyd(certificate: .good)
        try refuse(ClockAnswer([server.url]), "not trusted")
    }

    private static let namespace = geteuid() == 0 ? "-m" : "-rm"

    private static let mountsNothing = Result {
        try Program.run(
            "unshare", [namespace, "mount", "-t", "tmpfs", "none", "/mnt"], home: "/")
    }

    /// A name with two addresses, at one of which nobody is there.
    @Test(
        .enabled(
            if: try mountsNothing.get().status == 0, "no file can be put in the place of another"))
    func `is had from the very address that the keys are from`() throws {
        let server = try RunningChronyd(certificate: .good, host: "127.0.0.2")
        let port = try #require(server.keyExchangePort)
        let folder = try TemporaryFolder()
        let hosts = folder.path + "/hosts"
        try "127.0.0.1 ntp.test\n127.0.0.2 ntp.test\n".write(
            toFile: hosts, atomically: true, encoding: .utf8)
        let script = "mount --bind \(hosts) /etc/hosts && exec otptoken clock --server"
        let outcome = try Program.run(
            "unshare",
            [
                Self.namespace, "sh", "-c",
                "\(script) nts://ntp.test:\(port) --ca-file \(RunningChronyd.authority())",
            ], home: folder.path)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.contains("127.0.0.2:\(server.port)"))
        #expect(outcome.output.contains("authenticated"))
    }

    @Test func `needs a file of certificates that is one`() throws {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            Program.otptoken,
            ["clock", "--server", "nts://127.0.0.1:9", "--ca-file", Program.root + "/README.md"],
            home: folder.path)
        #expect(outcome.status == 1 && outcome.errors.contains("no certificates can be read from"))
    }

    @Test(arguments: [40, -60]) func `tells when this clock is weeks off`(days: Int) throws {
        let server = try RunningChronyd(certificate: .good)
        try refuse(ask(server.url, ahead: days * 86_400), "suggests that this clock is wrong")
    }

    @Test func `is not had from a server without it`() throws {
        let plain = try RunningChronyd()
        try refuse(ask("nts://127.0.0.1:\(plain.port)"), "refused")
        // Two others are believed, and it is said that this one is not.
        let other = try RunningChronyd()
        let mixed = try ClockAnswer(
            ["nts://127.0.0.1:\(plain.port)", plain.url, other.url])
        #expect(mixed.status == 0 && mixed.evidence == "2 of 2 servers")
        #expect(mixed.servers.map(\.used) == [false, true, true])
        #expect(!mixed.servers.contains { $0.authenticated })
    }

    @Test(arguments: [
        ("-tls1_2", "TLS 1.3"), ("-tls1_3", "ntske/1"), ("-alpn h2", "no application protocol"),
    ])
    func `is not had from a server of TLS alone`(options: String, words: String) throws {
        let files = try RunningChronyd.files(of: .good)
        let port = try ScriptedServer.deadPort()
        let folder = try TemporaryFolder()
        let server = try RunningProgram(
            "openssl",
            ["s_server", "-accept", "127.0.0.1:\(port)", "-cert", files.certificate]
                + ["-key", files.key, "-quiet"] + options.split(separator: " ").map(String.init),
            home: folder.path)
        #expect(poll { ScriptedServer.listens(port) ? true : nil } == true, "\(server.errors)")
        try refuse(ask("nts://127.0.0.1:\(port)"), words)
        withExtendedLifetime(server) {}
    }

    @Test func `outweighs servers that prove nothing`() throws {
        let server = try RunningChronyd(certificate: .good)
        let wrong = try [RunningChronyd(ahead: 90), RunningChronyd(ahead: 90)]
        let answer = try ClockAnswer(
            wrong.map(\.url) + [server.url], ["--ca-file", try RunningChronyd.authority()])
        #expect(answer.status == 0 && answer.isOff(by: 0) && answer.evidence == "NTS")
        #expect(answer.servers.map(\.used) == [false, false, true])
        #expect(answer.servers.allSatisfy { $0.offset != nil })
    }

    /// No answer, and the reason.
    private func refuse(_ answer: ClockAnswer, _ words: String) throws {
        #expect(answer.status == 7 && answer.verdict == "unknown")
        #expect(!answer.servers[0].authenticated && answer.servers[0].offset == nil)
        #expect(answer.servers[0].reason?.contains(words) == true, "\(answer.servers[0])")
    }
}
