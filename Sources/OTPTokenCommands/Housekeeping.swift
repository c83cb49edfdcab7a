internal import Cryptography
internal import Platform
internal import TokenStore

// Each command looks at the store first without its lock: what cannot be done makes no files and keeps nobody
// waiting, and the person is asked while others go on. What counts is looked up again under the lock.

/// `rename OLD NEW`: calls a token something else.
func rename(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let (old, new) = (line.operands[0], line.operands[1])
    guard Token.isName(new) else { throw Messages.badName(new) }
    func place(_ tokens: [Token]) throws(CommandFailure) -> Int {
        let index = try tokens.activeIndex(named: old)
        if let other = tokens.index(named: new), other != index {
            throw Messages.newNameTaken(tokens[other].name)
        }
        return index
    }
    let tokens = try session.tokens()
    let former = tokens[try place(tokens)].name
    // The same name in another normalisation form is stored as it is written now.
    guard !former.utf8.elementsEqual(new.utf8) else {
        return session.note(Messages.calledSoAlready(former))
    }
    try session.changeStore { (store) throws(CommandFailure) in
        store.tokens[try place(store.tokens)].name = new
    }
    session.note(Messages.renamed(former, to: new))
}

/// `default NAME`: chooses the token that `show` takes when nobody names one.
func chooseDefault(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let name = line.operands[0]
    let tokens = try session.tokens()
    let index = try tokens.activeIndex(named: name)
    guard tokens.indices.contains(where: { tokens[$0].isDefault != ($0 == index) }) else {
        return session.note(Messages.isDefaultAlready(tokens[index]))
    }
    try session.changeStore { (store) throws(CommandFailure) in
        let index = try store.tokens.activeIndex(named: name)
        for other in store.tokens.indices { store.tokens[other].isDefault = other == index }
    }
    session.note(Messages.isDefaultNow(tokens[index]))
}

/// `remove NAME`: takes a token out of the store, once the person has said yes; the issuer revokes it first, if wanted.
func remove(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let name = line.operands[0]
    let wish = try RevocationWish(line)
    let tokens = try session.tokens()
    let token = tokens[try tokens.place(named: name)]
    var revocation = try wish.revocation(of: token)
    if !line.has("yes") {
        let place = wish.isAsked ? nil : revocation?.issuer.server
        guard try confirm(Messages.askRemoval(token, revokingAt: place)) else {
            throw Messages.nothingRemoved()
        }
        if wish.isAsked, let server = revocation?.issuer.server,
            try !confirm(Messages.askRevocation(server))
        {
            revocation = nil
        }
    }
    if let revocation {
        // What is revoked cannot be had back: nothing foreseeable may keep it from being removed.
        try session.prepareStore()
        _ = try session.tokens().place(of: token, named: name)
        try revocation.run(session)
    }
    var heir: Token?
    try session.changeStore { (store) throws(CommandFailure) in
        let index = try store.tokens.place(of: token, named: name)
        let former = store.tokens.defaultToken
        store.tokens.remove(at: index)
        heir = store.tokens.defaultToken.flatMap { $0.name == former?.name ? nil : $0 }
    }
    session.note(Messages.removed(token))
    if revocation == nil, token.kind == .totp { session.note(Messages.revoke) }
    session.note(Messages.keptBackup(session.locations))
    if let heir { session.note(Messages.isDefaultNow(heir)) }
}

extension Token {
    fileprivate func isSame(as other: Token) -> Bool {
        state == other.state && kind == other.kind && seed.value.equals(other.seed.value)
            && enrolledAt == other.enrolledAt
    }
}

extension [Token] {
    /// The position of the token that somebody named, pending ones included.
    fileprivate func place(named name: String) throws(CommandFailure) -> Int {
        guard !isEmpty else { throw Messages.noToken() }
        guard let index = index(named: name) else {
            throw Messages.noSuchToken(name, nearest: nearest(to: name, in: map(\.name)))
        }
        return index
    }

    /// The position of the token that somebody was asked about: the name may be another one's by now.
    fileprivate func place(of token: Token, named name: String) throws(CommandFailure) -> Int {
        let index = try place(named: name)
        guard self[index].isSame(as: token) else { throw Messages.changedMeanwhile(name) }
        return index
    }

    /// The position of the token that somebody named; it gives codes.
    fileprivate func activeIndex(named name: String) throws(CommandFailure) -> Int {
        let index = try place(named: name)
        guard self[index].state == .active else { throw Messages.onlyPending(self[index]) }
        return index
    }
}
