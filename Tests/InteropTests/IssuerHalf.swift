import Cryptography
import Enrolment
import Foundation
import TestSupport

/// The issuer's half of the protocol as it should be; tests bend what it says.
final class IssuerHalf: @unchecked Sendable {
    private let lock = NSLock()
    private var runs: [String: Shared<EnrolmentIssuer.Run>] = [:]
    private let secret: Shared<SPAKE2Plus.VerifierSecret>

    private static let right = Result { try register(Person.startPassword) }
    private static let wrong = Result { try register("0000") }

    private static func register(_ digits: String) throws -> Shared<SPAKE2Plus.VerifierSecret> {
        guard let password = StartPassword(SecretBytes(copying: Array(digits.utf8).span)) else {
            throw CryptographyError.invalidParameter
        }
        return Shared(
            try EnrolmentIssuer.register(
                password: password, serviceID: Person.serviceID, userID: Person.userID))
    }

    /// Makes an issuer's half.
    ///
    /// - Parameter knowsPassword: whether it has the person's start password, or another one.
    /// - Throws: when libcrypto fails.
    init(knowsPassword: Bool = true) throws {
        secret = try (knowsPassword ? Self.right : Self.wrong).get()
    }

    /// The part of the person's record that start passwords can be tried on.
    static func w0() throws -> [UInt8] { try right.get().value.w0.exposed }

    /// The fields of the right answer to a first request.
    func start(_ request: ScriptedServer.Request) -> [String: String] {
        guard let start = try? EnrolmentIssuer.Start(body: request.body),
            let answer = try? EnrolmentIssuer.Answer(
                to: start, secret: secret.value, random: SecretBytes.random)
        else { return [:] }
        let session = "session-\(UUID())"
        let json = Data(answer.reply(session: session))
        lock.withLock {
            runs[session] = Shared(
                EnrolmentIssuer.Run(
                    confirmation: answer.run.confirmation, seed: answer.run.seed.clone(),
                    parametersKey: answer.run.parametersKey.clone()))
        }
        return (try? JSONDecoder().decode([String: String].self, from: json)) ?? [:]
    }

    /// The sealed parameters for a valid second request, in Base64; nil for any other.
    func finish(_ request: ScriptedServer.Request, _ parameters: String = usual) -> String? {
        guard let finish = try? EnrolmentIssuer.Finish(body: request.body),
            let run = lock.withLock({ runs[finish.session] }), run.value.confirms(finish),
            let nonce = try? publicRandom(count: AESGCM.nonceCount, from: SecretBytes.random),
            let sealed = try? AESGCM.seal(
                SecretBytes(copying: Array(parameters.utf8).span), key: run.value.parametersKey,
                nonce: nonce, aad: Array(EnrolmentProtocol.context.utf8))
        else { return nil }
        return Base64.encode(sealed.span, padding: .required)
    }

    /// What the client must never print.
    var secrets: [[UInt8]] {
        lock.withLock {
            runs.values.flatMap { run in
                [
                    run.value.seed.withBytes { Array(copying: $0) },
                    run.value.parametersKey.withBytes { Array(copying: $0) },
                ]
            }
        }
    }

    static let usual =
        #"{"issuer":"Acme Bank","algorithm":"SHA256","digits":8,"period":60,"time":1767225600}"#
}

/// How a server answers the two requests, when it should answer them rightly first.
struct Behaviour: Sendable {
    typealias Step = @Sendable (IssuerHalf, ScriptedServer.Request) -> [UInt8]?

    var start: Step = { half, request in answer(200, json(half.start(request))) }
    var finish: Step = { half, request in Behaviour.finish(half, request) }

    static func finish(
        _ half: IssuerHalf, _ request: ScriptedServer.Request,
        _ parameters: String = IssuerHalf.usual
    ) -> [UInt8] {
        guard let sealed = half.finish(request, parameters) else {
            return answer(401, #"{"error":"refused"}"#)
        }
        return answer(200, json(["sealed": sealed]))
    }

    func serve(_ half: IssuerHalf) throws -> ScriptedServer {
        try ScriptedServer { [self] request in
            request.path == EnrolmentProtocol.startPath
                ? start(half, request) : finish(half, request)
        }
    }
}

/// A JSON object of texts.
func json(_ fields: [String: String]) -> [UInt8] {
    (try? JSONEncoder().encode(fields)).map { [UInt8]($0) } ?? []
}
