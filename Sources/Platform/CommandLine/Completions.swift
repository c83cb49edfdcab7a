/// The shells that completions are written for.
package enum Shell: String, CaseIterable, Sendable {
    case bash, zsh, fish
}

extension ProgramTable {
    /// A completion script, made from the table.
    ///
    /// - Parameter shell: for which.
    /// - Returns: the script.
    package func completion(for shell: Shell) -> String {
        switch shell {
        case .bash: bashCompletion
        case .zsh: zshCompletion
        case .fish: fishCompletion
        }
    }

    private var identifier: String { name.split(separator: "-").joined(separator: "_") }

    // MARK: bash

    private var bashCompletion: String {
        """
        # bash completion for \(name)
        _\(identifier)() {
            local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= i
            COMPREPLY=()
            for ((i = 1; i < COMP_CWORD; i++)); do
                case ${COMP_WORDS[i]} in
                \(commands.map(\.name).joined(separator: "|"))) command=${COMP_WORDS[i]}; break ;;
                esac
            done
            case $command:$prev in
        \(bashValues)
            esac
            case $command in
        \(bashCommands)
            esac
        }
        complete -F _\(identifier) \(name)

        """
    }

    private func bashReply(_ completion: Completion) -> String {
        switch completion {
        case .nothing: "return"
        case .file: "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")); return"
        case .folder: "compopt -o filenames; COMPREPLY=($(compgen -d -- \"$cur\")); return"
        case .token:
            "local IFS=$'\\n'; COMPREPLY=($(compgen -W \"$(\(name) list --names 2>/dev/null)\" -- \"$cur\"));"
                + " COMPREPLY=(\"${COMPREPLY[@]// /\\\\ }\"); return"
        case .command: bashReply(.choices(commands.map(\.name)))
        case .choices(let words):
            "COMPREPLY=($(compgen -W \"\(words.joined(separator: " "))\" -- \"$cur\")); return"
        }
    }

    private var bashValues: String {
        var lines: [String] = []
        for option in globals where option.value != nil {
            lines.append("    *:--\(option.name)) \(bashReply(option.completion)) ;;")
        }
        for command in commands {
            for option in command.options where option.value != nil {
                lines.append(
                    "    \(command.name):--\(option.name)) \(bashReply(option.completion)) ;;")
            }
        }
        return lines.joined(separator: "\n")
    }

    private var bashCommands: String {
        var lines: [String] = []
        for command in commands {
            let words = options(of: command).map { "--\($0.name)" }.joined(separator: " ")
            lines.append("    \(command.name))")
            lines.append("        if [[ $cur == -* ]]; then")
            lines.append("            COMPREPLY=($(compgen -W \"\(words)\" -- \"$cur\")); return")
            lines.append("        fi")
            if let operand = command.operands.last {
                lines.append("        \(bashReply(operand.completion))")
            }
            lines.append("        ;;")
        }
        let words = (commands.map(\.name) + globals.map { "--\($0.name)" }).joined(separator: " ")
        lines.append("    *)")
        lines.append("        COMPREPLY=($(compgen -W \"\(words)\" -- \"$cur\"))")
        lines.append("        ;;")
        return lines.joined(separator: "\n")
    }

    // MARK: zsh

    private var zshCompletion: String {
        let cases = commands.map { command in
            let arguments = options(of: command).map(zshOption) + command.operands.map(zshOperand)
            return "        \(command.name))\n            _arguments \\\n"
                + arguments.map { "                \($0)" }.joined(separator: " \\\n")
                + "\n            ;;"
        }
        return """
            #compdef \(name)
            # zsh completion for \(name)
            _\(identifier)_tokens() {
                local -a names
                names=(${(f)"$(\(name) list --names 2>/dev/null)"})
                compadd -a names
            }
            _\(identifier)() {
                local context state line
                typeset -A opt_args
                _arguments -C \\
            \(globals.map { "        \(zshOption($0))" }.joined(separator: " \\\n")) \\
                    '1:command:((\(commands.map { "\($0.name)\\:\(zshQuoted($0.summary))" }.joined(separator: " "))))' \\
                    '*::argument:->arguments'
                [[ $state == arguments ]] || return
                case $line[1] in
            \(cases.joined(separator: "\n"))
                esac
            }
            if [ "$funcstack[1]" = "_\(identifier)" ]; then _\(identifier) "$@"; else compdef _\(identifier) \(name); fi

            """
    }

    private func zshQuoted(_ text: String) -> String {
        "\"" + text.filter { !"'\"\\`$".contains($0) } + "\""
    }

    private func zshText(_ text: String) -> String {
        String(
            text.filter { !"'\"\\`$".contains($0) }.flatMap {
                ":[]".contains($0) ? ["\\", $0] : [$0]
            })
    }

    private func zshAction(_ completion: Completion) -> String {
        switch completion {
        case .nothing: " "
        case .file: "_files"
        case .folder: "_files -/"
        case .token: "_\(identifier)_tokens"
        case .command: zshAction(.choices(commands.map(\.name)))
        case .choices(let words): "(\(words.joined(separator: " ")))"
        }
    }

    private func zshOption(_ option: OptionEntry) -> String {
        guard let value = option.value else { return "'--\(option.name)[\(zshText(option.help))]'" }
        return
            "'--\(option.name)=[\(zshText(option.help))]:\(value):\(zshAction(option.completion))'"
    }

    private func zshOperand(_ operand: OperandEntry) -> String {
        "'\(operand.repeats ? "*" : "")\(operand.isRequired || operand.repeats ? ":" : "::")"
            + "\(operand.name):\(zshAction(operand.completion))'"
    }

    // MARK: fish

    private var fishCompletion: String {
        var lines = ["# fish completion for \(name)", "complete -c \(name) -f"]
        for command in commands {
            lines.append(
                "complete -c \(name) -n __fish_use_subcommand -a \(command.name) -d '\(fishText(command.summary))'"
            )
        }
        for option in globals { lines.append("complete -c \(name)\(fishOption(option))") }
        for command in commands {
            let seen = "complete -c \(name) -n '__fish_seen_subcommand_from \(command.name)'"
            for option in command.options { lines.append(seen + fishOption(option)) }
            if let operand = command.operands.last, operand.completion != .nothing {
                lines.append(seen + fishAction(operand.completion))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func fishText(_ text: String) -> String { text.filter { $0 != "'" && $0 != "\\" } }

    private func fishAction(_ completion: Completion) -> String {
        switch completion {
        case .nothing: ""
        case .file: " -F"
        case .folder: " -a '(__fish_complete_directories)'"
        case .token: " -a '(\(name) list --names 2>/dev/null)'"
        case .command: fishAction(.choices(commands.map(\.name)))
        case .choices(let words): " -a '\(words.joined(separator: " "))'"
        }
    }

    private func fishOption(_ option: OptionEntry) -> String {
        let value = option.value == nil ? "" : " -r" + fishAction(option.completion)
        return " -l \(option.name)\(value) -d '\(fishText(option.help))'"
    }
}
