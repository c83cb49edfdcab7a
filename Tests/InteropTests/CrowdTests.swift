import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// Thousands of clients that are connected and do not get on with their requests.
@Suite(.serialized) struct `The serving issuer and a crowd` {
    /// Descriptors that the crowd or the issuer needs for other things.
    private static let spare = 600

    /// The crowd of crowd.py; as large as asked for, or as this system lets it and the issuer be.
    private func crowd(_ count: Int, _ start: String, at issuer: RunningIssuer) throws
        -> RunningProgram
    {
        var limit = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let count = min(count, Int(clamping: limit.rlim_max) - Self.spare)
        try #require(count > 300, "there are too few descriptors for a crowd")
        let port = try #require(ServerURL(issuer.url)?.port)
        let crowd = try RunningProgram(
            "python3",
            [Program.root + "/Tests/TestSupport/crowd.py", "\(port)", "\(count)", start],
            home: issuer.folder.path)
        let isReady = poll(within: 60) { crowd.output.hasPrefix("ready") ? true : nil }
        try #require(isReady == true, "\(crowd.errors)")
        return crowd
    }

    /// How a new client is answered; before any of the crowd is cut off for its silence.
    private func status(_ issuer: RunningIssuer, caFile: String? = nil) throws -> Int {
        let server = try #require(ServerURL(issuer.url.replacing("127.0.0.1", with: "localhost")))
        let answer = try HTTPClient(server, caFile: caFile, agent: "test").post(
            Array("{}".utf8), to: "/enrol/v1/start", deadline: Deadline(seconds: 10))
        guard case .response(let status, _) = answer.start else { return 0 }
        return status
    }

    @Test(arguments: ["idle", "begun"])
    func `10,000 silent clients keep nobody out, and are not cut off for that`(start: String) throws
    {
        let issuer = try RunningIssuer()
        let crowd = try crowd(10_000, start, at: issuer)
        for _ in 0..<10 { #expect(try status(issuer) == 400) }
        #expect(crowd.output == "ready\n")
        issuer.server.signal(SIGTERM)
        #expect(issuer.server.outcome()?.status == 0)
    }

    @Test func `a crowd larger than the room keeps nobody out`() throws {
        let issuer = try RunningIssuer()
        let first = try crowd(9_500, "idle", at: issuer)
        let second = try crowd(9_500, "idle", at: issuer)
        #expect(try status(issuer) == 400)
        // Those who came first made room, unless there is room for all of them.
        #expect(second.output == "ready\n")
        _ = first
    }

    @Test(arguments: [("idle", 10_000), ("hello", 1500)])
    func `silent clients keep nobody out who speaks TLS`(start: String, count: Int) throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "DNS:localhost")
        let issuer = try RunningIssuer([
            "--tls-cert", certificates.path("server.pem"),
            "--tls-key", certificates.path("server.key"),
        ])
        let crowd = try crowd(count, start, at: issuer)
        for _ in 0..<10 { #expect(try status(issuer, caFile: certificates.authority) == 400) }
        #expect(crowd.output == "ready\n")
    }

    @Test func `whoever has asked before the signal gets an answer`() throws {
        let issuer = try RunningIssuer()
        let port = try #require(ServerURL(issuer.url)?.port)
        let clients = try (0..<200).map { _ in try RawClient(port: port) }
        for client in clients { client.send("GET /nowhere HTTP/1.1\r\n\r\n") }
        issuer.server.signal(SIGTERM)
        #expect(clients.allSatisfy { $0.readAll()?.hasPrefix("HTTP/1.1 404 ") == true })
        #expect(issuer.server.outcome()?.status == 0)
    }
}
