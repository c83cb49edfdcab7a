import Foundation
import IssuerService
import OTPTokenCommands
import Platform
import TestSupport
import Testing

/// A program and what is written about it.
struct Documented: Sendable, CustomTestStringConvertible {
    let table: ProgramTable
    let page: String
    /// The exit statuses that it ends with.
    let statuses: [Platform.ExitStatus]

    static let all = [
        Documented(table: .otptoken, page: "otptoken.1", statuses: Platform.ExitStatus.allCases),
        Documented(
            table: .issuer, page: "otptoken-issuer.8",
            statuses: [.done, .failure, .usage, .noSuchToken, .storeDamaged, .unreachable]),
    ]

    var testDescription: String { table.name }

    /// The files of completions, by shell.
    func completionFile(_ shell: Shell) -> String {
        let folder = Program.root + "/completions/"
        return switch shell {
        case .bash: "\(folder)\(table.name).bash"
        case .zsh: "\(folder)_\(table.name)"
        case .fish: "\(folder)\(table.name).fish"
        }
    }

    /// The option table in the words of a manual page: for each command (empty for all) its tags.
    var tags: [String: [String]] {
        func options(_ options: [OptionEntry]) -> [String] {
            options.map { option in
                let value = option.value.map {
                    option.isValueOptional ? " Ns Op = Ns Ar \($0)" : " Ar \($0)"
                }
                return "Fl -\(option.name)" + (value ?? "")
            }
        }
        var tags = ["": options(table.globals)]
        for command in table.commands {
            let operands = command.operands.map {
                ($0.isRequired ? " " : " Op ") + "Ar \($0.name)" + ($0.repeats ? " ..." : "")
            }
            tags[command.name] =
                ["Cm \(command.name)" + operands.joined()] + options(command.options)
        }
        return tags
    }
}

/// A manual page in mdoc.
struct ManualPage {
    static let folder = Program.root + "/man"
    private let lines: [String]

    init(_ name: String) throws {
        lines = try String(contentsOfFile: "\(Self.folder)/\(name)", encoding: .utf8)
            .components(separatedBy: "\n")
    }

    /// The lines of a section.
    func section(_ title: String) -> [String] {
        guard let start = lines.firstIndex(of: ".Sh \(title)") else { return [] }
        return Array(lines[(start + 1)...].prefix { !$0.hasPrefix(".Sh ") })
    }

    /// What the tags of a section's lists say.
    func tags(_ title: String) -> [String] {
        section(title).filter { $0.hasPrefix(".It ") }.map { String($0.dropFirst(4)) }
    }

    /// The tags of options and commands: those of each command begin with its own.
    var commandTags: [String: [String]] {
        var tags: [String: [String]] = ["": self.tags("OPTIONS")]
        var command = ""
        for tag in self.tags("COMMANDS") {
            let words = tag.split(separator: " ").map(String.init)
            if words[0] == "Cm" { command = words[1] }
            if words[0] == "Cm" || words[0] == "Fl" { tags[command, default: []].append(tag) }
        }
        return tags
    }
}
