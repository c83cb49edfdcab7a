import Foundation
import Platform
import TestSupport
import Testing

/// The option table, the manual pages and `--help` say the same.
struct ManualPageTests {
    static let pages = [
        "otptoken.1", "otptoken-config.5", "otptoken-store.5", "otptoken-enrol.7",
        "otptoken-issuer.8",
    ]

    @Test(arguments: Documented.all)
    func `the manual page has every command and option, and no others`(
        program: Documented
    ) throws {
        let page = try ManualPage(program.page)
        let written = page.commandTags
        #expect(written.keys.sorted() == program.tags.keys.sorted())
        for (command, tags) in program.tags { #expect(written[command] == tags, "\(command)") }
    }

    @Test(arguments: Documented.all)
    func `--help has every command and option, and no others`(program: Documented) throws {
        let table = program.table
        let home = try TemporaryFolder()
        func help(_ arguments: String...) throws -> [String] {
            let outcome = try Program.run(
                "\(Program.folder)/\(table.name)", arguments, home: home.path)
            #expect(outcome.status == 0)
            return firstWords(outcome.output)
        }
        let globals = table.globals.map { "--\($0.name)" }
        #expect(try help("help") == table.commands.map(\.name) + globals)
        for command in table.commands {
            let options = command.options.map { "--\($0.name)" } + globals
            #expect(try help("help", command.name) == options)
            #expect(try help(command.name, "--help") == options)
        }
    }

    /// What the indented lines of a help text begin with; a line that goes on is indented further.
    private func firstWords(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
            .compactMap { $0.split { " [".contains($0) }.first.map(String.init) }
    }

    @Test(arguments: Documented.all)
    func `the manual page has every exit status`(program: Documented) throws {
        let written = try ManualPage(program.page).tags("EXIT STATUS")
        #expect(written == program.statuses.map { "\($0.rawValue)" })
    }

    @Test(arguments: pages)
    func `mandoc finds nothing wrong`(name: String) throws {
        let home = try TemporaryFolder()
        let outcome = try Program.run(
            "mandoc", ["-T", "lint", "-W", "warning", "\(ManualPage.folder)/\(name)"],
            home: home.path)
        #expect(outcome.status == 0, "mandoc is needed (Debian: mandoc)")
        #expect(outcome.output + outcome.errors == "")
    }

    // What Debian's man calls; it knows less than mandoc, and stops where that goes on.
    @Test(arguments: pages)
    func `groff renders it to its end`(name: String) throws {
        let home = try TemporaryFolder()
        let outcome = try Program.run(
            "groff", ["-mdoc", "-Tutf8", "-P-cbou", "\(ManualPage.folder)/\(name)"], home: home.path
        )
        #expect(outcome.status == 0, "groff is needed (Debian: groff-base)")
        #expect(outcome.errors == "")
        #expect(outcome.output.contains("STANDARDS") || name != "otptoken.1")
    }

    @Test func `the Japanese page has what the English one has`() throws {
        func lines(_ name: String, _ starts: String...) throws -> [String] {
            try String(contentsOfFile: "\(ManualPage.folder)/\(name)", encoding: .utf8)
                .split(separator: "\n").map(String.init)
                .filter { line in starts.contains { line.hasPrefix($0) } }
        }
        // Options, keys, files and statuses, in their order; what is typed; references.
        for start in [".It ", "$ ", "    ", ".Ss ", ".%"] {
            let english = try lines("otptoken.1", start)
            let japanese = try lines("ja/otptoken.1", start)
            guard start == "$ " else {
                #expect(japanese == english)
                continue
            }
            // A transcript may be shorter.
            #expect(!japanese.isEmpty && Set(japanese).isSubset(of: english))
        }
        #expect(try lines("otptoken.1", ".Sh ").count == lines("ja/otptoken.1", ".Sh ").count)
        #expect(
            try Set(lines("otptoken.1", ".Xr ")).map { $0.split(separator: " ")[1] }.sorted()
                == Set(lines("ja/otptoken.1", ".Xr ")).map { $0.split(separator: " ")[1] }.sorted())
    }

    @Test func `the Japanese page is rendered within the window`() throws {
        let home = try TemporaryFolder()
        let lint = try Program.run(
            "mandoc", ["-T", "lint", "-W", "warning", "\(ManualPage.folder)/ja/otptoken.1"],
            home: home.path)
        #expect(lint.status == 0 && lint.output == "", "\(lint)")
        // As Debian's man does it for this language, where the locale knows how wide a character is.
        let page = try Program.run(
            "groff",
            ["-mdoc", "-mja", "-Kutf8", "-Tutf8", "-P-cbou", "\(ManualPage.folder)/ja/otptoken.1"],
            home: home.path, extra: ["LC_ALL": "C.UTF-8"])
        #expect(page.status == 0 && page.errors == "")
        let isWhole = page.output.contains("準拠規格")
        #expect(isWhole)
        // What is literal stands as it is printed.
        let wide = page.output.split(separator: "\n").count {
            displayWidth(String($0)) > 80 && !$0.hasPrefix("           ")
        }
        #expect(wide == 0)
    }

    @Test func `every manual page is checked`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: ManualPage.folder)
        #expect(files.filter { $0.contains(".") }.sorted() == Self.pages.sorted())
    }
}
