import Cryptography
import Enrolment
import Foundation
import IssuerService
import OATH
import Platform
import Synchronization
import TestSupport
import Testing

/// The real issuer, killed again and again while many clients enrol and have their codes verified.
@Suite struct `An issuer that is killed` {
    private static let clients = 24
    private static let count = 400

    @Test func `has lost nothing that it answered, and takes no code twice`() throws {
        let desk = try KilledIssuer(users: Self.count)
        let users = (0..<Self.count).map { KilledUser(number: $0) }
        let next = Atomic(0)
        let failures = Mutex<[String]>([])
        let isOver = Atomic(false)
        try Thread.start {
            _ = Thread.gather(Self.clients) { _ in
                while case let index = next.wrappingAdd(1, ordering: .relaxed).oldValue,
                    index < users.count
                {
                    do {
                        try users[index].live(desk)
                    } catch {
                        failures.withLock { $0.append("\(index): \(error)") }
                    }
                }
            }
            isOver.store(true, ordering: .releasing)
        }
        // At moments that depend on how far they have come, not on time.
        var revoked: String?
        for kill in 1...8 {
            let mark = kill * Self.count / 9
            #expect(poll(within: 60) { next.load(ordering: .relaxed) >= mark ? true : nil } == true)
            desk.kill()
            // Others are at the records meanwhile, and beside it.
            let listed = try desk.run("list", ["--json"])
            #expect(listed.status == 0 && listed.errors == "")
            try desk.serve()
            if revoked == nil, let user = users.first(where: { $0.isEnrolled }) {
                #expect(try desk.run("revoke", [user.account.userID]).status == 0)
                revoked = user.account.userID
            }
        }
        #expect(poll(within: 120) { isOver.load(ordering: .acquiring) ? true : nil } == true)
        #expect(failures.withLock { $0 } == [])
        desk.kill()
        try desk.serve()
        let outcomes = Thread.gather(users.count / 20) { [revoked] number in
            users[20 * number..<20 * number + 20].flatMap { user in
                user.account.userID == revoked
                    ? (try? desk.verify(user.account.userID, "12345678"))
                        .map { $0 == "revoked" ? [] : ["revoked \($0)"] } ?? ["no answer"]
                    : (try? user.losses(desk)) ?? ["\(user.account.number): no answer"]
            }
        }
        #expect(outcomes.flatMap { $0 ?? ["no thread"] } == [])
    }
}

/// A user whose secrets come from a number, so that no scrypt is needed.
private struct NumberedAccount {
    let number: Int

    var userID: String { String(format: "%014dKL", number) }

    func secret() throws -> SPAKE2Plus.ProverSecret {
        try SPAKE2Plus.ProverSecret(
            reducing: HKDF.derive(
                from: SecretBytes(zeros: 32), info: Array(userID.utf8), count: 80))
    }

    /// The plaintext of its record.
    func record() throws -> UserRecord? {
        let registration = try secret().registration()
        var text = SecretBuffer()
        text.append("user \(userID)\nemail taro@example.jp\nissued_at \(wallClockSeconds())\n")
        text.append("state issued\nw0 ")
        Base64.append(registration.w0, padding: .required, to: &text)
        text.append("\nL \(Base64.encode(registration.l.span, padding: .required))\n")
        return UserRecord(text.finish())
    }
}

/// A real `otptoken-issuer serve` that is started anew each time it is killed.
private final class KilledIssuer: Sendable {
    static let serviceID = "10121234"

    private let folder: TemporaryFolder
    private let key: String
    private let server = Mutex<(program: RunningProgram, url: ServerURL)?>(nil)

    private var home: String { folder.path + "/issuer" }

    init(users: Int) throws {
        folder = try TemporaryFolder()
        let issuer = try Issuer.create(
            home: folder.path + "/issuer", serviceID: Self.serviceID, name: "Acme Bank",
            url: "https://otp.example", random: SecretBytes.random)
        for number in 0..<users {
            let account = NumberedAccount(number: number)
            guard let record = try account.record() else { throw Unexpected(what: "record") }
            let sealed = try issuer.sealed(record, random: SecretBytes.random)
            let path = "\(folder.path)/issuer/users/\(account.userID)"
            guard
                FileManager.default.createFile(
                    atPath: path, contents: Data(sealed), attributes: [.posixPermissions: 0o600])
            else { throw Unexpected(what: path) }
        }
        let key = try issuer.addKey(
            name: "vpn", now: wallClockSeconds(), random: SecretBytes.random)
        self.key = key.withBytes { String(decoding: Array(copying: $0), as: UTF8.self) }
        try serve()
    }

    func serve() throws {
        let program = try RunningProgram(
            Program.issuer, ["--home", home, "serve", "--listen", "127.0.0.1:0"],
            home: folder.path)
        let url = poll { () -> ServerURL? in
            let errors = program.errors
            guard let start = errors.range(of: "listening on "), errors.hasSuffix("\n") else {
                return nil
            }
            return ServerURL(String(errors[start.upperBound...].prefix { $0 != "\n" }))
        }
        guard let url else { throw Unexpected(what: "no server: \(program.errors)") }
        server.withLock { $0 = (program, url) }
    }

