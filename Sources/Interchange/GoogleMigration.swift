internal import Cryptography
internal import OATH

/// The QR codes by which Google Authenticator hands on its tokens: a message in a URI.
///
/// It knows no period: all its tokens change every 30 seconds.
enum GoogleMigration {
    static let scheme: StaticString = "otpauth-migration://"

    /// What exports in several QR codes are there, and how many parts they lack.
    struct Batches {
        private var parts: [UInt64: (size: UInt64, indices: Set<UInt64>)] = [:]

        /// How many parts are missing.
        var missing: Int {
            parts.values.reduce(0) { $0 + max(0, Int(clamping: $1.size) - $1.indices.count) }
        }

        fileprivate mutating func note(_ batch: UInt64, _ index: UInt64, of size: UInt64) {
            // As many as a person scans; more say nothing.
            guard index < size, size <= 1000 else { return }
            parts[batch, default: (size, [])].indices.insert(index)
        }
    }

    static func read(
        _ line: Span<UInt8>, _ place: String, _ batches: inout Batches,
        into harvest: inout Harvest
    ) throws(InterchangeError) {
        guard let mark = line.firstIndex(of: UInt8(ascii: "?")),
            line.holds("data=", at: mark + 1),
            let data = PercentEncoding.decode(line.extracting((mark + 6)...)),
            // A plus sign that went through a form has become a space.
            let message = data.withBytes({
                $0.replacing(0x20, with: 0x2B).withBytes { $0.lenientBase64 }
            }),
            message.withBytes({ read($0, &batches, into: &harvest) })
        else { throw .malformed(place) }
    }

    private static func read(
        _ message: Span<UInt8>, _ batches: inout Batches, into harvest: inout Harvest
    ) -> Bool {
        var reader = ProtobufReader(0..<message.count)
        var batch: (id: UInt64, index: UInt64, size: UInt64) = (0, 0, 1)
        while !reader.isAtEnd {
            switch reader.next(message) {
            case (1, .bytes(let range))?:
                guard readToken(message, range, into: &harvest) else { return false }
            case (3, .number(let number))?: batch.size = number
            case (4, .number(let number))?: batch.index = number
            case (5, .number(let number))?: batch.id = number
            case nil: return false
            default: break
            }
        }
        batches.note(batch.id, batch.index, of: batch.size)
        return true
    }

    private static func readToken(
        _ message: Span<UInt8>, _ range: Range<Int>, into harvest: inout Harvest
    ) -> Bool {
        var draft = TokenDraft()
        var secret: Range<Int>?
        func text(_ range: Range<Int>) -> String? {
            String(validating: Array(copying: message.extracting(range)), as: UTF8.self)
        }
        var reader = ProtobufReader(range)
        while !reader.isAtEnd {
            switch reader.next(message) {
            case (1, .bytes(let range))?: secret = range
            case (2, .bytes(let range))?:
                guard let text = text(range) else { return false }
                draft.account = text
            case (3, .bytes(let range))?:
                guard let text = text(range) else { return false }
                draft.issuer = text
            case (4, .number(let number))?:
                draft.algorithm =
                    [0: "SHA1", 1: "SHA1", 2: "SHA256", 3: "SHA512", 4: "MD5"][
                        number, default: "\(number)"]
            case (5, .number(let number))?: draft.digits = [0: 6, 1: 6, 2: 8][number, default: -1]
            case (6, .number(let number))?:
                draft.kind = [0: "totp", 1: "hotp", 2: "totp"][number, default: "\(number)"]
            case nil: return false
            default: break
            }
        }
        draft.splitAccount()
        draft.judge(
            secret.map { SecretBytes(copying: message.extracting($0)) }, into: &harvest)
        return true
    }
}

extension TokenDraft {
    /// Takes an issuer off the account, in front of which many write it.
    mutating func splitAccount() {
        let parts = account.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return }
        let front = String(parts[0]).trimmed
        guard issuer.isEmpty || front == issuer else { return }
        issuer = front
        account = String(parts[1]).trimmed
    }
}
