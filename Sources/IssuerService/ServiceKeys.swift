package import Cryptography
internal import Enrolment
internal import JSON
internal import Platform

/// A key with which another service asks for verification, without its secret.
package struct ServiceKey: Equatable, Sendable {
    /// Who has it: 1–64 of `[A-Za-z0-9._@-]`.
    package let name: String
    /// Unix seconds.
    package let createdAt: Int64
    /// The name of its file.
    fileprivate let number: String
    /// An authentication code of its secret, which is no key itself.
    fileprivate let code: [UInt8]
}

// A bearer key (RFC 6750) is the number of a file, a full stop, and a secret: one file is read, whoever asks.
extension Issuer {
    private static let numberCount = 8
    private static let secretCount = 32

    private var keysFolder: String { home + "/keys" }

    /// Makes a key for a service that verifies codes here.
    ///
    /// - Parameters:
    ///   - name: 1–64 of `[A-Za-z0-9._@-]`.
    ///   - now: unix seconds.
    ///   - random: where it comes from.
    /// - Returns: the key in visible ASCII; it is kept nowhere.
    /// - Throws: `IssuerError.invalid(.keyName)`, `.keyExists`, `.file`, `.cryptography`.
    package func addKey(
        name: String, now: Int64, random: RandomSource
    ) throws(IssuerError) -> SecretBytes {
        guard Identifier.isValid(name) else { throw .invalid(.keyName) }
        return try changingKeys { (keys) throws(IssuerError) in
            guard !keys.contains(where: { $0.name == name }) else { throw .keyExists(name) }
            let number = try IssuerError.wrapping { () throws(CryptographyError) -> [UInt8] in
                try publicRandom(count: Self.numberCount, from: random)
            }
            let secret = try IssuerError.wrapping { () throws(CryptographyError) -> SecretBytes in
                try random(Self.secretCount)
            }
            let code = try code(of: secret)
            let key = ServiceKey(
                name: name, createdAt: now, number: Hex.encode(number.span), code: code)
            try Self.put(key.json.encoded, at: "\(keysFolder)/\(key.number)")
            var bearer = SecretBuffer()
            bearer.append(key.number)
            bearer.append(".")
            Base64.append(secret, padding: .required, to: &bearer)
            return bearer.finish()
        }
    }

    /// Takes a key back.
    ///
    /// - Parameter name: whose.
    /// - Throws: `IssuerError.noSuchKey`, `.file`.
    package func removeKey(name: String) throws(IssuerError) {
        try changingKeys { (keys) throws(IssuerError) in
            guard let key = keys.first(where: { $0.name == name }) else { throw .noSuchKey(name) }
            let path = "\(keysFolder)/\(key.number)"
            try IssuerError.naming(path) { () throws(FileError) in try PrivateFile.remove(path) }
        }
    }

    /// All keys, by their names.
    ///
    /// - Returns: the keys.
    /// - Throws: `IssuerError.damaged`, `.file`.
    package func keys() throws(IssuerError) -> [ServiceKey] {
        var keys: [ServiceKey] = []
        for name in try Self.names(in: keysFolder) where Self.isNumber(name) {
            if let key = try key(number: name) { keys.append(key) }
        }
        return keys.sorted { $0.name < $1.name }
    }

    /// The key of somebody who shows a bearer key; nil for one that is none of this issuer's.
    ///
    /// - Parameter bearer: what was shown.
    /// - Returns: whose it is.
    /// - Throws: `IssuerError.damaged`, `.file`, `.cryptography`.
    package func key(shownAs bearer: String) throws(IssuerError) -> ServiceKey? {
        let parts = bearer.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, Self.isNumber(parts[0]),
            let secret = Base64.decode(Array(parts[1].utf8).span, padding: .required),
            let key = try key(number: parts[0])
        else { return nil }
        return try constantTimeEqual(code(of: secret), key.code) ? key : nil
    }

    // MARK: Files

    private static func isNumber(_ text: String) -> Bool {
        text.utf8.count == 2 * numberCount
            && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }

    private func code(of secret: borrowing SecretBytes) throws(IssuerError) -> [UInt8] {
        do {
            return try HMAC.authenticate(secret.withBytes { Array(copying: $0) }, key: keysKey)
        } catch {
            throw .cryptography(error)
        }
    }

    private func key(number: String) throws(IssuerError) -> ServiceKey? {
        let path = "\(keysFolder)/\(number)"
        guard let text = try Self.contents(of: path) else { return nil }
        guard let key = JSONValue(text).flatMap({ ServiceKey($0, number: number) }) else {
            throw .damaged(path: path)
        }
        return key
    }

    /// Runs `body` while nobody else changes keys.
    private func changingKeys<Result: ~Copyable>(
        _ body: ([ServiceKey]) throws(IssuerError) -> Result
    ) throws(IssuerError) -> Result {
        let path = home + "/locks/keys"
        let lock = try IssuerError.naming(keysFolder) { () throws(FileError) in
            try PrivateFolder.ensure(keysFolder)
            return try FileLock(path) {}
        }
        return try withExtendedLifetime(lock) { () throws(IssuerError) in try body(keys()) }
    }
}

extension ServiceKey {
    fileprivate init?(_ json: JSONValue, number: String) {
        guard let name = json["name"]?.string, let createdAt = json["created_at"]?.integer,
            let code = json["mac"]?.string.flatMap(Hex.decode)
        else { return nil }
        self.init(name: name, createdAt: createdAt, number: number, code: code)
    }

    fileprivate var json: JSONValue {
        [
            "name": .string(name), "created_at": .integer(createdAt),
            "mac": .string(Hex.encode(code.span)),
        ]
    }
}
