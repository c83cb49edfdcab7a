internal import Cryptography
internal import Platform
internal import TokenStore

/// `passphrase set|change|remove`: the app lock.
func passphrase(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    try checkOptions(line)
    let action = line.operands[0]
    let store = try session.sealedStore()
    let isLocked = store.map { !$0.hasSlot(.device) } ?? false
    guard isLocked == (action != "set") else {
        throw isLocked ? Messages.lockedAlready() : Messages.notLocked()
    }
    // Nobody shall think of a passphrase for a store that does not open.
    if let store {
        _ = try session.unlocking.key(of: store, at: session.locations.store, from: .notKept)
        _ = try session.open(store)
    }
    switch action {
    case "set": try setLock(line, session, note: Messages.passphraseSet)
    case "change": try setLock(line, session, note: Messages.passphraseChanged)
    default:
        try session.changeStore(from: .notKept) { (store) throws(CommandFailure) in
            try store.rekey(.device, session.ensureDevice(), session)
        }
        session.note(Messages.lockRemoved)
    }
}

/// `unlock`: keeps the store key in the kernel's keyring for a while.
func unlock(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let seconds = try unlockTime(line, session)
    guard let store = try session.sealedStore() else { throw Messages.noToken() }
    guard !store.hasSlot(.device) else { return session.note(Messages.noLock) }
    let key = try session.unlocking.key(of: store, at: session.locations.store, from: .notKept)
    try session.unlocking.keep(key, of: store, seconds: seconds)
    session.note(
        Messages.unlocked(seconds, until: localMoment(wallClockSeconds() + Int64(seconds))))
}

/// `lock`: makes the kernel's keyring forget the store key.
func lock(_ session: Session) throws(CommandFailure) {
    guard let store = try session.sealedStore() else { throw Messages.noToken() }
    // Somebody who locks wants it locked: that it cannot be must not pass for done.
    guard !store.hasSlot(.device) else { throw Messages.notLocked() }
    _ = try session.unlocking.revoke(store)
    session.note(Messages.locked)
}

private func unlockTime(_ line: Invocation, _ session: Session) throws(CommandFailure) -> Int {
    guard let text = line.value("for") else { return try session.settings.read().unlockTime() }
    guard let seconds = duration(text) else { throw Messages.badDuration(text, "--for", .usage) }
    return seconds
}

private func checkOptions(_ line: Invocation) throws(CommandFailure) {
    let action = line.operands[0]
    guard ["set", "change", "remove"].contains(action) else {
        throw Messages.badLockAction(action)
    }
    if action == "remove", line.has("command") {
        throw Messages.optionOnlyFor("command", "set|change")
    }
    if action != "change", line.has("new-passphrase-file") {
        throw Messages.optionOnlyFor("new-passphrase-file", "change")
    }
    guard line.has("command") else { return }
    for option in ["passphrase-file", "new-passphrase-file"] where line.has(option) {
        // With change, --passphrase-file opens the store as it is.
        if action == "set" || option != "passphrase-file" {
            throw Messages.commandAndPassphrase(option)
        }
    }
}

private func setLock(
    _ line: Invocation, _ session: Session, note: String
) throws(CommandFailure) {
    guard !line.has("command") else {
        let secret = try session.unlocking.commandSecret(isNew: true)
        try session.changeStore(from: .notKept) { (store) throws(CommandFailure) in
            try store.rekey(.command, secret, session)
        }
        for path in session.storesAside() { session.note(Messages.opensAsBefore(path)) }
        if secret.count < 16 { session.note(Messages.weakCommandSecret(secret.count)) }
        session.note(Messages.commandSet)
        return
    }
    let option = line.operands[0] == "set" ? "passphrase-file" : "new-passphrase-file"
    let passphrase = try newPassphrase(line, option)
    try session.changeStore(from: .notKept) { (store) throws(CommandFailure) in
        try store.rekey(.scrypt, passphrase.bytes, session)
    }
    for path in session.storesAside() { session.note(Messages.opensAsBefore(path)) }
    let count = passphrase.count
    if count < Passphrase.advisedCount { session.note(Messages.weakPassphrase(count)) }
    session.note(note)
}

/// A new passphrase from its file, or asked for twice at the terminal.
///
/// - Parameters:
///   - line: the command line.
///   - option: names the file.
///   - prompts: the question, and the one for the second time.
/// - Returns: the passphrase.
/// - Throws: when there is none.
func newPassphrase(
    _ line: Invocation, _ option: String,
    prompts: (first: String, again: String) = (
        Messages.askNewPassphrase, Messages.askNewPassphraseAgain
    )
) throws(CommandFailure) -> Passphrase {
    if let file = line.value(option) {
        let typed = try Messages.naming(file) { () throws(FileError) in try SecretInput.read(file) }
        guard let passphrase = Passphrase(typed) else { throw Messages.badPassphrase() }
        return passphrase
    }
    let attempts = 3
    for attempt in 1...attempts {
        let typed = try ask(prompts.first, option)
        guard let passphrase = Passphrase(typed) else { throw Messages.badPassphrase() }
        if let again = Passphrase(try ask(prompts.again, option)),
            passphrase.bytes.equals(again.bytes)
        {
            return passphrase
        }
        if attempt < attempts { writeNote(Messages.passphrasesDiffer) }
    }
    throw Messages.passphrasesKeptDiffering()
}

private func ask(_ prompt: String, _ option: String) throws(CommandFailure) -> SecretBytes {
    do {
        return try ControllingTerminal().askSecret(prompt)
    } catch .none {
        throw Messages.noTerminalForNewPassphrase(option)
    } catch {
        throw givenUp(error)
    }
}

extension TokenStore {
    fileprivate mutating func rekey(
        _ kind: KeySlot.Kind, _ secret: borrowing SecretBytes, _ session: Session
    ) throws(CommandFailure) {
        do throws(StoreError) {
            try rekey(openedBy: kind, secret, random: SecretBytes.random)
        } catch {
            throw Messages.store(error, session.locations.store, session.locations)
        }
    }
}
