import Foundation
import TestSupport

/// Answers in the place of privacyIDEA what no real one does: it logs everybody in and makes every token, unless a test
/// wants it otherwise.
final class PrivacyIDEAStandIn: Sendable {
    typealias Step = PrivacyIDEARelay.Step

    /// A request, as a test sees it.
    struct Request: Sendable {
        let step: Step
        let body: String
        /// The serial number in its body.
        let serial: String
    }

    /// What authorises a client.
    static let login = "eyJhbGciOi.c2VjcmV0.c2lnbmVk"
    /// The seed of every token, in base32.
    static let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    private let server: ScriptedServer
    var url: String { server.url }
    var paths: [String] { server.paths }

    /// Starts to listen.
    ///
    /// - Parameter script: answers a request; nil for the usual answer.
    /// - Throws: when there is no port to be had.
    init(_ script: @escaping @Sendable (Request) -> [UInt8]?) throws {
        server = try ScriptedServer { request in
            let body = String(decoding: request.body, as: UTF8.self)
            let serial = body.firstMatch(of: #/"serial":"([^"]*)"/#).map { String($0.1) } ?? ""
            let seen = Request(step: Step(request), body: body, serial: serial)
            if let bytes = script(seen) { return bytes }
            switch seen.step {
            case .login: return answer(200, Self.yes(#"{"token":"\#(Self.login)"}"#, "{}"))
            case .make, .contribute, .verify: return answer(200, Self.token(serial))
            default: return answer(200, Self.yes("1", "{}"))
            }
        }
    }

    static func yes(_ value: String, _ detail: String) -> String {
        #"{"result":{"status":true,"value":\#(value)},"detail":\#(detail)}"#
    }

    static func no(_ code: Int, _ words: String, _ detail: String = "") -> String {
        #"{"result":{"status":false,"error":{"code":\#(code),"message":"\#(words)"}},"#
            + #""detail":{"message":"\#(detail)"}}"#
    }

    /// The answer to the making of a token.
    static func token(
        _ serial: String, state: String = #""enrolled""#, more: String = "&issuer=Bank",
        secret: String = secret, fields: String = ""
    ) -> String {
        let uri = "otpauth://totp/x?secret=\(secret)&algorithm=SHA256&period=60&digits=8\(more)"
        return yes(
            "true",
            #"{"serial":"\#(serial)","rollout_state":\#(state),"googleurl":{"value":"\#(uri)"}\#(fields)}"#
        )
    }
}

extension Person {
    /// Enrols at a server that stands for privacyIDEA.
    func enrol(
        at server: PrivacyIDEAStandIn, _ more: String..., password: String? = Person.startPassword
    ) throws -> Outcome {
        try enrol(server.url, password: password, ["--backend", "privacyidea"] + more)
    }
}
