import Foundation
import Platform
import TestSupport
import Testing

/// The completion files are what the programs print, and work in real shells.
struct CompletionTests {
    @Test(arguments: Documented.all, Shell.allCases)
    func `the file is what completion prints`(program: Documented, shell: Shell) throws {
        let home = try TemporaryFolder()
        let outcome = try Program.run(
            "\(Program.folder)/\(program.table.name)", ["completion", shell.rawValue],
            home: home.path)
        #expect(outcome.status == 0)
        let path = program.completionFile(shell)
        if ProcessInfo.processInfo.environment["OTPTOKEN_RECORD"] != nil {
            try outcome.output.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("\(path) was recorded anew: read the difference")
        } else {
            #expect(try outcome.output == String(contentsOfFile: path, encoding: .utf8))
        }
    }

    /// What is typed, `⇥` being the tab key, and the words that the program would get.
    static let lines: [(typed: String, words: [String])] = [
        ("otptoken sh⇥--js⇥", ["show", "--json"]),
        ("otptoken --qu⇥wa⇥", ["--quiet", "watch"]),
        ("otptoken completion f⇥", ["completion", "fish"]),
        ("otptoken help wa⇥", ["help", "watch"]),
        ("otptoken list --na⇥", ["list", "--names"]),
        ("otptoken -- sh⇥", ["--", "show"]),
        // Names of tokens become one word each, and no shell runs them.
        ("otptoken show E⇥", ["show", "Example Bank"]),
        ("otptoken show Example\\ ⇥", ["show", "Example Bank"]),
        ("otptoken show \"Ex⇥", ["show", "Example Bank"]),
        ("otptoken show 'Ex⇥", ["show", "Example Bank"]),
        ("otptoken show \\$⇥", ["show", "$(touch ran)"]),
        ("otptoken show I⇥", ["show", "It's; \"mine\""]),
        ("otptoken show W⇥", ["show", "Work: *"]),
        ("otptoken show 銀⇥", ["show", "銀行 一"]),
        ("otptoken show --json E⇥", ["show", "--json", "Example Bank"]),
        ("otptoken show -- E⇥", ["show", "--", "Example Bank"]),
        ("otptoken watch x E⇥", ["watch", "x", "Example Bank"]),
        ("otptoken remove --y⇥E⇥", ["remove", "--yes", "Example Bank"]),
        ("otptoken default 銀⇥", ["default", "銀行 一"]),
        // The new name is nobody's to guess.
        ("otptoken rename E⇥E⇥", ["rename", "Example Bank", "E"]),
        // An operand too many, and a value that nobody knows, are not offered.
        ("otptoken show x E⇥", ["show", "x", "E"]),
        ("otptoken list E⇥", ["list", "E"]),
        ("otptoken init --server so⇥", ["init", "--server", "so"]),
        // The value of an option is no command.
        ("otptoken --home show li⇥", ["--home", "show", "list"]),
        ("otptoken --home=show li⇥", ["--home=show", "list"]),
        ("otptoken init --ca-file some\\ fi⇥", ["init", "--ca-file", "some file"]),
        ("otptoken init --ca-file=some\\ fi⇥", ["init", "--ca-file=some file"]),
        ("otptoken-issuer ve⇥", ["verify"]),
        ("otptoken-issuer issue --em⇥", ["issue", "--email"]),
        ("otptoken-issuer serve --tls-key some\\ fi⇥", ["serve", "--tls-key", "some file"]),
        ("otptoken-issuer completion z⇥", ["completion", "zsh"]),
    ]

    @Test(arguments: Shell.allCases)
    func `the tab key completes to what the programs take`(shell: Shell) throws {
        let enrolled = try Enrolled([
            "Example Bank", "$(touch ran)", "`touch ran`", "It's; \"mine\"", "Work: *", "銀行 一",
        ])
        let folder = enrolled.home.path + "/here"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        try "".write(toFile: folder + "/some file", atomically: true, encoding: .utf8)
        for (typed, words) in Self.lines {
            let got = try self.words(typed, in: shell, folder: folder, home: enrolled.home.path)
            #expect(Array(got.dropFirst()) == words, "\(typed)")
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(left == ["some file"], "a name was run as a command")
    }

    /// What a shell makes of a line that somebody types.
    private func words(
        _ typed: String, in shell: Shell, folder: String, home: String
    ) throws -> [String] {
        let outcome = try Program.run(
            "env",
            [
                "-C", folder, Enrolled.python, Enrolled.folder + "/press_tab.py",
                shell.rawValue, Program.root + "/completions",
                String(typed.prefix { $0 != " " }),
                typed.replacingOccurrences(of: "⇥", with: "\t"),
            ], home: home, extra: ["LC_ALL": "C.UTF-8"])
        #expect(outcome.status == 0, "\(shell) and python3 are needed: \(outcome.errors)")
        return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test(arguments: Shell.allCases)
    func `the tab key asks nobody for a passphrase`(shell: Shell) throws {
        let home = try TemporaryFolder()
        try StoreMaker.write(
            [StoreMaker.token("Example Bank")], home: home.path, passphrase: "correct horse")
        func words() throws -> [String] {
            try self.words("otptoken show E⇥", in: shell, folder: home.path, home: home.path)
        }
        #expect(try words() == ["otptoken", "show", "E"])
        guard Keyring.isAvailable else { return }
        let unlock = try Program.run(
            Program.otptoken, ["unlock", "--passphrase-file", "-"], home: home.path,
            input: "correct horse")
        #expect(unlock.status == 0, "\(unlock.errors)")
        #expect(try words() == ["otptoken", "show", "Example Bank"])
        #expect(try Program.run(Program.otptoken, ["lock"], home: home.path).status == 0)
    }

    @Test(arguments: Documented.all)
    func `bash and fish offer every command and every option`(program: Documented) throws {
        let table = program.table
        let globals = table.globals.map { "--\($0.name)" }
        var places = ["": table.commands.map(\.name), "--": globals]
        for command in table.commands {
            places["\(command.name) --"] = command.options.map { "--\($0.name)" } + globals
        }
        let home = try TemporaryFolder()
        for (place, words) in places {
            let line = "\(table.name) \(place)"
            let function = "_" + table.name.replacingOccurrences(of: "-", with: "_")
            for (shell, script) in [
                (
                    Shell.bash,
                    "COMP_WORDS=(\(line)\(place.isEmpty ? "''" : "")); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                        + " \(function); printf '%s\\n' \"${COMPREPLY[@]}\""
                ), (Shell.fish, "complete -C '\(line)' | cut -f 1"),
            ] {
                let outcome = try Program.run(
                    shell.rawValue,
                    ["-c", "source '\(program.completionFile(shell))'; \(script)"],
                    home: home.path)
                let offered = outcome.output.split(separator: "\n").map(String.init)
                #expect(offered.sorted() == words.sorted(), "\(shell): \(line)")
                #expect(outcome.errors == "", "\(shell) is needed (Debian: \(shell))")
            }
        }
    }
}
