internal import Cryptography
internal import Interchange
internal import OATH
internal import Platform
internal import TokenStore

/// `import [FILE]`: takes in what other authenticators wrote; all of it in one save, or none.
func importTokens(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let file = try ForeignFile(line)
    if file.format == .andOTPOld, line.value("format") == nil {
        session.note(Messages.guessedAndOTP(file.path))
    }
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
        tell(harvest.unusable, Messages.unusable, more: Messages.moreUnusable)
        if harvest.missingParts > 0 {
            note(Messages.missingParts(harvest.missingParts, path))
        }
    }

    fileprivate func tellDuplicates(_ merge: Merge) {
        tell(merge.duplicates, Messages.duplicate, more: Messages.moreDuplicates)
    }

    /// Says something of each, but never more than fits on a screen.
    private func tell<Entry>(
        _ entries: [Entry], _ line: (Entry) -> String, more: (Int) -> String
    ) {
        let limit = 20
        for entry in entries.prefix(limit) { note(line(entry)) }
        if entries.count > limit { note(more(entries.count - limit)) }
    }
}
