extension ProgramTable {
    /// The text of `help`: all commands, or one of them.
    ///
    /// - Parameter command: the one asked for.
    /// - Returns: lines for a terminal of 80 columns.
    package func help(_ command: CommandEntry? = nil) -> String {
        let usage = localized("usage:", ja: "使い方:")
        let common = """
            \(localized("options of every command:", ja: "すべてのコマンドに共通のオプション:"))
            \(columns(globals.map { ($0.synopsis, $0.help) }))

            """
        guard let command else {
            let more = localized(
                "`\(name) help COMMAND` tells more about one of them.",
                ja: "`\(name) help COMMAND` で、それぞれの使い方を表示します。")
            return """
                \(name): \(summary)

                \(usage) \(name) COMMAND [OPTION…] [OPERAND…]

                \(localized("commands:", ja: "コマンド:"))
                \(columns(commands.map { ($0.name, $0.summary) }))

                \(common)
                \(more)

                """
        }
        let line = ([name, command.name] + command.operands.map(\.synopsis)).joined(separator: " ")
        let options =
            command.options.isEmpty
            ? ""
            : """

            \(localized("options:", ja: "オプション:"))
            \(columns(command.options.map { ($0.synopsis, $0.help) }))

            """
        return """
            \(command.summary)

            \(usage) \(line)\(command.options.isEmpty ? "" : " [OPTION…]")
            \(options)
            \(common)
            """
    }

    private func columns(_ rows: [(String, String)]) -> String {
        let width = min(24, rows.map { displayWidth($0.0) }.max() ?? 0)
        return rows.map { left, right in
            let indent = String(repeating: " ", count: width + 4)
            let first =
                displayWidth(left) > width
                ? "  \(left)\n\(indent)" : "  \(padded(left, to: width + 2))"
            return first + wrapped(right, to: 76 - width).joined(separator: "\n" + indent)
        }.joined(separator: "\n")
    }
}
