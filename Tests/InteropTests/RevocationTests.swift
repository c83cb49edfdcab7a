import Foundation
import Glibc
import JSON
import Synchronization
import TestSupport
import Testing
import TokenStore

/// `remove --revoke` and a real issuer.
@Suite struct `A token that is removed` {
    /// One issuer for all tests; its users are each test's own.
    private static let shared = Result { try RunningIssuer() }
    private let issuer: RunningIssuer
    private let person: Person

    init() throws {
        issuer = try Self.shared.get()
        person = try Person()
    }

    /// Enrols a new user.
    private func enrol(at issuer: RunningIssuer? = nil, _ more: [String] = []) throws -> String {
        let issuer = issuer ?? self.issuer
        let user = try issuer.issue()
        let done = try person.enrol(issuer.url, user: user, more)
        try #require(done.status == 0, "\(done.errors)")
        return user
    }

    /// What the issuer's list says of a user.
    private func state(_ user: String, at issuer: RunningIssuer? = nil) throws -> String? {
        let list = try (issuer ?? self.issuer).run("list", ["--json"])
        guard case .array(let users) = JSONValue(Array(list.output.utf8)) else { return nil }
        return users.first { $0["user_id"]?.string == user }?["state"]?.string
    }

    private func remove(_ more: String...) throws -> Outcome {
        try Program.run(
            Program.otptoken, ["remove", "Acme Bank", "--yes"] + more, home: person.home)
    }

