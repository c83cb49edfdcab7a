package import Cryptography

/// A TOTP token as an `otpauth` URI: what authenticators read from a QR code.
///
/// Strict: what is out of bounds, comes twice or cannot be understood is no token. Parameters that it does not know
/// mean nothing.
package struct KeyURI: Sendable {
    /// Whose token it is: the part of the label behind the colon, or all of it.
    package let account: String
    /// Who issued it: the parameter, or else the part of the label before the colon; nil when neither is there.
    package let issuer: String?
    package let seed: Shared<SecretBytes>
    package let totp: TOTP

    /// The longest URI that is read.
    package static let maximumCount = 4096
    private static let start: StaticString = "otpauth://totp/"

    /// Reads a URI where it is, as it holds a secret; nil for anything but a TOTP token that this program can hold.
    ///
    /// - Parameter text: ASCII.
    package init?(_ text: Span<UInt8>) {
        guard text.count <= Self.maximumCount, text.holds(Self.start, at: 0),
            text.indices.allSatisfy({
                (0x21...0x7E).contains(text[$0]) && text[$0] != UInt8(ascii: "#")
            }),
            let query = text.firstIndex(of: UInt8(ascii: "?")),
            let label = PercentEncoding.text(
                text.extracting(Self.start.utf8CodeUnitCount..<query))
        else { return nil }
        var parameters = Parameters()
        var position = query + 1
        while position <= text.count {
            let end = text.firstIndex(of: UInt8(ascii: "&"), from: position) ?? text.count
            guard parameters.take(text.extracting(position..<end)) else { return nil }
            position = end + 1
        }
        // What is not said is what the first authenticators knew.
        guard let seed = parameters.seed,
            let totp = TOTP(
                digits: parameters.digits ?? 6, period: parameters.period ?? 30,
                algorithm: parameters.algorithm ?? .sha1)
        else { return nil }
        let parts = label.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        account = String((parts.last ?? "").drop { $0 == " " })
        issuer = parameters.issuer ?? (parts.count == 2 ? String(parts[0]) : nil)
        self.seed = seed
        self.totp = totp
    }

    /// What stands behind the question mark.
    private struct Parameters {
        var seed: Shared<SecretBytes>?
        var algorithm: HashAlgorithm?
        var digits: Int?
        var period: Int?
        var issuer: String?

        /// Takes `name=value`; false for a value that cannot be, or a second one.
        mutating func take(_ parameter: Span<UInt8>) -> Bool {
            let equals = parameter.firstIndex(of: UInt8(ascii: "="))
            let name = 0..<(equals ?? parameter.count)
            let value = parameter.extracting(min(name.upperBound + 1, parameter.count)...)
            if parameter.holds("secret", in: name) {
                guard seed == nil, let text = PercentEncoding.decode(value),
                    let secret = text.withBytes(Base32.decode),
                    secret.count > 0
                else { return false }
                seed = Shared(secret)
            } else if parameter.holds("algorithm", in: name) {
                guard algorithm == nil, let word = value.printableASCII,
                    let known = HashAlgorithm(rawValue: word.uppercased())
                else { return false }
                algorithm = known
            } else if parameter.holds("digits", in: name) {
                guard digits == nil, let number = number(value) else { return false }
                digits = number
            } else if parameter.holds("period", in: name) {
                guard period == nil, let number = number(value) else { return false }
                period = number
            } else if parameter.holds("issuer", in: name) {
                guard issuer == nil, let text = PercentEncoding.text(value) else { return false }
                issuer = text
            }
            return true
        }

        private func number(_ value: Span<UInt8>) -> Int? {
            guard (1...4).contains(value.count), value[0] != UInt8(ascii: "0"),
                value.indices.allSatisfy({ (48...57).contains(value[$0]) })
            else { return nil }
            return value.printableASCII.flatMap { Int($0) }
        }
    }
}
