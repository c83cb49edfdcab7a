internal import Cryptography
internal import Interchange
internal import OATH
internal import Platform
internal import TokenStore

/// `backup FILE`: a sealed copy of the tokens for another machine; with `--verify`, a look at whether it is one.
func backup(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let path = line.operands[0]
    guard path != "-", !path.isEmpty else { throw Messages.backupNeedsFile() }
    if line.has("verify") {
        guard !line.has("force") else { throw Messages.excludes("verify", "force") }
        return try verify(path, line, session)
    }
    // Nobody shall think of a password for a file that is not written.
    guard !session.locations.holds(path) else { throw Messages.backupAmongOurs(path) }
    if !line.has("force"), PrivateFile.exists(path) { throw Messages.backupExists(path) }
    let tokens = try session.portableTokens()
    let password = try newPassword(line, Messages.askBackupPassword)
    let list = URIList.write(tokens.map { ForeignToken($0, isBackup: true) })
    // What is called saved can be had back.
    guard let harvest = try? list.withBytes({ try URIList.read($0, isBackup: true) }),
        harvest.tokens.count == tokens.count,
        zip(harvest.tokens, tokens).allSatisfy({ Token($0).isSame(as: $1) })
    else { throw Messages.backupUnreadable() }
    let file = try Messages.sealing(path) { () throws(StoreError) in
        try SealedStore.seal(list, passphrase: password, random: SecretBytes.random)
    }
    do {
        try PrivateFile.create(path, with: file, replacing: line.has("force"))
    } catch .system(.exists) {
        throw Messages.backupExists(path)
    } catch {
        throw .file(error, path)
    }
    session.note(Messages.backedUp(tokens.count, path))
}

/// `restore FILE`: takes in a backup, or with `--replace` puts it in the place of what is here.
func restore(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let path = line.operands[0]
    let harvest = try BackupFile(path).open(line)
    session.tellUnusable(harvest, of: path)
    guard line.has("replace") else {
        return try session.takeIn(harvest.tokens, note: Messages.broughtBack)
    }
    // What this version cannot read would be lost.
    guard harvest.unusable.isEmpty else { throw Messages.notReplaced(path) }
    try session.replaceTokens(with: harvest.tokens)
}

extension Session {
    /// Puts tokens in the place of all that a backup can hold; others stay, and that is said.
    ///
    /// - Parameter incoming: out of a backup.
    /// - Throws: when the store is not changed.
    fileprivate func replaceTokens(with incoming: [ForeignToken]) throws(CommandFailure) {
        var aside: String?
        var (kept, restored): ([Token], [Token]) = ([], [])
        do throws(CommandFailure) {
            try changeStore { (store) throws(CommandFailure) in
                aside = try setStoreAside()
                kept = store.tokens.filter { !$0.isPortable }
                restored = kept.naming(incoming)
                store.tokens = kept + restored
            }
        } catch {
            // One that has opened, and holds what no backup does, is not given up for another failure.
            guard error.status == .storeDamaged, aside == nil else { throw error }
            // This is what a backup is for.
            try renewStore { (store) throws(CommandFailure) in
                aside = try setStoreAside()
                restored = kept.naming(incoming)
                store.tokens = restored
            }
            note(Messages.newStoreInItsPlace)
        }
        for token in kept { note(Messages.keptBeside(token)) }
        if let aside { note(Messages.storeKeptAside(aside)) }
        note(Messages.broughtBack(restored))
    }

    private func setStoreAside() throws(CommandFailure) -> String? {
        do throws(FileError) {
            return try PrivateFile.setAside(locations.store)
        } catch .missing {
            return nil
        } catch {
            throw .file(error, locations.store)
        }
    }
}

extension [Token] {
    /// Tokens from outside beside these, with numbers behind names that are taken.
    fileprivate func naming(_ incoming: [ForeignToken]) -> [Token] {
        var names = FreeNames(in: self)
        let hasDefault = contains(where: \.isDefault)
        return incoming.map { foreign in
            var token = Token(foreign)
            token.name = names.take(like: token.name)
            token.isDefault = token.isDefault && !hasDefault
            return token
        }
    }
}

