internal import Cryptography
internal import Enrolment
internal import OATH

extension UserRecord.Issuance {
    /// How long somebody may enrol, in seconds.
    static let lifetime: Int64 = 7 * 86400
}

extension UserRecord.Token {
    /// How long a token lives, in seconds: 5 years.
    static let lifetime: Int64 = 5 * 365 * 86400
}

/// What a request for an enrolment comes to.
enum EnrolmentReply: Equatable {
    case done([UInt8])
    /// Done, and the seed was stored just now.
    case enrolled([UInt8])
    case refused(Refusal)
}

// Nobody without the start password may learn who is a user. Whoever cannot enrol (unknown, of another service,
// revoked, enrolled already) is therefore answered from a made-up secret, and tries are counted for all IDs alike, in
// one file that knows no users: the same reading, charging and writing.
extension Issuer {
    /// Answers a first request, and charges a try for it.
    func start(
        body: [UInt8], now: Int64, random: RandomSource
    ) throws(IssuerError) -> EnrolmentReply {
        guard let start = try? EnrolmentIssuer.Start(body: body) else { return .refused(.invalid) }
        return try locked(start.userID) { () throws(IssuerError) in
            let tries = try tries(of: start.userID)
            let (secret, isDecoy) = try secret(for: start, random: random)
            guard tries < Self.maximumTries else { return .refused(.locked) }
            guard let answer = try answer(to: start, from: secret, random: random) else {
                return .refused(.invalid)
            }
            try setTries(tries + 1, of: start.userID)
            let session = try IssuerError.wrapping { () throws(CryptographyError) in
                try Session.seal(
                    userID: start.userID, expiresAt: now + Session.lifetime, isDecoy: isDecoy,
                    run: answer.run, key: sessionsKey, random: random)
            }
            return .done(answer.reply(session: session))
        }
    }

    /// The answer of SPAKE2+; nil when the share is no point.
    private func answer(
        to start: EnrolmentIssuer.Start, from secret: Shared<SPAKE2Plus.VerifierSecret>,
        random: RandomSource
    ) throws(IssuerError) -> EnrolmentIssuer.Answer? {
        do throws(EnrolmentError) {
            return try EnrolmentIssuer.Answer(to: start, secret: secret.value, random: random)
        } catch .badShare {
            return nil
        } catch {
            throw .cryptography(.libraryFailed)
        }
    }

    /// The record's secret of somebody who may enrol, else a made-up one.
    private func secret(
        for start: EnrolmentIssuer.Start, random: RandomSource
    ) throws(IssuerError) -> (secret: Shared<SPAKE2Plus.VerifierSecret>, isDecoy: Bool) {
        guard let place = place(ofUser: start.userID) else { return (decoy, true) }
        let stranger = UserRecord(
            userID: start.userID, email: "", issuedAt: 0, stage: .issued(.init(secret: decoy)))
        // A record that is missing is sealed and opened all the same: no answer comes sooner for want of a file.
        let box = try Self.contents(of: place.path)
        let sealed = if let box { box } else { try seal(stranger, for: place, random: random) }
        let record = try open(sealed, from: place)
        guard box != nil, start.serviceID == serviceID, case .issued(let issuance) = record.stage
        else { return (decoy, true) }
        return (issuance.secret, false)
    }

    /// Answers a second request; a valid one gives the try back, and the seed is stored first.
    func finish(
        body: [UInt8], now: Int64, random: RandomSource
    ) throws(IssuerError) -> EnrolmentReply {
        guard let finish = try? EnrolmentIssuer.Finish(body: body) else {
            return .refused(.invalid)
        }
        guard let session = Session(finish.session, key: sessionsKey), session.run.confirms(finish),
            !session.isDecoy, let place = place(ofUser: session.userID)
        else { return .refused(.refused) }
        return try locked(session.userID) { () throws(IssuerError) in
            guard var record = try record(at: place) else { return .refused(.refused) }
            let token: UserRecord.Token
            var isNew = false
            switch record.stage {
            case .issued:
                guard now <= session.expiresAt,
                    now <= record.issuedAt + UserRecord.Issuance.lifetime
                else { return .refused(.expired) }
                token = UserRecord.Token(
                    seed: Shared(session.run.seed.clone()), totp: totp,
                    expiresAt: now + UserRecord.Token.lifetime)
                record.stage = .enrolled(token)
                try log(.enrolled, session.userID, by: .client, now: now)
                try save(record, at: place, random: random)
                let tries = try tries(of: session.userID)
                if tries > 0 { try setTries(tries - 1, of: session.userID) }
                isNew = true
            case .enrolled(let stored):
                // A repetition, since no two runs have the same seed; anything else is another run.
                guard stored.seed.value.equals(session.run.seed) else { return .refused(.refused) }
                token = stored
            case .ended:
                return .refused(.refused)
            }
            let parameters = EnrolmentParameters(
                issuer: name, totp: token.totp, expiresAt: token.expiresAt, time: now)
            let body = try IssuerError.wrapping { () throws(CryptographyError) in
                try session.run.reply(parameters, random: random)
            }
            return isNew ? .enrolled(body) : .done(body)
        }
    }
}
