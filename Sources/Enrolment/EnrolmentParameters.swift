internal import Cryptography
internal import FoundationEssentials
package import OATH

/// What the issuer decides about a token.
package struct EnrolmentParameters: Equatable, Sendable {
    /// The issuer's name: 1 to 64 characters, at most 1024 bytes.
    package let issuer: String
    package let totp: TOTP
    /// When the token ends, in unix seconds.
    package let expiresAt: Int64?
    /// Where the first code is to be entered.
    package let confirmURL: String?
    /// The issuer's clock when it answered, in unix seconds.
    package let time: Int64?

    package init(
        issuer: String, totp: TOTP = .rule, expiresAt: Int64? = nil, confirmURL: String? = nil,
        time: Int64? = nil
    ) {
        self.issuer = issuer
        self.totp = totp
        self.expiresAt = expiresAt
        self.confirmURL = confirmURL
        self.time = time
    }

    private struct JSON: Codable {
        let issuer: String
        let algorithm: String
        let digits: Int
        let period: Int
        let expiresAt: Int64?
        let confirmURL: String?
        let time: Int64?

        enum CodingKeys: String, CodingKey {
            case issuer, algorithm, digits, period, time
            case expiresAt = "expires_at"
            case confirmURL = "confirm_url"
        }
    }

    /// Reads and bounds every field.
    init(json: [UInt8]) throws(EnrolmentError) {
        guard let json = Wire.decode(JSON.self, json) else { throw .malformed("parameters") }
        guard Self.isIssuerName(json.issuer) else { throw .unacceptable("issuer") }
        guard let algorithm = HashAlgorithm(rawValue: json.algorithm) else {
            throw .unacceptable("algorithm")
        }
        guard let totp = TOTP(digits: json.digits, period: json.period, algorithm: algorithm) else {
            throw .unacceptable("digits or period")
        }
        guard json.expiresAt.map({ (1...Self.latest).contains($0) }) ?? true else {
            throw .unacceptable("expires_at")
        }
        guard json.time.map({ (1...Self.latest).contains($0) }) ?? true else {
            throw .unacceptable("time")
        }
        if let url = json.confirmURL {
            guard url.hasPrefix("https://") || url.hasPrefix("http://"), url.utf8.count <= 2048,
                url.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { throw .unacceptable("confirm_url") }
        }
        self.init(
            issuer: json.issuer, totp: totp, expiresAt: json.expiresAt, confirmURL: json.confirmURL,
            time: json.time)
    }

    /// The year 9999: later times are nonsense, and would overflow somebody's calendar.
    private static let latest: Int64 = 253_402_300_799

    /// Whether a text is fit for an issuer's name: 1 to 64 characters, none that steers a terminal.
    package static func isIssuerName(_ text: String) -> Bool {
        // A character may carry any number of marks: the bytes need a bound of their own.
        text.utf8.count <= 1024 && (1...64).contains(text.count) && isPlain(text)
    }

    // What is shown on a terminal must not steer it: neither control nor format characters, nor line separators.
    private static func isPlain(_ text: String) -> Bool {
        text.first != " " && text.last != " "
            && text.unicodeScalars.allSatisfy {
                switch $0.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate,
                    .unassigned:
                    false
                default: true
                }
            }
    }

    /// The JSON to be sealed.
    var encoded: [UInt8] {
        Wire.encode(
            JSON(
                issuer: issuer, algorithm: totp.algorithm.rawValue, digits: totp.digits,
                period: totp.period, expiresAt: expiresAt, confirmURL: confirmURL, time: time))
    }
}
