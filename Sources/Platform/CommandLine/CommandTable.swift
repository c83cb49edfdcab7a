/// What a program understands: the one table that parsing, help and completion are driven by.
package struct ProgramTable: Sendable {
    package let name: String
    package let version: String
    /// One line that says what the program is.
    package let summary: String
    /// Options that every command takes.
    package let globals: [OptionEntry]
    package let commands: [CommandEntry]

    package init(
        name: String, version: String, summary: String, globals: [OptionEntry],
        commands: [CommandEntry]
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.globals = globals
        self.commands = commands
    }
}

/// One command.
package struct CommandEntry: Sendable {
    package let name: String
    package let summary: String
    package let operands: [OperandEntry]
    package let options: [OptionEntry]

    package init(
        _ name: String, _ summary: String, operands: [OperandEntry] = [],
        options: [OptionEntry] = []
    ) {
        self.name = name
        self.summary = summary
        self.operands = operands
        self.options = options
    }
}

// What both programs have.
extension CommandEntry {
    package static let completion = CommandEntry(
        "completion", "prints a completion script for a shell",
        operands: [
            OperandEntry(
                "SHELL", required: true, completion: .choices(Shell.allCases.map(\.rawValue)))
        ])
    package static let help = CommandEntry(
        "help", "tells what a command takes",
        operands: [OperandEntry("COMMAND", completion: .command)])
}

extension OptionEntry {
    package static let home = OptionEntry(
        "home", value: "DIR", "keep all files in DIR", completion: .folder)
    package static let help = OptionEntry("help", "tell what the command takes")
    package static let version = OptionEntry("version", "print the version")
    package static let json = OptionEntry("json", "print JSON instead of text")
}

/// How the shell may complete a value.
package enum Completion: Equatable, Sendable {
    case nothing
    case file
    case folder
    /// The name of a token, from `list --names`.
    case token
    /// The name of a command of this program.
    case command
    case choices([String])
}

/// One operand of a command.
package struct OperandEntry: Equatable, Sendable {
    package let name: String
    package let isRequired: Bool
    package let repeats: Bool
    package let completion: Completion

    package init(
        _ name: String, required: Bool = false, repeats: Bool = false,
        completion: Completion = .nothing
    ) {
        self.name = name
        isRequired = required
        self.repeats = repeats
        self.completion = completion
    }

    /// As a synopsis shows it: `NAME`, `[NAME]`, `[NAME…]`.
    package var synopsis: String {
        let text = repeats ? name + "…" : name
        return isRequired ? text : "[\(text)]"
    }
}

/// One option, always long: `--name`, or `--name VALUE`.
package struct OptionEntry: Equatable, Sendable {
    package let name: String
    /// What the value is called; nil for a flag.
    package let value: String?
    /// Whether it may be given more than once.
    package let repeats: Bool
    package let help: String
    package let completion: Completion

    package init(
        _ name: String, value: String? = nil, repeats: Bool = false, _ help: String,
        completion: Completion = .nothing
    ) {
        self.name = name
        self.value = value
        self.repeats = repeats
        self.help = help
        self.completion = completion
    }

    /// As a synopsis shows it: `--name VALUE`.
    package var synopsis: String { value.map { "--\(name) \($0)" } ?? "--\(name)" }
}

/// A command line that was understood.
package struct Invocation: Equatable, Sendable {
    /// The command's name; nil when the line named none.
    package let command: String?
    package let operands: [String]
    private let options: [GivenOption]

    init(command: String?, operands: [String], options: [GivenOption]) {
        self.command = command
        self.operands = operands
        self.options = options
    }

    /// Whether an option was given.
    package func has(_ option: String) -> Bool { options.contains(option) }

    /// The value of an option, or nil when it was not given.
    package func value(_ option: String) -> String? {
        options.first { $0.name == option }?.value
    }

    /// The values of an option that may be given more than once, in order.
    package func values(_ option: String) -> [String] {
        options.compactMap { $0.name == option ? $0.value : nil }
    }
}

/// An option of a command line.
///
/// A handful in an array are found faster than a dictionary is made.
struct GivenOption: Equatable, Sendable {
    let name: String
    /// Nil for a flag.
    let value: String?
}

extension [GivenOption] {
    func contains(_ name: String) -> Bool { contains { $0.name == name } }
}
