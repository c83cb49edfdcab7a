/// Why a command line was not understood.
package enum UsageError: Error, Equatable {
    case noCommand
    case unknownCommand(String, nearest: String?)
    case unknownOption(String, command: String?, nearest: String?)
    case optionTwice(String)
    case missingValue(String, value: String)
    case unexpectedValue(String)
    case missingOperand(String, command: String)
    case unexpectedOperand(String, command: String)
}

extension ProgramTable {
    /// Reads a command line.
    ///
    /// Options may stand before or after operands; `--opt=value` and `--opt value` mean the same; `--` ends the
    /// options. `--help` and `--version` are understood everywhere.
    ///
    /// - Parameter arguments: without the program's name.
    /// - Returns: what was asked for.
    /// - Throws: `UsageError`.
    package func parse(_ arguments: [String]) throws(UsageError) -> Invocation {
        var command: CommandEntry?
        var operands: [String] = []
        var options: [GivenOption] = []
        var rest = arguments[...]
        var optionsEnded = false
        while let argument = rest.popFirst() {
            if !optionsEnded, argument == "--" {
                optionsEnded = true
            } else if !optionsEnded, argument.utf8.first == UInt8(ascii: "-"), argument != "-" {
                try takeOption(argument, of: command, rest: &rest, into: &options)
            } else if command == nil {
                guard let found = commands.first(where: { $0.name == argument }) else {
                    throw .unknownCommand(
                        argument, nearest: nearest(to: argument, in: commands.map(\.name)))
                }
                command = found
            } else {
                operands.append(argument)
            }
        }
        if !options.contains("help"), !options.contains("version") {
            guard let command else { throw .noCommand }
            try check(operands, of: command)
        }
        return Invocation(command: command?.name, operands: operands, options: options)
    }

    /// The options that `--help` of a command lists.
    package func options(of command: CommandEntry?) -> [OptionEntry] {
        (command?.options ?? []) + globals
    }

    private func takeOption(
        _ argument: String, of command: CommandEntry?, rest: inout ArraySlice<String>,
        into options: inout [GivenOption]
    ) throws(UsageError) {
        // Byte by byte: a mark that combines with a sign does not make it another sign.
        let bytes = argument.utf8
        let equals = bytes.firstIndex(of: UInt8(ascii: "="))
        let head = bytes[..<(equals ?? bytes.endIndex)]
        let attached = equals.map { String(argument[bytes.index(after: $0)...]) }
        let name = argument == "-h" ? "help" : String(decoding: head.dropFirst(2), as: UTF8.self)
        let known = self.options(of: command)
        guard argument == "-h" || bytes.starts(with: "--".utf8),
            let option = known.first(where: { $0.name == name })
        else {
            // An option of a command that has not been named yet is told by that.
            throw .unknownOption(
                String(decoding: head, as: UTF8.self), command: command?.name,
                nearest: nearest(to: name, in: known.map(\.name)).map { "--\($0)" })
        }
        guard option.repeats || !options.contains(name) else { throw .optionTwice(name) }
        if let value = option.value {
            let given = attached ?? (option.takesNextWord ? rest.popFirst() : nil)
            guard given != nil || option.isValueOptional else {
                throw .missingValue(name, value: value)
            }
            options.append(GivenOption(name: name, value: given))
        } else {
            guard attached == nil else { throw .unexpectedValue(name) }
            options.append(GivenOption(name: name, value: nil))
        }
    }

    private func check(_ operands: [String], of command: CommandEntry) throws(UsageError) {
        let required = command.operands.filter(\.isRequired).count
        if operands.count < required {
            throw .missingOperand(command.operands[operands.count].name, command: command.name)
        }
        if let last = command.operands.last, last.repeats { return }
        if operands.count > command.operands.count {
            throw .unexpectedOperand(operands[command.operands.count], command: command.name)
        }
    }
}

/// The name that somebody probably meant: at most two letters away, and not further than half of it.
///
/// - Parameters:
///   - word: what was typed.
///   - names: what there is.
/// - Returns: the nearest name, or nil.
package func nearest(to word: String, in names: [String]) -> String? {
    let limit = min(2, max(1, word.count / 2))
    let found = names.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
        .filter { $0.1 <= limit || (word.count >= 3 && $0.0.hasPrefix(word)) }
    return found.min { $0.1 < $1.1 }?.0
}

// Levenshtein's distance.
private func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard a.count < 64, b.count < 64 else { return .max }
    var row = Array(0...b.count)
    for i in a.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
            let cost = a[i] == b[j] ? diagonal : diagonal + 1
            diagonal = row[j + 1]
            row[j + 1] = min(cost, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
