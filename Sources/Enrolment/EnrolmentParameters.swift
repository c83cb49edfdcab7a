internal import Cryptography
internal import JSON
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

    /// Reads and bounds every field.
    init(json bytes: [UInt8]) throws(EnrolmentError) {
        guard let json = JSONValue(bytes), let issuer = json["issuer"]?.string,
            let algorithmName = json["algorithm"]?.string, let digits = json["digits"]?.integer,
            let period = json["period"]?.integer
        else { throw .malformed("parameters") }
        guard Self.isIssuerName(issuer) else { throw .unacceptable("issuer") }
        guard let algorithm = HashAlgorithm(rawValue: algorithmName) else {
            throw .unacceptable("algorithm")
        }
        guard
            let totp = TOTP(
                digits: Int(clamping: digits), period: Int(clamping: period), algorithm: algorithm)
        else { throw .unacceptable("digits or period") }
        self.init(
            issuer: issuer, totp: totp, expiresAt: try Self.moment("expires_at", in: json),
            confirmURL: try Self.confirmURL(in: json), time: try Self.moment("time", in: json))
    }

    private static func moment(
        _ name: String, in json: JSONValue
    ) throws(EnrolmentError) -> Int64? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let time = value.integer else { throw .malformed("parameters") }
        guard (1...latest).contains(time) else { throw .unacceptable(name) }
        return time
    }

    private static func confirmURL(in json: JSONValue) throws(EnrolmentError) -> String? {
        guard let value = json["confirm_url"], !value.isNull else { return nil }
        guard let url = value.string else { throw .malformed("parameters") }
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), url.utf8.count <= 2048,
            url.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .unacceptable("confirm_url") }
        return url
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
        let json: JSONValue = [
            "issuer": .string(issuer), "algorithm": .string(totp.algorithm.rawValue),
            "digits": .integer(Int64(totp.digits)), "period": .integer(Int64(totp.period)),
            "expires_at": .optional(expiresAt), "confirm_url": .optional(confirmURL),
            "time": .optional(time),
        ]
        return json.encoded
    }
}
