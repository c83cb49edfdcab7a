import Foundation
import Glibc

/// A real `otptoken-issuer` with its own folder, serving on a free loopback port.
package final class RunningIssuer: Sendable {
    package static let serviceID = "10121234"
    package static let startPassword = "48151623"

    package let folder: TemporaryFolder
    package let server: RunningProgram
    /// Where it serves, as it said itself.
    package let url: String

    private var home: String { folder.path }

    /// Makes an issuer and lets it serve.
    ///
    /// - Parameters:
    ///   - options: more options of `serve`.
    ///   - address: where it listens.
    ///   - port: the port there, which is in its own URL then; nil for any, and a URL of another machine.
    ///   - own: another URL to call its own.
    ///   - making: more options of `init`.
    /// - Throws: when it does not come up.
    package init(
        _ options: [String] = [], address: String = "127.0.0.1", port: UInt16? = nil,
        url own: String? = nil, making: [String] = []
    ) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let made = try Program.run(
            Program.issuer,
            Self.base(folder.path, "init") + [
                "--service-id", Self.serviceID, "--name", "Acme Bank",
                "--url", own ?? port.map { "http://\(address):\($0)" } ?? "https://otp.example",
            ] + making, home: folder.path)
        guard made.status == 0 else { throw Failed(made) }
        let server = try RunningProgram(
            Program.issuer,
            Self.base(folder.path, "serve") + ["--listen", "\(address):\(port ?? 0)"] + options,
            home: folder.path)
        let mark = "listening on "
        let url = poll { () -> String? in
            let errors = server.errors
            guard let start = errors.range(of: mark), errors.hasSuffix("\n") else { return nil }
            return String(errors[start.upperBound...].prefix { $0 != "\n" })
        }
        guard let url else { throw Failed(made) }
        self.server = server
        self.url = url
    }

    private static func base(_ home: String, _ command: String) -> [String] {
        ["--home", home + "/issuer", command]
    }

    /// Runs another command of the issuer.
    package func run(_ command: String, _ arguments: [String] = [], input: String = "") throws
        -> Outcome
    {
        try Program.run(
            Program.issuer, Self.base(home, command) + arguments, home: home, input: input)
    }

    /// Makes an account with a password.
    package func addAccount(
        _ email: String, _ password: String, isAdministrator: Bool = false
    ) throws {
        let outcome = try run(
            "account",
            ["add", email, "--password-file", "-"] + (isAdministrator ? ["--admin"] : []),
            input: password)
        guard outcome.status == 0 else { throw Failed(outcome) }
    }

    /// Issues a token for the usual start password; its user ID.
    package func issue() throws -> String {
        let outcome = try run(
            "issue", ["--email", "taro@example.jp", "--start-password-file", "-"],
            input: Self.startPassword)
        let line = outcome.output.split(separator: "\n").first { $0.hasPrefix("user ID:") }
        guard outcome.status == 0, let user = line?.split(separator: " ").last else {
            throw Failed(outcome)
        }
        return String(user)
    }

    /// A program that should have succeeded.
    package struct Failed: Error {
        package let outcome: Outcome
        package init(_ outcome: Outcome) { self.outcome = outcome }
    }
}
