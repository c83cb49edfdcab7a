import Foundation
import TestSupport
import Testing

/// RECIPES.md.
enum RecipeBook {
    /// A section of the book.
    struct Section {
        let title: String
        /// The code blocks, as they stand there.
        var blocks: [String] = []
    }

    /// All sections, those without code too.
    static func sections() throws -> [Section] {
        let text = try String(contentsOf: Repository.file("RECIPES.md"), encoding: .utf8)
        var sections: [Section] = []
        var block: [String]?
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("```") {
                if let lines = block {
                    let section = try #require(sections.indices.last, "code before any heading")
                    sections[section].blocks.append(lines.map { $0 + "\n" }.joined())
                }
                block = block == nil ? [] : nil
            } else if block != nil {
                block?.append(line)
            } else if line.hasPrefix("#") {
                sections.append(Section(title: String(line.drop { $0 == "#" || $0 == " " })))
            }
        }
        try #require(block == nil, "code without an end")
        return sections
    }

    /// The code blocks of one section.
    static func blocks(_ title: String) throws -> [String] {
        try #require(sections().first { $0.title == title }).blocks
    }

    /// Lines for a shell that make a store for pass(1), with a key that needs no passphrase.
    static let passwordStore = """
        gpg --batch --quiet --passphrase '' --quick-generate-key me@example.com future-default
        pass init me@example.com
        """
}

/// Whether programs are there.
func areInstalled(_ programs: String...) -> Bool {
    let folders = Program.environment(home: "/")["PATH"]?.split(separator: ":") ?? []
    return programs.allSatisfy { program in
        folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }
}

@Suite struct `The book of recipes` {
    /// What is tried: each block by the suite that is named after it.
    @Test func `has no recipe that no test follows`() throws {
        let blocks = try RecipeBook.sections().map { "\($0.title): \($0.blocks.count)" }
        #expect(
            blocks == [
                "Recipes: 0",
                // RecipeTestsForLogins.swift
                "ssh: 3", "openconnect: 1", "pass: 1",
                // RecipeTestsForDesktops.swift
                "waybar: 2", "tmux: 1", "fzf: 1", "rofi: 1",
            ])
    }
}
