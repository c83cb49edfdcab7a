import Cryptography
import Enrolment
import Foundation
import IssuerService
import OATH
import Platform
import TestSupport

/// A new issuer in a folder of its own, and what clients do with it.
struct Desk {
    static let serviceID = "10121234"
    static let url = "https://otp.example/token"
    /// 2025-02-13 23:31:30 UTC.
    static let now: Int64 = 1_739_489_490
    static let day: Int64 = 86400

    let folder: TemporaryFolder
    let issuer: Issuer

    var home: String { folder.path + "/issuer" }

    init() throws {
        folder = try TemporaryFolder()
        issuer = try Issuer.create(
            home: folder.path + "/issuer", serviceID: Self.serviceID, name: "Acme Bank",
            url: Self.url, random: SecretBytes.random)
    }

    /// Issues a token for a start password.
    func issue(_ digits: String = "48151623", now: Int64 = Desk.now) throws -> String {
        try issuer.issue(
            email: "taro@example.jp", password: StartPassword(secret(digits)), now: now,
            random: SecretBytes.random
        ).userID
    }

    func client(
        _ userID: String, _ digits: String = "48151623", serviceID: String = Desk.serviceID
    ) throws -> EnrolmentClient {
        guard let password = StartPassword(secret(digits)) else { throw Unexpected("password") }
        return try EnrolmentClient(
            serviceID: serviceID, userID: userID, password: password, random: SecretBytes.random)
    }

    func post(_ path: String, _ body: [UInt8], now: Int64 = Desk.now) -> Answer {
        post(path, body, now: now, to: issuer)
    }

    func post(_ path: String, _ body: [UInt8], now: Int64 = Desk.now, to issuer: Issuer) -> Answer {
        let request = HTTPMessage(
            .request(method: "POST", target: path),
            fields: [.init("Content-Type", "application/json; charset=utf-8")], body: body)
        return Answer(
            Site(issuer).answer(
                request, now: now, random: SecretBytes.random, report: { _ in }))
    }

    func start(_ body: [UInt8], now: Int64 = Desk.now) -> Answer {
        post(EnrolmentProtocol.startPath, body, now: now)
    }

    func finish(_ body: [UInt8], now: Int64 = Desk.now) -> Answer {
        post(EnrolmentProtocol.finishPath, body, now: now)
    }

    /// A client after the answer to its first request.
    func pending(
        _ userID: String, _ digits: String = "48151623", now: Int64 = Desk.now
    ) throws -> PendingEnrolment {
        let client = try client(userID, digits)
        let answer = start(client.startRequest, now: now)
        return try client.receiveStart(status: answer.status, body: answer.body)
    }

    /// Enrols; the seed.
    func enrol(_ userID: String, now: Int64 = Desk.now) throws -> SecretBytes {
        let pending = try pending(userID, now: now)
        let answer = finish(pending.finishRequest, now: now)
        _ = try pending.receiveFinish(status: answer.status, body: answer.body)
        return pending.seed.clone()
    }

    func verify(_ userID: String, _ code: String, now: Int64 = Desk.now) throws -> Verdict {
        try issuer.verify(userID: userID, code: code, now: now, random: SecretBytes.random)
    }

    func user(_ userID: String) throws -> UserSummary? {
        try issuer.list(now: Desk.now).first { $0.userID == userID }
    }

    func recordPath(_ userID: String) -> String { home + "/users/" + userID }
}

/// An answer, its first line and its fields aside.
struct Answer {
    let status: Int
    let body: [UInt8]
    let message: HTTPMessage

    init(_ message: HTTPMessage) {
        guard case .response(let status, _) = message.start else { fatalError("a request") }
        self.status = status
        body = message.body
        self.message = message
    }
}

struct Unexpected: Error {
    let what: String
    init(_ what: String) { self.what = what }
}

func secret(_ text: String) -> SecretBytes { SecretBytes(copying: Array(text.utf8).span) }

/// The code of a time, in steps from it.
func code(_ seed: borrowing SecretBytes, at time: Int64 = Desk.now, steps: Int = 0) throws -> String
{
    let step = Int64(TOTP.rule.step(at: time)) + Int64(steps)
    return try TOTP.rule.code(key: seed, step: UInt64(step))
}

/// Eight digits that no step near `now` has as its code.
func wrongCode(_ seed: borrowing SecretBytes) throws -> String {
    var near: Set<String> = []
    for steps in -2...2 { near.insert(try code(seed, steps: steps)) }
    return ["00000000", "11111111", "22222222", "33333333", "44444444", "55555555"]
        .first { !near.contains($0) } ?? ""
}

/// Gives other threads a moment.
func pause() { Foundation.Thread.sleep(forTimeInterval: 0.005) }
