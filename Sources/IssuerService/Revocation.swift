internal import Cryptography
internal import Enrolment

// A revocation by a code says who has a token as little as an enrolment does: for those who have none, a record is
// made up, a code of it is computed, and the same is written, to a file of nobody's beside theirs.
extension Issuer {
    /// Ends the token of somebody who has a current code of it; its seed is gone afterwards.
    ///
    /// A wrong code counts as it does where codes are verified.
    ///
    /// - Parameters:
    ///   - request: whose, and the code.
    ///   - now: unix seconds.
    ///   - random: nonces, and the seed of a token that nobody has.
    /// - Returns: whether it was that; a no has no reason.
    /// - Throws: `IssuerError.damaged`, `.file`, `.cryptography`; then nothing has been changed.
    func revoke(
        _ request: EnrolmentIssuer.Revocation, now: Int64, random: RandomSource
    ) throws(IssuerError) -> Bool {
        guard let place = place(ofUser: request.userID) else { return false }
        return try locked(request.userID) { () throws(IssuerError) in
            let nobodys = try madeUpToken(random)
            let box = try Self.contents(of: place.path)
            let stranger = UserRecord(
                userID: request.userID, email: "", issuedAt: 0, stage: .enrolled(nobodys))
            let sealed = if let box { box } else { try seal(stranger, for: place, random: random) }
            var record = try open(sealed, from: place)
            var token = nobodys
            var hasToken = false
            if box != nil, request.serviceID == serviceID, case .enrolled(let own) = record.stage {
                token = own
                hasToken = true
            }
            let verdict = try IssuerError.wrapping { () throws(CryptographyError) in
                try token.take(request.code, now: now)
            }
            let isRevoked = hasToken && verdict == .accepted
            if isRevoked {
                try log(.revoked, request.userID, by: .client, now: now)
                record.stage = .ended(.revoked)
            } else if hasToken, verdict == .rejected(.wrong) {
                if token.isLocked { try log(.locked, request.userID, by: .client, now: now) }
                record.stage = .enrolled(token)
            }
            let saved = box == nil ? try nobodysPlace(like: request.userID) : place
            try save(record, at: saved, random: random)
            return isRevoked
        }
    }

    /// A token as all are, with a seed that is forgotten at once.
    private func madeUpToken(_ random: RandomSource) throws(IssuerError) -> UserRecord.Token {
        let seed = try IssuerError.wrapping { () throws(CryptographyError) in
            Shared(try random(32))
        }
        return UserRecord.Token(seed: seed, totp: totp, expiresAt: .max)
    }
}