    func kill() {
        let program = server.withLock { server in
            defer { server = nil }
            return server?.program
        }
        program?.signal(SIGKILL)
        _ = program?.waitStatus()
    }

    func run(_ command: String, _ arguments: [String] = []) throws -> Outcome {
        try Program.run(
            Program.issuer, ["--home", home, command] + arguments, home: folder.path)
    }

    /// Asks once; nil when there is no answer, and nobody can tell what became of the request.
    func ask(_ path: String, _ body: [UInt8]) throws -> (status: Int, body: [UInt8])? {
        let url = poll { server.withLock { $0?.url } }
        guard let url else { throw Unexpected(what: "no server") }
        let deadline = Deadline(seconds: 15)
        let request = HTTPMessage(
            .request(method: "POST", target: path),
            fields: [
                .init("Host", url.authority), .init("Content-Type", "application/json"),
                .init("Authorization", "Bearer \(key)"),
            ], body: body)
        do throws(NetworkError) {
            let connection = try Connection(to: url, trusting: nil, deadline: deadline)
            try connection.write(request.encoded, deadline: deadline)
            let answer = try connection.message(.response, deadline: deadline)
            guard case .response(let status, _) = answer.start else { return nil }
            return (status, answer.body)
        } catch {
            return nil
        }
    }

    /// `accepted` or the reason why not; asks until there is an answer.
    func verify(_ userID: String, _ code: String) throws -> String {
        while true { if let verdict = try verifyOnce(userID, code) { return verdict } }
    }

    func verifyOnce(_ userID: String, _ code: String) throws -> String? {
        let body = Array(#"{"user_id":"\#(userID)","code":"\#(code)"}"#.utf8)
        guard let answer = try ask("/verify/v1", body) else { return nil }
        let json = try? JSONDecoder().decode([String: String].self, from: Data(answer.body))
        guard answer.status == 200, let result = json?["result"] else {
            throw Unexpected(what: "verify \(answer.status)")
        }
        return json?["reason"] ?? result
    }
}

/// What a user has done, and what was answered.
private final class KilledUser: Sendable {
    private struct State {
        var seed: Shared<SecretBytes>?
        var firstStep: UInt64 = 0
        /// The steps whose codes are used for certain.
        var used: [UInt64] = []
    }

    let account: NumberedAccount
    private let state = Mutex(State())

    init(number: Int) { account = NumberedAccount(number: number) }

    var isEnrolled: Bool { state.withLock { $0.seed != nil } }

    /// Enrols, and has the codes of this minute and the next one verified, each more often than it is taken.
    func live(_ desk: KilledIssuer) throws {
        let seed = try enrol(desk)
        let first = TOTP.rule.step(at: wallClockSeconds())
        state.withLock {
            $0.seed = seed; $0.firstStep = first
        }
        for step in [first, first + 1] {
            let code = try TOTP.rule.code(key: seed.value, step: step)
            var (accepted, isUnsure) = (0, false)
            for _ in 1...3 {
                switch try desk.verifyOnce(account.userID, code) {
                case "accepted"?:
                    accepted += 1
                    state.withLock { $0.used.append(step) }
                case "used"? where accepted + (isUnsure ? 1 : 0) > 0: break
                case "revoked"?: return
                case nil: isUnsure = true
                case let reason?: throw Unexpected(what: "\(reason) of \(step) since \(first)")
                }
            }
            guard accepted <= 1 else { throw Unexpected(what: "accepted \(accepted) times") }
        }
    }

    private func enrol(_ desk: KilledIssuer) throws -> Shared<SecretBytes> {
        while true {
            let client = try EnrolmentClient(
                serviceID: KilledIssuer.serviceID, userID: account.userID, secret: account.secret(),
                random: SecretBytes.random)
            guard let start = try desk.ask(EnrolmentProtocol.startPath, client.startRequest) else {
                continue
            }
            let pending = try client.receiveStart(status: start.status, body: start.body)
            // The same request until it is answered, as a client does that was cut off.
            while true {
                guard
                    let finish = try desk.ask(EnrolmentProtocol.finishPath, pending.finishRequest)
                else { continue }
                _ = try pending.receiveFinish(status: finish.status, body: finish.body)
                return Shared(pending.seed.clone())
            }
        }
    }

    /// What the issuer has forgotten; nothing, if it is right.
    func losses(_ desk: KilledIssuer) throws -> [String] {
        let state = state.withLock { $0 }
        guard let seed = state.seed else { return ["\(account.number): never enrolled"] }
        var losses: [String] = []
        for step in state.used {
            let verdict = try desk.verify(
                account.userID, TOTP.rule.code(key: seed.value, step: step))
            if verdict != "used" { losses.append("\(account.number): a used code is \(verdict)") }
        }
        let fresh = try desk.verifyOnce(
            account.userID, TOTP.rule.code(key: seed.value, step: state.firstStep + 2))
        if fresh != "accepted" { losses.append("\(account.number): a new code is \(fresh ?? "")") }
        return losses
    }
}

private struct Unexpected: Error {
    let what: String
}
