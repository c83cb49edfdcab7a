package import Cryptography
internal import OATH
internal import Platform

/// The seeds of all tokens as another server takes them: for a site that outgrows this one.
package struct Export: ~Copyable {
    /// What reads it.
    package enum Format: String, CaseIterable, Sendable {
        /// liboath's UsersFile, which pam_oath reads: HMAC-SHA1 alone.
        case usersfile
        /// privacyIDEA's OATH CSV, which takes the hash function from the length of the seed.
        case oathCSV = "oath-csv"

        fileprivate func takes(_ totp: TOTP) -> Bool {
            switch self {
            case .usersfile: totp.algorithm == .sha1
            case .oathCSV: totp.algorithm == .sha256
            }
        }
    }

    /// The file; it is all secret.
    package let text: SecretBytes
    /// How many tokens are in it.
    package let count: Int
    /// How many are not, since the format knows no such hash function.
    package let leftOut: Int
}

extension Issuer {
    /// Writes out the tokens that are of use: those that are enrolled, and neither revoked nor ended.
    ///
    /// - Parameters:
    ///   - format: what reads it.
    ///   - now: unix seconds.
    /// - Returns: the file.
    /// - Throws: `IssuerError.damaged`, `.file`.
    package func export(_ format: Export.Format, now: Int64) throws(IssuerError) -> Export {
        var text = SecretBuffer()
        var (count, leftOut) = (0, 0)
        for record in try records() {
            guard case .enrolled(let token) = record.stage, now < token.expiresAt else { continue }
            guard format.takes(token.totp) else {
                leftOut += 1
                continue
            }
            count += 1
            let (digits, period) = (token.totp.digits, token.totp.period)
            switch format {
            case .usersfile: text.append("HOTP/T\(period)/\(digits) \(record.userID) - ")
            case .oathCSV: text.append("\(record.userID), ")
            }
            token.seed.value.withBytes { text.append(hexadecimal: $0) }
            text.append(format == .usersfile ? "\n" : ", totp, \(digits), \(period)\n")
        }
        return Export(text: text.finish(), count: count, leftOut: leftOut)
    }
}

extension SecretBuffer {
    /// Appends bytes as digits, without a copy of them elsewhere.
    fileprivate mutating func append(hexadecimal bytes: Span<UInt8>) {
        let digits = Array("0123456789abcdef".utf8)
        for index in bytes.indices {
            append(digits[Int(bytes[index] >> 4)])
            append(digits[Int(bytes[index] & 15)])
        }
    }
}
