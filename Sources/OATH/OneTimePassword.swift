package import Cryptography

/// HOTP (RFC 4226).
package enum HOTP {
    /// The numbers of digits that a code may have.
    package static let digits = 6...8

    /// The code of one counter value.
    ///
    /// - Parameters:
    ///   - key: the shared secret.
    ///   - counter: the moving factor.
    ///   - digits: 6 to 8.
    ///   - algorithm: SHA-1 in RFC 4226; RFC 6238 adds the others.
    /// - Returns: `digits` decimal digits, with leading zeros.
    /// - Throws: `CryptographyError.invalidParameter` for other numbers of digits, or `.libraryFailed`.
    package static func code(
        key: borrowing SecretBytes, counter: UInt64, digits: Int, algorithm: HashAlgorithm = .sha1
    ) throws(CryptographyError) -> String {
        guard HOTP.digits.contains(digits) else { throw .invalidParameter }
        let message = [8 of UInt8] { UInt8(truncatingIfNeeded: counter >> (56 - 8 * UInt64($0))) }
        var mac = [64 of UInt8](repeating: 0)
        var room = mac.mutableSpan
        try HMAC.authenticate(message.span, key: key, hash: algorithm, into: &room)
        // Dynamic truncation (RFC 4226, section 5.3).
        let offset = Int(mac[algorithm.digestCount - 1] & 0x0F)
        var number: UInt32 = 0
        for index in offset..<offset + 4 { number = number << 8 | UInt32(mac[index]) }
        number &= 0x7FFF_FFFF
        // Its last decimal digits.
        var code = [8 of UInt8](repeating: 0)
        for index in (0..<digits).reversed() {
            code[index] = UInt8(ascii: "0") + UInt8(number % 10)
            number /= 10
        }
        guard let text = code.span.extracting(0..<digits).printableASCII else {
            throw .libraryFailed
        }
        return text
    }
}

/// TOTP (RFC 6238): HOTP of the time step.
package struct TOTP: Equatable, Sendable {
    /// The lengths of a time step in seconds that a token may have.
    package static let periods = 1...3600

    /// How many digits a code has, 6 to 8.
    package let digits: Int
    /// The time step in seconds, 1 to 3600.
    package let period: Int
    /// The hash function.
    package let algorithm: HashAlgorithm

    /// 8 digits, 60 seconds, SHA-256: what an issuer gives when it says nothing else.
    package static let rule = TOTP(unchecked: 8, 60, .sha256)

    /// Checks the bounds.
    ///
    /// - Returns: nil when digits or period are out of bounds.
    package init?(digits: Int, period: Int, algorithm: HashAlgorithm) {
        guard HOTP.digits.contains(digits), TOTP.periods.contains(period) else { return nil }
        self.init(unchecked: digits, period, algorithm)
    }

    private init(unchecked digits: Int, _ period: Int, _ algorithm: HashAlgorithm) {
        self.digits = digits
        self.period = period
        self.algorithm = algorithm
    }

    /// The time step that `time` lies in.
    ///
    /// - Parameter time: unix seconds, not before 1970.
    /// - Returns: T of the RFC, with T0 = 0.
    package func step(at time: Int64) -> UInt64 { UInt64(max(0, time)) / UInt64(period) }

    /// When a step begins, in unix seconds; a step beyond them begins at their end.
    package func start(of step: UInt64) -> Int64 {
        let (start, overflow) = step.multipliedReportingOverflow(by: UInt64(period))
        return overflow ? .max : Int64(clamping: start)
    }

    /// The code of a time step.
    ///
    /// - Parameters:
    ///   - key: the shared secret.
    ///   - step: the time step.
    /// - Returns: the code.
    /// - Throws: `CryptographyError.libraryFailed`.
    package func code(
        key: borrowing SecretBytes, step: UInt64
    ) throws(CryptographyError) -> String {
        try HOTP.code(key: key, counter: step, digits: digits, algorithm: algorithm)
    }
}
