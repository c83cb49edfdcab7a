import Cryptography
import Enrolment
import Glibc
import IssuerService
import Platform
import Synchronization

private let threads = 4
private let startsPerUser = 8
private let password = Array("48151623".utf8)

/// Answers a request to the issuer, with the status and the body.
private typealias Exchange =
    @Sendable (_ path: String, _ body: [UInt8]) throws -> (status: Int, body: [UInt8])

/// Prints how many enrolments a second an issuer takes part in, in the process and over HTTP on loopback.
///
/// The clients' halves are computed before and between the measured phases, so that neither their scrypt nor their
/// curve arithmetic counts. Of first requests there are several for each user, for the sake of a longer phase.
func measureEnrolments(in folder: String, users: Int) throws {
    let inProcess = try Issuer.create(
        home: folder + "/process", serviceID: "10121234", name: "Acme Bank",
        url: "https://otp.example", random: SecretBytes.random)
    let endpoint = Site(inProcess)
    let direct = try rate(inProcess, users) { path, body in
        let request = HTTPMessage(
            .request(method: "POST", target: path),
            fields: [.init("Content-Type", "application/json")], body: body)
        return parts(
            endpoint.answer(
                request, now: wallClockSeconds(), random: SecretBytes.random,
                report: { writeNote("\($0)") }))
    }
    let overHTTP = try Issuer.create(
        home: folder + "/http", serviceID: "10121234", name: "Acme Bank",
        url: "https://otp.example", random: SecretBytes.random)
    let client = HTTPClient(try serve(overHTTP), caFile: nil, agent: "benchmark")
    let loopback = try rate(overHTTP, users) { path, body in
        parts(try client.post(body, to: path, deadline: Deadline(seconds: 15)))
    }
    try writeResult("\(Int(direct)) \(Int(loopback))\n")
}

/// Starts a server, which serves until this process ends.
private func serve(_ issuer: Issuer) throws -> ServerURL {
    let bound = Mutex<UInt16?>(nil)
    try Thread.start {
        guard let stop = try? SignalDescriptor() else { return }
        try? issuer.serve(
            address: "127.0.0.1", port: 0, certificate: nil, until: stop,
            listening: { port in bound.withLock { $0 = port } },
            report: { writeNote("\($0)") })
    }
    let deadline = Deadline(seconds: 15)
    while !deadline.isOver {
        if let port = bound.withLock({ $0 }), let url = ServerURL("http://127.0.0.1:\(port)") {
            return url
        }
    }
    throw BenchmarkError(what: "no server")
}

/// Enrols users, and measures what the issuer does of it.
private func rate(_ issuer: Issuer, _ users: Int, _ exchange: @escaping Exchange) throws -> Double {
    let clients = Mutex<[Enrolling]>([])
    try Work.run(count: users) { _ in
        let client = try Enrolling(issuer)
        clients.withLock { $0.append(client) }
    }
    let all = clients.withLock { $0 }
    let starts = try Work.run(count: users * startsPerUser) {
        try all[$0 % users].start(exchange)
    }
    try Work.run(count: users) { try all[$0].agree() }
    let finishes = try Work.run(count: users) { try all[$0].finish(exchange) }
    return 1 / (starts / Double(users * startsPerUser) + finishes / Double(users))
}

/// One client, between the phases.
private final class Enrolling: Sendable {
    private struct State: ~Copyable {
        var client: EnrolmentClient?
        var reply: [UInt8] = []
        var finishRequest: [UInt8] = []
    }

    private let startRequest: [UInt8]
    private let state: Mutex<State>

    init(_ issuer: Issuer) throws {
        let issued = try issuer.issue(
            email: "taro@example.jp", password: try startPassword(), now: wallClockSeconds(),
            random: SecretBytes.random)
        let client = try EnrolmentClient(
            serviceID: issuer.serviceID, userID: issued.userID, password: try startPassword(),
            random: SecretBytes.random)
        startRequest = client.startRequest
        state = Mutex(State(client: client))
    }

    func start(_ exchange: Exchange) throws {
        let reply = try exchange(EnrolmentProtocol.startPath, startRequest)
        guard reply.status == 200 else { throw BenchmarkError(what: "start \(reply.status)") }
        state.withLock { $0.reply = reply.body }
    }

    /// The client's arithmetic between the two requests.
    func agree() throws {
        try state.withLock { state in
            guard let client = state.client.take() else { throw BenchmarkError(what: "client") }
            let pending = try client.receiveStart(status: 200, body: state.reply)
            state.finishRequest = pending.finishRequest
        }
    }

    func finish(_ exchange: Exchange) throws {
        let request = state.withLock { $0.finishRequest }
        let reply = try exchange(EnrolmentProtocol.finishPath, request)
        guard reply.status == 200 else { throw BenchmarkError(what: "finish \(reply.status)") }
    }
}

/// Pieces of work that several threads take from each other.
private final class Work: Sendable {
    private let next = Atomic(0)
    private let running = Atomic(threads)
    private let failure = Mutex<(any Error)?>(nil)

    /// Does `count` pieces; the seconds that they took.
    @discardableResult
    static func run(count: Int, _ piece: @escaping @Sendable (Int) throws -> Void) throws -> Double
    {
        let work = Work()
        let start = monotonicSeconds()
        for _ in 0..<threads { try Thread.start { work.take(count, piece) } }
        while work.running.load(ordering: .acquiring) > 0 { usleep(100) }
        if let failure = work.failure.withLock({ $0 }) { throw failure }
        return monotonicSeconds() - start
    }

    private func take(_ count: Int, _ piece: (Int) throws -> Void) {
        do {
            while case let index = next.wrappingAdd(1, ordering: .relaxed).oldValue, index < count {
                try piece(index)
            }
        } catch {
            failure.withLock { $0 = error }
        }
        running.wrappingSubtract(1, ordering: .releasing)
    }
}

private func startPassword() throws -> StartPassword {
    guard let made = StartPassword(SecretBytes(copying: password.span)) else {
        throw BenchmarkError(what: "start password")
    }
    return made
}

private func parts(_ message: HTTPMessage) -> (status: Int, body: [UInt8]) {
    guard case .response(let status, _) = message.start else { return (0, []) }
    return (status, message.body)
}

/// Why a figure could not be had.
private struct BenchmarkError: Error {
    let what: String
}
