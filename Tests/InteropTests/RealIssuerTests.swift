import Foundation
import Glibc
import Platform
import TestSupport
import Testing
import TokenStore

@Suite struct `The real issuer` {
    /// One issuer for all tests; its users are each test's own.
    private static let shared = Result { try RunningIssuer() }
    let issuer: RunningIssuer

    init() throws { issuer = try Self.shared.get() }

    @Test func `enrols, and takes each code once`() throws {
        let person = try Person()
        let user = try issuer.issue()
        let done = try person.enrol(issuer.url, user: user)
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.output.range(of: "^[0-9]{8}\n$", options: .regularExpression) != nil)
        #expect(done.errors.contains("Enrolled as Acme Bank"))

        let shown = try person.run("show")
        #expect(shown.status == 0 && shown.errors == "")
        let code = String(shown.output.dropLast())
        let first = try issuer.run("verify", [user, code])
        #expect(first.status == 0)
        #expect(first.output == "accepted\n")
        let second = try issuer.run("verify", [user, code])
        #expect(second.status == 1)
        #expect(second.output == "rejected: used already, or older than one that was\n")
    }

    @Test func `its codes are oathtool's`() throws {
        let person = try Person()
        #expect(try person.enrol(issuer.url, user: issuer.issue()).status == 0)
        let hex = Data(try person.seed()).map { String(format: "%02x", $0) }.joined()
        for time in ["2026-01-01 00:00:00 UTC", "2033-05-18 03:33:20 UTC"] {
            let seconds = try #require(
                moment(time.dropLast(4).replacingOccurrences(of: " ", with: "T") + "Z"))
            let reference = try Program.run(
                "oathtool", ["--totp=sha256", "-d", "8", "-s", "60s", "--now", time, "-"],
                home: person.home, input: hex)
            #expect(reference.status == 0, "\(reference.errors)")
            #expect(try person.run("show", "--at", "\(seconds)").output == reference.output)
        }
    }

    @Test func `a wrong start password is refused, and a right one taken afterwards`() throws {
        let person = try Person()
        let user = try issuer.issue()
        let wrong = try person.enrol(issuer.url, user: user, password: "0000")
        #expect(wrong.status == 6)
        #expect(wrong.errors.contains("wrong start password, or not the real issuer"))
        try person.expectNoToken()
        #expect(try person.tokens().isEmpty)
        #expect(try person.enrol(issuer.url, user: user).status == 0)
    }

    @Test func `ten failures lock, and nobody can tell a user from a stranger`() throws {
        let person = try Person()
        func attempts(_ user: String) throws -> [String] {
            try (0..<12).map { _ in
                let outcome = try person.enrol(issuer.url, user: user, password: "0000")
                return "\(outcome.status) " + (outcome.errors.split(separator: "\n").first ?? "")
            }
        }
        let user = try issuer.issue()
        let known = try attempts(user)
        let unknown = try attempts("99999999999999ZZ")
        #expect(known == unknown)
        #expect(known[..<10].allSatisfy { $0.hasPrefix("6 otptoken: wrong start password") })
        #expect(known[10...].allSatisfy { $0.hasPrefix("6 ") && $0.contains("locked") })
        #expect(try person.enrol(issuer.url, user: user).errors.contains("locked"))
        #expect(try issuer.run("list").output.contains("\(user)  taro@example.jp  locked"))
        try person.expectNoToken()
    }

    @Test func `a revoked user enrols no more, and gets no code accepted`() throws {
        let person = try Person()
        let user = try issuer.issue()
        #expect(try person.enrol(issuer.url, user: user).status == 0)
        #expect(try issuer.run("revoke", [user]).status == 0)
        let code = try person.run("show").output.dropLast()
        let verdict = try issuer.run("verify", [user, String(code)])
        #expect(verdict.status == 1 && verdict.output == "rejected: revoked\n")
        let other = try Person()
        #expect(try other.enrol(issuer.url, user: user).status == 6)
        try other.expectNoToken()
    }

    @Test func `enrolling twice needs force, and a new issuance`() throws {
        let person = try Person()
        let user = try issuer.issue()
        #expect(try person.enrol(issuer.url, user: user).status == 0)
        let seed = try person.seed()
        let again = try person.enrol(issuer.url, user: user)
        #expect(again.status == 1)
        #expect(again.errors.contains("hint: --force"))
        // The issuer has given this token away: nobody gets it twice, and the one that is there stays.
        let forced = try person.enrol(issuer.url, user: user, ["--force"])
        #expect(forced.status == 6)
        #expect(try person.seed() == seed)
        let anew = try issuer.issue()
        #expect(
            try person.enrol(issuer.url, user: anew, ["--force", "--name", "second"]).status == 0)
        #expect(try person.tokens().map(\.name) == ["Acme Bank", "second"])
        let code = try person.run("show", "second").output.dropLast()
        #expect(try issuer.run("verify", [anew, String(code)]).status == 0)
    }

    @Test func `a repeated last request is answered alike after a restart`() throws {
        // The program is killed as soon as the real issuer has its proof, which a relay sees.
        let person = try Person()
        let user = try issuer.issue()
        let target = try #require(ServerURL(issuer.url))
        let cut = Switch()
        let relay = try ScriptedServer { request in
            let reply = try? HTTPClient(target, caFile: nil, agent: "relay").post(
                request.body, to: request.path, deadline: Deadline(seconds: 10))
            guard let reply, case .response(let status, _) = reply.start else { return [] }
            if request.path.hasSuffix("finish"), cut.value == 0 { return [] }
            return answer(status, reply.body)
        }
        #expect(try person.enrol(relay.url, user: user).status == 7)
        let seed = try person.seed()
        #expect(try issuer.run("list").output.contains("\(user)  taro@example.jp  enrolled"))
        cut.set(1)
        let done = try person.enrol(relay.url, user: user, password: nil)
        #expect(done.status == 0, "\(done.errors)")
        #expect(try person.seed() == seed)
        let code = String(done.output.dropLast())
        #expect(try issuer.run("verify", [user, code]).output == "accepted\n")
    }
}

