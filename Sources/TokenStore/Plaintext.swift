import Cryptography
import OATH

/// The text inside the store: for each token a line `token`, lines `key value`, and a line `end`.
enum Plaintext {
    fileprivate enum Key: Int {
        case name, kind, state, secret, algorithm, digits, period, issuer, serviceID, userID, server
        case enrolledAt, expiresAt, isDefault

        static let names = [
            "name", "kind", "state", "secret", "algorithm", "digits", "period", "issuer",
            "service_id", "user_id", "server", "enrolled_at", "expires_at", "default",
        ]

        var text: String { Self.names[rawValue] }
    }

    private static let kind = "totp"
    private static let yes = "yes"
    private static let word = Array("token".utf8)
    private static let end = Array("end".utf8)
    private static let kinds = [(word: Array(kind.utf8), ())]
    private static let states = [Token.State.active, .pending].map {
        (word: Array($0.rawValue.utf8), $0)
    }
    private static let algorithms = [HashAlgorithm.sha256, .sha1, .sha512].map {
        (word: Array($0.rawValue.utf8), $0)
    }

    static func encode(_ tokens: [Token]) -> SecretBytes {
        var text = SecretBuffer(capacity: 512 * max(1, tokens.count))
        for token in tokens {
            text.append("token\n")
            text.line(.name, token.name)
            text.line(.kind, kind)
            text.line(.state, token.state.rawValue)
            text.append("\(Key.secret.text) ")
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
                    && !Key.names.contains(extra.key) && extra.value.value.withBytes(Token.isValue)
            }
    }

    static func decode(_ plaintext: borrowing SecretBytes) throws(StoreError) -> [Token] {
        try plaintext.withBytes { (text) throws(StoreError) in
            let keys = Key.names.map { Array($0.utf8) }
            var tokens: [Token] = []
            var reader = LineReader()
            while let line = try reader.next(text) {
                guard text.holds(word, at: line) else { throw .damaged("token") }
                tokens.append(try token(&reader, text, keys))
            }
            return tokens
        }
    }

    private static func token(
        _ reader: inout LineReader, _ text: Span<UInt8>, _ keys: [[UInt8]]
    ) throws(StoreError) -> Token {
        var values = [14 of Range<Int>?](repeating: nil)
        var extras: [Token.Extra] = []
        // Keys come in their order, as a rule: the search begins behind the one before.
        var expected = 0
        while true {
            guard let line = try reader.next(text) else { throw .damaged("end of a token") }
            if text.holds(end, at: line) { break }
            guard let (key, value) = text.pair(line) else { throw .damaged("token line") }
            let order = 0..<keys.count
            guard
                let known = order.first(where: {
                    text.holds(keys[(expected + $0) % keys.count], at: key)
                })
            else {
                guard let name = text.string(key), Token.isValue(name),
                    Token.isValue(text.extracting(value))
                else { throw .damaged("token line") }
                extras.append(
                    .init(key: name, value: Shared(SecretBytes(copying: text.extracting(value)))))
                continue
            }
            let index = (expected + known) % keys.count
            guard values[index] == nil else { throw .damaged("key twice") }
            values[index] = value
            expected = index + 1
        }
        func string(_ key: Key) throws(StoreError) -> String {
            guard let range = values[key.rawValue], Token.isValue(text.extracting(range)),
                let value = text.string(range)
            else {
                throw .damaged(key.text)
            }
            return value
        }
        func number(_ key: Key) throws(StoreError) -> Int64 {
            guard let range = values[key.rawValue], let number = text.number(range) else {
                throw .damaged(key.text)
            }
            return number
        }
        // The one of some words that stands there, without making a text of it.
        func choice<Choice>(_ key: Key, _ words: [(word: [UInt8], Choice)]) -> Choice? {
            guard let range = values[key.rawValue] else { return nil }
            return words.first { text.holds($0.word, at: range) }?.1
        }
        func time(_ key: Key) throws(StoreError) -> Int64? {
            values[key.rawValue] == nil ? nil : try number(key)
        }
        func isDefault() throws(StoreError) -> Bool {
            guard values[Key.isDefault.rawValue] != nil else { return false }
            guard try string(.isDefault) == yes else { throw .damaged(Key.isDefault.text) }
            return true
        }
        guard choice(.kind, kinds) != nil else {
            throw .unsupported("a token of the kind \(try string(.kind))")
        }
        guard let secret = values[Key.secret.rawValue],
            let seed = Self.seed(text.extracting(secret))
        else { throw .damaged("secret") }
        guard let algorithm = choice(.algorithm, algorithms),
            let totp = TOTP(
                digits: Int(try number(.digits)), period: Int(try number(.period)),
                algorithm: algorithm)
        else { throw .damaged("algorithm, digits or period") }
        let name = try string(.name)
        guard Token.isName(name), let state = choice(.state, states) else {
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

extension Plaintext {
    /// A secret in Base64; other programs may leave the padding away, as in the header.
    private static func seed(_ text: Span<UInt8>) -> SecretBytes? {
        let padding: Base64.Padding = text.count % 4 == 0 ? .required : .none
        guard let seed = Base64.decode(text, padding: padding), seed.count > 0 else { return nil }
        return seed
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
        append("\(key.text) \(value)\n")
    }
}

extension Span<UInt8> {
    fileprivate func string(_ range: Range<Int>) -> String? {
        guard let text = try? UTF8Span(validating: extracting(range)) else { return nil }
        return String(copying: text)
    }

    /// A whole number, written as this program writes it: no sign or zero that need not be there.
    fileprivate func number(_ range: Range<Int>) -> Int64? {
        let isNegative = !range.isEmpty && self[range.lowerBound] == UInt8(ascii: "-")
        let digits = isNegative ? range.lowerBound + 1..<range.upperBound : range
        guard !digits.isEmpty else { return nil }
        let startsWithZero = self[digits.lowerBound] == UInt8(ascii: "0")
        guard !startsWithZero || digits.count == 1 && !isNegative else { return nil }
        var number: Int64 = 0
        for index in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self[index]) else { return nil }
            let digit = Int64(self[index] - UInt8(ascii: "0"))
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, more) = tens.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflow, !more else { return nil }
            number = sum
        }
        return number
    }

    fileprivate func holds(_ word: [UInt8], at range: Range<Int>) -> Bool {
        guard range.count == word.count else { return false }
        for index in word.indices where self[range.lowerBound + index] != word[index] {
            return false
        }
        return true
    }

    /// Where key and value are: what stands before and behind the first space of a line.
    fileprivate func pair(_ line: Range<Int>) -> (key: Range<Int>, value: Range<Int>)? {
        guard let space = line.first(where: { self[$0] == 0x20 }), space > line.lowerBound else {
            return nil
        }
        return (line.lowerBound..<space, space + 1..<line.upperBound)
    }
}
