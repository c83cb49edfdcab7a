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

/// The lines of a text that is broken at blanks, and where a wide character stands.
///
/// - Parameters:
///   - text: one paragraph.
///   - width: how many cells a line has.
/// - Returns: lines no longer than that, as far as the text lets itself be broken.
func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
        for (index, piece) in pieces(word).enumerated() {
            let separator = index == 0 ? " " : ""
            if let last = lines.last, displayWidth(last + separator + piece) <= width {
                lines[lines.count - 1] = last + separator + piece
            } else {
                lines.append(String(piece))
            }
        }
    }
    return lines
}

/// The parts of a word between which a line may end: Japanese is written without blanks.
private func pieces(_ word: Substring) -> [Substring] {
    var pieces: [Substring] = []
    var start = word.startIndex
    for (index, next) in zip(word.indices.dropFirst(), word.dropFirst()) {
        let last = word[word.index(before: index)]
        guard displayWidth(String(last)) > 1 || displayWidth(String(next)) > 1,
            !"（「".contains(last), !"、。」）ー〜っゃゅょッャュョ".contains(next)
        else { continue }
        pieces.append(word[start..<index])
        start = index
    }
    return pieces + [word[start...]]
}
