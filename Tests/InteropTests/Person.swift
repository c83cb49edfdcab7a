import Cryptography
import Foundation
import OATH
import Platform
import TestSupport
import Testing
import TokenStore

/// Somebody with a home folder of their own, who uses the built program.
final class Person: Sendable {
    static let serviceID = RunningIssuer.serviceID
    static let userID = "12345678901234DC"
    static let startPassword = RunningIssuer.startPassword

    let folder: TemporaryFolder
    var home: String { folder.path }
    var locations: Locations { Locations(home: home + "/otptoken") }

    /// Makes the home.
    ///
    /// - Parameter config: lines of the config; nil for none.
    /// - Throws: when it cannot be made.
    init(config: String? = "clock.check = never") throws {
        folder = try TemporaryFolder()
        if let config { try Program.configure(config, home: home) }
    }

    func run(_ arguments: String...) throws -> Outcome {
        try Program.run(Program.otptoken, arguments, home: home)
    }

    /// The arguments of `init`; with the start password when there is one, in a file that is made here.
    func enrolment(
        _ url: String, user: String = Person.userID, password: String? = Person.startPassword,
        _ more: [String] = []
    ) throws -> [String] {
        var arguments = [
            "init", "--server", url, "--service-id", Self.serviceID, "--user-id", user,
        ]
        if let password {
            let path = home + "/password"
            try password.write(toFile: path, atomically: true, encoding: .utf8)
            arguments += ["--start-password-file", path]
        }
        return arguments + more
    }

    func enrol(
        _ url: String, user: String = Person.userID, password: String? = Person.startPassword,
        _ more: [String] = []
    ) throws -> Outcome {
        try Program.run(
            Program.otptoken, try enrolment(url, user: user, password: password, more), home: home)
    }

    /// Lets `init` run beside the test.
    func startEnrolling(_ url: String) throws -> RunningProgram {
        try RunningProgram(Program.otptoken, try enrolment(url), home: home)
    }

    /// Checks that nothing is shown as a token.
    func expectNoToken(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let list = try run("list")
        #expect(list.status == 0 && list.output == "", sourceLocation: sourceLocation)
        let show = try run("show")
        #expect(show.status == 3 && show.output == "", sourceLocation: sourceLocation)
    }

    /// The tokens of the store, opened without the program; none when there is no store.
    func tokens() throws -> [Token] {
        guard FileManager.default.fileExists(atPath: locations.store) else { return [] }
        let key = try PrivateFile.read(locations.deviceKey, limit: 32)
        let device = SecretBytes(copying: (key + machineIdentity()).span)
        return try TokenStore(
            opening: PrivateFile.read(locations.store, limit: 1 << 20), .device, device
        ).tokens
    }

    /// The seed of the only token.
    func seed() throws -> [UInt8] {
        let tokens = try tokens()
        try #require(tokens.count == 1)
        return tokens[0].seed.value.withBytes { Array(copying: $0) }
    }
}

/// The code of the rule's token, now or so many seconds later.
func code(_ seed: [UInt8], after seconds: Int64 = 0) throws -> String {
    let key = SecretBytes(copying: seed.span)
    return try TOTP.rule.code(key: key, step: TOTP.rule.step(at: wallClockSeconds() + seconds))
}

/// Every way in which some bytes might have been written down by mistake.
func spellings(_ secret: [UInt8]) -> [[UInt8]] {
    let base64 = Data(secret).base64EncodedString()
    let url = base64.replacingOccurrences(of: "+", with: "-")
        .replacingOccurrences(of: "/", with: "_")
    var buffer = SecretBuffer()
    Base32.append(SecretBytes(copying: secret.span), to: &buffer)
    let base32 = buffer.finish().withBytes { Array(copying: $0) }
    let hex = Hex.encode(secret.span)
    // Without its padding each is the beginning of the padded one.
    let texts = [hex, hex.uppercased(), base64, url].map { Array($0.prefix { $0 != "=" }.utf8) }
    return [secret, base32, Array(String(decoding: base32, as: UTF8.self).lowercased().utf8)]
        + texts
}

/// Whether some bytes hold one of the spellings of a secret.
func holds(_ bytes: [UInt8], _ secret: [UInt8]) -> Bool {
    let data = Data(bytes)
    return spellings(secret).contains { data.range(of: Data($0)) != nil }
}

/// Runs something slow in a thread of its own, so that other tests go on.
func apart<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Foundation.Thread.detachNewThread {
            continuation.resume(with: Swift.Result { try work() })
        }
    }
}
