package import Cryptography
internal import Platform
internal import TokenStore

/// Somebody who may sign in at the pages.
package struct Account: Sendable {
    /// The mail address, as it was given.
    package let email: String
    /// Whether this person may look after everybody's tokens.
    package let isAdministrator: Bool
    /// Unix seconds.
    package let createdAt: Int64
    /// The token that was last issued to it; nil before the first one.
    package internal(set) var userID: String?
    /// Whether a mailed code is asked for at the sign-in, beside the password.
    package internal(set) var needsCode = false
    /// The browsers that need none for a while.
    var skips: [CodeSkip] = []
    /// How often the password has been set, or what is asked for beside it: what was allowed before ends.
    var generation = 1
    var password: PasswordDigest

    /// Ends all that a former sign-in allowed, everywhere.
    mutating func beginAnew() {
        generation += 1
        skips = []
    }
}

/// What is kept of a password (RFC 7914).
struct PasswordDigest: Sendable {
    static let saltCount = 16
    static let hashCount = 32
    let salt: [UInt8]
    let hash: Shared<SecretBytes>

    init(salt: [UInt8], hash: consuming SecretBytes) {
        self.salt = salt
        self.hash = Shared(hash)
    }

    init(of password: borrowing Passphrase, salt: [UInt8]) throws(CryptographyError) {
        self.init(salt: salt, hash: try Self.derive(password, salt))
    }

    func matches(_ password: borrowing Passphrase) throws(CryptographyError) -> Bool {
        try hash.value.equals(Self.derive(password, salt))
    }

    private static func derive(
        _ password: borrowing Passphrase, _ salt: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        try Scrypt.derive(from: password.bytes, salt: salt, cost: .enrolment, count: hashCount)
    }
}

/// The passwords that people may choose.
enum AccountPassword {
    /// In characters; in bytes at most.
    static let shortest = 8
    static let longest = 256

    /// Reads what was typed; nil when it is too short or too long.
    static func read(_ typed: borrowing SecretBytes) -> Passphrase? {
        guard typed.count <= longest, let password = Passphrase(typed), password.count >= shortest
        else { return nil }
        return password
    }
}

// A file for each, named by a digest of the address: no address is to be read in a folder's list.
extension Issuer {
    private var accountsFolder: String { home + "/accounts" }

    /// Makes an account.
    ///
    /// - Parameters:
    ///   - email: 4–64 characters of ASCII with one `@`; upper and lower case are the same.
    ///   - password: at least 8 characters; nil to have one made.
    ///   - isAdministrator: whether it may look after everybody's tokens.
    ///   - now: unix seconds.
    ///   - random: salt, nonce and password.
    /// - Returns: the password: kept nowhere else.
    /// - Throws: `IssuerError.invalid`, `.accountExists`, `.file`, `.cryptography`.
    package func addAccount(
        email: String, password: consuming SecretBytes?, isAdministrator: Bool, now: Int64,
        random: RandomSource
    ) throws(IssuerError) -> SecretBytes {
        guard Self.isAddress(email) else { throw .invalid(.email) }
        let password = try self.password(consume password, random)
        let digest = try digest(of: password, random: random)
        try changingAccount(email) { (found, place) throws(IssuerError) in
            guard found == nil else { throw .accountExists(email) }
            let account = Account(
                email: email, isAdministrator: isAdministrator, createdAt: now, password: digest)
            try save(account, at: place, random: random)
        }
        return password
    }

    /// Gives an account another password: whoever is signed in is so no longer, and no browser skips the mailed code.
    ///
    /// - Parameters:
    ///   - password: at least 8 characters; nil to have one made.
    ///   - email: whose.
    ///   - random: salt, nonce and password.
    /// - Returns: the password.
    /// - Throws: `IssuerError.invalid`, `.noSuchAccount`, `.file`, `.cryptography`.
    package func setPassword(
        _ password: consuming SecretBytes?, ofAccount email: String, random: RandomSource
    ) throws(IssuerError) -> SecretBytes {
        let password = try self.password(consume password, random)
        let digest = try digest(of: password, random: random)
        try changeAccount(email, random: random) { account in
            account.password = digest
            account.beginAnew()
        }
        return password
    }

