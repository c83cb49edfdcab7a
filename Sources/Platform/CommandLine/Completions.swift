/// The shells that completions are written for.
package enum Shell: String, CaseIterable, Sendable {
    case bash, zsh, fish
}

extension ProgramTable {
    /// A completion script, made from the table.
    ///
    /// The names of tokens come from issuers: no script lets a shell expand them.
    ///
    /// - Parameter shell: for which.
    /// - Returns: the script.
    package func completion(for shell: Shell) -> String {
        switch shell {
        case .bash: BashCompletion(table: self).script
        case .zsh: ZshCompletion(table: self).script
        case .fish: FishCompletion(table: self).script
        }
    }

    /// The program's name, as a shell's functions may be called.
    var identifier: String { name.split(separator: "-").joined(separator: "_") }

    /// What prints the names of the tokens, one a line; nothing when the store is locked: the tab key asks nobody for a
    /// passphrase.
    var namesCommand: String { "\(name) list --names --passphrase-file /dev/null 2>/dev/null" }

    /// The choices that a completion stands for, when they are known beforehand.
    func words(_ completion: Completion) -> [String]? {
        switch completion {
        case .choices(let words): words
        case .command: commands.map(\.name)
        case .nothing, .file, .folder, .token: nil
        }
    }
}

extension CommandEntry {
    /// The operands that can be completed, each with its position; nil for one that may stand anywhere.
    var completedOperands: [(position: Int?, operand: OperandEntry)] {
        operands.enumerated().filter { $1.completion != .nothing }.map { position, operand in
            (operand.repeats ? nil : position, operand)
        }
    }
}

extension String {
    /// This text with a backslash before each of some characters.
    func escaping(_ characters: String) -> String {
        String(flatMap { characters.contains($0) ? ["\\", $0] : [$0] })
    }
}
