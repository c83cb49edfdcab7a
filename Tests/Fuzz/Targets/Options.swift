import IssuerService
import OTPTokenCommands
import Platform

/// A command line, an argument a line, for both programs.
func fuzzOptions(_ input: [UInt8]) throws(Broken) -> Bool {
    let arguments =
        input.isEmpty
        ? []
        : input.split(
            separator: 0x0A, omittingEmptySubsequences: false
        ).map { String($0) }
    let client = try check(.otptoken, arguments)
    let issuer = try check(.issuer, arguments)
    return client || issuer
}

private func check(_ table: ProgramTable, _ arguments: [String]) throws(Broken) -> Bool {
    let line: Invocation
    do throws(UsageError) {
        line = try table.parse(arguments)
    } catch {
        let failure = error.failure(program: table.name)
        try require(failure.status == .usage, "a usage error has status 2")
        for text in [failure.message] + failure.hints {
            try require(text.unicodeScalars.allSatisfy(isHarmless), "an error is one line of text")
        }
        return false
    }
    let written = words(of: line, table)
    let again = try certain("what is written can be read: \(written)") { () throws(UsageError) in
        try table.parse(written)
    }
    try require(
        again.command == line.command && again.operands == line.operands
            && words(of: again, table) == written, "a command line means what it says")
    return true
}

/// The line in one form: command, options in the table's order, operands.
private func words(of line: Invocation, _ table: ProgramTable) -> [String] {
    let entry = table.commands.first { $0.name == line.command }
    var arguments = line.command.map { [$0] } ?? []
    for option in table.options(of: entry) where line.has(option.name) {
        arguments.append(
            "--\(option.name)" + (option.value == nil ? "" : "=\(line.value(option.name) ?? "")"))
    }
    return arguments + ["--"] + line.operands
}

func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
}
