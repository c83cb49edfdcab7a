import Foundation

/// A real `otptoken-issuer serve` on a free port of this machine; ends with the value.
package final class RunningIssuer: @unchecked Sendable {
    package static let serviceID = "10121234"
    package let url: String
    private let home: TemporaryFolder
    private let process = Process()

    /// Makes an issuer below a home folder, and starts it.
    ///
    /// - Parameter home: where its files lie.
    /// - Throws: when it does not start.
    package init(home: TemporaryFolder) throws {
        self.home = home
        let environment = Program.environment(home: home.path).merging(
            ["OTPTOKEN_ISSUER_HOME": home.path + "/issuer"]) { $1 }
        // The URL is known only when the port is: the issuer does not use it but in mails.
        _ = try Self.run(
            [
                "init", "--service-id", Self.serviceID, "--name", "Example Bank", "--url",
                "http://localhost",
            ], environment)
        process.executableURL = URL(fileURLWithPath: Program.issuer)
        process.arguments = ["serve", "--listen", "127.0.0.1:0"]
        process.environment = environment
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let line = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
        url = line.split(separator: "\n").first?.split(separator: " ").last.map(String.init) ?? ""
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// Issues a token.
    ///
    /// - Parameter startPassword: 4 to 8 digits.
    /// - Returns: the user ID.
    /// - Throws: when the issuer refuses.
    package func issue(startPassword: String) throws -> String {
        let outcome = try command(
            ["issue", "--email", "ann@example.com", "--start-password-file", "-"],
            input: startPassword)
        return outcome.output.firstMatch(of: #/[0-9]{14}[A-Z]{2}/#).map { String($0.0) } ?? ""
    }

    /// Runs a command of the issuer.
    ///
    /// - Parameters:
    ///   - arguments: its arguments.
    ///   - input: its standard input.
    /// - Returns: what it left behind.
    /// - Throws: when it does not start.
    package func command(_ arguments: [String], input: String = "") throws -> Outcome {
        try Self.run(
            arguments, ["OTPTOKEN_ISSUER_HOME": home.path + "/issuer"], home: home.path,
            input: input)
    }

    private static func run(
        _ arguments: [String], _ environment: [String: String], home: String = "/",
        input: String = ""
    ) throws -> Outcome {
        try Program.run(Program.issuer, arguments, home: home, input: input, extra: environment)
    }
}
