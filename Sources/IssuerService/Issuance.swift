package import Cryptography
package import Enrolment
package import Platform

/// What an issuance gives to the administrator.
package struct Issued: ~Copyable {
    package let userID: String
    /// The start password that was given or made, in ASCII: kept nowhere else.
    package let startPassword: SecretBytes
    /// The file with the issuance mail.
    package let mailPath: String
}

/// The user IDs of this issuer: 14 digits and 2 letters A–Z.
enum UserID {
    static func random(from source: RandomSource) throws(CryptographyError) -> String {
        let digits = try symbols(14, of: UInt8(ascii: "0")...UInt8(ascii: "9"), from: source)
        let letters = try symbols(2, of: UInt8(ascii: "A")...UInt8(ascii: "Z"), from: source)
        return [digits.withBytes { Array(copying: $0) }, letters.withBytes { Array(copying: $0) }]
            .map { String(decoding: $0, as: UTF8.self) }.joined()
    }

    /// Whether a text has this shape, and so is fit for a file name.
    static func isOurs(_ text: String) -> Bool {
        text.utf8.count == 16
            && text.utf8.prefix(14).allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
            && text.utf8.suffix(2).allSatisfy {
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
            }
    }
}

extension Issuer {
    /// What a person runs to enrol: it is to be pasted.
    func enrolmentCommand(_ userID: String) -> String {
        "otptoken init --server \(shellQuoted(url)) --service-id \(serviceID) --user-id \(userID)"
    }

    /// Makes a user who may enrol with a start password for 7 days, and writes the mail about it.
    ///
    /// - Parameters:
    ///   - email: where the mail goes: 4–64 characters of ASCII, one `@`.
    ///   - password: the start password; nil to have one made.
    ///   - now: unix seconds.
    ///   - random: for user ID, start password and nonce.
    ///   - actor: who issues it.
    ///   - language: that of the mails about it.
    ///   - account: the address of the account that it is for, if any.
    /// - Returns: what is to be handed on.
    /// - Throws: `IssuerError.invalid(.email)`, `.file`, `.cryptography`.
    package func issue(
        email: String, password: consuming StartPassword?, now: Int64, random: RandomSource,
        by actor: Actor = .administrator, in language: Language = .english,
        for account: String? = nil
    ) throws(IssuerError) -> Issued {
        guard Self.isAddress(email) else { throw .invalid(.email) }
        if password == nil {
            password = StartPassword(
                try IssuerError.wrapping { () throws(CryptographyError) in
                    try symbols(8, of: UInt8(ascii: "0")...UInt8(ascii: "9"), from: random)
                })
        }
        guard let password = consume password else { throw .cryptography(.libraryFailed) }
        // A user ID that is taken already is as likely as a broken generator.
        for _ in 0..<8 {
            let userID = try IssuerError.wrapping { () throws(CryptographyError) in
                try UserID.random(from: random)
            }
            guard
                let mailPath = try register(
                    userID, password, email, now, random, actor, language, account)
            else {
                continue
            }
            return Issued(
                userID: userID, startPassword: password.digits.clone(), mailPath: mailPath)
        }
        throw .cryptography(.libraryFailed)
    }

    /// Writes mail and record; nil when somebody has the user ID already.
    private func register(
        _ userID: String, _ password: borrowing StartPassword, _ email: String, _ now: Int64,
        _ random: RandomSource, _ actor: Actor, _ language: Language, _ account: String?
    ) throws(IssuerError) -> String? {
        guard let place = place(ofUser: userID) else { return nil }
        let secret = try IssuerError.wrapping { () throws(CryptographyError) in
            try EnrolmentIssuer.register(password: password, serviceID: serviceID, userID: userID)
        }
        let record = UserRecord(
            userID: userID, email: email, account: account, language: language, issuedAt: now,
            stage: .issued(.init(secret: Shared(secret))))
        let words = MailMessages(issuer: self, language: language)
        return try locked(userID) { () throws(IssuerError) in
            guard try self.record(at: place) == nil else { return nil }
            try log(.issued, userID, by: actor, now: now)
            let mailPath = try post(
                userID, to: email, words.issuedSubject, words.issued(userID), in: language,
                now: now, random: random)
            try save(record, at: place, random: random)
            return mailPath
        }
    }

    // No specials of RFC 5322 but the dot: an address must not turn into two in a mail's header.
    static func isAddress(_ text: String) -> Bool {
        (4...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x21...0x7E).contains($0) && !"\"(),:;<>[\\]".utf8.contains($0)
            }
            && text.split(separator: "@", omittingEmptySubsequences: false).count == 2
            && !text.hasPrefix("@") && !text.hasSuffix("@")
    }
}

/// Random characters of a range of ASCII; the bias of each is below 2^-27, since 32 bits are drawn.
func symbols(
    _ count: Int, of range: ClosedRange<UInt8>, from source: RandomSource
) throws(CryptographyError) -> SecretBytes {
    let drawn = try source(4 * count)
    return drawn.withBytes { drawn in
        SecretBytes(count: count) { out in
            for index in 0..<count {
                var number: UInt32 = 0
                for byte in 0..<4 { number = number << 8 | UInt32(drawn[4 * index + byte]) }
                out[index] = range.lowerBound + UInt8(number % UInt32(range.count))
            }
        }
    }
}