    /// Removes an account; its token stays as it is.
    ///
    /// - Parameter email: whose.
    /// - Returns: what was removed.
    /// - Throws: `IssuerError.noSuchAccount`, `.file`.
    package func removeAccount(email: String) throws(IssuerError) -> Account {
        try changingAccount(email) { (found, place) throws(IssuerError) in
            guard let account = found else { throw .noSuchAccount(email) }
            try IssuerError.naming(place.path) { () throws(FileError) in
                try PrivateFile.remove(place.path)
            }
            return account
        }
    }

    /// All accounts, by their addresses.
    ///
    /// - Throws: `IssuerError.damaged`, `.file`.
    package func accounts() throws(IssuerError) -> [Account] {
        var accounts: [Account] = []
        for name in try Self.names(in: accountsFolder) where Self.isAccountName(name) {
            if let account = try account(at: place(ofAccountNamed: name)) {
                accounts.append(account)
            }
        }
        return accounts.sorted { $0.email < $1.email }
    }

    /// The account of an address; nil when there is none.
    func account(_ email: String) throws(IssuerError) -> Account? {
        try account(at: place(ofAccountNamed: accountName(email)))
    }

    /// The account of somebody who types address and password; nil when there is none with both.
    ///
    /// It takes the same time whether there is such an account.
    ///
    /// - Throws: `IssuerError.busy` while too many do so, `.damaged`, `.file`, `.cryptography`.
    func account(
        _ email: String, password typed: borrowing SecretBytes
    ) throws(IssuerError) -> Account? {
        let found = try account(email)
        guard let password = Passphrase(typed), typed.count <= AccountPassword.longest else {
            return nil
        }
        let digest =
            found?.password
            ?? PasswordDigest(
                salt: [UInt8](repeating: 0, count: PasswordDigest.saltCount),
                hash: SecretBytes(zeros: PasswordDigest.hashCount))
        let isRight = try costly { () throws(CryptographyError) in try digest.matches(password) }
        return isRight ? found : nil
    }

    /// Looks at a password, unless too many are looked at just now.
    private func costly<Result: ~Copyable>(
        _ work: () throws(CryptographyError) -> Result
    ) throws(IssuerError) -> Result {
        let result = try passwords.enter { () throws(IssuerError) in
            try IssuerError.wrapping(work)
        }
        guard let result else { throw .busy }
        return result
    }

    /// Notes which token is an account's.
    func setToken(
        _ userID: String, ofAccount email: String, random: RandomSource
    ) throws(IssuerError) {
        try changeAccount(email, random: random) { $0.userID = userID }
    }

    /// Changes an account while nobody else does.
    ///
    /// - Throws: `IssuerError.noSuchAccount`, `.damaged`, `.file`, `.cryptography`.
    func changeAccount(
        _ email: String, random: RandomSource, _ change: (inout Account) -> Void
    ) throws(IssuerError) {
        try changingAccount(email) { (found, place) throws(IssuerError) in
            guard var account = found else { throw .noSuchAccount(email) }
            change(&account)
            try save(account, at: place, random: random)
        }
    }

    // MARK: Passwords

    /// The one that was chosen, else sixteen letters in groups of four.
    private func password(
        _ chosen: consuming SecretBytes?, _ random: RandomSource
    ) throws(IssuerError) -> SecretBytes {
        if let chosen { return chosen }
        let letters = try IssuerError.wrapping { () throws(CryptographyError) in
            try symbols(16, of: UInt8(ascii: "a")...UInt8(ascii: "z"), from: random)
        }
        var password = SecretBuffer(capacity: 20)
        letters.withBytes { letters in
            for index in letters.indices {
                if index > 0, index % 4 == 0 { password.append(UInt8(ascii: "-")) }
                password.append(letters[index])
            }
        }
        return password.finish()
    }

