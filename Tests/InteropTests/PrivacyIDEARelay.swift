import Cryptography
import Foundation
import Synchronization
import TestSupport
import TokenStore

/// Stands before a real privacyIDEA, remembers what is said, and loses what a test wants lost.
final class PrivacyIDEARelay: Sendable {
    /// What a request is for.
    enum Step: String, Sendable {
        case login, make, verify, contribute, delete, disable, other

        init(_ request: ScriptedServer.Request) {
            let body = String(decoding: request.body, as: UTF8.self)
            switch request.path {
            case "/auth": self = .login
            case "/token/init" where body.contains("genkey"): self = .make
            case "/token/init" where body.contains("otpkeyformat"): self = .contribute
            case "/token/init": self = .verify
            case "/token/disable": self = .disable
            default: self = request.head.hasPrefix("DELETE") ? .delete : .other
            }
        }
    }

    /// What becomes of a request.
    enum Fate: Sendable {
        case passed
        /// It arrives, but the connection ends before the answer.
        case answerLost
        /// It arrives, and the answer never comes.
        case answerHeld
        /// It does not arrive, and the connection ends.
        case lost
        /// It does not arrive, and no answer comes.
        case held
        /// Somebody else answers.
        case answered([UInt8])
    }

    /// A request and what privacyIDEA answered.
    struct Exchange: Sendable {
        let step: Step
        let request: String
        let answer: String
    }

    private let script = PrivacyIDEAScript()
    private let server: ScriptedServer

    init(_ real: RunningPrivacyIDEA) throws {
        let (script, port) = (script, real.port)
        server = try ScriptedServer { script.handle($0, port) }
    }

    var url: String { server.url }

    /// All that was said until now.
    var said: [Exchange] { script.exchanges.withLock { $0 } }
    var steps: [Step] { said.map(\.step) }

    /// Decides on the next requests of a kind, one after the other; further ones pass.
    func plan(_ step: Step, _ fates: Fate...) { script.fates.withLock { $0[step] = fates } }
}

/// What has been planned, and what was said.
private final class PrivacyIDEAScript: Sendable {
    typealias Step = PrivacyIDEARelay.Step

    let exchanges = Mutex<[PrivacyIDEARelay.Exchange]>([])
    let fates = Mutex<[Step: [PrivacyIDEARelay.Fate]]>([:])

    func handle(_ request: ScriptedServer.Request, _ port: UInt16) -> [UInt8]? {
        let step = Step(request)
        let fate = fates.withLock { fates -> PrivacyIDEARelay.Fate in
            guard fates[step]?.isEmpty == false, let fate = fates[step]?.removeFirst() else {
                return .passed
            }
            return fate
        }
        func note(_ answer: String) {
            let body = String(decoding: request.body, as: UTF8.self)
            let exchange = PrivacyIDEARelay.Exchange(
                step: step, request: request.head + "\n" + body, answer: answer)
            exchanges.withLock { $0.append(exchange) }
        }
        switch fate {
        case .lost, .held, .answered:
            note("")
            if case .answered(let bytes) = fate { return bytes }
            if case .lost = fate { return [] }
            return nil
        case .passed, .answerLost, .answerHeld: break
        }
        var fields: [String: String] = [:]
        for name in ["Authorization", "Content-Type"] {
            let line = request.head.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }
            fields[name] = line.map { String($0.dropFirst(name.count + 2)) }
        }
        let method = String(request.head.prefix { $0 != " " })
        guard
            let reply = try? PlainHTTP.send(
                method, request.path, port: port, fields: fields, body: Data(request.body))
        else { return [] }
        note(reply.text)
        switch fate {
        case .answerLost: return []
        case .answerHeld: return nil
        default: return answer(reply.status, [UInt8](reply.body))
        }
    }
}

/// Somebody at a privacyIDEA of the tests, with a relay before it.
struct PrivacyIDEADesk {
    let server: RunningPrivacyIDEA
    let relay: PrivacyIDEARelay
    let realm: String
    let user: String
    let person: Person

    init(rights: String? = nil, _ policies: (scope: String, action: String)...) throws {
        let server = try RunningPrivacyIDEA.shared.get()
        self.server = server
        relay = try PrivacyIDEARelay(server)
        realm = try rights.map { try server.makeRealm(rights: $0) } ?? server.makeRealm()
        for (number, policy) in policies.enumerated() {
            try server.setPolicy(
                "desk\(number)for\(realm)", scope: policy.scope, policy.action, realm: realm)
        }
        user = server.takeUser()
        person = try Person()
    }

    func newCode() throws -> String { try server.issueRegistrationCode(for: user, in: realm) }

    /// The arguments of `init`; a start password comes in a file.
    func arguments(_ password: String?, _ more: [String] = []) throws -> [String] {
        var arguments = [
            "init", "--backend", "privacyidea", "--server", relay.url, "--service-id", realm,
            "--user-id", user,
        ]
        if let password {
            let path = person.home + "/password"
            try password.write(toFile: path, atomically: true, encoding: .utf8)
            arguments += ["--start-password-file", path]
        }
        return arguments + more
    }

    func enrol(_ password: String?, _ more: String..., language: String = "C") throws -> Outcome {
        try Program.run(
            Program.otptoken, arguments(password, more), home: person.home,
            extra: ["LC_ALL": language])
    }

    /// Lets `init` run until it has asked for something, and kills it.
    func killed(_ password: String?, after step: PrivacyIDEARelay.Step) throws -> Bool {
        let program = try RunningProgram(
            Program.otptoken, arguments(password), home: person.home)
        let count = relay.steps.count { $0 == step }
        let isThere = poll { relay.steps.count { $0 == step } > count ? true : nil }
        program.signal(SIGKILL)
        return isThere == true && program.outcome()?.signal == SIGKILL
    }

    func check(_ code: String) throws -> RunningPrivacyIDEA.Check {
        try server.check(code, of: user, in: realm)
    }

    /// The TOTP tokens that privacyIDEA has of this person.
    func tokens() throws -> [RunningPrivacyIDEA.Token] {
        try server.tokens(of: user, in: realm).filter { $0.kind == "totp" }
    }

    /// The serial number in the store; empty when there is none.
    func serial() throws -> String {
        let mark = try person.tokens().first?.extras.first { $0.key == "serial" }
        return mark.map { String(decoding: $0.value.value.exposed, as: UTF8.self) } ?? ""
    }
}
