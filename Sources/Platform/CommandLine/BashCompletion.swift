/// The completion script for bash 4 and later.
struct BashCompletion {
    let table: ProgramTable

    var script: String {
        """
        # bash completion for \(table.name)
        \(tokens)_\(table.identifier)() {
            local cur=${COMP_WORDS[COMP_CWORD]} word option= command= operands=0 ended= i
            COMPREPLY=()
            # bash makes three words of --option=value.
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if [[ $option ]]; then
                    [[ $word == = ]] || option=
                elif [[ $word == -- && ! $ended ]]; then
                    ended=1
                elif [[ $word == -?* && ! $ended ]]; then
                    case $command:$word in
                    \(valued.map(\.pattern).joined(separator: " | "))) option=$word ;;
                    esac
                elif [[ ! $command ]]; then
                    command=$word
                else
                    ((operands++))
                fi
            done
            if [[ $option ]]; then
                [[ $cur == = ]] && cur=
                case $command:$option in
        \(valued.compactMap { entry($0.pattern, $0.option.completion) }.joined(separator: "\n"))
                esac
            elif [[ $cur == -* && ! $ended ]]; then
                case $command in
        \(options.joined(separator: "\n"))
                esac
            else
                case $command:$operands in
        \(operands.joined(separator: "\n"))
                esac
            fi
        }
        complete -F _\(table.identifier) \(table.name)

        """
    }

    /// The options that take a value, as `command:--name`.
    private var valued: [(pattern: String, option: OptionEntry)] {
        (table.globals.map { ("*:--\($0.name)", $0) }
            + table.commands.flatMap { command in
                command.options.map { ("\(command.name):--\($0.name)", $0) }
            }).filter { $0.1.takesNextWord }
    }

    private var options: [String] {
        (table.commands as [CommandEntry?] + [nil]).map { command in
            "        \(command?.name ?? "''")) "
                + reply(table.options(of: command).map { "--\($0.name)" }) + " ;;"
        }
    }

    private var operands: [String] {
        ["        :0) \(reply(table.commands.map(\.name))) ;;"]
            + table.commands.flatMap { command in
                command.completedOperands.compactMap { position, operand in
                    entry(
                        "\(command.name):\(position.map(String.init) ?? "*")", operand.completion)
                }
            }
    }

    private func entry(_ pattern: String, _ completion: Completion) -> String? {
        action(completion).map { "        \(pattern)) \($0) ;;" }
    }

    private func action(_ completion: Completion) -> String? {
        switch completion {
        case .nothing: nil
        // Readline's own completion quotes what it inserts.
        case .file: "compopt -o default"
        case .folder: "compopt -o dirnames"
        case .token: "_\(table.identifier)_tokens \"$cur\""
        case .command, .choices: reply(table.words(completion) ?? [])
        }
    }

    private func reply(_ words: [String]) -> String {
        "COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$cur\"))"
    }

    /// The function for names of tokens, where there are any.
    private var tokens: String {
        guard table.commands.contains(where: { $0.operands.contains { $0.completion == .token } })
        else { return "" }
        return #"""
            # The names that go on from $1, which may be quoted already. compgen would expand them: they are compared here.
            _\#(table.identifier)_tokens() {
                local name quote= special i
                case $1 in
                \"*) quote=\" special='\"$`' ;;
                \'*) quote=\' special= ;;
                *) special='\ "'\''$`&;|()<>*?[]{}!#~=:@^' ;;
                esac
                while IFS= read -r name; do
                    for ((i = 0; i < ${#special}; i++)); do
                        name=${name//"${special:i:1}"/"\\${special:i:1}"}
                    done
                    [[ $quote == \' ]] && name=${name//\'/"'\\''"}
                    [[ $quote$name == "$1"* ]] && COMPREPLY+=("$name")
                done < <(\#(table.namesCommand))
            }

            """#
    }
}
