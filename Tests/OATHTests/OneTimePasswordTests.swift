import Cryptography
import OATH
import TestSupport
import Testing

@Suite struct HOTPTests {
    static let rfc4226 = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
        "520489",
    ]

    @Test func `the values of RFC 4226, appendix D`() throws {
        for (counter, code) in Self.rfc4226.enumerated() {
            let made = try HOTP.code(
                key: SecretBytes(text: "12345678901234567890"), counter: UInt64(counter), digits: 6)
            #expect(made == code, "counter \(counter)")
        }
    }

    @Test func `more digits have the fewer at their end`() throws {
        let key = SecretBytes(text: "12345678901234567890")
        for counter in [0, 1, 77, UInt64(1) << 40, .max] {
            let codes = try (6...8).map { try HOTP.code(key: key, counter: counter, digits: $0) }
            #expect(codes.map(\.utf8.count) == [6, 7, 8])
            #expect(codes[2].hasSuffix(codes[1]) && codes[1].hasSuffix(codes[0]))
        }
    }

    @Test func `leading zeros are kept`() throws {
        // The first counter whose code begins with four zeros, found with oathtool.
        let key = SecretBytes(text: "12345678901234567890")
        #expect(try HOTP.code(key: key, counter: 25193, digits: 6) == "000039")
    }

    @Test(arguments: [Int.min, -1, 0, 1, 5, 9, 10, .max])
    func `other numbers of digits are refused`(_ digits: Int) {
        #expect(throws: CryptographyError.invalidParameter) {
            try HOTP.code(key: SecretBytes([1]), counter: 0, digits: digits)
        }
    }
}

@Suite struct TOTPTests {
    /// The seeds of appendix B: the ten digits over and over, as long as the digest.
    static func seed(_ algorithm: HashAlgorithm) -> SecretBytes {
        SecretBytes((0..<algorithm.digestCount).map { UInt8(ascii: "0") + UInt8(($0 + 1) % 10) })
    }

    static let rfc6238: [(Int64, [String])] = [
        (59, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, ["69279037", "90698825", "38618901"]),
        (20_000_000_000, ["65353130", "77737706", "47863826"]),
    ]

    @Test(arguments: rfc6238)
    func `the values of RFC 6238, appendix B`(_ time: Int64, _ codes: [String]) throws {
        for (algorithm, code) in zip([HashAlgorithm.sha1, .sha256, .sha512], codes) {
            let totp = try #require(TOTP(digits: 8, period: 30, algorithm: algorithm))
            let made = try totp.code(key: Self.seed(algorithm), step: totp.step(at: time))
            #expect(made == code, "\(algorithm)")
        }
    }

    @Test func `the rule is 8 digits, 60 seconds, SHA-256`() {
        #expect(TOTP.rule == TOTP(digits: 8, period: 60, algorithm: .sha256))
    }

    @Test func `digits and period have bounds`() {
        for digits in [Int.min, -8, 0, 5, 9, .max] {
            #expect(TOTP(digits: digits, period: 30, algorithm: .sha1) == nil)
        }
        for period in [Int.min, -30, 0, 3601, .max] {
            #expect(TOTP(digits: 6, period: period, algorithm: .sha1) == nil)
        }
        for digits in 6...8 {
            for period in [1, 3600] {
                let totp = TOTP(digits: digits, period: period, algorithm: .sha512)
                #expect(totp?.digits == digits && totp?.period == period)
            }
        }
    }

    @Test(arguments: [1, 30, 47, 60, 3600])
    func `a step begins where it begins`(_ period: Int) throws {
        let totp = try #require(TOTP(digits: 6, period: period, algorithm: .sha1))
        for step in [UInt64(1), 2, 59, 1_000_000, UInt64(Int64.max) / 3600 - 1] {
            let start = totp.start(of: step)
            #expect(start == Int64(step) * Int64(period))
            #expect(totp.step(at: start) == step)
            #expect(totp.step(at: start - 1) == step - 1)
            #expect(totp.step(at: start + Int64(period) - 1) == step)
            #expect(totp.step(at: start + Int64(period)) == step + 1)
        }
        #expect(totp.start(of: 0) == 0)
    }

    @Test(arguments: [1, 2, 47, 3600])
    func `times before 1970 are the first step, and the last time has one`(_ period: Int) throws {
        let totp = try #require(TOTP(digits: 6, period: period, algorithm: .sha1))
        for time in [Int64.min, -1, 0] { #expect(totp.step(at: time) == 0) }
        #expect(totp.step(at: .max) == UInt64(Int64.max) / UInt64(period))
    }

    @Test(arguments: [1, 2, 16, 47, 3600])
    func `a step beyond all time begins at its end, and not anew`(_ period: Int) throws {
        let totp = try #require(TOTP(digits: 6, period: period, algorithm: .sha1))
        for step in [UInt64(1) << 63, UInt64(1) << 63 + 1, .max] {
            #expect(totp.start(of: step) == .max, "step \(step)")
        }
    }
}
