import Cryptography
import OATH

/// The text inside the store: for each token a line `token`, lines `key value`, and a line `end`.
enum Plaintext {
    fileprivate enum Key: Int {
        case name, kind, state, secret, algorithm, digits, period, issuer, serviceID, userID, server
        case enrolledAt, expiresAt, isDefault

        static let names: [14 of StaticString] = [
            "name", "kind", "state", "secret", "algorithm", "digits", "period", "issuer",
            "service_id", "user_id", "server", "enrolled_at", "expires_at", "default",
        ]

        var word: StaticString { Self.names[rawValue] }

        static func isKnown(_ text: String) -> Bool {
            names.indices.contains { names[$0].description == text }
        }
    }

    private static let totp: StaticString = "totp"
    private static let mailed: StaticString = "mailed"
    private static let yes = "yes"

    static func encode(_ tokens: [Token]) -> SecretBytes {
        var text = SecretBuffer(capacity: 512 * max(1, tokens.count))
        for token in tokens {
            text.append("token\n")
            text.line(.name, token.name)
            text.line(.kind, token.kind.rawValue)
            text.line(.state, token.state.rawValue)
            if token.kind == .totp {
                text.append(Key.secret.word)
                text.append(" ")
                Base64.append(token.seed.value, padding: .required, to: &text)
                text.append("\n")
                text.line(.algorithm, token.totp.algorithm.rawValue)
            }
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
                text.append(extra.key)
                text.append(" ")
                extra.value.value.withBytes { text.append($0) }
                text.append("\n")
            }
            text.append("end\n")
        }
        return text.finish()
    }

    /// Whether `decode` would take what `encode` makes of a token.
    static func canHold(_ token: Token) -> Bool {
        Token.isName(token.name) && (token.seed.value.count > 0) == (token.kind == .totp)
            && [token.issuer, token.serviceID, token.userID, token.server].allSatisfy(Token.isValue)
            && token.extras.allSatisfy { extra in
                !extra.key.isEmpty && !extra.key.utf8.contains(0x20) && Token.isValue(extra.key)
                    && !Key.isKnown(extra.key) && extra.value.value.withBytes(Token.isValue)
            }
    }

    static func decode(_ plaintext: borrowing SecretBytes) throws(StoreError) -> [Token] {
        try plaintext.withBytes { (text) throws(StoreError) in
            var tokens: [Token] = []
            // None is shorter than this by much.
            tokens.reserveCapacity(text.count / 128)
            var reader = LineReader()
            while let line = try reader.next(text) {
                guard text.holds("token", in: line) else { throw .damaged("token") }
                tokens.append(try token(&reader, text))
            }
            return tokens
        }
    }

    private static func token(
        _ reader: inout LineReader, _ text: Span<UInt8>
    ) throws(StoreError) -> Token {
        var values = [14 of Range<Int>?](repeating: nil)
        var extras: [Token.Extra] = []
        // Keys come in their order, as a rule: the search begins behind the one before.
        var expected = 0
        while true {
            guard let line = try reader.next(text) else { throw .damaged("end of a token") }
            if text.holds("end", in: line) { break }
            guard let (index, value) = known(text, line, from: expected) else {
                extras.append(try extra(text, line))
                continue
            }
            guard values[index] == nil else { throw .damaged("key twice") }
            values[index] = value
            expected = index + 1
        }
        func string(_ key: Key) throws(StoreError) -> String {
            guard let range = values[key.rawValue], let value = text.value(range) else {
                throw .damaged(key.word.description)
            }
            return value
        }
        func number(_ key: Key) throws(StoreError) -> Int64 {
            guard let range = values[key.rawValue], let number = text.number(range) else {
                throw .damaged(key.word.description)
            }
            return number
        }
        func time(_ key: Key) throws(StoreError) -> Int64? {
            values[key.rawValue] == nil ? nil : try number(key)
        }
        func isDefault() throws(StoreError) -> Bool {
            guard values[Key.isDefault.rawValue] != nil else { return false }
            guard try string(.isDefault) == yes else {
                throw .damaged(Key.isDefault.word.description)
            }
            return true
        }
        func kind() throws(StoreError) -> Token.Kind {
            guard let word = values[Key.kind.rawValue] else { throw .damaged("kind") }
            if text.holds(totp, in: word) { return .totp }
            guard text.holds(mailed, in: word) else { throw .unknownKind(try string(.kind)) }
            // A mailed code has neither.
            guard values[Key.secret.rawValue] == nil, values[Key.algorithm.rawValue] == nil else {
                throw .damaged("secret or algorithm")
            }
            return .mailed
        }
        func seed() throws(StoreError) -> SecretBytes {
            guard let secret = values[Key.secret.rawValue],
                let seed = Self.seed(text.extracting(secret))
            else { throw .damaged("secret") }
            return seed
        }
        let tokenKind = try kind()
        let isMailed = tokenKind == .mailed
        let tokenSeed = isMailed ? SecretBytes(zeros: 0) : try seed()
        guard
            let algorithm = isMailed
                ? TOTP.rule.algorithm : HashAlgorithm(rawValue: try string(.algorithm)),
            let totp = TOTP(
                digits: Int(try number(.digits)), period: Int(try number(.period)),
                algorithm: algorithm)
        else { throw .damaged("algorithm, digits or period") }
        let name = try string(.name)
        guard Token.isName(name), let state = Token.State(rawValue: try string(.state)) else {
            throw .damaged("name or state")
        }
        return Token(
            name: name, kind: tokenKind, state: state, seed: Shared(tokenSeed), totp: totp,
            issuer: try string(.issuer), serviceID: try string(.serviceID),
            userID: try string(.userID), server: try string(.server),
            enrolledAt: try time(.enrolledAt), expiresAt: try time(.expiresAt),
            isDefault: try isDefault(), extras: extras)
    }
}

