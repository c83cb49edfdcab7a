package import Cryptography
internal import Platform

/// Where a record lies, and what it is sealed for: no file can take another one's place.
struct RecordPlace {
    let path: String
    let purpose: String

    /// The name of the file in its folder.
    var name: String {
        String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    }
}

extension Issuer {
    /// How many locks there are.
    static let lockCount = 64
    /// How many counters of tries there are: two IDs rarely share one, and nobody can tell which do.
    private static let counterCount = 1 << 24
    /// How many starts may go unfinished.
    static let maximumTries: UInt8 = 10

    /// Runs `body` while nobody else changes the record of a user ID, or the tries that it has.
    func locked<Result: ~Copyable>(
        _ userID: String, _ body: () throws(IssuerError) -> Result
    ) throws(IssuerError) -> Result {
        let number = try lockNumber(of: userID)
        return try locks[number].locked(
            orThrow: { .file(path: "\(home)/locks/\(number)", $0) },
            { () throws(IssuerError) in try body() })
    }

    /// IDs that share a counter share the lock.
    private func lockNumber(of userID: String) throws(IssuerError) -> Int {
        try counter(of: userID) % Self.lockCount
    }

    /// Where a record of nobody is saved that passes for a user's.
    ///
    /// Beside theirs, under a name that no user has; the lock of the user ID is its lock as well.
    func nobodysPlace(like userID: String) throws(IssuerError) -> RecordPlace {
        let name = "nobody-\(try lockNumber(of: userID))"
        return RecordPlace(path: "\(home)/users/\(name)", purpose: name)
    }

    /// How many starts a user ID has had that nobody finished; whether it is a user's or not.
    func tries(of userID: String) throws(IssuerError) -> UInt8 {
        let counter = try counter(of: userID)
        return try IssuerError.naming(triesPath) { () throws(FileError) in
            try counters[counter]
        }
    }

    func setTries(_ tries: UInt8, of userID: String) throws(IssuerError) {
        let counter = try counter(of: userID)
        try IssuerError.naming(triesPath) { () throws(FileError) in
            try counters.set(tries, at: counter)
        }
    }

    private var triesPath: String { Self.triesPath(home) }

    /// The number of a user ID's counter, which nobody without the key can tell.
    private func counter(of userID: String) throws(IssuerError) -> Int {
        let digest = try IssuerError.wrapping { () throws(CryptographyError) in
            try HMAC.authenticate(Array(userID.utf8), key: decoysKey)
        }
        return digest.prefix(3).reduce(0) { $0 << 8 | Int($1) } % Self.counterCount
    }

    /// The place of a user's record; nil for a user ID that this issuer never gives.
    func place(ofUser userID: String) -> RecordPlace? {
        guard UserID.isOurs(userID) else { return nil }
        return RecordPlace(path: "\(home)/users/\(userID)", purpose: userID)
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
        var record = record
        record.revision += 1
        let box = try seal(record, for: place, random: random)
        let isChanged = try IssuerError.naming(place.path) { () throws(FileError) in
            try changes?.replace(place.name, with: box)
        }
        if isChanged != true { try Self.put(box, at: place.path) }
    }

    /// The contents of the file of a record, for whoever writes it without waiting for the disk.
    ///
    /// - Throws: `IssuerError.cryptography`; `.noSuchUser` for a user ID that this issuer never gives.
    package func sealed(
        _ record: UserRecord, random: RandomSource
    ) throws(IssuerError) -> [UInt8] {
        guard let place = place(ofUser: record.userID) else { throw .noSuchUser }
        return try seal(record, for: place, random: random)
    }

    /// The contents of a record's file.
    func seal(
        _ record: UserRecord, for place: RecordPlace, random: RandomSource
    ) throws(IssuerError) -> [UInt8] {
        try seal(record.encoded, for: place, random: random)
    }

    /// Opens the contents of a record's file.
    ///
    /// - Throws: `IssuerError.damaged`.
    func open(_ box: [UInt8], from place: RecordPlace) throws(IssuerError) -> UserRecord {
        guard let record = try UserRecord(plaintext(of: box, from: place)) else {
            throw .damaged(path: place.path)
        }
        return record
    }

    /// How long records are before they are sealed, or a multiple of it: a file's length does not tell what is in it, and
    /// rarely changes, so that it can be written over.
    private static let unit = 512

    /// Nonce, ciphertext and tag of AES-256-GCM, with zeros behind the plaintext.
    func seal(
        _ plaintext: borrowing SecretBytes, for place: RecordPlace, random: RandomSource
    ) throws(IssuerError) -> [UInt8] {
        let count = (plaintext.count + Self.unit - 1) / Self.unit * Self.unit
        var padded = SecretBuffer(capacity: count)
        plaintext.withBytes { padded.append($0) }
        while padded.count < count { padded.append(0) }
        do throws(CryptographyError) {
            return try AESGCM.seal(
                padded.finish(), key: recordsKey,
                nonce: publicRandom(count: AESGCM.nonceCount, from: random), aad: aad(place))
        } catch {
            throw .cryptography(error)
        }
    }

    /// What was sealed for a place.
    ///
    /// - Throws: `IssuerError.damaged`.
    func plaintext(
        of box: [UInt8], from place: RecordPlace
    ) throws(IssuerError) -> SecretBytes {
        do throws(CryptographyError) {
            let padded = try AESGCM.open(box, key: recordsKey, aad: aad(place))
            let count = padded.withBytes { bytes in
                bytes.indices.last { bytes[$0] != 0 }.map { $0 + 1 } ?? 0
            }
            return padded.slice(0..<count)
        } catch .notAuthentic {
            throw .damaged(path: place.path)
        } catch {
            throw .cryptography(error)
        }
    }

    private func aad(_ place: RecordPlace) -> [UInt8] {
        Array("otptoken-issuer/1 \(place.purpose)".utf8)
    }
}
