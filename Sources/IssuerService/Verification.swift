package import Cryptography
internal import OATH

/// What a code comes to.
package enum Verdict: Equatable, Sendable {
    case accepted
    case rejected(Reason)

    /// Why a code is not taken.
    package enum Reason: String, Sendable {
        /// Nobody has this user ID.
        case unknown
        /// The user has not enrolled yet.
        case pending
        /// The token is revoked.
        case revoked
        /// The token has reached its end.
        case expired
        /// Ten wrong codes came in a row; right ones are refused too.
        case locked
        /// Not as many digits as a code has. It could not have been right, and is not counted.
        case malformed
        /// A right code, but it, or a later one, was taken before. It is not counted either.
        case used
        /// A wrong code; counted.
        case wrong
    }
}

extension UserRecord.Token {
    /// How many wrong codes in a row lock a token.
    static let maximumWrongCodes = 10

    var isLocked: Bool { wrongCodes >= Self.maximumWrongCodes }

    /// The farthest that a clock is followed, in time steps.
    private static let maximumDrift: Int64 = 5

    /// The time steps whose code this is: around `now`, and around where the token's clock was last.
    ///
    /// - Parameters:
    ///   - code: any text.
    ///   - now: unix seconds.
    /// - Returns: the steps, in order; all codes are computed in any case.
    /// - Throws: `CryptographyError`.
    private func steps(of code: String, now: Int64) throws(CryptographyError) -> [UInt64] {
        let current = Int64(totp.step(at: now))
        var steps = Set<Int64>(current - 1...current + 1)
        // Whoever has set the clock right meanwhile is not shut out by what was learnt.
        steps.formUnion(current + drift - 1...current + drift + 1)
        var found: [UInt64] = []
        for step in steps.filter({ $0 >= 0 }).sorted().map(UInt64.init) {
            let candidate = try totp.code(key: seed.value, step: step)
            if constantTimeEqual(Array(candidate.utf8), Array(code.utf8)) { found.append(step) }
        }
        return found
    }

    /// Takes a code, or says why not; counts it when it is wrong.
    ///
    /// - Parameters:
    ///   - code: any text.
    ///   - now: unix seconds.
    /// - Returns: what it comes to; nothing but an accepted or a wrong code changes the token.
    /// - Throws: `CryptographyError`.
    mutating func take(_ code: String, now: Int64) throws(CryptographyError) -> Verdict {
        // First: no answer comes sooner because codes of the token are of no use.
        let steps = try steps(of: code, now: now)
        guard now < expiresAt else { return .rejected(.expired) }
        guard !isLocked else { return .rejected(.locked) }
        guard code.utf8.count == totp.digits,
            code.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return .rejected(.malformed) }
        if let fresh = steps.first(where: { step in lastStep.map { step > $0 } ?? true }) {
            accept(fresh, now: now)
            return .accepted
        }
        guard steps.isEmpty else { return .rejected(.used) }
        wrongCodes += 1
        return .rejected(.wrong)
    }

    /// Takes note of a code that was accepted.
    private mutating func accept(_ step: UInt64, now: Int64) {
        lastStep = step
        wrongCodes = 0
        let early = Int64(step) - Int64(totp.step(at: now))
        drift = max(-Self.maximumDrift, min(Self.maximumDrift, early))
    }
}

extension Issuer {
    /// Checks a code: of this time step, the one before or the one after, or of those around the place where the token's
    /// clock was last; each is taken once.
    ///
    /// What was decided lies on the disk when this returns, and two processes never accept the same
    /// code.
    ///
    /// - Parameters:
    ///   - userID: whose code it is.
    ///   - code: the digits and nothing else.
    ///   - now: unix seconds.
    ///   - random: the nonce.
    ///   - actor: who asks.
    /// - Returns: whether it is taken.
    /// - Throws: `IssuerError.damaged`, `.file`, `.cryptography`.
    package func verify(
        userID: String, code: String, now: Int64, random: RandomSource,
        by actor: Actor = .administrator
    ) throws(IssuerError) -> Verdict {
        guard let place = place(ofUser: userID) else { return .rejected(.unknown) }
        return try locked(userID) { () throws(IssuerError) in
            guard var record = try record(at: place) else { return .rejected(.unknown) }
            var token: UserRecord.Token
            switch record.stage {
            case .issued: return .rejected(.pending)
            case .ended(.expired): return .rejected(.expired)
            case .ended: return .rejected(.revoked)
            case .enrolled(let enrolled): token = enrolled
            }
            let isFirst = token.lastStep == nil
            let verdict = try IssuerError.wrapping { () throws(CryptographyError) in
                try token.take(code, now: now)
            }
            switch verdict {
            case .accepted:
                if isFirst { try log(.activated, userID, by: actor, now: now) }
                record.lastUsed = now
            case .rejected(.wrong):
                if token.isLocked { try log(.locked, userID, by: actor, now: now) }
            case .rejected: return verdict
            }
            record.stage = .enrolled(token)
            try save(record, at: place, random: random)
            return verdict
        }
    }
}
