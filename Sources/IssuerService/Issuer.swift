package import Cryptography
internal import Enrolment
internal import JSON
internal import OATH
internal import Platform

/// The issuing side on one machine: a folder with a key, and a file for each user.
///
/// `issuer` says who it is, `issuer.key` (32 random bytes) seals everything else: `users/` holds a record for each
/// user, `changes` what a power cut could take from them while it serves, `tries` counts the tries of all user IDs, known
/// or not, `keys/` has those of services that verify codes, `accounts/` the people who may sign in, `outbox/` the mails.
/// `locks/` keeps threads and processes apart. All of it may be used by several threads and processes at once.
package final class Issuer: Sendable {
    /// The service ID that its users enter.
    package let serviceID: String
    /// Who it is, in its own words: 1 to 64 characters.
    package let name: String
    /// Where clients reach it.
    package let url: String

    /// What its tokens compute from now on.
    let totp: TOTP

    let home: String
    let recordsKey: SecretBytes
    let sessionsKey: SecretBytes
    let decoysKey: SecretBytes
    let keysKey: SecretBytes
    let accountsKey: SecretBytes
    let formsKey: SecretBytes
    let codesKey: SecretBytes
    /// What somebody who may not enrol is answered from: w0 and L of a password that nobody has.
    ///
    /// One for all of them: an answer does not tell which secret it was made from.
    let decoy: Shared<SPAKE2Plus.VerifierSecret>

    /// Where passwords are looked at.
    ///
    /// 32 MiB and a tenth of a second each: no more of them at once than a small machine has room for, and no more of
    /// those who wait than leave the server to others.
    let passwords = Gate(4, queue: 8)
    let locks: [KeptLock]
    /// Where many changes at once wait for the disk together.
    let changes: ChangeFile?
    let counters: CounterFile

    private struct Settings {
        let serviceID: String
        let name: String
        let url: String
        let totp: TOTP

        init(serviceID: String, name: String, url: String, totp: TOTP) {
            self.serviceID = serviceID
            self.name = name
            self.url = url
            self.totp = totp
        }

        init?(_ json: JSONValue) {
            guard let serviceID = json["service_id"]?.string, let name = json["name"]?.string,
                let url = json["url"]?.string, let totp = Self.totp(json["algorithm"]?.string)
            else { return nil }
            self.init(serviceID: serviceID, name: name, url: url, totp: totp)
        }

        /// An issuer that was made before there was a choice has the rule.
        private static func totp(_ algorithm: String?) -> TOTP? {
            guard let algorithm else { return .rule }
            return HashAlgorithm(rawValue: algorithm).flatMap(TOTP.rule.with)
        }

        var json: JSONValue {
            [
                "service_id": .string(serviceID), "name": .string(name), "url": .string(url),
                "algorithm": .string(totp.algorithm.rawValue),
            ]
        }
    }

    /// Makes a new issuer.
    ///
    /// - Parameters:
    ///   - home: its folder, made if need be.
    ///   - serviceID: 1–64 of `[A-Za-z0-9._@-]`.
    ///   - name: 1–64 characters, none that steers a terminal.
    ///   - url: where clients reach it; http or https.
    ///   - algorithm: the hash function of its tokens.
    ///   - random: where its key comes from.
    /// - Returns: the issuer.
    /// - Throws: `IssuerError.exists`, `.invalid`, `.file`, `.cryptography`.
    package static func create(
        home: String, serviceID: String, name: String, url: String,
        algorithm: HashAlgorithm = TOTP.rule.algorithm, random: RandomSource
    ) throws(IssuerError) -> Issuer {
        let totp = TOTP.rule.with(algorithm) ?? .rule
        let settings = try check(
            Settings(serviceID: serviceID, name: name, url: url, totp: totp))
        for folder in [home] + ["locks", "users", "outbox"].map({ home + "/" + $0 }) {
            try IssuerError.naming(folder) { () throws(FileError) in
                try PrivateFolder.ensure(folder)
            }
        }
        let lock = try IssuerError.naming(home) { () throws(FileError) in
            try FileLock(home + "/locks/init") {}
        }
        return try withExtendedLifetime(lock) { () throws(IssuerError) in
            guard try contents(of: settingsPath(home)) == nil else { throw .exists(home: home) }
            // A key that is there already may have sealed records: it is kept. The settings come
            // last, so that half an issuer is none.
            if try secret(of: keyPath(home)) == nil {
                let key = try IssuerError.wrapping { () throws(CryptographyError) in
                    try random(keyCount)
                }
                try IssuerError.naming(keyPath(home)) { () throws(FileError) in
                    try PrivateFile.replace(keyPath(home), with: key)
                }
            }
            try put(settings.json.encoded, at: settingsPath(home))
            return try Issuer(home: home)
        }
    }

    /// Opens an issuer.
    ///
    /// - Parameters:
    ///   - home: its folder.
    ///   - isBusy: whether it is to be fast with many changes at once, until `close`.
    ///   - boot: a name for this run of the system.
    /// - Throws: `IssuerError.missing`, `.damaged`, `.file`, `.cryptography`.
    package convenience init(
        home: String, isBusy: Bool = false, boot: String? = ChangeFile.bootID
    ) throws(IssuerError) {
        if Self.hasLostChanges(home, boot: boot) {
            try Issuer(opening: home, changes: nil).bringBackChanges(boot: boot)
        }
        try self.init(
            opening: home, changes: isBusy ? Self.beginChanges(home, boot: boot) : nil)
    }

    private init(opening home: String, changes: ChangeFile?) throws(IssuerError) {
        guard let json = try Self.contents(of: Self.settingsPath(home)) else {
            throw .missing(home: home)
        }
        guard let settings = JSONValue(json).flatMap(Settings.init),
            (try? Self.check(settings)) != nil
        else { throw .damaged(path: Self.settingsPath(home)) }
        guard let key = try Self.secret(of: Self.keyPath(home)), key.count == Self.keyCount else {
            throw .damaged(path: Self.keyPath(home))
        }
        self.home = home
        self.changes = changes
        locks = (0..<Self.lockCount).map { KeptLock("\(home)/locks/\($0)") }
        counters = try IssuerError.naming(Self.triesPath(home)) { () throws(FileError) in
            try CounterFile(Self.triesPath(home))
        }
        serviceID = settings.serviceID
        name = settings.name
        url = settings.url
        totp = settings.totp
        do throws(CryptographyError) {
            recordsKey = try HKDF.derive(from: key, purpose: "otptoken-issuer/1 records")
            sessionsKey = try HKDF.derive(from: key, purpose: "otptoken-issuer/1 sessions")
            decoysKey = try HKDF.derive(from: key, purpose: "otptoken-issuer/1 decoys")
            keysKey = try HKDF.derive(from: key, purpose: "otptoken-issuer/1 keys")
            accountsKey = try HKDF.derive(from: key, purpose: "otptoken-issuer/1 accounts")
            formsKey = try HKDF.derive(from: key, purpose: "otptoken-issuer/1 forms")
            codesKey = try HKDF.derive(from: key, purpose: "otptoken-issuer/1 codes")
            let halves = try HKDF.derive(from: decoysKey, info: Array("decoy".utf8), count: 80)
            decoy = Shared(try SPAKE2Plus.ProverSecret(reducing: halves).registration())
        } catch {
            throw .cryptography(error)
        }
    }

    private static func check(_ settings: Settings) throws(IssuerError) -> Settings {
        guard Identifier.isValid(settings.serviceID) else { throw .invalid(.serviceID) }
        guard EnrolmentParameters.isIssuerName(settings.name) else { throw .invalid(.name) }
        guard let url = ServerURL(settings.url) else { throw .invalid(.url) }
        return Settings(
            serviceID: settings.serviceID, name: settings.name, url: url.text, totp: settings.totp)
    }

    private static let keyCount = 32

    private static func settingsPath(_ home: String) -> String { home + "/issuer" }
    static func triesPath(_ home: String) -> String { home + "/tries" }
    private static func keyPath(_ home: String) -> String { home + "/issuer.key" }
}

