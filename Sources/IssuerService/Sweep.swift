package import Cryptography
internal import Platform

extension Issuer {
    /// How long before a token's end its person is told, in seconds.
    private static let notice: Int64 = 30 * 86400

    /// Notes what time has ended, and lays mails about what ends soon into the outbox.
    ///
    /// - Parameters:
    ///   - now: unix seconds.
    ///   - random: nonces and Message-IDs.
    ///   - report: is told of records that could not be looked after; the others are.
    /// - Returns: the paths of the mails.
    /// - Throws: `IssuerError.file` when there is no list of users.
    package func sweep(
        now: Int64, random: RandomSource, report: (IssuerError) -> Void
    ) throws(IssuerError) -> [String] {
        var mails: [String] = []
        for name in try userNames() {
            guard let place = place(ofUser: name) else { continue }
            do throws(IssuerError) {
                // Nearly always there is nothing to do: nobody is kept waiting for that.
                guard let record = try unlockedRecord(of: name), record.isDue(now) else {
                    continue
                }
                if let mail = try locked(
                    name,
                    { () throws(IssuerError) in
                        try sweep(place, now: now, random: random)
                    })
                {
                    mails.append(mail)
                }
            } catch {
                report(error)
            }
        }
        return mails
    }

    /// Does what is due of one record; the path of the mail, if there is one.
    private func sweep(
        _ place: RecordPlace, now: Int64, random: RandomSource
    ) throws(IssuerError) -> String? {
        guard var record = try record(at: place), record.isDue(now) else { return nil }
        var mail: String?
        switch record.stage {
        case .issued:
            try log(.lapsed, record.userID, by: .time, now: now)
            record.stage = .ended(.lapsed)
        case .enrolled(let token) where now >= token.expiresAt:
            try log(.expired, record.userID, by: .time, now: now)
            record.stage = .ended(.expired)
        case .enrolled(var token):
            let words = MailMessages(issuer: self, language: record.language)
            mail = try post(
                record.userID + "-ends", to: record.email, words.endsSubject,
                words.ends(
                    record.userID, at: token.expiresAt, hasAccount: record.account != nil),
                in: record.language, now: now, random: random)
            token.noticedAt = now
            record.stage = .enrolled(token)
        case .ended: return nil
        }
        try save(record, at: place, random: random)
        return mail
    }

    fileprivate static func isNoticeDue(_ token: UserRecord.Token, _ now: Int64) -> Bool {
        token.noticedAt == nil && now >= token.expiresAt - notice
    }
}

extension UserRecord {
    /// Whether time has done something to it.
    fileprivate func isDue(_ now: Int64) -> Bool {
        switch stage {
        case .issued: now > issuedAt + UserRecord.Issuance.lifetime
        case .enrolled(let token): now >= token.expiresAt || Issuer.isNoticeDue(token, now)
        case .ended: false
        }
    }
}
