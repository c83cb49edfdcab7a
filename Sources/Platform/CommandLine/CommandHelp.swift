extension ProgramTable {
    /// The text of `help`: all commands, or one of them.
    ///
    /// - Parameter command: the one asked for.
    /// - Returns: lines for a terminal of 80 columns.
    package func help(_ command: CommandEntry? = nil) -> String {
        guard let command else {
            return """
                \(name): \(summary)

                usage: \(name) COMMAND [OPTION…] [OPERAND…]

                commands:
                \(columns(commands.map { ($0.name, $0.summary) }))

                options of every command:
                \(columns(globals.map { ($0.synopsis, $0.help) }))

                `\(name) help COMMAND` tells more about one of them.

                """
        }
        let usage = ([name, command.name] + command.operands.map(\.synopsis)).joined(separator: " ")
        let options =
            command.options.isEmpty
            ? "" : "\noptions:\n\(columns(command.options.map { ($0.synopsis, $0.help) }))\n"
        return """
            \(command.summary)

            usage: \(usage)\(command.options.isEmpty ? "" : " [OPTION…]")
            \(options)
            options of every command:
            \(columns(globals.map { ($0.synopsis, $0.help) }))

            """
    }

    private func columns(_ rows: [(String, String)]) -> String {
        let width = min(24, rows.map(\.0.count).max() ?? 0)
        return rows.map { left, right in
            let indent = String(repeating: " ", count: width + 4)
            let lines = wrapped(right, to: 76 - width)
            let first =
                left.count > width
                ? "  \(left)\n\(indent)"
                : "  \(left)" + String(repeating: " ", count: width + 2 - left.count)
            return first + lines.joined(separator: "\n" + indent)
        }.joined(separator: "\n")
    }

    private func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
