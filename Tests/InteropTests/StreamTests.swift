import Foundation
import TestSupport
import Testing

/// Every command where a standard stream is closed, full, or read by nobody.
struct StreamTests {
    /// A command of one of the programs, in a home where it can do its work.
    struct Row: Sendable, CustomTestStringConvertible {
        let program: String
        let arguments: String
        /// Whether it prints a result; then it fails where that cannot be written.
        var hasResult = true
        var status: Int32 = 0
        /// What it does where nobody reads its result any more; else SIGPIPE ends it.
        var unread: Int32 = 128 + SIGPIPE

        var testDescription: String { "\(program) \(arguments)" }
        var command: String { arguments.split(separator: " ").first.map(String.init) ?? "" }
    }

    private static let clientRows =
        [
            "show", "show --all", "show --json", "show Work", "list", "list --json", "list --names",
            "completion bash", "completion zsh", "completion fish", "help", "help show",
            "--version",
            "doctor --offline", "doctor --offline --json",
        ].map { Row(program: "otptoken", arguments: $0) } + [
            Row(program: "otptoken", arguments: "watch --count 1", unread: 0),
            Row(program: "otptoken", arguments: "watch --json --count 1", unread: 0),
            Row(
                program: "otptoken", arguments: "clock --server ntp://127.0.0.1:9 --timeout 0.1",
                status: 7),
        ]
        + [
            "rename Work Office", "default Work", "remove --yes Work",
            "passphrase set --passphrase-file passphrase", "unlock",
        ].map { Row(program: "otptoken", arguments: $0, hasResult: false) } + [
            Row(program: "otptoken", arguments: "lock", hasResult: false, status: 1),
            // The token is there all the same: that its code was not seen is an error of its own.
            Row(
                program: "otptoken",
                arguments: "init --server URL --service-id 10121234 --user-id USER"
                    + " --start-password-file password", unread: 1),
        ]

    private static let issuerRows =
        [
            "init --service-id 1 --name Other --url https://otp.example --home other",
            "issue --email a@example.com", "list", "list --json", "key add vpn",
            "export --format oath-csv", "completion bash",
            "help",
            "--version",
        ].map { Row(program: "otptoken-issuer", arguments: $0) } + [
            Row(program: "otptoken-issuer", arguments: "verify USER 12345678", status: 1),
            Row(program: "otptoken-issuer", arguments: "revoke USER", hasResult: false),
            Row(program: "otptoken-issuer", arguments: "unlock USER", hasResult: false),
        ]

    /// It prints no result, and goes on until it is stopped.
    private static let endless: Set = ["serve"]

    private let home: TemporaryFolder

    init() throws {
        home = try TemporaryFolder()
        try StoreMaker.write(
            [StoreMaker.token("Acme Bank", period: 3600), StoreMaker.token("Work", period: 3600)],
            home: home.path)
        try Program.configure(home: home.path)
        for (name, text) in [
            ("passphrase", "correct horse"), ("password", RunningIssuer.startPassword),
        ] { try text.write(toFile: "\(home.path)/\(name)", atomically: true, encoding: .utf8) }
    }

    @Test(arguments: [("otptoken", clientRows), ("otptoken-issuer", issuerRows)])
    func `every command has a row`(program: String, rows: [Row]) throws {
        let help = try Program.run("\(Program.folder)/\(program)", ["help"], home: home.path).output
        let commands = help.split(separator: "\n").compactMap {
            $0.firstMatch(of: #/^  ([a-z]+) /#).map { String($0.1) }
        }
        #expect(commands.count > 5)
        #expect(
            Set(commands).subtracting(Self.endless)
                == Set(rows.map(\.command)).subtracting(["--version"]))
    }

    /// Runs a row, its names filled in, within a script in which it is called `COMMAND`.
    private func run(_ row: Row, _ script: String) throws -> Outcome {
        var arguments = row.arguments
        let ofIssuer = row.program == "otptoken-issuer"
        // Its own init makes another one.
        let needsIssuer = ofIssuer ? !arguments.contains("--home") : arguments.contains("URL")
        let issuer = needsIssuer ? try RunningIssuer() : nil
        if let issuer {
            let user = try issuer.issue()
            if row.command == "export" {
                // There is something to export.
                let enrolled = try Person().enrol(issuer.url, user: user)
                try #require(enrolled.status == 0)
            }
            arguments = arguments.replacing("USER", with: user)
                .replacing("URL", with: issuer.url)
            if ofIssuer { arguments = "--home \(issuer.folder.path)/issuer \(arguments)" }
        }
        defer { withExtendedLifetime(issuer) {} }
        return try Program.run(
            "/bin/sh", ["-c", script.replacing("COMMAND", with: "\(row.program) \(arguments)")],
            home: home.path)
    }

    /// Whether everything that was in the store can still be had: nothing was written to where a stream was.
    private func expectWholeStore(after row: Row) throws {
        let names = try Program.run(
            Program.otptoken, ["list", "--names", "--passphrase-file", "passphrase"],
            home: home.path)
        #expect(names.status == 0 && names.output.hasPrefix("Acme Bank\n"), "\(names)")
    }

    @Test(arguments: clientRows + issuerRows)
    func `where standard output takes nothing, a result is a failure`(row: Row) throws {
        for redirection in [">&-", ">/dev/full"] {
            // What has been done once is not done twice.
            let outcome = try StreamTests().run(row, "COMMAND \(redirection)")
            guard row.hasResult else {
                #expect(outcome.status == row.status, "\(outcome)")
                continue
            }
            #expect(outcome.status == 1 && outcome.output == "", "\(redirection): \(outcome)")
            let reason = redirection == ">&-" ? "Bad file descriptor" : "No space left on device"
            let errors = outcome.errors.split(separator: "\n").filter {
                $0.hasPrefix("\(row.program): ")
            }
            #expect(errors.count == 1 && errors[0].hasSuffix(reason), "\(outcome)")
        }
    }

    @Test(arguments: clientRows + issuerRows)
    func `where standard error takes nothing, all goes on`(row: Row) throws {
        for redirection in ["2>&-", "2>/dev/full"] {
            let outcome = try StreamTests().run(row, "COMMAND \(redirection)")
            #expect(outcome.status == row.status, "\(redirection): \(outcome)")
            #expect(outcome.output.isEmpty != row.hasResult, "\(outcome)")
        }
    }

    @Test(arguments: clientRows + issuerRows)
    func `where standard input is closed, all goes on`(row: Row) throws {
        let outcome = try run(row, "COMMAND <&-")
        #expect(outcome.status == row.status, "\(outcome)")
        #expect(outcome.output.isEmpty != row.hasResult, "\(outcome)")
    }

    @Test(arguments: clientRows + issuerRows)
    func `where all three are closed, no file takes their place`(row: Row) throws {
        let outcome = try run(row, "COMMAND <&- >&- 2>&-")
        #expect(outcome.status == (row.hasResult ? 1 : row.status), "\(outcome)")
        try expectWholeStore(after: row)
    }

    @Test(arguments: (clientRows + issuerRows).filter { $0.hasResult })
    func `where nobody reads any more, it ends`(row: Row) throws {
        // The reader is gone before it begins. This process may ignore SIGPIPE, which its children inherit.
        let outcome = try run(
            row,
            "{ sleep 0.2; env --default-signal=PIPE COMMAND; echo $? >status; } | true; exit $(cat status)"
        )
        #expect(outcome.status == row.unread, "\(outcome)")
        #expect((outcome.errors == "") == (row.unread != 1), "\(outcome)")
    }
}
