internal import Cryptography
internal import Interchange
internal import OATH
internal import Platform
internal import TokenStore

/// `import [FILE]`: takes in what other authenticators wrote; all of it in one save, or none.
func importTokens(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let file = try ForeignFile(line)
    let harvest = try file.harvest()
    session.tellUnusable(harvest, of: file.path)
    guard !harvest.tokens.isEmpty else { throw Messages.nothingUsable(harvest, file.path) }
    let incoming = harvest.tokens.map(\.withoutOwn)
    if line.has("dry-run") {
        let merge = try Merge(incoming, beside: session.tokens())
        if !merge.added.isEmpty { try writeResult(importTable(merge.added)) }
        session.tellDuplicates(merge)
        return session.note(Messages.dryRun(merge.added.count))
    }
    try session.takeIn(incoming, note: Messages.imported)
}

/// What would come in, as `list` shows it.
private func importTable(_ tokens: [Token]) -> String {
    alignedTable(
        [Messages.importHeader]
            + tokens.map { token in
                [
                    printable(token.name), printable(token.issuer), printable(token.userID),
                    "\(token.totp.digits)", Messages.seconds(token.totp.period),
                    token.totp.algorithm.rawValue,
                ]
            })
}

extension Session {
    /// Adds tokens to the store, those left out that are there already; and says so.
    ///
    /// - Parameters:
    ///   - tokens: from outside.
    ///   - note: says what was added.
    /// - Throws: when the store is not changed.
    func takeIn(
        _ tokens: [ForeignToken], note: ([Token]) -> String
    ) throws(CommandFailure) {
        // Where nothing is new, nothing is written.
        var merge = try Merge(tokens, beside: self.tokens())
        if !merge.added.isEmpty {
            try changeStore { (store) throws(CommandFailure) in
                merge = try Merge(tokens, beside: store.tokens)
                store.tokens += merge.added
            }
        }
        tellDuplicates(merge)
        self.note(note(merge.added))
    }

    /// Says what of a file cannot be used.
    ///
    /// - Parameters:
    ///   - harvest: what is in the file.
    ///   - path: the file.
    func tellUnusable(_ harvest: Harvest, of path: String) {
        for token in harvest.unusable { note(Messages.unusable(token)) }
        if harvest.missingParts > 0 {
            note(Messages.missingParts(harvest.missingParts, path))
        }
    }

    fileprivate func tellDuplicates(_ merge: Merge) {
        for name in merge.duplicates { note(Messages.duplicate(name)) }
    }
}