    private func expectStays(_ outcome: Outcome, _ status: Int32, _ words: String) throws {
        #expect(outcome.status == status && outcome.output == "", "\(outcome)")
        #expect(outcome.errors.contains(words), "\(outcome)")
        #expect(
            outcome.errors.hasSuffix(
                "hint: nothing was removed; `otptoken remove --no-revoke 'Acme Bank'` removes it here alone\n"
            ), "\(outcome)")
        #expect(try person.tokens().map(\.name) == ["Acme Bank"])
    }

    @Test func `is revoked first where that is wanted`() throws {
        let user = try enrol()
        let code = try code(person.seed(), after: 60)
        let done = try remove("--revoke")
        #expect(done.status == 0 && done.output == "", "\(done)")
        let host = issuer.url.dropFirst("http://".count)
        let first = "Revoked Acme Bank at \(host), which takes no more codes of it.\n"
        #expect(done.errors.hasPrefix(first + "Removed Acme Bank.\nThe store before"), "\(done)")
        #expect(try state(user) == "revoked")
        #expect(try person.tokens().isEmpty)
        let verified = try issuer.run("verify", [user, code])
        #expect(verified.status == 1 && verified.output.contains("revoked"), "\(verified)")
        let log = try String(contentsOfFile: issuer.folder.path + "/issuer/log", encoding: .utf8)
        let line = log.split(separator: "\n").last { $0.contains(user) }
        #expect(line?.contains(#""event":"revoked""#) == true)
        #expect(line?.contains(#""actor":"client""#) == true)
    }

    @Test func `is revoked with the next code when somebody has logged in with this one`() throws {
        let user = try enrol()
        let code = try code(person.seed())
        #expect(try issuer.run("verify", [user, code]).status == 0)
        #expect(try remove("--revoke").status == 0)
        #expect(try state(user) == "revoked")
    }

    @Test(arguments: [["--no-revoke"], []]) func `is left alone otherwise`(more: [String]) throws {
        let user = try enrol()
        let outcome = try Program.run(
            Program.otptoken, ["remove", "--yes", "Acme Bank"] + more, home: person.home)
        #expect(outcome.status == 0)
        let reminder = "The issuer goes on accepting its codes until it is revoked there.\n"
        #expect(outcome.errors.hasPrefix("Removed Acme Bank.\n\(reminder)"), "\(outcome)")
        #expect(try state(user) == "enrolled")
        #expect(try person.tokens().isEmpty)
    }

    @Test func `stays when the issuer refuses`() throws {
        let user = try enrol()
        #expect(try issuer.run("revoke", [user]).status == 0)
        try expectStays(try remove("--revoke"), 6, " refuses to revoke Acme Bank\nhint: its codes")
        let gone = try remove("--no-revoke")
        #expect(gone.status == 0)
        #expect(try person.tokens().isEmpty)
    }

    @Test func `stays when it is locked, and costs it no more than two wrong codes`() throws {
        let user = try enrol()
        for _ in 1...8 {
            _ = try issuer.run("verify", [user, wrongCode(person.seed())])
        }
        // A clock that is wrong has two tries.
        let command =
            RunningChronyd.clock(ahead: 3600) + [
                Program.otptoken, "remove", "Acme Bank", "--yes", "--revoke",
            ]
        let early = try Program.run(command[0], Array(command.dropFirst()), home: person.home)
        try expectStays(early, 6, "refuses to revoke")
        #expect(try issuer.run("list").output.contains("locked"))
        try expectStays(try remove("--revoke"), 6, "refuses to revoke")
        #expect(try issuer.run("unlock", [user]).status == 0)
        #expect(try remove("--revoke").status == 0)
        #expect(try state(user) == "revoked")
    }

    private func wrongCode(_ seed: [UInt8]) throws -> String {
        let near = try Set([-120, -60, 0, 60, 120].map { try code(seed, after: $0) })
        return try #require(["00000000", "11111111"].first { !near.contains($0) })
    }

    @Test func `is revoked by the corrected clock where that is wanted`() throws {
        let servers = try [ScriptedTimeServer(ahead: 0), ScriptedTimeServer(ahead: 0)]
        let config = "clock.servers = \(servers.map(\.url).joined(separator: " "))\n"
        try Program.configure(config + "clock.check = never", home: person.home)
        let user = try enrol()
        func run(_ words: String...) throws -> Outcome {
            let command = RunningChronyd.clock(ahead: 300) + [Program.otptoken] + words
            return try Program.run(command[0], Array(command.dropFirst()), home: person.home)
        }
        let measured = try run("clock")
        #expect(measured.status == 9, "\(measured)")
        try expectStays(
            try run("remove", "Acme Bank", "--yes", "--revoke"), 6, "refuses to revoke")
        try Program.configure(
            config + "clock.check = never\nclock.correct = on", home: person.home)
        let done = try run("remove", "Acme Bank", "--yes", "--revoke")
        #expect(done.status == 0, "\(done)")
        #expect(try state(user) == "revoked")
    }

    @Test func `is revoked with a certificate that is trusted alone`() throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "DNS:localhost,IP:127.0.0.1")
        let issuer = try RunningIssuer([
            "--tls-cert", certificates.path("server.pem"), "--tls-key",
            certificates.path("server.key"),
        ])
        let user = try enrol(at: issuer, ["--ca-file", certificates.authority])
        try expectStays(try remove("--revoke"), 7, "is not trusted")
        let other = try Certificates()
        try expectStays(try remove("--revoke", "--ca-file", other.authority), 7, "is not trusted")
        let missing = try remove("--revoke", "--ca-file", "nowhere.pem")
        #expect(missing.status == 1 && missing.errors.contains("nowhere.pem"), "\(missing)")
        #expect(try state(user, at: issuer) == "enrolled")
        #expect(try remove("--revoke", "--ca-file", certificates.authority).status == 0)
        #expect(try state(user, at: issuer) == "revoked")
    }

    @Test func `stays when the issuer is out of reach`() throws {
        let issuer = try RunningIssuer()
        let user = try enrol(at: issuer)
        issuer.server.signal(SIGTERM)
        _ = issuer.server.outcome()
        let outcome = try remove("--revoke")
        try expectStays(outcome, 7, "does not answer: Connection refused")
        #expect(!outcome.errors.contains("may have revoked"))
        #expect(try state(user, at: issuer) == "enrolled")
    }

    @Test func `stays when the store cannot be written, and is not revoked either`() throws {
        let user = try enrol()
        // A folder is in the way of every file that takes the store's place.
        for name in ["tokens.new", "tokens.probe.new"] {
            try FileManager.default.createDirectory(
                atPath: "\(person.home)/otptoken/\(name)/x", withIntermediateDirectories: true)
        }
        let outcome = try remove("--revoke")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(try state(user) == "enrolled")
    }
}

