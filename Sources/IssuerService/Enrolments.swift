internal import Cryptography
internal import Enrolment
internal import OATH

extension UserRecord.Issuance {
    /// How many starts may go unfinished.
    static let maximumTries = 10
    /// How long somebody may enrol, in seconds.
    static let lifetime: Int64 = 7 * 86400

    var isLocked: Bool { tries >= Self.maximumTries }
}

extension UserRecord.Token {
    /// How long a token lives, in seconds: 5 years.
    static let lifetime: Int64 = 5 * 365 * 86400
}

/// What a request for an enrolment comes to.
enum EnrolmentReply: Equatable {
    case done([UInt8])
    case refused(Refusal)
}

// Nobody without the start password may learn who is a user. Whoever cannot enrol (unknown, of
// another service, revoked, enrolled already) is therefore answered from a made-up record, which is
// derived for every request, and has tries counted in a decoy slot as others have them in their
// record: the same reading, charging and writing.
extension Issuer {
    private struct Account {
        let place: RecordPlace
        var record: UserRecord
        var issuance: UserRecord.Issuance
        let isDecoy: Bool
    }

    /// Answers a first request, and charges a try for it.
    func start(
        body: [UInt8], now: Int64, random: RandomSource
    ) throws(IssuerError) -> EnrolmentReply {
        guard let start = try? EnrolmentIssuer.Start(body: body) else { return .refused(.invalid) }
        return try locked(start.userID) { () throws(IssuerError) in
            var account = try account(for: start, random: random)
            guard !account.issuance.isLocked else { return .refused(.locked) }
            guard let answer = try answer(to: start, from: account, random: random) else {
                return .refused(.invalid)
            }
            account.issuance.tries += 1
            account.record.stage = .issued(account.issuance)
            try save(account.record, at: account.place, random: random)
            let session = try IssuerError.wrapping { () throws(CryptographyError) in
                try Session.seal(
                    userID: start.userID, expiresAt: now + Session.lifetime,
                    isDecoy: account.isDecoy, run: answer.run, key: sessionsKey, random: random)
            }
            return .done(answer.reply(session: session))
        }
    }

    /// The answer of SPAKE2+; nil when the share is no point.
    private func answer(
        to start: EnrolmentIssuer.Start, from account: Account, random: RandomSource
    ) throws(IssuerError) -> EnrolmentIssuer.Answer? {
        do throws(EnrolmentError) {
            return try EnrolmentIssuer.Answer(
                to: start, secret: account.issuance.secret.value, random: random)
        } catch .badShare {
            return nil
        } catch {
            throw .cryptography(.libraryFailed)
        }
    }

    private func account(
        for start: EnrolmentIssuer.Start, random: RandomSource
    ) throws(IssuerError) -> Account {
        let blank = UserRecord.Issuance(secret: Shared(try madeUpSecret(start)))
        let madeUp = UserRecord(
            userID: start.userID, email: "", issuedAt: 0, stage: .issued(blank))
        let slot = try place(ofDecoy: start.userID, serviceID: start.serviceID)
        let decoy = try decoy(at: slot, or: madeUp, random: random)
        if let place = place(ofUser: start.userID) {
            let (record, isThere) = try record(at: place, or: madeUp, random: random)
            if isThere, start.serviceID == serviceID, case .issued(let issuance) = record.stage {
                return Account(place: place, record: record, issuance: issuance, isDecoy: false)
            }
        }
        guard case .issued(let issuance) = decoy.stage else { throw .damaged(path: slot.path) }
        return Account(place: slot, record: decoy, issuance: issuance, isDecoy: true)
    }

    /// The decoy in a slot; a new one when there is none, or another one's.
    private func decoy(
        at slot: RecordPlace, or madeUp: UserRecord, random: RandomSource
    ) throws(IssuerError) -> UserRecord {
        do throws(IssuerError) {
            return try record(at: slot, or: madeUp, random: random).record
        } catch .damaged {
            return madeUp
        }
    }

    /// The record at a place; when there is none, another one.
    ///
    /// That one is sealed and opened first: no answer comes sooner for want of a file.
    private func record(
        at place: RecordPlace, or madeUp: UserRecord, random: RandomSource
    ) throws(IssuerError) -> (record: UserRecord, isThere: Bool) {
        if let box = try Self.contents(of: place.path) { return (try open(box, from: place), true) }
        return (try open(try seal(madeUp, for: place, random: random), from: place), false)
    }

    /// w0 and L of a password that nobody has; always the same for the same IDs.
    private func madeUpSecret(
        _ start: EnrolmentIssuer.Start
    ) throws(IssuerError) -> SPAKE2Plus.VerifierSecret {
        try IssuerError.wrapping { () throws(CryptographyError) in
            let halves = try HKDF.derive(
                from: decoysKey, info: Array("\(start.serviceID) \(start.userID)".utf8), count: 80)
            return try SPAKE2Plus.ProverSecret(reducing: halves).registration()
        }
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
            switch record.stage {
            case .issued:
                guard now <= session.expiresAt,
                    now <= record.issuedAt + UserRecord.Issuance.lifetime
                else { return .refused(.expired) }
                token = UserRecord.Token(
                    seed: Shared(session.run.seed.clone()), totp: .rule,
                    expiresAt: now + UserRecord.Token.lifetime)
                // The count of tries goes with w0 and L.
                record.stage = .enrolled(token)
                try save(record, at: place, random: random)
            case .enrolled(let stored):
                // A repetition, since no two runs have the same seed; anything else is another run.
                guard stored.seed.value.equals(session.run.seed) else { return .refused(.refused) }
                token = stored
            case .revoked:
                return .refused(.refused)
            }
            let parameters = EnrolmentParameters(
                issuer: name, totp: token.totp, expiresAt: token.expiresAt, time: now)
            return .done(
                try IssuerError.wrapping { () throws(CryptographyError) in
                    try session.run.reply(parameters, random: random)
                })
        }
    }
}
