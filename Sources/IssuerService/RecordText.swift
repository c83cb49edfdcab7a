internal import Cryptography

/// The keys of a record's lines.
enum RecordKey: String, CaseIterable {
    case user, email, account, language, state, revision, w0, seed, algorithm, digits, period, drift
    case administrator, salt, hash, generation, skips
    case mailedCode = "mailed_code"
    case l = "L"
    case issuedAt = "issued_at"
    case expiresAt = "expires_at"
    case lastStep = "last_step"
    case lastUsed = "last_used"
    case wrongCodes = "wrong_codes"
    case noticedAt = "noticed_at"
    case createdAt = "created_at"

    /// Each by its name: a dozen are looked up for each record that is read.
    static let named = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
}

/// Gathers lines `key value` in memory that is wiped.
struct FieldWriter: ~Copyable {
    private var text = SecretBuffer(capacity: 512)

    /// Appends a line; the value holds no control character.
    mutating func put(_ key: RecordKey, _ value: String) {
        text.append("\(key.rawValue) \(value)\n")
    }

    /// Appends a line with a secret, in Base64.
    mutating func put(_ key: RecordKey, secret: borrowing SecretBytes) {
        text.append("\(key.rawValue) ")
        Base64.append(secret, padding: .required, to: &text)
        text.append("\n")
    }

    consuming func finish() -> SecretBytes { text.finish() }
}

/// Takes lines `key value` apart; the text stays in one piece, in memory that is wiped.
struct FieldReader {
    private let text: Shared<SecretBytes>
    private var values: [RecordKey: Range<Int>] = [:]

    /// Reads a text; nil for unknown keys, keys that come twice and a last line without an end.
    init?(_ text: borrowing SecretBytes) {
        self.text = Shared(text.clone())
        let values = self.text.value.withBytes { text -> [RecordKey: Range<Int>]? in
            var values: [RecordKey: Range<Int>] = [:]
            var start = 0
            while start < text.count {
                guard let space = (start..<text.count).first(where: { text[$0] == 0x20 }),
                    let end = (space..<text.count).first(where: { text[$0] == 0x0A }),
                    let key = RecordKey.named[
                        String(
                            decoding: Array(copying: text.extracting(start..<space)), as: UTF8.self)
                    ],
                    values.updateValue(space + 1..<end, forKey: key) == nil
                else { return nil }
                start = end + 1
            }
            return values
        }
        guard let values else { return nil }
        self.values = values
    }

    /// A value that is no secret.
    func string(_ key: RecordKey) -> String? {
        guard let range = values[key] else { return nil }
        return text.value.withBytes {
            String(validating: Array(copying: $0.extracting(range)), as: UTF8.self)
        }
    }

    func number<Number: FixedWidthInteger>(
        _ key: RecordKey, _ type: Number.Type = Number.self
    ) -> Number? {
        string(key).flatMap { Number($0) }
    }

    func secret(_ key: RecordKey) -> SecretBytes? {
        guard let range = values[key] else { return nil }
        return text.value.withBytes { Base64.decode($0.extracting(range), padding: .required) }
    }
}
