internal import Cryptography
internal import Platform

/// Where a record lies, and what it is sealed for: no file can take another one's place.
struct RecordPlace {
    let path: String
    let purpose: String
}

extension Issuer {
    /// How many locks there are, and how many decoy slots belong to each.
    private static let lockCount: UInt8 = 64

    /// Runs `body` while nobody else changes a record or a decoy slot of this user ID.
    func locked<Result: ~Copyable>(
        _ userID: String, _ body: () throws(IssuerError) -> Result
    ) throws(IssuerError) -> Result {
        let path = "\(home)/locks/\(twoDigits(try bucket(userID)))"
        let lock = try IssuerError.naming(path) { () throws(FileError) in try FileLock(path) {} }
        return try withExtendedLifetime(lock) { () throws(IssuerError) in try body() }
    }

    /// The place of a user's record; nil for a user ID that this issuer never gives.
    func place(ofUser userID: String) -> RecordPlace? {
        guard UserID.isOurs(userID) else { return nil }
        return RecordPlace(path: "\(home)/users/\(userID)", purpose: userID)
    }

    /// The slot in which tries are counted for IDs that nobody can enrol with.
    ///
    /// There are 4096 slots, so that their disk space is bounded; whoever comes last has the slot.
    /// The first two digits are the number of the user's lock, which therefore guards the slot too.
    func place(ofDecoy userID: String, serviceID: String) throws(IssuerError) -> RecordPlace {
        let slot = twoDigits(try bucket(userID)) + twoDigits(try bucket("\(serviceID) \(userID)"))
        return RecordPlace(path: "\(home)/decoys/\(slot)", purpose: "decoy \(serviceID) \(userID)")
    }

    /// The record at a place, or nil when there is none.
    ///
    /// - Throws: `IssuerError.damaged` for one that does not authenticate, `.file`.
    func record(at place: RecordPlace) throws(IssuerError) -> UserRecord? {
        guard let box = try Self.contents(of: place.path) else { return nil }
        return try open(box, from: place)
    }

    /// Replaces the record at a place; it lies on the disk when this returns.
    ///
    /// The caller holds the lock.
    func save(
        _ record: UserRecord, at place: RecordPlace, random: RandomSource
    ) throws(IssuerError) {
        try Self.put(seal(record, for: place, random: random), at: place.path)
    }

    /// The contents of a record's file: nonce, ciphertext and tag of AES-256-GCM.
    func seal(
        _ record: UserRecord, for place: RecordPlace, random: RandomSource
    ) throws(IssuerError) -> [UInt8] {
        try IssuerError.wrapping { () throws(CryptographyError) in
            try AESGCM.seal(
                record.encoded, key: recordsKey,
                nonce: publicRandom(count: AESGCM.nonceCount, from: random), aad: aad(place))
        }
    }

    /// Opens the contents of a record's file.
    ///
    /// - Throws: `IssuerError.damaged`.
    func open(_ box: [UInt8], from place: RecordPlace) throws(IssuerError) -> UserRecord {
        do throws(CryptographyError) {
            let plaintext = try AESGCM.open(box, key: recordsKey, aad: aad(place))
            if let record = UserRecord(plaintext) { return record }
        } catch .notAuthentic {
            // The same as one that cannot be read.
        } catch {
            throw .cryptography(error)
        }
        throw .damaged(path: place.path)
    }

    private func aad(_ place: RecordPlace) -> [UInt8] {
        Array("otptoken-issuer/1 \(place.purpose)".utf8)
    }

    /// One of 64 numbers, which nobody without the key can tell.
    private func bucket(_ text: String) throws(IssuerError) -> UInt8 {
        try IssuerError.wrapping { () throws(CryptographyError) in
            try HMAC.authenticate(Array(text.utf8), key: decoysKey)[0] % Self.lockCount
        }
    }

    private func twoDigits(_ number: UInt8) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
