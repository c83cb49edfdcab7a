internal import Platform

/// Runs `otptoken`.
///
/// - Parameter arguments: without the program's name.
package func run(_ arguments: [String]) -> Never {
    exitNow(status(of: arguments))
}

private func status(of arguments: [String]) -> Int32 {
    if let clearing = Copying.Clearing(arguments) { return clearing.run().rawValue }
    do throws(CommandFailure) {
        return try execute(arguments).rawValue
    } catch {
        report(error)
        return error.status.rawValue
    }
}

private func execute(_ arguments: [String]) throws(CommandFailure) -> ExitStatus {
    guard let line = try ProgramTable.otptoken.answered(arguments) else { return .done }
    switch line.command {
    case "init" where line.has("mailed"): try initialiseMailed(line, Session(line))
    case "init": try initialise(line, Session(line, network: true))
    case "show": try show(line, Session(line))
    case "watch": try watch(line, Session(line))
    case "list": try list(line, Session(line))
    case "rename": try rename(line, Session(line))
    case "remove": try remove(line, Session(line, network: true))
    case "default": try chooseDefault(line, Session(line))
    case "passphrase": try passphrase(line, Session(line))
    case "unlock": try unlock(line, Session(line))
    case "lock": try lock(Session(line))
    case "trust": return try trust(line, Session(line))
    case "clock": return try clock(line, Session(line, network: true))
    case "import": try importTokens(line, Session(line))
    case "export": try exportTokens(line, Session(line))
    case "backup": try backup(line, Session(line))
    case "restore": try restore(line, Session(line))
    case "doctor": try doctor(line, Session(line, network: !line.has("offline")))
    // The parser lets no other command through.
    default: break
    }
    return .done
}

/// Prints an error.
func report(_ failure: CommandFailure) {
    writeNote(failure.text(program: ProgramTable.otptoken.name))
}
