package import Cryptography
internal import Platform

/// One line of the list of users.
package struct UserSummary: Equatable, Sendable {
    package let userID: String
    package let email: String
    /// The account that it was issued to, if any.
    package let account: String?
    package let state: UserState
    /// Whether ten tries or ten wrong codes have locked it.
    package let isLocked: Bool
    /// Unix seconds.
    package let issuedAt: Int64
    /// Unix seconds; nil while nobody has enrolled, and after the revocation.
    package let expiresAt: Int64?
    /// When a code was last accepted, in unix seconds.
    package let lastUsed: Int64?
}

extension Issuer {
    /// All users, in the order of their issuance.
    ///
    /// - Parameter now: unix seconds; decides what has lapsed or expired.
    /// - Returns: what may be shown of them.
    /// - Throws: `IssuerError.damaged` with the file, `.file`.
    package func list(now: Int64) throws(IssuerError) -> [UserSummary] {
        try records().map { (record) throws(IssuerError) in
            record.summary(tries: try tries(of: record.userID), now: now)
        }
    }

    /// All records, in the order of their issuance.
    func records() throws(IssuerError) -> [UserRecord] {
        var records: [UserRecord] = []
        for name in try userNames() {
            if let record = try unlockedRecord(of: name) { records.append(record) }
        }
        return records.sorted { ($0.issuedAt, $0.userID) < ($1.issuedAt, $1.userID) }
    }

    /// The names of the files in the folder of records; not all are user IDs.
    func userNames() throws(IssuerError) -> [String] {
        let folder = home + "/users"
        return try IssuerError.naming(folder) { () throws(FileError) in
            try PrivateFolder.names(in: folder)
        }
    }

    /// The record of a user ID whose lock the caller does not hold; nil when there is none.
    func unlockedRecord(of userID: String) throws(IssuerError) -> UserRecord? {
        guard let place = place(ofUser: userID) else { return nil }
        do throws(IssuerError) {
            return try record(at: place)
        } catch .damaged {
            // Or its file was replaced while it was read, and written anew for somebody else.
            return try locked(userID) { () throws(IssuerError) in try record(at: place) }
        } catch {
            throw error
        }
    }

    /// One user.
    ///
    /// - Parameters:
    ///   - userID: any text.
    ///   - now: unix seconds; decides what has lapsed or expired.
    /// - Returns: what may be shown; nil when nobody has this user ID.
    /// - Throws: `IssuerError.damaged`, `.file`.
    package func user(_ userID: String, now: Int64) throws(IssuerError) -> UserSummary? {
        guard let record = try unlockedRecord(of: userID) else { return nil }
        return record.summary(tries: try tries(of: userID), now: now)
    }

    /// Ends a user's token or issuance; seed, w0 and L are gone afterwards.
    ///
    /// - Parameters:
    ///   - userID: whose; one that is revoked already stays so.
    ///   - now: unix seconds.
    ///   - random: the nonce.
    ///   - actor: who does it.
    /// - Throws: `IssuerError.noSuchUser`, `.damaged`, `.file`.
    package func revoke(
        userID: String, now: Int64, random: RandomSource, by actor: Actor = .administrator
    ) throws(IssuerError) {
        try change(userID, random) { (record) throws(IssuerError) in
            if case .ended(.revoked) = record.stage { return }
            try log(.revoked, userID, by: actor, now: now)
            record.stage = .ended(.revoked)
        }
    }

    /// Forgets wrong codes and tries that led to nothing.
    ///
    /// - Parameters:
    ///   - userID: whose.
    ///   - now: unix seconds.
    ///   - random: the nonce.
    ///   - actor: who does it.
    /// - Throws: `IssuerError.noSuchUser`, `.damaged`, `.file`.
    package func unlock(
        userID: String, now: Int64, random: RandomSource, by actor: Actor = .administrator
    ) throws(IssuerError) {
        try change(userID, random) { (record) throws(IssuerError) in
            try log(.unlocked, userID, by: actor, now: now)
            try setTries(0, of: userID)
            if case .enrolled(var token) = record.stage {
                token.wrongCodes = 0
                record.stage = .enrolled(token)
            }
        }
    }

    private func change(
        _ userID: String, _ random: RandomSource,
        _ body: (inout UserRecord) throws(IssuerError) -> Void
    ) throws(IssuerError) {
        try locked(userID) { () throws(IssuerError) in
            guard let place = place(ofUser: userID), var record = try record(at: place) else {
                throw .noSuchUser
            }
            try body(&record)
            try save(record, at: place, random: random)
        }
    }
}

extension UserRecord {
    fileprivate func summary(tries: UInt8, now: Int64) -> UserSummary {
        var state = state
        var isLocked = false
        var expiresAt: Int64?
        switch stage {
        case .issued:
            isLocked = tries >= Issuer.maximumTries
            if now > issuedAt + UserRecord.Issuance.lifetime { state = .lapsed }
        case .enrolled(let token):
            isLocked = token.isLocked
            expiresAt = token.expiresAt
            if now >= token.expiresAt { state = .expired }
        case .ended: break
        }
        return UserSummary(
            userID: userID, email: email, account: account, state: state, isLocked: isLocked,
            issuedAt: issuedAt,
            expiresAt: expiresAt, lastUsed: lastUsed)
    }
}