/// `remove --revoke` and servers that are no issuers, or strange ones.
@Suite struct `An answer to a revocation` {
    private let home: TemporaryFolder

    init() throws {
        home = try TemporaryFolder()
        try Program.configure(home: home.path)
    }

    /// Removes a token of a server: what is said, and the codes that the server was told.
    private func remove(
        in language: [String: String] = [:], _ script: @escaping ScriptedServer.Script
    ) throws -> (outcome: Outcome, codes: [String]) {
        let codes = Mutex<[String]>([])
        let server = try ScriptedServer { request in
            let code = JSONValue(request.body)?["code"]?.string ?? ""
            codes.withLock { $0.append(code) }
            return script(request)
        }
        // No code ends while the test is at it.
        var token = StoreMaker.token("Work", period: 3600)
        token.server = server.url + "/token"
        try StoreMaker.write([token], home: home.path)
        let outcome = try Program.run(
            Program.otptoken, ["remove", "Work", "--yes", "--revoke"], home: home.path,
            extra: language)
        #expect(server.paths.allSatisfy { $0 == "/token/revoke/v1" })
        return (outcome, codes.withLock { $0 })
    }

    private func names() throws -> [String] { try StoreMaker.read(home: home.path).map(\.name) }

    private func shown(_ more: String...) throws -> String {
        String(
            try Program.run(Program.otptoken, ["show"] + more, home: home.path).output.dropLast())
    }

