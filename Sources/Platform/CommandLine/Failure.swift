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
            CommandFailure(.usage, message, hints: [hint ?? "`\(program) help` lists the commands"])
        }
        func help(_ command: String?) -> String {
            "`\(program) help\(command.map { " \($0)" } ?? "")` tells what it takes"
        }
        switch self {
        case .noCommand:
            return failure("no command given", hint: nil)
        case .unknownCommand(let name, let nearest):
            return failure(
                "no such command: \(printable(name))",
                hint: nearest.map { "did you mean `\(program) \($0)`?" })
        case .unknownOption(let name, let command, let nearest):
            let place = command.map { " of \($0)" } ?? " in front of a command"
            return failure(
                "no such option\(place): \(printable(name))",
                hint: nearest.map { "did you mean \($0)?" } ?? help(command))
        case .optionTwice(let name):
            return failure("--\(name) is given twice", hint: "give it once")
        case .missingValue(let name, let value):
            return failure("--\(name) lacks its value", hint: "write --\(name) \(value)")
        case .unexpectedValue(let name):
            return failure("--\(name) takes no value", hint: "write --\(name) alone")
        case .missingOperand(let name, let command):
            return failure("\(command) lacks \(name)", hint: help(command))
        case .unexpectedOperand(let operand, let command):
            return failure(
                "too many operands for \(command): \(printable(operand))", hint: help(command))
        }
    }
}