/// A backup as it lies in its file.
private struct BackupFile {
    /// How often its password is asked for.
    private static let tries = 3

    private let path: String
    private let sealed: SealedStore

    init(_ path: String) throws(CommandFailure) {
        self.path = path
        let bytes = try Messages.naming(path) { () throws(FileError) in
            try SecretInput.readPlain(path, limit: SealedStore.maximumCount)
        }
        sealed = try Messages.ofBackup(path) { () throws(StoreError) in try SealedStore(bytes) }
        guard sealed.slots.allSatisfy({ $0.kind == .scrypt }) else {
            throw Messages.storeIsNoBackup(path)
        }
    }

    /// What is in it, once its password is known.
    func open(_ line: Invocation) throws(CommandFailure) -> Harvest {
        let key = try key(line)
        let list = try Messages.ofBackup(path) { () throws(StoreError) in
            try sealed.plaintext(key: key)
        }
        do throws(InterchangeError) {
            return try list.withBytes { (bytes) throws(InterchangeError) in
                try URIList.read(bytes, isBackup: true)
            }
        } catch {
            throw Messages.storeIsNoBackup(path)
        }
    }

    private func key(_ line: Invocation) throws(CommandFailure) -> SecretBytes {
        if let file = line.value("password-file") {
            let typed = try Messages.naming(file) { () throws(FileError) in
                try SecretInput.read(file)
            }
            guard let key = try key(typed) else { throw Messages.wrongPassword(path, file) }
            return key
        }
        for attempt in 1...Self.tries {
            if let key = try key(askPassword(path)) { return key }
            guard attempt < Self.tries else { break }
            writeNote(Messages.wrongPasswordTryAgain)
        }
        throw Messages.wrongPassword(path, nil)
    }

    private func key(_ typed: borrowing SecretBytes) throws(CommandFailure) -> SecretBytes? {
        guard let password = Passphrase(typed) else { return nil }
        return try Messages.ofBackup(path) { () throws(StoreError) in
            try sealed.key(.scrypt, from: password.bytes)
        }
    }
}

/// Opens a backup, and compares it with the store.
private func verify(
    _ path: String, _ line: Invocation, _ session: Session
) throws(CommandFailure) {
    let harvest = try BackupFile(path).open(line)
    session.tellUnusable(harvest, of: path)
    let saved = Dictionary(harvest.tokens.map { Token($0) }.map { ($0.name, $0) }) { $1 }
    let tokens = try session.portableTokens()
    var differences: [String] = []
    for token in tokens {
        guard let twin = saved[token.name] else {
            differences.append(Messages.notInBackup(token))
            continue
        }
        if !token.isSame(as: twin) { differences.append(Messages.otherInBackup(token)) }
    }
    let names = Set(tokens.map(\.name))
    for foreign in harvest.tokens {
        let token = Token(foreign)
        if !names.contains(token.name) { differences.append(Messages.onlyInBackup(token)) }
    }
    guard differences.isEmpty else { throw Messages.storeMovedOn(path, differences) }
    session.note(Messages.verified(tokens.count, path))
}

extension Session {
    /// The tokens that a backup can hold; the others are told.
    fileprivate func portableTokens() throws(CommandFailure) -> [Token] {
        let tokens = try tokens()
        for token in tokens where !token.isPortable { note(Messages.notPortable(token)) }
        let portable = tokens.filter(\.isPortable)
        guard !portable.isEmpty else {
            throw tokens.isEmpty ? Messages.noToken(locations) : Messages.nothingPortable()
        }
        return portable
    }
}

extension Token {
    /// Whether a backup holds the same, word for word.
    fileprivate func isSame(as other: Token) -> Bool {
        func text(_ token: Token) -> SecretBytes {
            URIList.write([ForeignToken(token, isBackup: true)])
        }
        return text(self).equals(text(other))
    }
}
