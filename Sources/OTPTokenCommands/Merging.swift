internal import Cryptography
internal import Interchange
internal import OATH
internal import Platform
internal import TokenStore

/// Tokens from outside beside those that are here: which are new, and what these are called.
struct Merge {
    /// The new ones, with names that are free.
    private(set) var added: [Token] = []
    /// Of each that is here already: what the one that is here is called.
    private(set) var duplicates: [String] = []

    /// Compares.
    ///
    /// - Parameters:
    ///   - incoming: from outside, each of them perhaps more than once.
    ///   - tokens: what is here.
    /// - Throws: when libcrypto fails.
    init(_ incoming: [ForeignToken], beside tokens: [Token]) throws(CommandFailure) {
        var names = FreeNames(in: tokens)
        var known = try KnownSeeds()
        for token in tokens { try known.insert(token) }
        for foreign in incoming {
            if let twin = try known.twin(of: foreign) {
                duplicates.append(twin)
                continue
            }
            var token = Token(foreign)
            token.name = names.take(like: token.name)
            // Who has a default token keeps it.
            token.isDefault = foreign.isDefault && tokens.isEmpty
            try known.insert(token)
            added.append(token)
        }
    }
}

/// Finds tokens by their seeds among thousands, without comparing each with each.
private struct KnownSeeds {
    /// Of this process alone, so that what the seeds are found by tells nothing of them.
    private let key: Shared<SecretBytes>
    private var tokens: [[UInt8]: [Token]] = [:]

    init() throws(CommandFailure) {
        do throws(CryptographyError) {
            key = Shared(try SecretBytes.random(count: 32))
        } catch {
            throw .cryptography()
        }
    }

    mutating func insert(_ token: Token) throws(CommandFailure) {
        tokens[try mark(token.seed), default: []].append(token)
    }

    /// The name of the token that has the same seed and IDs.
    func twin(of foreign: ForeignToken) throws(CommandFailure) -> String? {
        tokens[try mark(foreign.seed)]?.first { foreign.isSame(as: $0) }?.name
    }

    private func mark(_ seed: Shared<SecretBytes>) throws(CommandFailure) -> [UInt8] {
        do throws(CryptographyError) {
            return try seed.value.withBytes { (bytes) throws(CryptographyError) in
                var code = [UInt8](repeating: 0, count: 32)
                var span = code.mutableSpan
                try HMAC.authenticate(bytes, key: key.value, hash: .sha256, into: &span)
                return code
            }
        } catch {
            throw .cryptography()
        }
    }
}

extension ForeignToken {
    /// Whether a token with the same seed has the same IDs, as far as the format has any.
    fileprivate func isSame(as token: Token) -> Bool {
        let account = plain(account)
        // Where a token has no user ID, its name goes out for it.
        let isAccount = account == token.userID || token.userID.isEmpty && account == token.name
        return isAccount && (serviceID.isEmpty || plain(serviceID) == token.serviceID)
    }

    /// What a token is to be called: as it was, or by its issuer, or by its account.
    fileprivate var wish: String {
        for text in [name ?? "", issuer, account] {
            let text = tokenName(text)
            if Token.isName(text) { return text }
        }
        return "token"
    }

    /// A token as it goes out.
    ///
    /// - Parameters:
    ///   - token: of the store.
    ///   - isBackup: whether it comes back to this program alone, with everything that is known of it.
    init(_ token: Token, isBackup: Bool = false) {
        let account = token.userID.isEmpty && !isBackup ? token.name : token.userID
        self.init(
            name: token.name, issuer: token.issuer, account: account, seed: token.seed,
            totp: token.totp)
        serviceID = token.serviceID
        enrolledAt = token.enrolledAt
        expiresAt = token.expiresAt
        guard isBackup else { return }
        server = token.server
        isDefault = token.isDefault
        extras = token.extras.map { ($0.key, $0.value) }
    }

    /// Without what only a backup may say: whom to ask about the token, and what the store keeps for that.
    var withoutOwn: ForeignToken {
        var copy = self
        copy.server = ""
        copy.isDefault = false
        copy.extras = []
        return copy
    }
}

extension Token {
    /// The token of the store that one from outside becomes; its name may be taken.
    init(_ foreign: ForeignToken) {
        self.init(
            name: foreign.wish, state: .active, seed: foreign.seed, totp: foreign.totp,
            issuer: plain(foreign.issuer), serviceID: plain(foreign.serviceID),
            userID: plain(foreign.account), server: plain(foreign.server),
            enrolledAt: foreign.enrolledAt, expiresAt: foreign.expiresAt,
            isDefault: foreign.isDefault,
            extras: foreign.extras.map { Extra(key: $0.key, value: $0.value) })
    }

    /// Whether it can be handed on: it has a seed, and is enrolled.
    var isPortable: Bool { state == .active && seed.value.count > 0 }
}

/// A text from outside as the store may hold it: without control characters, and of bounded length.
private func plain(_ text: String) -> String {
    if Token.isValue(text), text.utf8.count <= 256 { return text }
    let kept = text.prefix(256).unicodeScalars.prefix(1024).filter { Token.isValue(String($0)) }
    return String(String.UnicodeScalarView(kept))
}

/// As much of a text as a token's name may hold.
private func tokenName(_ text: String) -> String {
    var name = plain(text)[...]
    while name.first == " " { name.removeFirst() }
    name = name.prefix(64)
    while name.last == " " { name.removeLast() }
    return String(name)
}
