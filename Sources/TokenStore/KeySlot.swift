internal import Cryptography

/// One way to the store key: a line `slot KIND … SALT WRAPPED` of the header.
package struct KeySlot: Equatable, Sendable {
    /// The kinds of slots that this version opens, by what their key is made from.
    package enum Kind: String, CaseIterable, Sendable {
        /// Device key and machine identity, one behind the other.
        case device
        /// A passphrase, in UTF-8 and NFC.
        case scrypt
        /// What a command printed.
        case command
    }

    static let saltCount = 16
    static let wrappedCount = 32 + AESGCM.overhead

    /// The whole line, without its newline.
    let line: String
    /// Nil for a slot that this version does not open, which is kept as it stands.
    package let kind: Kind?
    private let contents: Contents?

    private struct Contents {
        let cost: Scrypt.Cost?
        let salt: [UInt8]
        let wrapped: [UInt8]
    }

    package static func == (a: KeySlot, b: KeySlot) -> Bool { a.line == b.line }

    /// Reads a line strictly.
    init(line: String) throws(StoreError) {
        let words = Array(line.utf8).split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count >= 3, words[0].elementsEqual("slot".utf8),
            words.allSatisfy({ !$0.isEmpty }),
            words[1].allSatisfy({
                (97...122).contains($0) || (48...57).contains($0) || $0 == 45
            })
        else { throw .damaged("slot line") }
        self.line = line
        kind = Kind(rawValue: String(decoding: words[1], as: UTF8.self))
        guard let kind else {
            contents = nil
            return
        }
        let costs = kind == .scrypt ? 3 : 0
        guard words.count == 4 + costs,
            let salt = Self.decode(words[2 + costs], count: Self.saltCount),
            let wrapped = Self.decode(words[3 + costs], count: Self.wrappedCount)
        else { throw .damaged("\(kind.rawValue) slot") }
        let cost = kind == .scrypt ? try Scrypt.Cost(words[2..<5]) : nil
        contents = Contents(cost: cost, salt: salt, wrapped: wrapped)
    }

    private static func decode(_ word: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        guard let bytes = Base64.decode(word.span, padding: .none), bytes.count == count else {
            return nil
        }
        return bytes.withBytes { Array(copying: $0) }
    }

    /// Wraps a store key.
    ///
    /// - Parameters:
    ///   - key: the store key.
    ///   - kind: what opens the slot.
    ///   - secret: of this kind.
    ///   - random: salt and nonce.
    /// - Throws: `CryptographyError`.
    init(
        wrapping key: borrowing SecretBytes, for kind: Kind, secret: borrowing SecretBytes,
        random: RandomSource
    ) throws(CryptographyError) {
        let cost = kind == .scrypt ? Scrypt.Cost.store : nil
        let salt = try publicRandom(count: Self.saltCount, from: random)
        let costs = cost.map { " \($0.logN) \($0.blockSize) \($0.parallelism)" } ?? ""
        let start =
            "slot \(kind.rawValue)\(costs) \(Base64.encode(salt.span, padding: .none))"
        let wrapped = try AESGCM.seal(
            key, key: Self.keyEncryptionKey(kind, cost, secret, salt),
            nonce: publicRandom(count: AESGCM.nonceCount, from: random), aad: Array(start.utf8))
        line = "\(start) \(Base64.encode(wrapped.span, padding: .none))"
        self.kind = kind
        contents = Contents(cost: cost, salt: salt, wrapped: wrapped)
    }

    /// The store key, or nil when the secret does not open this slot.
    func unwrap(_ secret: borrowing SecretBytes) throws(CryptographyError) -> SecretBytes? {
        guard let kind, let contents, let space = line.utf8.lastIndex(of: UInt8(ascii: " ")) else {
            return nil
        }
        let key = try Self.keyEncryptionKey(kind, contents.cost, secret, contents.salt)
        do throws(CryptographyError) {
            return try AESGCM.open(
                contents.wrapped, key: key, aad: Array(line.utf8[..<space]))
        } catch .notAuthentic {
            return nil
        }
    }

    private static func keyEncryptionKey(
        _ kind: Kind, _ cost: Scrypt.Cost?, _ secret: borrowing SecretBytes, _ salt: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        if let cost { return try Scrypt.derive(from: secret, salt: salt, cost: cost, count: 32) }
        return try HKDF.derive(
            from: secret, salt: salt, info: Array("otptoken-store/1 \(kind.rawValue)".utf8))
    }
}

extension Scrypt.Cost {
    /// Reads the three numbers of a slot line: only costs that a store may ask for, before any memory is taken.
    fileprivate init(_ words: ArraySlice<ArraySlice<UInt8>>) throws(StoreError) {
        let numbers = words.compactMap { word -> Int? in
            let text = String(decoding: word, as: UTF8.self)
            return Int(text).flatMap { "\($0)" == text ? $0 : nil }
        }
        guard numbers.count == 3, (14...20).contains(numbers[0]), numbers[1] == 8,
            (1...4).contains(numbers[2])
        else { throw .damaged("scrypt slot: its cost") }
        do {
            try self.init(logN: numbers[0], blockSize: numbers[1], parallelism: numbers[2])
        } catch {
            throw .cryptography(error)
        }
    }
}
