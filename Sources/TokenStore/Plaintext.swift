import Cryptography
import OATH

/// The text inside the store: for each token a line `token`, lines `key value`, and a line `end`.
enum Plaintext {
    fileprivate enum Key: String, CaseIterable {
        case name, kind, state, secret, algorithm, digits, period, issuer
        case serviceID = "service_id"
        case userID = "user_id"
        case server
        case enrolledAt = "enrolled_at"
        case expiresAt = "expires_at"
        case isDefault = "default"
    }

    private static let kind = "totp"
    private static let yes = "yes"

    static func encode(_ tokens: [Token]) -> SecretBytes {
        var text = SecretBuffer(capacity: 512 * max(1, tokens.count))
        for token in tokens {
            text.append("token\n")
            text.line(.name, token.name)
            text.line(.kind, kind)
            text.line(.state, token.state.rawValue)
            text.append("\(Key.secret.rawValue) ")
            Base64.append(token.seed.value, padding: .required, to: &text)
            text.append("\n")
            text.line(.algorithm, token.totp.algorithm.rawValue)
            text.line(.digits, "\(token.totp.digits)")
            text.line(.period, "\(token.totp.period)")
            text.line(.issuer, token.issuer)
            text.line(.serviceID, token.serviceID)
            text.line(.userID, token.userID)
            text.line(.server, token.server)
            if let time = token.enrolledAt { text.line(.enrolledAt, "\(time)") }
            if let time = token.expiresAt { text.line(.expiresAt, "\(time)") }
            if token.isDefault { text.line(.isDefault, yes) }
            for extra in token.extras {
                text.append("\(extra.key) ")
                extra.value.value.withBytes { text.append($0) }
                text.append("\n")
            }
            text.append("end\n")
        }
        return text.finish()
    }

    /// Whether `decode` would take what `encode` makes of a token.
    static func canHold(_ token: Token) -> Bool {
        Token.isName(token.name) && token.seed.value.count > 0
            && [token.issuer, token.serviceID, token.userID, token.server].allSatisfy(Token.isValue)
            && token.extras.allSatisfy { extra in
                !extra.key.isEmpty && !extra.key.utf8.contains(0x20) && Token.isValue(extra.key)
                    && Key(rawValue: extra.key) == nil && extra.value.value.withBytes(Token.isValue)
            }
    }

    static func decode(_ plaintext: borrowing SecretBytes) throws(StoreError) -> [Token] {
        try plaintext.withBytes { (text) throws(StoreError) in
            var tokens: [Token] = []
            var reader = LineReader()
            while let line = try reader.next(text) {
                guard text.holds("token", at: line) else { throw .damaged("token") }
                tokens.append(try token(&reader, text))
            }
            return tokens
        }
    }

    private static func token(
        _ reader: inout LineReader, _ text: Span<UInt8>
    ) throws(StoreError) -> Token {
        var values: [Key: Range<Int>] = [:]
        var extras: [Token.Extra] = []
        while true {
            guard let line = try reader.next(text) else { throw .damaged("end of a token") }
            if text.holds("end", at: line) { break }
            guard let (name, value) = text.pair(line) else { throw .damaged("token line") }
            guard let key = Key(rawValue: name) else {
                guard Token.isValue(name), Token.isValue(text.extracting(value)) else {
                    throw .damaged("token line")
                }
                extras.append(
                    .init(key: name, value: Shared(SecretBytes(copying: text.extracting(value)))))
                continue
            }
            guard values.updateValue(value, forKey: key) == nil else { throw .damaged("key twice") }
        }
        func string(_ key: Key) throws(StoreError) -> String {
            guard let range = values[key], let value = text.string(range), Token.isValue(value)
            else {
                throw .damaged(key.rawValue)
            }
            return value
        }
        // One text for one number, as everywhere in the store: no sign or zero that need not be there.
        func number(_ key: Key) throws(StoreError) -> Int64 {
            let text = try string(key)
            guard let number = Int64(text), "\(number)" == text else {
                throw .damaged(key.rawValue)
            }
            return number
        }
        func time(_ key: Key) throws(StoreError) -> Int64? {
            values[key] == nil ? nil : try number(key)
        }
        func isDefault() throws(StoreError) -> Bool {
            guard values[.isDefault] != nil else { return false }
            guard try string(.isDefault) == yes else { throw .damaged(Key.isDefault.rawValue) }
            return true
        }
        guard try string(.kind) == kind else {
            throw .unsupported("a token of the kind \(try string(.kind))")
        }
        guard let secret = values[.secret],
            let seed = Base64.decode(text.extracting(secret), padding: .required), seed.count > 0
        else { throw .damaged("secret") }
        guard let algorithm = HashAlgorithm(rawValue: try string(.algorithm)),
            let totp = TOTP(
                digits: Int(try number(.digits)), period: Int(try number(.period)),
                algorithm: algorithm)
        else { throw .damaged("algorithm, digits or period") }
        let name = try string(.name)
        guard Token.isName(name), let state = Token.State(rawValue: try string(.state)) else {
            throw .damaged("name or state")
        }
        return Token(
            name: name, state: state, seed: Shared(seed), totp: totp,
            issuer: try string(.issuer), serviceID: try string(.serviceID),
            userID: try string(.userID), server: try string(.server),
            enrolledAt: try time(.enrolledAt), expiresAt: try time(.expiresAt),
            isDefault: try isDefault(), extras: extras)
    }
}

/// Goes through a text line by line, keeping places instead of copies.
struct LineReader {
    private var position = 0

    /// The place of the next line, without its newline; nil at the end.
    mutating func next(_ text: Span<UInt8>) throws(StoreError) -> Range<Int>? {
        guard position < text.count else { return nil }
        let start = position
        var end = start
        while end < text.count, text[end] != 0x0A { end += 1 }
        guard end < text.count else { throw .damaged("last line") }
        position = end + 1
        return start..<end
    }
}

extension SecretBuffer {
    fileprivate mutating func line(_ key: Plaintext.Key, _ value: String) {
        append("\(key.rawValue) \(value)\n")
    }
}

extension Span<UInt8> {
    fileprivate func string(_ range: Range<Int>) -> String? {
        String(validating: Array(copying: extracting(range)), as: UTF8.self)
    }

    fileprivate func holds(_ word: StaticString, at range: Range<Int>) -> Bool {
        range.count == word.utf8CodeUnitCount && string(range) == "\(word)"
    }

    /// Key and value: what stands before and behind the first space of a line.
    fileprivate func pair(_ line: Range<Int>) -> (String, Range<Int>)? {
        guard let space = line.first(where: { self[$0] == 0x20 }), space > line.lowerBound,
            let key = string(line.lowerBound..<space)
        else { return nil }
        return (key, space + 1..<line.upperBound)
    }
}
