/// What a program understands: the one table that parsing, help and completion are driven by.
package struct ProgramTable: Sendable {
    package let name: String
    package let version: String
    private let words: LocalizedText
    /// Options that every command takes.
    package let globals: [OptionEntry]
    package let commands: [CommandEntry]

    package init(
        name: String, version: String, summary: String, ja: String, globals: [OptionEntry],
        commands: [CommandEntry]
    ) {
        self.name = name
        self.version = version
        words = LocalizedText(summary, ja: ja)
        self.globals = globals
        self.commands = commands
    }

    /// One line that says what the program is.
    package var summary: String { words.text }
}

/// One command.
package struct CommandEntry: Sendable {
    package let name: String
    private let words: LocalizedText
    package let operands: [OperandEntry]
    package let options: [OptionEntry]

    package init(
        _ name: String, _ summary: String, ja: String, operands: [OperandEntry] = [],
        options: [OptionEntry] = []
    ) {
        self.name = name
        words = LocalizedText(summary, ja: ja)
        self.operands = operands
        self.options = options
    }

    /// One line that says what it does.
    package var summary: String { words.text }
}

// What both programs have.
extension CommandEntry {
    package static let completion = CommandEntry(
        "completion", "prints a completion script for a shell", ja: "シェルの補完スクリプトを表示します",
        operands: [
            OperandEntry(
                "SHELL", required: true, completion: .choices(Shell.allCases.map(\.rawValue)))
        ])
    package static let help = CommandEntry(
        "help", "tells what a command takes", ja: "コマンドの使い方を表示します",
        operands: [OperandEntry("COMMAND", completion: .command)])
}

extension OptionEntry {
    package static let home = OptionEntry(
        "home", value: "DIR", "keep all files in DIR", ja: "すべてのファイルを DIR に置きます",
        completion: .folder)
    package static let help = OptionEntry(
        "help", "tell what the command takes", ja: "コマンドの使い方を表示します")
    package static let version = OptionEntry(
        "version", "print the version", ja: "バージョンを表示します")
    package static let json = OptionEntry(
        "json", "print JSON instead of text", ja: "テキストではなく JSON で出力します")
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
    /// Whether it may be left out; it then stands behind an equals sign only.
    package let isValueOptional: Bool
    /// Whether it may be given more than once.
    package let repeats: Bool
    private let words: LocalizedText
    package let completion: Completion

    package init(
        _ name: String, value: String? = nil, isValueOptional: Bool = false, repeats: Bool = false,
        _ help: String, ja: String, completion: Completion = .nothing
    ) {
        self.name = name
        self.value = value
        self.isValueOptional = isValueOptional
        self.repeats = repeats
        words = LocalizedText(help, ja: ja)
        self.completion = completion
    }

    /// One line that says what it does.
    package var help: String { words.text }

    /// As a synopsis shows it: `--name`, `--name VALUE` or `--name[=VALUE]`.
    package var synopsis: String {
        guard let value else { return "--\(name)" }
        return isValueOptional ? "--\(name)[=\(value)]" : "--\(name) \(value)"
    }

    /// Whether the word behind it is its value, where no equals sign is.
    package var takesNextWord: Bool { value != nil && !isValueOptional }
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