    @Test func `that refuses gets this code and the next one, and no more`() throws {
        let (outcome, codes) = try remove { _ in answer(401, #"{"error":"refused"}"#) }
        #expect(outcome.status == 6)
        #expect(try names() == ["Work"])
        #expect(try codes == [shown(), shown("--next")])
    }

    @Test func `is told in Japanese, too`() throws {
        let japanese = ["LC_ALL": "ja_JP.UTF-8"]
        let only = "hint: 何も削除していません。`otptoken remove --no-revoke Work` なら、ここからだけ削除します\n"
        for (code, body, words) in [
            (401, #"{"error":"refused"}"#, " に Work の失効を拒否されました\nhint: コードが使用済みか、"),
            (404, "", " は、ここからの失効に対応していません\nhint: トークンの発行元に失効を依頼してください\n"),
            (500, "", "hint: 発行元では失効しているかもしれません。その場合、やり直すと拒否されます\n"),
        ] {
            let (outcome, _) = try remove(in: japanese) { _ in answer(code, body) }
            #expect(outcome.errors.contains(words), "\(outcome)")
            #expect(outcome.errors.hasSuffix(only), "\(outcome)")
        }
        let (done, _) = try remove(in: japanese) { _ in answer(200, #"{"result":"revoked"}"#) }
        #expect(done.status == 0)
        #expect(done.errors.contains(" で Work を失効させました。コードはもう受け付けられません。\n"))
    }

    @Test func `that refuses once and is lost then leaves it open whether it is done`() throws {
        let isFirst = Mutex(true)
        let (outcome, codes) = try remove { _ in
            let first = isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            return first ? answer(401, #"{"error":"refused"}"#) : []
        }
        #expect(outcome.status == 7 && codes.count == 2)
        #expect(outcome.errors.contains("hint: the issuer may have revoked it all the same"))
        #expect(try names() == ["Work"])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let code: Int
        let body: String
        let status: Int32
        let words: String
        var mayBeDone = false
        var testDescription: String { "\(code) \(body)" }
    }

    @Test(arguments: [
        Row(code: 404, body: #"{"error":"invalid"}"#, status: 6, words: "does not let tokens be"),
        Row(code: 404, body: "<html>", status: 6, words: "does not let tokens be revoked"),
        Row(
            code: 429, body: #"{"error":"throttled","retry_after":6}"#, status: 6, words: "wait 6 s"
        ),
        Row(code: 503, body: #"{"error":"unavailable"}"#, status: 7, words: "is not available"),
        Row(code: 503, body: "<html>", status: 7, words: "(status 503)", mayBeDone: true),
        Row(code: 401, body: "<html>", status: 7, words: "(status 401)", mayBeDone: true),
        Row(code: 500, body: "{}", status: 7, words: "(status 500)", mayBeDone: true),
        Row(code: 200, body: "{}", status: 7, words: "(result)", mayBeDone: true),
        Row(
            code: 200, body: #"{"result":"accepted"}"#, status: 7, words: "(result)",
            mayBeDone: true),
        Row(code: 302, body: "", status: 7, words: "sends elsewhere", mayBeDone: true),
    ]) func `that is anything else is asked for once, and the token stays`(row: Row) throws {
        let (outcome, codes) = try remove { _ in answer(row.code, row.body) }
        #expect(outcome.status == row.status && outcome.output == "", "\(outcome)")
        #expect(outcome.errors.contains(row.words), "\(outcome)")
        #expect(outcome.errors.contains("may have revoked") == row.mayBeDone, "\(outcome)")
        #expect(outcome.errors.contains("`otptoken remove --no-revoke Work` removes it here alone"))
        #expect(codes.count == 1)
        #expect(!outcome.errors.contains(codes[0]))
        #expect(try names() == ["Work"])
    }

    @Test func `that never comes is not waited for for long`() async throws {
        try await apart {
            let (outcome, codes) = try remove { _ in nil }
            #expect(outcome.status == 7 && codes.count == 1)
            #expect(outcome.errors.contains("gave no answer in time\n"), "\(outcome)")
            #expect(outcome.errors.contains("may have revoked"))
            #expect(try names() == ["Work"])
        }
    }

    @Test func `that says yes is enough, with more behind it as well`() throws {
        let (outcome, codes) = try remove { _ in answer(200, #"{"more":1,"result":"revoked"}"#) }
        #expect(outcome.status == 0 && codes.count == 1)
        #expect(try names() == [])
    }

    @Test func `is not asked for where there cannot be one`() throws {
        let server = try ScriptedServer { _ in answer(200, #"{"result":"revoked"}"#) }
        var ended = StoreMaker.token("Old")
        ended.expiresAt = 1_700_000_000
        ended.server = server.url
        var pending = StoreMaker.pending("98765432101234XY")
        pending.server = server.url
        var open = StoreMaker.token("Open")
        open.server = "http://token.example.com"
        var work = StoreMaker.token("Work")
        work.server = server.url
        try StoreMaker.write([ended, pending, open, work], home: home.path)
        for (name, options, status, words) in [
            ("Old", ["--revoke"], 6, "Old ended on 2023-11-14: there is nothing to revoke"),
            ("98765432101234XY", ["--revoke"], 1, "its enrolment is not finished"),
            ("Open", ["--revoke"], 2, "http://token.example.com is not protected by TLS"),
            ("Work", ["--revoke", "--no-revoke"], 2, "exclude each other"),
            ("Nobody", ["--revoke"], 3, "there is no token called Nobody"),
            ("Work", ["--no-revoke"], 0, "Removed Work"), ("Old", [], 0, "Removed Old"),
        ] as [(String, [String], Int32, String)] {
            let outcome = try Program.run(
                Program.otptoken, ["remove", name, "--yes"] + options, home: home.path)
            #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome)")
        }
        #expect(server.paths == [])
        #expect(try names() == ["98765432101234XY", "Open"])
    }
}
