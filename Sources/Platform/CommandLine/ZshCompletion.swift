/// The completion script for zsh; it may lie in `fpath` as `_NAME`, or be sourced.
struct ZshCompletion {
    let table: ProgramTable

    var script: String {
        """
        #compdef \(table.name)
        # zsh completion for \(table.name)
        \(tokens)_\(table.identifier)() {
            local context state line
            typeset -A opt_args
            _arguments -S -C \\
        \(table.globals.map { "        \(option($0)) \\\n" }.joined())\
                '1:command:((\(commands)))' \\
                '*::argument:->arguments'
            [[ $state == arguments ]] || return
            case $line[1] in
        \(table.commands.map(entry).joined(separator: "\n"))
            esac
        }
        if [[ $funcstack[1] == _\(table.name) ]]; then
            _\(table.identifier) "$@"
        else
            compdef _\(table.identifier) \(table.name)
        fi

        """
    }

    private var commands: String {
        table.commands.map { "\($0.name)\\:\"\(quoted($0.summary.escaping("\\\"$`")))\"" }
            .joined(separator: " ")
    }

    private func entry(_ command: CommandEntry) -> String {
        let arguments = table.options(of: command).map(option) + command.operands.map(operand)
        return """
                \(command.name))
                    _arguments -S \\
            \(arguments.map { "            \($0)" }.joined(separator: " \\\n"))
                    ;;
            """
    }

    private func option(_ option: OptionEntry) -> String {
        let help = "[\(quoted(option.help.escaping("\\:[]")))]"
        guard let value = option.value else { return "'--\(option.name)\(help)'" }
        guard option.takesNextWord else {
            return "'--\(option.name)=-\(help)::\(value.escaping(":")): '"
        }
        return "'--\(option.name)=\(help):\(value.escaping(":")):\(action(option.completion))'"
    }

    private func operand(_ operand: OperandEntry) -> String {
        let start = operand.repeats ? "*:" : operand.isRequired ? ":" : "::"
        return "'\(start)\(operand.name):\(action(operand.completion))'"
    }

    private func action(_ completion: Completion) -> String {
        switch completion {
        case .nothing: " "
        case .file: "_files"
        case .folder: "_files -/"
        case .token: "_\(table.identifier)_tokens"
        case .command, .choices: "(\((table.words(completion) ?? []).joined(separator: " ")))"
        }
    }

    // For a text that stands in single quotes.
    private func quoted(_ text: String) -> String {
        text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    }

    /// The function for names of tokens, where there are any.
    private var tokens: String {
        guard table.commands.contains(where: { $0.operands.contains { $0.completion == .token } })
        else { return "" }
        return """
            _\(table.identifier)_tokens() {
                local -a names
                names=(${(f)"$(\(table.namesCommand))"})
                compadd "$@" -a names
            }

            """
    }
}