    private func digest(
        of typed: borrowing SecretBytes, random: RandomSource
    ) throws(IssuerError) -> PasswordDigest {
        guard let password = AccountPassword.read(typed) else { throw .invalid(.password) }
        let salt = try IssuerError.wrapping { () throws(CryptographyError) in
            try publicRandom(count: PasswordDigest.saltCount, from: random)
        }
        return try costly { () throws(CryptographyError) in
            try PasswordDigest(of: password, salt: salt)
        }
    }

    // MARK: Files

    func accountName(_ email: String) throws(IssuerError) -> String {
        let digest = try IssuerError.wrapping { () throws(CryptographyError) in
            try HMAC.authenticate(Array(email.lowercased().utf8), key: accountsKey)
        }
        return Hex.encode(Array(digest.prefix(16)).span)
    }

    private static func isAccountName(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }

    private func place(ofAccountNamed name: String) -> RecordPlace {
        RecordPlace(path: "\(accountsFolder)/\(name)", purpose: "account \(name)")
    }

    private func account(at place: RecordPlace) throws(IssuerError) -> Account? {
        guard let box = try Self.contents(of: place.path) else { return nil }
        guard let account = try Account(plaintext(of: box, from: place)) else {
            throw .damaged(path: place.path)
        }
        return account
    }

    private func save(
        _ account: Account, at place: RecordPlace, random: RandomSource
    ) throws(IssuerError) {
        try Self.put(seal(account.encoded, for: place, random: random), at: place.path)
    }

    /// Runs `body` with what there is, while nobody else changes this account.
    private func changingAccount<Result: ~Copyable>(
        _ email: String, _ body: (Account?, RecordPlace) throws(IssuerError) -> Result
    ) throws(IssuerError) -> Result {
        let name = try accountName(email)
        let path = "\(home)/locks/account-\(name.prefix(1))"
        let lock = try IssuerError.naming(path) { () throws(FileError) in
            try PrivateFolder.ensure(accountsFolder)
            return try FileLock(path) {}
        }
        return try withExtendedLifetime(lock) { () throws(IssuerError) in
            let place = place(ofAccountNamed: name)
            return try body(account(at: place), place)
        }
    }
}

// The plaintext of an account's record: lines `key value`, as of a user's.
extension Account {
    /// What is sealed into the account's file.
    package var encoded: SecretBytes {
        var text = FieldWriter()
        text.put(.email, email)
        if isAdministrator { text.put(.administrator, "yes") }
        text.put(.createdAt, "\(createdAt)")
        if let userID { text.put(.user, userID) }
        if needsCode { text.put(.mailedCode, "yes") }
        if !skips.isEmpty { text.put(.skips, CodeSkip.text(skips)) }
        text.put(.generation, "\(generation)")
        text.put(.salt, secret: SecretBytes(copying: password.salt.span))
        text.put(.hash, secret: password.hash.value)
        return text.finish()
    }

    /// Reads a plaintext; nil when this program did not write it.
    package init?(_ plaintext: borrowing SecretBytes) {
        guard let fields = FieldReader(plaintext), let email = fields.string(.email),
            let createdAt = fields.number(.createdAt, Int64.self),
            let generation = fields.number(.generation, Int.self),
            let salt = fields.secret(.salt), let hash = fields.secret(.hash),
            salt.count == PasswordDigest.saltCount, hash.count == PasswordDigest.hashCount
        else { return nil }
        self.init(
            email: email, isAdministrator: fields.string(.administrator) != nil,
            createdAt: createdAt, userID: fields.string(.user),
            needsCode: fields.string(.mailedCode) != nil,
            skips: fields.string(.skips).map(CodeSkip.read) ?? [], generation: generation,
            password: PasswordDigest(salt: salt.withBytes { Array(copying: $0) }, hash: hash))
        guard encoded.equals(plaintext) else { return nil }
    }
}
