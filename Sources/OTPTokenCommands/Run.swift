internal import Platform

/// Runs `otptoken`.
///
/// - Parameter arguments: without the program's name.
/// - Returns: the exit status.
package func run(_ arguments: [String]) -> Int32 {
    do throws(CommandFailure) {
        try execute(arguments)
        return ExitStatus.done.rawValue
    } catch {
        report(error)
        return error.status.rawValue
    }
}

private func execute(_ arguments: [String]) throws(CommandFailure) {
    let table = ProgramTable.otptoken
    let line: Invocation
    do {
        line = try table.parse(arguments)
    } catch {
        throw error.failure(program: table.name)
    }
    if line.has("version") { return try write("\(table.name) \(table.version)\n") }
    if line.has("help") { return try help(line.command) }
    switch line.command {
    case "help": try help(line.operands.first)
    case "completion": try completion(line.operands[0])
    case "init": try initialise(line, Session(line, network: true))
    case "show": try show(line, Session(line))
    case "watch": try watch(line, Session(line))
    case "list": try list(line, Session(line))
    // The parser lets no other command through.
    default: break
    }
}

private func help(_ name: String?) throws(CommandFailure) {
    let table = ProgramTable.otptoken
    guard let name else { return try write(table.help()) }
    guard let command = table.commands.first(where: { $0.name == name }) else {
        throw UsageError.unknownCommand(
            name, nearest: nearest(to: name, in: table.commands.map(\.name))
        ).failure(program: table.name)
    }
    try write(table.help(command))
}

private func completion(_ name: String) throws(CommandFailure) {
    guard let shell = Shell(rawValue: name) else {
        throw Messages.unknownShell(name)
    }
    try write(ProgramTable.otptoken.completion(for: shell))
}
