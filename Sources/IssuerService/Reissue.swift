internal import Cryptography
internal import Enrolment
internal import Platform

extension Issuer {
    /// Issues a token in the place of another one, which is revoked once there is the new one.
    ///
    /// - Parameters:
    ///   - former: the user ID of the other one, if there is one.
    ///   - email: where the mail goes.
    ///   - password: the start password.
    ///   - account: the address of the account that it is for, if any.
    ///   - language: that of the mails about it.
    ///   - now: unix seconds.
    ///   - random: what it is made of.
    ///   - actor: who does it.
    /// - Returns: what is to be handed on.
    /// - Throws: `IssuerError.invalid(.email)`, `.damaged`, `.file`, `.cryptography`.
    func issue(
        inPlaceOf former: String?, email: String, password: consuming StartPassword,
        for account: String?, in language: Language, now: Int64, random: RandomSource,
        by actor: Actor
    ) throws(IssuerError) -> Issued {
        let issued = try issue(
            email: email, password: password, now: now, random: random, by: actor, in: language,
            for: account)
        var formers: Set<String> = []
        if let former { formers.insert(former) }
        // None where the account was removed meanwhile: the token is an address's then, as others are.
        if let account, let found = try self.account(account) {
            if let userID = found.userID { formers.insert(userID) }
            try setToken(issued.userID, ofAccount: account, random: random)
        }
        for userID in formers where try user(userID, now: now) != nil {
            try revoke(userID: userID, now: now, random: random, by: actor)
        }
        return issued
    }

    /// Issues another token to whom one was issued before.
    ///
    /// - Parameters:
    ///   - userID: that of the former one, which is revoked.
    ///   - password: the start password.
    ///   - now: unix seconds.
    ///   - random: what it is made of.
    ///   - actor: who does it.
    /// - Returns: what is to be handed on.
    /// - Throws: `IssuerError.noSuchUser`, `.damaged`, `.file`, `.cryptography`.
    func reissue(
        userID: String, password: consuming StartPassword, now: Int64, random: RandomSource,
        by actor: Actor
    ) throws(IssuerError) -> Issued {
        guard let record = try unlockedRecord(of: userID) else {
            throw .noSuchUser
        }
        return try issue(
            inPlaceOf: userID, email: record.email, password: password, for: record.account,
            in: record.language, now: now, random: random, by: actor)
    }
}
