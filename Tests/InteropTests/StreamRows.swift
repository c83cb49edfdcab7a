import Foundation
import TestSupport
import Testing

/// What a command needs to be run: a home with the tokens "Acme Bank" and "Work", and peers.
final class StreamStage: Sendable {
    let home: LockedHome
    let issuer: RunningIssuer?
    let servers: [ScriptedTimeServer]

    init(_ row: StreamRow) throws {
        home = try LockedHome(row.isLocked ? LockedHome.passphrase : nil)
        issuer = try row.needs == .issuer ? RunningIssuer() : nil
        servers = try (0..<(row.needs == .timeServers ? 2 : 0)).map { _ in
            try ScriptedTimeServer { request, _ in [.init(TimeAnswer(to: request).bytes)] }
        }
    }

    func issuerHome() throws -> String { try #require(issuer).folder.path + "/issuer" }

    /// A user whose token is enrolled in another home, and a code of it.
    func enrolledUser() throws -> (user: String, code: String) {
        let issuer = try #require(issuer)
        let user = try issuer.issue()
        let outcome = try Person().enrol(issuer.url, user: user)
        try #require(outcome.status == 0, "\(outcome)")
        return (user, String(outcome.output.dropLast()))
    }

    /// Makes a key for a service.
    func addKey() throws {
        let added = try #require(issuer).run("key", ["add", "vpn"])
        try #require(added.status == 0, "\(added)")
    }

    /// Makes an account.
    func addAccount() throws {
        let added = try #require(issuer).run("account", ["add", "hanako@example.jp"])
        try #require(added.status == 0, "\(added)")
    }

    /// Everything in the programs' files, by their paths.
    func files() throws -> [String: [UInt8]] {
        let own = try home.folder.files().filter { $0.key.hasPrefix("otptoken/") }
        let issued = try issuer?.folder.files().filter { $0.key.hasPrefix("issuer/") } ?? [:]
        return own.merging(issued) { $1 }
    }
}

/// A command whose streams a test makes odd; with streams as usual its status is 0.
struct StreamRow: Sendable, CustomTestStringConvertible {
    enum Need { case nothing, issuer, timeServers }

    /// What it does when the reader of its standard output is gone.
    enum End { case signal, failure, success }

    let program: String
    /// As the option table has it.
    let command: String
    /// What is behind the program's name.
    let arguments: @Sendable (StreamStage) throws -> [String]
    /// What its standard output matches; nil where there is no result.
    let result: String?
    var isLocked = false
    var needs = Need.nothing
    var end = End.signal
    /// The names of the tokens afterwards.
    var names = ["Acme Bank", "Work"]
    /// What tells this row from another one of the command.
    var label = ""

    var testDescription: String { "\(program) \(command) \(label)" }

    private static func own(
        _ words: String..., result: String?, isLocked: Bool = false,
        end: End = .signal, names: [String] = ["Acme Bank", "Work"]
    ) -> StreamRow {
        StreamRow(
            program: "otptoken", command: words[0], arguments: { _ in words }, result: result,
            isLocked: isLocked, end: end, names: names,
            label: words.dropFirst().joined(separator: " "))
    }

    private static func imported(
        _ option: String?, result: String? = nil, names: [String] = ["Acme Bank", "Work"]
    ) -> StreamRow {
        StreamRow(
            program: "otptoken", command: "import",
            arguments: { stage in
                try stage.home.write("list", "otpauth://totp/New:n?secret=GEZDGNBV\n")
                return ["import", "list"] + (option.map { [$0] } ?? [])
            }, result: result, names: names, label: option ?? "")
    }

    /// The command, on a backup that is there already or is to be replaced.
    private static func saved(_ command: String) -> StreamRow {
        StreamRow(
            program: "otptoken", command: command,
            arguments: { stage in
                let words = ["saved", "--password-file", "passphrase"]
                let made = try Program.run(
                    Program.otptoken, ["backup"] + words, home: stage.home.path)
                try #require(made.status == 0, "\(made)")
                return [command] + words + (command == "backup" ? ["--force"] : [])
            }, result: nil)
    }

    private static func issuer(
        _ command: String, _ label: String = "", result: String?,
        _ arguments: @escaping @Sendable (StreamStage) throws -> [String]
    ) -> StreamRow {
        StreamRow(
            program: "otptoken-issuer", command: command,
            arguments: { try ["--home", $0.issuerHome(), command] + arguments($0) },
            result: result, needs: .issuer, label: label)
    }

