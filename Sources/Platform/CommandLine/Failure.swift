/// The exit statuses of both programs.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    case done = 0
    case failure = 1
    case usage = 2
    case noSuchToken = 3
    case locked = 4
    case storeDamaged = 5
    case refused = 6
    case unreachable = 7
    /// The clock is off by 10 to 30 s.
    case clockOff = 8
    /// The clock is off by 30 s or more.
    case clockWrong = 9
    /// Nobody can say whether the clock is right.
    case clockUnknown = 10
}

/// A failure in words: what happened, and what to do.
package struct CommandFailure: Error, Equatable {
    package let status: ExitStatus
    package let message: String
    package let hints: [String]

    package init(_ status: ExitStatus, _ message: String, hints: [String] = []) {
        self.status = status
        self.message = message
        self.hints = hints
    }

    /// The lines for standard error, without the last line end.
    package func text(program: String) -> String {
        (["\(program): \(message)"] + hints.map { "hint: \($0)" }).joined(separator: "\n")
    }
}

/// A text from outside, fit for a terminal: control and format characters are shown as `?`, and it is cut at `limit`.
///
/// - Parameters:
///   - text: an argument, or something that a server sent.
///   - limit: the number of characters kept.
/// - Returns: what may be printed.
package func printable(_ text: String, limit: Int = 80) -> String {
    // Most texts are what they seem.
    if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
        return text
    }
    // One character can be a heap of marks without end.
    let kept = text.prefix(limit).unicodeScalars.prefix(8 * limit)
    let scalars = kept.map { scalar -> Unicode.Scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            "?"
        default: scalar
        }
    }
    return String(String.UnicodeScalarView(scalars)) + (kept.endIndex < text.endIndex ? "…" : "")
}

extension UsageError {
    /// The words for it, with status 2.
    ///
    /// - Parameter program: the program's name.
    /// - Returns: message and hints.
    package func failure(program: String) -> CommandFailure {
        func failure(_ message: String, hint: String?) -> CommandFailure {
            CommandFailure(
                .usage, message,
                hints: [
                    hint
                        ?? localized(
                            "`\(program) help` lists the commands",
                            ja: "`\(program) help` でコマンドの一覧を表示します")
                ])
        }
        func help(_ command: String?) -> String {
            let command = "\(program) help\(command.map { " \($0)" } ?? "")"
            return localized("`\(command)` tells what it takes", ja: "`\(command)` で使い方を表示します")
        }
        switch self {
        case .noCommand:
            return failure(localized("no command given", ja: "コマンドが指定されていません"), hint: nil)
        case .unknownCommand(let name, let nearest):
            return failure(
                localized(
                    "no such command: \(printable(name))",
                    ja: "そのようなコマンドはありません: \(printable(name))"),
                hint: nearest.map { didYouMean("`\(program) \($0)`") })
        case .unknownOption(let name, let command, let nearest):
            let name = printable(name)
            let message =
                command.map {
                    localized(
                        "no such option of \($0): \(name)", ja: "\($0) にそのようなオプションはありません: \(name)")
                }
                ?? localized(
                    "no such option in front of a command: \(name)",
                    ja: "コマンドの前に置けるオプションではありません: \(name)")
            return failure(message, hint: nearest.map(didYouMean) ?? help(command))
        case .optionTwice(let name):
            return failure(
                localized("--\(name) is given twice", ja: "--\(name) が 2 回指定されています"),
                hint: localized("give it once", ja: "一度だけ指定してください"))
        case .missingValue(let name, let value):
            return failure(
                localized("--\(name) lacks its value", ja: "--\(name) に値がありません"),
                hint: localized(
                    "write --\(name) \(value)", ja: "--\(name) \(value) のように指定してください"))
        case .unexpectedValue(let name):
            return failure(
                localized("--\(name) takes no value", ja: "--\(name) に値は指定できません"),
                hint: localized("write --\(name) alone", ja: "--\(name) だけを指定してください"))
        case .missingOperand(let name, let command):
            return failure(
                localized("\(command) lacks \(name)", ja: "\(command) に \(name) が指定されていません"),
                hint: help(command))
        case .unexpectedOperand(let operand, let command):
            return failure(
                localized(
                    "too many operands for \(command): \(printable(operand))",
                    ja: "\(command) への引数が多すぎます: \(printable(operand))"),
                hint: help(command))
        }
    }
}

/// The hint that somebody probably meant another name.
package func didYouMean(_ name: String) -> String {
    localized("did you mean \(name)?", ja: "もしかして: \(name)")
}
