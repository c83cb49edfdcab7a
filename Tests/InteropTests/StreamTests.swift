import Foundation
import Glibc
import TestSupport
import Testing

/// Every command, with standard streams as scripts, services and full disks make them.
@Suite struct `Odd streams` {
    /// Runs a command with the streams that a shell makes.
    ///
    /// - Parameters:
    ///   - row: the command.
    ///   - stage: where.
    ///   - streams: redirections; the pipe that nobody reads is descriptor 4.
    ///   - extra: additions to the environment.
    /// - Returns: what it left behind.
    /// - Throws: when it does not come to an end.
    private func run(
        _ row: StreamRow, on stage: StreamStage, _ streams: String, extra: [String: String] = [:]
    ) throws -> Outcome {
        let arguments = try row.arguments(stage)
        let script = """
            mkfifo pipe && exec 3<>pipe 4>pipe 3<&- && exec "$@" \(streams) 4>&-
            """
        return try Program.run(
            "env",
            ["--default-signal=PIPE", "sh", "-c", script, "sh", "\(Program.folder)/\(row.program)"]
                + arguments, home: stage.home.path, extra: extra)
    }

    private func expectResult(
        _ row: StreamRow, _ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let matches = outcome.output.range(of: row.result ?? "^$", options: .regularExpression)
        #expect(outcome.status == 0 && matches != nil, "\(outcome)", sourceLocation: sourceLocation)
    }

