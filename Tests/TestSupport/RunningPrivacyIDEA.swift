import Foundation
import Synchronization

/// A real privacyIDEA, installed by scripts/privacyidea: one for a whole run, for it takes seconds to come up.
///
/// Each test has a realm and users of its own there. It speaks HTTP on a free loopback port, answers one request after
/// the other, and keeps what it keeps in a folder that goes with the run.
package final class RunningPrivacyIDEA: Sendable {
    /// Where it is installed.
    private static let installation =
        ProcessInfo.processInfo.environment["OTPTOKEN_PRIVACYIDEA"]
        ?? Program.root + "/.build/privacyidea"

    /// Whether it can be run; scripts/privacyidea copies the list there once all is installed.
    package static let isInstalled = FileManager.default.fileExists(
        atPath: installation + "/requirements.txt")

    /// The one that all tests of a run share.
    package static let shared = Result { try RunningPrivacyIDEA() }

    /// What it said to a code.
    package struct Check: Sendable {
        package let status: Int
        package let isAccepted: Bool
        /// Its reason.
        package let message: String
    }

    /// A token as the administrator sees it.
    package struct Token: Sendable {
        package let serial: String
        /// `totp`, `registration` and so on.
        package let kind: String
        package let isActive: Bool
        package let isRevoked: Bool
        /// `enrolled`, `verify`, `clientwait`; empty for some kinds.
        package let rolloutState: String
        package let failures: Int
    }

    /// An answer that a test did not expect.
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    package let port: UInt16
    private let server: RunningProgram
    private let folder: TemporaryFolder
    private let password = "\(UUID())"
    private let authorization = Mutex("")
    private let realms = Mutex(0)
    private let users = Mutex(0)

    private static let resolver = "people"
    private static let userIDs = (0..<500).map { String(format: "%014dPI", $0) }

    private init() throws {
        folder = try TemporaryFolder()
        server = try RunningProgram(
            Self.installation + "/bin/python",
            [Program.root + "/Tests/TestSupport/privacyidea/serve.py", folder.path],
            home: folder.path, input: password + "\n")
        let mark = "port "
        // The first start after its installation compiles it.
        let port = poll(within: 120) { [server] () -> UInt16? in
            let output = server.output
            guard output.hasPrefix(mark), output.hasSuffix("\n") else {
                return server.waitStatus(within: 0) == nil ? nil : 0
            }
            return UInt16(output.dropLast().dropFirst(mark.count))
        }
        guard let port, port != 0 else { throw Failed(description: server.errors) }
        self.port = port
        // Nobody has a password there: people come with a code.
        let people = Self.userIDs.enumerated().map { index, user in
            "\(user):*:\(1000 + index):1000:Test,,,,\(user)@localhost:/:/bin/false\n"
        }
        let file = folder.path + "/people"
        try people.joined().write(toFile: file, atomically: true, encoding: .utf8)
        try administer(
            "POST", "/resolver/" + Self.resolver, ["type": "passwdresolver", "fileName": file])
        try setPolicy("everything", scope: "admin", "*")
        try setPolicy(
            "codes", scope: "enrollment", "registration.length=8, registration.contents=-cs")
        try administer("POST", "/system/setConfig", ["DefaultMaxFailCount": "5"])
    }

    /// The URL to give to clients.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// The requests that it has answered, a line each, with the target and the status.
    package var accessLog: String { server.errors }

    /// Makes a realm whose people log in with codes and may enrol a TOTP token by themselves.
    ///
    /// - Parameter rights: what they may do, as in policies of the scope `user`.
    /// - Returns: its name, eight digits: a service ID.
    /// - Throws: when it is not made.
    package func makeRealm(
        rights: String = "enrollTOTP, totp_otplen=8, totp_timestep=60, totp_hashlib=sha256, "
            + "resync, delete, disable"
    ) throws -> String {
        let number = realms.withLock {
            $0 += 1
            return $0
        }
        let realm = "\(20_120_000 + number)"
        try administer("POST", "/realm/" + realm, ["resolvers": Self.resolver])
        try setPolicy("login\(realm)", scope: "webui", "login_mode=privacyIDEA", realm: realm)
        try setPolicy("rights\(realm)", scope: "user", rights, realm: realm)
        return realm
    }

    /// Somebody whom no test has taken yet, by the user ID: a user of every realm, but with the same tokens.
    package func takeUser() -> String {
        Self.userIDs[
            users.withLock {
                $0 += 1
                return $0 - 1
            }]
    }

    /// Issues a registration code for a user: eight digits that are good for one login, a start password.
    package func issueRegistrationCode(for user: String, in realm: String) throws -> String {
        let answer = try administer(
            "POST", "/token/init", ["type": "registration", "user": user, "realm": realm])
        guard let code = answer["detail", "registrationcode"] as? String else {
            throw Failed(description: answer.text)
        }
        return code
    }

    /// Sets a policy.
    ///
    /// - Parameters:
    ///   - name: letters and digits, one for the whole server.
    ///   - scope: `admin`, `enrollment`, `user` and so on.
    ///   - action: what it says, such as `verify_enrollment=totp`.
    ///   - realm: for whose people; everybody's without.
    /// - Throws: when it is not set.
    package func setPolicy(
        _ name: String, scope: String, _ action: String, realm: String? = nil
    ) throws {
        var policy: [String: Any] = ["scope": scope, "action": action, "active": true]
        policy["realm"] = realm
        try administer("POST", "/policy/" + name, policy)
    }

    /// Removes a policy.
    package func clearPolicy(_ name: String) throws {
        try administer("DELETE", "/policy/" + name)
    }

    /// Asks whether a code is a user's, as a service would.
    package func check(_ code: String, of user: String, in realm: String) throws -> Check {
        try check(["user": user, "realm": realm, "pass": code])
    }

    /// Asks whether a code is that of a token.
    package func check(_ code: String, serial: String) throws -> Check {
        try check(["serial": serial, "pass": code])
    }

    private func check(_ fields: [String: Any]) throws -> Check {
        let answer = try PlainHTTP.send("POST", "/validate/check", port: port, json: fields)
        let message = answer["detail", "message"] ?? answer["result", "error", "message"]
        return Check(
            status: answer.status, isAccepted: answer["result", "value"] as? Bool == true,
            message: message as? String ?? "")
    }

    /// The tokens of a user.
    package func tokens(of user: String, in realm: String) throws -> [Token] {
        let answer = try administer("GET", "/token/?user=\(user)&realm=\(realm)")
        let list = answer["result", "value", "tokens"] as? [[String: Any]]
        return (list ?? []).map { token in
            Token(
                serial: token["serial"] as? String ?? "", kind: token["tokentype"] as? String ?? "",
                isActive: token["active"] as? Bool ?? false,
                isRevoked: token["revoked"] as? Bool ?? false,
                rolloutState: token["rollout_state"] as? String ?? "",
                failures: token["failcount"] as? Int ?? 0)
        }
    }

    /// Loads a file of tokens, as the administrator's page does.
    ///
    /// - Parameters:
    ///   - text: the file.
    ///   - kind: its format as the page names it: `OATH CSV`.
    /// - Returns: how many tokens it took.
    /// - Throws: when it takes no such file.
    package func load(_ text: String, as kind: String) throws -> Int {
        let boundary = "\(UUID())"
        let body = """
            --\(boundary)\r
            Content-Disposition: form-data; name="type"\r
            \r
            \(kind)\r
            --\(boundary)\r
            Content-Disposition: form-data; name="file"; filename="tokens"\r
            Content-Type: text/plain\r
            \r
            \(text)\r
            --\(boundary)--\r

            """
        let type = "multipart/form-data; boundary=\(boundary)"
        let answer = try authorized {
            try PlainHTTP.send(
                "POST", "/token/load/tokens", port: port,
                fields: ["Authorization": $0, "Content-Type": type], body: Data(body.utf8))
        }
        return answer["result", "value", "n_imported"] as? Int ?? 0
    }

    /// Asks as the administrator.
    ///
    /// - Parameters:
    ///   - method: `GET`, `POST` and so on.
    ///   - path: what is asked for.
    ///   - object: sent as JSON, where there is one.
    /// - Returns: the answer.
    /// - Throws: `Failed` when it says that it did not do so.
    @discardableResult
    package func administer(_ method: String, _ path: String, _ object: [String: Any]? = nil)
        throws -> PlainHTTP.Answer
    {
        try authorized {
            try PlainHTTP.send(
                method, path, port: port, fields: ["Authorization": $0], json: object)
        }
    }

    /// Asks with the authorization that there is, or with a new one where that has ended.
    private func authorized(_ ask: (String) throws -> PlainHTTP.Answer) throws -> PlainHTTP.Answer {
        var answer = try ask(authorization.withLock { $0 })
        if answer.status == 401 { answer = try ask(logIn()) }
        guard answer.status == 200, answer["result", "status"] as? Bool == true else {
            throw Failed(description: answer.text)
        }
        return answer
    }

    private func logIn() throws -> String {
        let answer = try PlainHTTP.send(
            "POST", "/auth", port: port, json: ["username": "admin", "password": password])
        guard let token = answer["result", "value", "token"] as? String else {
            throw Failed(description: answer.text)
        }
        authorization.withLock { $0 = token }
        return token
    }
}
