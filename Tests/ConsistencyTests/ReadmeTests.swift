import Foundation
import TestSupport
import Testing

/// README in both languages says the same.
struct ReadmeTests {
    /// What must not differ: headings by their depth, rows by their first cell without prose, what is typed, and links.
    private func skeleton(_ name: String) throws -> [String] {
        try String(contentsOf: Repository.file(name), encoding: .utf8)
            .split(separator: "\n").compactMap { line -> String? in
                if line.hasPrefix("#") { return String(line.prefix { $0 == "#" }) }
                if line.hasPrefix("| `") { return String(line.split(separator: "|")[0]) }
                if line.hasPrefix("- **") { return "-" }
                if line.hasPrefix("$ ") || line.hasPrefix("make") || line.hasPrefix("```") {
                    return String(line)
                }
                return nil
            }
    }

    @Test func `the Japanese README has what the English one has`() throws {
        let english = try skeleton("README.md")
        #expect(english.count > 50)
        #expect(try skeleton("README.ja.md") == english)
    }

    @Test(arguments: ["README.md", "README.ja.md"])
    func `what it calls is there`(name: String) throws {
        let home = try TemporaryFolder()
        let help = try ["otptoken", "otptoken-issuer"].map {
            try Program.run("\(Program.folder)/\($0)", ["help"], home: home.path).output
        }.joined()
        let text = try String(contentsOf: Repository.file(name), encoding: .utf8)
        let commands = Set(text.matches(of: #/otptoken(?:-issuer)? ([a-z]+)/#).map { $0.1 })
        #expect(commands.count > 10)
        for command in commands where command != "init" {
            #expect(help.contains("\n  \(command) "), "\(command)")
        }
        for link in text.matches(of: #/\]\(([^)]+)\)/#) {
            let path = Repository.file(String(link.1)).path
            #expect(FileManager.default.fileExists(atPath: path), "\(link.1)")
        }
    }
}
