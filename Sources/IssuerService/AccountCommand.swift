internal import Cryptography
internal import Platform

/// `account add ADDRESS`, `account list`, `account password ADDRESS`, `account mailed-code ADDRESS`,
/// `account remove ADDRESS`.
func account(_ line: Invocation, _ issuer: Issuer) throws(CommandFailure) {
    let (action, email) = (line.operands[0], line.operands.dropFirst().first)
    switch (action, email) {
    case ("add", let email?):
        let password = try chosenPassword(line)
        let isMade = password == nil
        let made: SecretBytes
        do {
            made = try issuer.addAccount(
                email: email, password: password, isAdministrator: line.has("admin"),
                now: wallClockSeconds(), random: SecretBytes.random)
        } catch {
            throw Messages.issuer(error)
        }
        try tell(made, isMade, of: email, else: Messages.accountAdded(email))
    case ("password", let email?):
        let password = try chosenPassword(line)
        let isMade = password == nil
        let made: SecretBytes
        do {
            made = try issuer.setPassword(
                password, ofAccount: email, random: SecretBytes.random)
        } catch {
            throw Messages.issuer(error)
        }
        try tell(made, isMade, of: email, else: Messages.passwordSet(email))
    case ("list", nil):
        let accounts = try Messages.naming { () throws(IssuerError) in try issuer.accounts() }
        guard !accounts.isEmpty else { return }
        let rows = accounts.map {
            [
                $0.email, Messages.kind($0), localDate($0.createdAt), $0.userID ?? "-",
                Messages.needsCode($0),
            ]
        }
        try writeResult(alignedTable([Messages.accountHeader] + rows))
    case ("mailed-code", let email?):
        let isNeeded = !line.has("off")
        try Messages.naming { () throws(IssuerError) in
            try issuer.setCodeNeeded(isNeeded, ofAccount: email, random: SecretBytes.random)
        }
        writeNote(Messages.codeNeeded(email, isNeeded))
    case ("remove", let email?):
        let removed = try Messages.naming { () throws(IssuerError) in
            try issuer.removeAccount(email: email)
        }
        let now = wallClockSeconds()
        let user = try Messages.naming { () throws(IssuerError) in
            try removed.userID.flatMap { (userID) throws(IssuerError) in
                try issuer.user(userID, now: now)
            }
        }
        let isAlive = user.map { !$0.state.isEnded } ?? false
        writeNote(Messages.accountRemoved(removed.email, user: isAlive ? removed.userID : nil))
    default: throw Messages.badAccountAction(line.operands.joined(separator: " "))
    }
}

/// The password of `--password-file`; nil when one is to be made.
private func chosenPassword(_ line: Invocation) throws(CommandFailure) -> SecretBytes? {
    guard let file = line.value("password-file") else { return nil }
    do {
        return try SecretInput.read(file)
    } catch {
        throw .file(error, file)
    }
}

/// Prints a password that was made, once; one that was chosen is known.
private func tell(
    _ password: borrowing SecretBytes, _ isMade: Bool, of email: String, else note: String
) throws(CommandFailure) {
    guard isMade else {
        writeNote(note)
        return
    }
    try write(password, behind: Messages.passwordLabel, orTell: Messages.passwordUnseen(email))
}