    /// Checks that there is one error, and that it says that the result could not be written.
    private func expectUnwritten(
        _ row: StreamRow, _ outcome: Outcome, why: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            outcome.status == 1 && outcome.output == "", "\(outcome)",
            sourceLocation: sourceLocation)
        let lines = outcome.errors.split(separator: "\n")
        let errors = lines.filter { $0.hasPrefix(row.program) }
        #expect(
            errors == ["\(row.program): cannot write the result: \(why)"], "\(outcome)",
            sourceLocation: sourceLocation)
        #expect(lines.last?.hasPrefix("hint: ") == true, sourceLocation: sourceLocation)
    }

    /// Checks that files are what they would be anyway, and hold nothing that was to be printed.
    private func expectIntactFiles(
        _ row: StreamRow, _ stage: StreamStage, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let open = ["--passphrase-file", "passphrase"]
        let files = try stage.files()
        let names = try Program.run(
            Program.otptoken, open + ["list", "--names"], home: stage.home.path)
        #expect(
            names.output == row.names.map { "\($0)\n" }.joined() && names.errors == "",
            "\(names)", sourceLocation: sourceLocation)
        if let issuer = stage.issuer {
            let users = try issuer.run("list")
            #expect(users.status == 0, "\(users)", sourceLocation: sourceLocation)
        }
        // The same where the streams are as usual.
        let twin = try StreamStage(row)
        let usual = try run(row, on: twin, "")
        let printed = (usual.output + usual.errors).split(separator: "\n").map(String.init)
        // IDs are random, and so is which lock they share.
        let folders = { (names: [String]) in
            names.filter { !$0.contains("/locks/") }
                .map { $0.replacing(#/[0-9]{14}[A-Z]{2}|[0-9a-f]{16}/#, with: "ID") }.sorted()
        }
        let expected = try folders(Array(twin.files().keys))
        #expect(folders(Array(files.keys)) == expected, sourceLocation: sourceLocation)
        for (name, bytes) in files {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(
                String.init)
            let found = Set(lines).intersection(printed)
            #expect(found.isEmpty, "\(name)", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: [("otptoken", []), ("otptoken-issuer", ["serve"])])
    func `no command is left out`(program: String, others: [String]) throws {
        let home = try TemporaryFolder()
        let help = try Program.run("\(Program.folder)/\(program)", ["help"], home: home.path)
        let commands = help.output.matches(of: #/\n  ([a-z]+) /#).map { String($0.1) }
        let rows = StreamRow.all.filter { $0.program == program }
        #expect(commands.count > 5)
        #expect(
            Set(commands)
                == Set(rows.map(\.command)).subtracting(["--version", "--help"]).union(others))
    }

    @Test(
        arguments: StreamRow.all,
        [(">&-", "Bad file descriptor"), ("> /dev/full", "No space left on device")])
    func `a result that cannot be written is an error`(
        row: StreamRow, streams: (redirection: String, why: String)
    ) throws {
        let stage = try StreamStage(row)
        let outcome = try run(row, on: stage, streams.redirection)
        if row.result == nil {
            expectResult(row, outcome)
        } else {
            expectUnwritten(row, outcome, why: streams.why)
        }
    }

    @Test(arguments: StreamRow.all, ["2>&-", "2> /dev/full", "<&-", "<&- 2>&-"])
    func `the result comes without the other streams`(row: StreamRow, redirection: String) throws {
        let stage = try StreamStage(row)
        let outcome = try run(row, on: stage, redirection)
        expectResult(row, outcome)
        if redirection.contains("2") { #expect(outcome.errors == "") }
    }

    @Test(arguments: StreamRow.all)
    func `without any stream what is done is done, and no file takes a stream's place`(
        row: StreamRow
    ) throws {
        let stage = try StreamStage(row)
        let isIssuing = row.program == "otptoken-issuer" && row.needs == .issuer
        var interposer = Interposer(
            folder: isIssuing ? try stage.issuerHome() : stage.home.path + "/otptoken")
        let log = stage.home.path + "/calls"
        interposer.log = log
        let outcome = try run(
            row, on: stage, "<&- >&- 2>&-", extra: interposer.environment())
        #expect(outcome.status == (row.result == nil ? 0 : 1) && outcome.signal == nil)
        // What only prints touches no file.
        let calls = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        #expect(!calls.contains(#/(^|\n)stream /#), "\(calls)")
        let prints = ["help", "completion", "--version", "--help"].contains(row.command)
        #expect(calls.contains(#/(^|\n)open /#) != prints)
        try expectIntactFiles(row, stage)
    }

    @Test(arguments: StreamRow.all)
    func `a reader that is gone ends what only prints`(row: StreamRow) throws {
        let stage = try StreamStage(row)
        let outcome = try run(row, on: stage, ">&4")
        switch row.end {
        case _ where row.result == nil: expectResult(row, outcome)
        case .signal: #expect(outcome.signal == SIGPIPE && outcome.errors == "", "\(outcome)")
        case .failure: expectUnwritten(row, outcome, why: "Broken pipe")
        case .success: #expect(outcome.status == 0 && outcome.signal == nil, "\(outcome)")
        }
    }

    @Test(arguments: [
        ["show", "--passphrase-file", "-"],
        ["passphrase", "change", "--passphrase-file", "passphrase", "--new-passphrase-file", "-"],
        ["unlock", "--passphrase-file", "-"], ["init", "--mail", "-"],
        [
            "init", "--server", "http://127.0.0.1:9", "--service-id", "10121234", "--user-id",
            "12345678901234DC", "--start-password-file", "-",
        ],
    ])
    func `a standard input that is closed is told from an empty one`(arguments: [String]) throws {
        let row = StreamRow(
            program: "otptoken", command: arguments[0], arguments: { _ in arguments }, result: nil,
            isLocked: true)
        let stage = try StreamStage(row)
        let outcome = try run(row, on: stage, "<&-")
        #expect(outcome.status == 1 && outcome.output == "")
        #expect(
            outcome.errors.hasPrefix("otptoken: cannot use standard input: Bad file descriptor\n"),
            "\(outcome)")
    }

    @Test(arguments: [
        (
            "issue", "",
            "nobody knows its start password: `otptoken-issuer revoke USER`, then issue it again"
        ),
        ("key", "add", "nobody knows the key: `otptoken-issuer key remove vpn`, then add it again"),
        ("init", "", "the issuer is made all the same"),
    ])
    func `what the issuer has made and nobody has seen is not made twice`(
        command: String, label: String, hint: String
    ) throws {
        let row = try #require(
            StreamRow.all.first {
                $0.program == "otptoken-issuer" && $0.command == command && $0.label == label
            })
        let outcome = try run(row, on: StreamStage(row), "> /dev/full")
        let errors = outcome.errors.replacing(#/[0-9]{14}[A-Z]{2}/#, with: "USER")
        #expect(errors.hasSuffix("\nhint: \(hint)\n"), "\(outcome)")
        #expect(!errors.contains("run the command again"))
    }

    @Test func `the issuer serves without any stream`() throws {
        let issuer = try RunningIssuer()
        var server: RunningProgram?
        var url = ""
        // Between the search for a free port and its use somebody else may take it.
        for _ in 0..<5 where server == nil {
            let port = try ScriptedServer.deadPort()
            let running = try RunningProgram(
                "sh",
                [
                    "-c", #"exec "$@" <&- >&- 2>&-"#, "sh", Program.issuer, "--home",
                    issuer.folder.path + "/issuer", "serve", "--listen", "127.0.0.1:\(port)",
                ], home: issuer.folder.path)
            let isUp = poll { () -> Bool? in
                if running.waitStatus(within: 0) != nil { return false }
                return ScriptedServer.listens(port, on: "127.0.0.1") ? true : nil
            }
            if isUp == true, running.waitStatus(within: 0) == nil {
                (server, url) = (running, "http://127.0.0.1:\(port)")
            }
        }
        let running = try #require(server)
        let user = try issuer.issue()
        let person = try Person()
        let enrolled = try person.enrol(url, user: user)
        #expect(enrolled.status == 0 && enrolled.output.count == 9, "\(enrolled)")
        running.signal(SIGTERM)
        #expect(running.waitStatus(within: 20) != nil)
        let verdict = try issuer.run("verify", [user, String(enrolled.output.dropLast())])
        #expect(verdict.output == "accepted\n", "\(verdict)")
    }
}
