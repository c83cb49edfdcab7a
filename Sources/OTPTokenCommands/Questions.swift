internal import Platform

/// Asks at the terminal whether something may be done that cannot be taken back.
///
/// - Parameter question: it ends with `[y/N] `; the command takes `--yes` instead of an answer.
/// - Returns: whether the answer was `y`, `yes` or `はい`, in any case and width; anything else is no.
/// - Throws: when there is no terminal, or no answer.
func confirm(_ question: String) throws(CommandFailure) -> Bool {
    let answer: String
    do {
        answer = try ControllingTerminal().ask(question)
    } catch .none {
        throw Messages.missingConfirmation()
    } catch {
        throw givenUp(error)
    }
    return ["y", "yes", "ｙ", "ｙｅｓ", "はい"].contains(answer.filter { !$0.isWhitespace }.lowercased())
}

/// The words for a question without an answer; Ctrl-C takes effect here, now that the terminal is as it was.
func givenUp(_ failure: ControllingTerminal.Failure) -> CommandFailure {
    if case .interrupted(let signal) = failure { signal.takeEffect() }
    return Messages.terminal(failure)
}
