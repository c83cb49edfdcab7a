/// The completion script for fish.
struct FishCompletion {
    let table: ProgramTable

    var script: String {
        """
        # fish completion for \(table.name)

        # Whether the command line has come to the command $argv[1], and to its operand $argv[2].
        function __\(table.identifier)_at
            set -l words
            set -l option
            set -l ended
            for word in (commandline -opc)[2..-1]
                if set -q option[1]
                    set -e option
                else if test "$word" = --; and not set -q ended[1]
                    set ended yes
                else if string match -q -- '-?*' $word; and not set -q ended[1]
                    contains -- $word \(valued)
                    and set option $word
                else
                    set -a words $word
                end
            end
            test "$words[1]" = "$argv[1]"
            and begin
                not set -q argv[2]
                or test (count $words) -eq (math $argv[2] + 1)
            end
        end

        \(lines.joined(separator: "\n"))

        """
    }

    /// The options that take a value.
    private var valued: String {
        (table.globals + table.commands.flatMap(\.options)).filter(\.takesNextWord)
            .map { "--\($0.name)" }.joined(separator: " ")
    }

    private var lines: [String] {
        var lines = ["complete -c \(table.name) -f"]
        lines += table.globals.map { "complete -c \(table.name)\(option($0))" }
        for command in table.commands {
            lines.append(
                "\(complete("''")) -a \(command.name) -d \(quoted(command.summary))")
        }
        for command in table.commands {
            lines += command.options.map { complete(command.name) + option($0) }
            lines += command.completedOperands.map { position, operand in
                complete("\(command.name)\(position.map { " \($0)" } ?? "")")
                    + action(operand.completion)
            }
        }
        return lines
    }

    private func complete(_ place: String) -> String {
        "complete -c \(table.name) -n \"__\(table.identifier)_at \(place)\""
    }

    private func option(_ option: OptionEntry) -> String {
        // -x: a value, and no files.
        let value =
            !option.takesNextWord
            ? "" : option.completion == .file ? " -r -F" : " -x\(action(option.completion))"
        return " -l \(option.name)\(value) -d \(quoted(option.help))"
    }

    private func action(_ completion: Completion) -> String {
        switch completion {
        case .nothing: ""
        case .file: " -F"
        case .folder: " -a '(__fish_complete_directories)'"
        case .token: " -a '(\(table.namesCommand))'"
        case .command, .choices: " -a '\((table.words(completion) ?? []).joined(separator: " "))'"
        }
    }

    private func quoted(_ text: String) -> String { "'\(text.escaping("\\'"))'" }
}