@Suite struct `The serving issuer` {
    @Test func `ends on SIGTERM while connections are open`() throws {
        let issuer = try RunningIssuer()
        let port = try #require(ServerURL(issuer.url)?.port)
        let idle = try (0..<5).map { _ in try openConnection(port) }
        defer { for client in idle { close(client) } }
        // One of them has begun to ask.
        #expect(unsafe send(idle[0], "POST /enrol", 11, CInt(MSG_NOSIGNAL)) == 11)
        usleep(100_000)
        issuer.server.signal(SIGTERM)
        let start = ContinuousClock.now
        let outcome = issuer.server.outcome()
        #expect(outcome?.status == 0 && outcome?.signal == nil)
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(throws: (any Error).self) { try openConnection(port) }
    }

    @Test func `speaks TLS, and only to those who trust its authority`() throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "DNS:localhost")
        let issuer = try RunningIssuer([
            "--tls-cert", certificates.path("server.pem"),
            "--tls-key", certificates.path("server.key"),
        ])
        let port = try #require(ServerURL(issuer.url)?.port)
        #expect(issuer.url.hasPrefix("https://"))
        let url = "https://localhost:\(port)"
        let user = try issuer.issue()
        let person = try Person()
        let stranger = try Certificates()
        for (address, options) in [
            (url, []), (url, ["--ca-file", stranger.authority]),
            ("https://127.0.0.1:\(port)", ["--ca-file", certificates.authority]),
        ] {
            let refused = try person.enrol(address, user: user, options)
            #expect(refused.status == 7)
            #expect(refused.errors.contains("is not trusted"))
            try person.expectNoToken()
        }
        let missing = try person.enrol(url, user: user, ["--ca-file", "/dev/null"])
        #expect(missing.status == 1)
        let done = try person.enrol(url, user: user, ["--ca-file", certificates.authority])
        #expect(done.status == 0, "\(done.errors)")
        #expect(
            try issuer.run("verify", [user, String(done.output.dropLast())]).output == "accepted\n")
    }
}

@Suite struct `An old server` {
    @Test func `is refused even where the system would speak TLS 1_1`() throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "DNS:localhost")
        let configuration = """
            openssl_conf = a
            [a]
            ssl_conf = b
            [b]
            system_default = c
            [c]
            MinProtocol = TLSv1
            CipherString = DEFAULT@SECLEVEL=0

            """
        let path = certificates.path("openssl.cnf")
        try configuration.write(toFile: path, atomically: true, encoding: .utf8)
        let port = try ScriptedServer.deadPort()
        let server = try RunningProgram(
            "/bin/sh",
            [
                "-c",
                "sleep 60 | exec openssl s_server -accept 127.0.0.1:\(port) -tls1_1"
                    + " -cipher DEFAULT@SECLEVEL=0 -cert server.pem -key server.key",
            ], home: certificates.folder.path)
        #expect(poll { server.output.contains("ACCEPT") ? true : nil } == true)
        let person = try Person()
        let arguments = try person.enrolment(
            "https://localhost:\(port)", ["--ca-file", certificates.authority])
        let outcome = try Program.run(
            Program.otptoken, arguments, home: person.home, extra: ["OPENSSL_CONF": path])
        #expect(outcome.status == 7)
        #expect(outcome.errors.contains("does not speak TLS 1.2 or later"), "\(outcome.errors)")
    }
}

/// A connection on which nothing is said.
private func openConnection(_ port: UInt16) throws -> CInt {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = unsafe withUnsafePointer(to: &address) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
    guard connected else {
        close(descriptor)
        throw POSIXError(.ECONNREFUSED)
    }
    return descriptor
}
