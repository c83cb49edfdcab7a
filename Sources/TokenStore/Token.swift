package import Cryptography
package import OATH

/// One token of the store: what it is called, where it comes from, and its seed.
package struct Token: Sendable {
    /// Where its codes come from.
    package enum Kind: String, Sendable {
        /// Computed from the seed and the time.
        case totp
        /// The service mails them. There is no seed, the algorithm means nothing, and the period is how long a code holds;
        /// what else is known of it are extras.
        case mailed
    }

    /// Whether the issuer has confirmed it.
    package enum State: String, Sendable {
        /// The exchange with the issuer is under way; no code is shown yet.
        case pending
        case active
    }

    /// Unique in its store (by canonical equivalence): 1 to 64 characters, no control characters.
    package var name: String
    package let kind: Kind
    package var state: State
    /// The shared secret of HOTP; empty when codes are mailed.
    package var seed: Shared<SecretBytes>
    package var totp: TOTP
    /// Who issued it, in the issuer's own words; may be empty.
    package var issuer: String
    package var serviceID: String
    package var userID: String
    /// The URL that it was enrolled at.
    package var server: String
    /// Unix seconds.
    package var enrolledAt: Int64?
    /// Unix seconds; nil when it does not expire.
    package var expiresAt: Int64?
    /// Whether it is shown when nobody names one.
    package var isDefault: Bool
    /// Keys that are not listed above, in order, and their values: kept as they are.
    package var extras: [Extra]

    /// A key of the store's plaintext that has no property of its own here.
    package struct Extra: Sendable {
        package let key: String
        package let value: Shared<SecretBytes>

        package init(key: String, value: Shared<SecretBytes>) {
            self.key = key
            self.value = value
        }
    }

    package init(
        name: String, kind: Kind = .totp, state: State, seed: Shared<SecretBytes>, totp: TOTP,
        issuer: String,
        serviceID: String,
        userID: String, server: String, enrolledAt: Int64? = nil, expiresAt: Int64? = nil,
        isDefault: Bool = false, extras: [Extra] = []
    ) {
        self.name = name
        self.kind = kind
        self.state = state
        self.seed = seed
        self.totp = totp
        self.issuer = issuer
        self.serviceID = serviceID
        self.userID = userID
        self.server = server
        self.enrolledAt = enrolledAt
        self.expiresAt = expiresAt
        self.isDefault = isDefault
        self.extras = extras
    }

    /// Whether a text may be a token's name.
    package static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 1024 && isValue(text)
            && (text.utf8.count <= 64 || text.count <= 64)
            && (text.utf8.first != 0x20 || text.first != " ")
            && (text.utf8.last != 0x20 || text.last != " ")
    }

    /// Whether a text may stand in the store: no control character (category Cc) and no line separator.
    package static func isValue(_ text: String) -> Bool {
        isValue(text.utf8.span)
    }

    /// Whether bytes may stand in the store; they are looked at where they are, as they may be a secret.
    static func isValue(_ bytes: Span<UInt8>) -> Bool {
        // Nearly always it is ASCII, which needs no decoding.
        if bytes.indices.allSatisfy({ (0x20...0x7E).contains(bytes[$0]) }) { return true }
        do throws(UTF8.ValidationError) {
            var scalars = try UTF8Span(validating: bytes).makeUnicodeScalarIterator()
            while let scalar = scalars.next() {
                guard isPlain(scalar) else { return false }
            }
            return true
        } catch {
            return false
        }
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && scalar.value != 0x2028
            && scalar.value != 0x2029
    }
}

extension [Token] {
    /// The position of a token by its name.
    package func index(named name: String) -> Int? { firstIndex { $0.name == name } }

    /// The tokens that give codes.
    package var active: [Token] {
        // By index: no token is copied for a look at its state.
        indices.allSatisfy { self[$0].state == .active } ? self : filter { $0.state == .active }
    }

    /// The token that is meant when nobody names one: the default, else the first.
    package var defaultToken: Token? {
        first { $0.isDefault && $0.state == .active } ?? first { $0.state == .active }
    }

    /// A name that no token has yet: the wish itself, or with a number behind as much of it as a name may hold.
    package func freeName(like wish: String) -> String {
        var names = FreeNames(in: self)
        return names.take(like: wish)
    }
}

/// Names that no token has yet.
package struct FreeNames {
    private var taken: Set<String>
    /// The number that was given last to a wish; a search from 1 each time would take long for thousands.
    private var numbers: [String: Int] = [:]

    /// Those that are free beside these tokens.
    package init(in tokens: [Token]) { taken = Set(tokens.map(\.name)) }

    /// Takes a name: the wish itself, or with a number behind as much of it as a name may hold.
    package mutating func take(like wish: String) -> String {
        var (name, start, number) = (wish, wish, numbers[wish] ?? 1)
        while taken.contains(name) {
            number += 1
            while !start.isEmpty, !Token.isName("\(start) \(number)") { start.removeLast() }
            name = "\(start) \(number)"
        }
        taken.insert(name)
        numbers[wish] = number
        return name
    }
}
