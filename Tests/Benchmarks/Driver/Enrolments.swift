import Cryptography
import Enrolment
import IssuerService
import OATH
import Platform
import Synchronization

/// Answers a request to the issuer, with the status and the body.
private typealias Exchange =
    @Sendable (_ path: String, _ body: [UInt8], _ key: String?) throws -> (
        status: Int, body: [UInt8]
    )

/// Prints how many enrolments and verifications a second an issuer takes part in, in the process.
func measureInProcess(in folder: String, clients: Int, users: Int) throws {
    let key = try makeIssuer(in: folder, accounts: users)
    let issuer = try Issuer(home: folder, isBusy: true)
    defer { issuer.close() }
    let site = Site(issuer)
    let rates = try rates(0..<users, clients: clients, key: key) { path, body, key in
        parts(
            site.answer(
                request(path, body, key), now: wallClockSeconds(), random: SecretBytes.random,
                report: { writeNote("\($0)") }))
    }
    try writeResult("\(Int(rates.enrolments)) \(Int(rates.verifications))\n")
}

/// Prints the same of an issuer that serves at a URL, for accounts from a number on.
func measureServer(_ url: String, key: String, clients: Int, users: Range<Int>) throws {
    guard let url = ServerURL(url) else { throw BenchmarkError(what: "URL") }
    let rates = try rates(users, clients: clients, key: key) { path, body, key in
        let deadline = Deadline(seconds: 15)
        let connection = try Connection(to: url, trusting: nil, deadline: deadline)
        var request = request(path, body, key)
        request.fields.append(.init("Host", url.authority))
        try connection.write(request.encoded, deadline: deadline)
        return parts(try connection.message(.response, deadline: deadline))
    }
    try writeResult("\(Int(rates.enrolments)) \(Int(rates.verifications))\n")
}

/// Enrols users and verifies a code of each, and measures what the issuer does of it.
///
/// The clients' halves are computed before and after the measured phase, so that their arithmetic does not count. That is
/// as many starts as finishes, by turns as at a busy issuer, but of two halves of the users.
private func rates(
    _ users: Range<Int>, clients: Int, key: String, _ exchange: @escaping Exchange
) throws -> (enrolments: Double, verifications: Double) {
    let made = Mutex<[Int: Enrolling]>([:])
    try Work.run(count: users.count, threads: 2) { index in
        let client = try Enrolling(Account(number: users.lowerBound + index))
        made.withLock { $0[index] = client }
    }
    let all = made.withLock { made in (0..<users.count).compactMap { made[$0] } }
    let half = all.count / 2
    let (early, late) = (Array(all[..<half]), Array(all[half..<2 * half]))
    try Work.run(count: half, threads: clients) { try early[$0].start(exchange) }
    try Work.run(count: half, threads: 2) { try early[$0].agree() }
    let enrolments = try Work.run(count: 2 * half, threads: clients) { index in
        if index % 2 == 0 {
            try early[index / 2].finish(exchange)
        } else {
            try late[index / 2].start(exchange)
        }
    }
    let verifications = try Work.run(count: half, threads: clients) {
        try early[$0].verify(exchange, key: key)
    }
    return (Double(half) / enrolments, Double(half) / verifications)
}

/// One client, between the phases.
private final class Enrolling: Sendable {
    private struct State: ~Copyable {
        var client: EnrolmentClient?
        var pending: PendingEnrolment?
        var reply: [UInt8] = []
    }

    private let account: Account
    private let startRequest: [UInt8]
    private let state: Mutex<State>

    init(_ account: Account) throws {
        let client = try EnrolmentClient(
            serviceID: "10121234", userID: account.userID, secret: account.secret(),
            random: SecretBytes.random)
        self.account = account
        startRequest = client.startRequest
        state = Mutex(State(client: client))
    }

    func start(_ exchange: Exchange) throws {
        let reply = try exchange(EnrolmentProtocol.startPath, startRequest, nil)
        guard reply.status == 200 else { throw BenchmarkError(what: "start \(reply.status)") }
        state.withLock { $0.reply = reply.body }
    }

    /// The client's arithmetic between the two requests.
    func agree() throws {
        try state.withLock { state in
            guard let client = state.client.take() else { throw BenchmarkError(what: "client") }
            state.pending = try client.receiveStart(status: 200, body: state.reply)
        }
    }

    func finish(_ exchange: Exchange) throws {
        let request = state.withLock { $0.pending?.finishRequest ?? [] }
        let reply = try exchange(EnrolmentProtocol.finishPath, request, nil)
        guard reply.status == 200 else { throw BenchmarkError(what: "finish \(reply.status)") }
    }

    func verify(_ exchange: Exchange, key: String) throws {
        let code = try state.withLock { state in
            guard let pending = state.pending.take() else { throw BenchmarkError(what: "client") }
            return try TOTP.rule.code(
                key: pending.seed, step: TOTP.rule.step(at: wallClockSeconds()))
        }
        let body = Array(#"{"user_id":"\#(account.userID)","code":"\#(code)"}"#.utf8)
        let reply = try exchange(VerificationEndpoint.path, body, key)
        guard reply.status == 200, reply.body == Array(#"{"result":"accepted"}"#.utf8) else {
            throw BenchmarkError(what: "verify \(reply.status)")
        }
    }
}

private func request(_ path: String, _ body: [UInt8], _ key: String?) -> HTTPMessage {
    var request = HTTPMessage(
        .request(method: "POST", target: path),
        fields: [.init("Content-Type", "application/json")], body: body)
    if let key { request.fields.append(.init("Authorization", "Bearer \(key)")) }
    return request
}

private func parts(_ message: HTTPMessage) -> (status: Int, body: [UInt8]) {
    guard case .response(let status, _) = message.start else { return (0, []) }
    return (status, message.body)
}
