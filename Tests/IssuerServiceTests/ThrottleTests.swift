import Cryptography
import Enrolment
import IssuerService
import Platform
import Testing

/// Addresses that fail again and again have to wait.
@Suite struct `The throttle` {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private func ask(
        _ site: Site, from peer: String, forwarded: String? = nil, path: String = "/verify/v1",
        body: [UInt8] = [], now: Int64 = Desk.now
    ) -> Answer {
        var fields: [HTTPMessage.Field] = [.init("Content-Type", "application/json")]
        if let forwarded { fields.append(.init("X-Forwarded-For", forwarded)) }
        return Answer(
            site.answer(
                HTTPMessage(
                    .request(method: "POST", target: path), fields: fields, body: body),
                from: peer, now: now, random: SecretBytes.random, report: { _ in }))
    }

    /// How many of so many requests without a key were answered with 401.
    private func refused(
        _ count: Int, _ site: Site, from peer: String, forwarded: String? = nil,
        now: Int64 = Desk.now
    ) -> Int {
        (0..<count).count { _ in
            ask(site, from: peer, forwarded: forwarded, now: now).status == 401
        }
    }

    @Test func `answers a hundred failures, and then one each six seconds`() throws {
        let site = Site(desk.issuer)
        #expect(refused(110, site, from: "198.51.100.7") == 100)
        let answer = ask(site, from: "198.51.100.7")
        #expect(answer.status == 429)
        #expect(answer.message.value(of: "retry-after") == "6")
        #expect(answer.body == Array(#"{"error":"throttled","retry_after":6}"#.utf8))
        #expect(refused(2, site, from: "198.51.100.7", now: Desk.now + 5) == 0)
        #expect(refused(2, site, from: "198.51.100.7", now: Desk.now + 6) == 1)
        #expect(refused(200, site, from: "198.51.100.7", now: Desk.now + 3600) == 100)
        // Nobody else waits for that.
        #expect(ask(site, from: "198.51.100.8").status == 401)
    }

    @Test func `knows a network of IPv6, and leaves this machine alone`() throws {
        let site = Site(desk.issuer)
        #expect(refused(60, site, from: "2001:db8::1") == 60)
        #expect(refused(60, site, from: "2001:db8:0:0:ffff::2") == 40)
        #expect(ask(site, from: "2001:db8:0:1::1").status == 401)
        for local in ["127.0.0.1", "127.9.9.9", "::1"] {
            #expect(refused(300, site, from: local) == 300)
        }
    }

    @Test func `does not count enrolments that succeed`() throws {
        let site = Site(desk.issuer)
        let peer = "198.51.100.7"
        for _ in 1...8 {
            let userID = try desk.issue()
            let client = try desk.client(userID)
            let start = ask(
                site, from: peer, path: EnrolmentProtocol.startPath, body: client.startRequest)
            let pending = try client.receiveStart(status: start.status, body: start.body)
            let finish = ask(
                site, from: peer, path: EnrolmentProtocol.finishPath, body: pending.finishRequest)
            #expect(finish.status == 200)
        }
        #expect(refused(110, site, from: peer) == 100)
    }

    @Test func `gives a charge back once for each enrolment`() throws {
        let site = Site(desk.issuer)
        let peer = "198.51.100.7"
        let client = try desk.client(desk.issue())
        let start = ask(
            site, from: peer, path: EnrolmentProtocol.startPath, body: client.startRequest)
        let pending = try client.receiveStart(status: start.status, body: start.body)
        #expect(refused(50, site, from: peer) == 50)
        for _ in 1...20 {
            let finish = ask(
                site, from: peer, path: EnrolmentProtocol.finishPath, body: pending.finishRequest)
            #expect(finish.status == 200)
        }
        #expect(refused(110, site, from: peer) == 50)
    }

    @Test func `counts starts that nobody finishes, whoever they are for`() throws {
        let site = Site(desk.issuer)
        let body = try desk.client("12345678901234ZZ").startRequest
        let statuses = (1...12).map { _ in
            ask(site, from: "198.51.100.7", path: EnrolmentProtocol.startPath, body: body).status
        }
        #expect(statuses == Array(repeating: 200, count: 10) + [423, 423])
        #expect(refused(110, site, from: "198.51.100.7") == 90)
    }

    @Test func `believes the proxies that it trusts, and what they have added last`() throws {
        let site = Site(desk.issuer, proxies: ["192.0.2.1", "127.0.0.1"])
        for (proxy, client) in [("192.0.2.1", "198.51.100.1"), ("127.0.0.1", "198.51.100.2")] {
            let forged = "203.0.113.9, \(client)"
            #expect(refused(110, site, from: proxy, forwarded: forged) == 100)
        }
        #expect(ask(site, from: "192.0.2.1", forwarded: "203.0.113.9").status == 401)
        // Others name whom they like: it is they who are charged.
        #expect(refused(110, site, from: "192.0.2.2", forwarded: "198.51.100.99") == 100)
        for odd in ["", "unknown", "<script>", "198.51.100.1;"] {
            #expect(ask(site, from: "192.0.2.1", forwarded: odd).status == 401)
        }
    }

    @Test func `without TLS, answers its proxies and this machine alone`() throws {
        let site = Site(desk.issuer, proxies: ["192.0.2.1"], onlyProxies: true)
        #expect(ask(site, from: "192.0.2.1", forwarded: "198.51.100.7").status == 401)
        #expect(ask(site, from: "127.0.0.1").status == 401)
        #expect(ask(site, from: "192.0.2.2", forwarded: "127.0.0.1").status == 403)
    }
}