extension Issuer {
    private static let longestFile = 64 << 10

    /// The contents of a file of at most 64 KiB, or nil when there is none.
    static func contents(of path: String) throws(IssuerError) -> [UInt8]? {
        try ifThere(path) { () throws(FileError) in
            try PrivateFile.read(path, limit: longestFile)
        }
    }

    /// The names in a folder, none when there is no such folder yet.
    static func names(in folder: String) throws(IssuerError) -> [String] {
        try ifThere(folder) { () throws(FileError) in try PrivateFolder.names(in: folder) } ?? []
    }

    private static func secret(of path: String) throws(IssuerError) -> SecretBytes? {
        try ifThere(path) { () throws(FileError) in
            try PrivateFile.readSecret(path, limit: longestFile)
        }
    }

    private static func ifThere<Contents: ~Copyable>(
        _ path: String, _ read: () throws(FileError) -> Contents
    ) throws(IssuerError) -> Contents? {
        do throws(FileError) {
            return try read()
        } catch .missing {
            return nil
        } catch {
            throw .file(path: path, error)
        }
    }

    static func put(_ bytes: [UInt8], at path: String) throws(IssuerError) {
        try IssuerError.naming(path) { () throws(FileError) in
            try PrivateFile.replace(path, with: bytes)
        }
    }
}

extension TOTP {
    /// The same with another hash function.
    fileprivate func with(_ algorithm: HashAlgorithm) -> TOTP? {
        TOTP(digits: digits, period: period, algorithm: algorithm)
    }
}