    /// Those of `otptoken`.
    private static let token: [StreamRow] = [
        StreamRow(
            program: "otptoken", command: "init",
            arguments: { stage in
                let issuer = try #require(stage.issuer)
                try stage.home.write("password", RunningIssuer.startPassword)
                return [
                    "init", "--server", issuer.url, "--service-id", RunningIssuer.serviceID,
                    "--user-id", try issuer.issue(), "--start-password-file", "password",
                    "--name", "New",
                ]
            }, result: #"^\d{8}\n$"#, needs: .issuer, end: .failure,
            names: ["Acme Bank", "Work", "New"]),
        own("show", result: #"^\d{8}\n$"#),
        own("show", "Work", "--next", result: #"^\d{8}\n$"#),
        own("show", "--all", result: #"^Acme Bank\t\d{8}\nWork\t\d{8}\n$"#),
        own("show", "--all", "--json", result: #"^\[\{"name":"Acme Bank",.*\}\]\n$"#),
        own("watch", "--count", "1", result: #"^Acme Bank\t\d{8}\n$"#, end: .success),
        own("watch", "--json", "--count", "1", result: #"^\{.*\}\n$"#, end: .success),
        own("list", "--json", result: #"^\[\{.*\}\]\n$"#),
        own("list", "--names", result: #"^Acme Bank\nWork\n$"#),
        own("list", result: #"^NAME +ISSUER .*\nAcme Bank .*\nWork .*\n$"#),
        own("rename", "Work", "Job", result: nil, names: ["Acme Bank", "Job"]),
        own("remove", "Work", "--yes", result: nil, names: ["Acme Bank"]),
        own("default", "Work", result: nil),
        own("trust", "list", "--json", result: #"^\[\]\n$"#),
        own("passphrase", "set", "--passphrase-file", "passphrase", result: nil),
        own("unlock", "--passphrase-file", "passphrase", result: nil, isLocked: true),
        own("lock", result: nil, isLocked: true),
        StreamRow(
            program: "otptoken", command: "clock",
            arguments: { stage in ["clock"] + stage.servers.flatMap { ["--server", $0.url] } },
            result: #"^SERVER .*\n(ntp://.*\n){2}\n.*\n$"#, needs: .timeServers),
        imported(nil, names: ["Acme Bank", "Work", "New"]),
        imported("--dry-run", result: #"^NAME +ISSUER .*\nNew .*\n$"#),
        own(
            "export", "--format", "otpauth", "--plain", "--quiet",
            result: #"^(otpauth://totp/.*\n){2}$"#),
        saved("backup"), saved("restore"),
        own("doctor", "--offline", result: #"^ok .*\n(.*\n)+$"#),
        own("doctor", "--offline", "--json", result: #"^\[\{.*\}\]\n$"#),
    ]

    /// Those of `otptoken-issuer`, without `serve`, which goes on until somebody ends it.
    private static let issuing: [StreamRow] = [
        StreamRow(
            program: "otptoken-issuer", command: "init",
            arguments: { stage in
                [
                    "--home", stage.home.path + "/otptoken/issuer", "init", "--service-id", "4711",
                    "--name", "New Bank", "--url", "https://otp.example",
                ]
            }, result: #"^New Bank issues tokens .*\n$"#),
        issuer("issue", result: #"^service ID:.*\n(.*\n)+$"#) { _ in
            ["--email", "hanako@example.jp"]
        },
        issuer("verify", result: #"^accepted\n$"#) { stage in
            let (user, code) = try stage.enrolledUser()
            return [user, code]
        },
        issuer("list", result: #"^USER ID .*\n.*hanako@example\.jp.*\n$"#) { stage in
            let issued = try #require(stage.issuer).run("issue", ["--email", "hanako@example.jp"])
            try #require(issued.status == 0)
            return []
        },
        issuer("export", result: #"^.*, [0-9a-f]{64}, .*\n$"#) { stage in
            _ = try stage.enrolledUser()
            return ["--format", "oath-csv"]
        },
        issuer("key", "add", result: #"^bearer key: .*\n$"#) { _ in ["add", "vpn"] },
        issuer("key", "list", result: #"^NAME +CREATED\nvpn .*\n$"#) { stage in
            try stage.addKey()
            return ["list"]
        },
        issuer("key", "remove", result: nil) { stage in
            try stage.addKey()
            return ["remove", "vpn"]
        },
        issuer("account", "add", result: #"^password: .*\n$"#) { _ in
            ["add", "hanako@example.jp", "--admin"]
        },
        issuer("account", "password", result: #"^password: .*\n$"#) { stage in
            try stage.addAccount()
            return ["password", "hanako@example.jp"]
        },
        issuer("account", "list", result: #"^ADDRESS .*\nhanako@example\.jp .*\n$"#) { stage in
            try stage.addAccount()
            return ["list"]
        },
        issuer("account", "remove", result: nil) { stage in
            try stage.addAccount()
            return ["remove", "hanako@example.jp"]
        },
        issuer("unlock", result: nil) { stage in [try stage.enrolledUser().user] },
        issuer("revoke", result: nil) { stage in [try stage.enrolledUser().user] },
    ]

    /// Those of each program.
    private static func common(_ program: String) -> [StreamRow] {
        [
            (["completion", "bash"], #"^.*\n(.*\n)+$"#),
            (["completion", "zsh"], #"^.*\n(.*\n)+$"#),
            (["completion", "fish"], #"^.*\n(.*\n)+$"#),
            (["help"], "^\(program): .*\\n(.*\\n)+$"), (["help", "help"], #"^.*\n(.*\n)+$"#),
            (["--version"], "^\(program) [0-9.]+\\n$"), (["--help"], "^\(program): .*\\n(.*\\n)+$"),
        ].map { words, result in
            StreamRow(
                program: program, command: words[0], arguments: { _ in words }, result: result,
                label: words.dropFirst().joined(separator: " "))
        }
    }

    static let all = token + common("otptoken") + issuing + common("otptoken-issuer")
}