extension Plaintext {
    /// The key that a line begins with, and where its value is; nil for a key without a property of its own.
    private static func known(
        _ text: Span<UInt8>, _ line: Range<Int>, from expected: Int
    ) -> (key: Int, value: Range<Int>)? {
        for step in Key.names.indices {
            let key = (expected + step) % Key.names.count
            let space = line.lowerBound + Key.names[key].utf8CodeUnitCount
            if space < line.upperBound, text[space] == 0x20,
                text.holds(Key.names[key], at: line.lowerBound)
            {
                return (key, space + 1..<line.upperBound)
            }
        }
        return nil
    }

    private static func extra(
        _ text: Span<UInt8>, _ line: Range<Int>
    ) throws(StoreError) -> Token.Extra {
        guard let space = text.extracting(line).firstIndex(of: 0x20), space > 0 else {
            throw .damaged("token line")
        }
        let end = line.lowerBound + space
        let value = text.extracting(end + 1..<line.upperBound)
        guard let key = text.value(line.lowerBound..<end), Token.isValue(value) else {
            throw .damaged("token line")
        }
        return Token.Extra(key: key, value: Shared(SecretBytes(copying: value)))
    }

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
        guard let end = text.firstIndex(of: 0x0A, from: position) else {
            throw .damaged("last line")
        }
        defer { position = end + 1 }
        return position..<end
    }
}

extension SecretBuffer {
    fileprivate mutating func line(_ key: Plaintext.Key, _ value: String) {
        // Piece by piece: no text is made on the way.
        append(key.word)
        append(" ")
        append(value)
        append("\n")
    }
}

extension Span<UInt8> {
    /// A text that may stand in the store.
    fileprivate func value(_ range: Range<Int>) -> String? {
        let bytes = extracting(range)
        // Nearly always it is this, which needs no decoding.
        if let text = bytes.printableASCII { return text }
        guard Token.isValue(bytes), let text = try? UTF8Span(validating: bytes) else { return nil }
        return String(copying: text)
    }

    /// A whole number, written as this program writes it: no sign or zero that need not be there.
    fileprivate func number(_ range: Range<Int>) -> Int64? {
        let isNegative = !range.isEmpty && self[range.lowerBound] == UInt8(ascii: "-")
        let digits = isNegative ? range.lowerBound + 1..<range.upperBound : range
        guard !digits.isEmpty else { return nil }
        let startsWithZero = self[digits.lowerBound] == UInt8(ascii: "0")
        guard !startsWithZero || digits.count == 1 && !isNegative else { return nil }
        // Neither bound of Int64 has more than 19 digits, which a UInt64 holds in any case.
        guard digits.count <= 19 else { return nil }
        var magnitude: UInt64 = 0
        for index in digits {
            let digit = self[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            magnitude = magnitude &* 10 &+ UInt64(digit)
        }
        guard isNegative else { return Int64(exactly: magnitude) }
        return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }
}
