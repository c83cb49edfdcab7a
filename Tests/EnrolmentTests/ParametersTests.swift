import Cryptography
import Enrolment
import Foundation
import OATH
import TestSupport
import Testing

/// What the issuer may decide about a token, and what not even an issuer may.
@Suite struct EnrolmentParametersTests {
    private let good = Fields([
        "issuer": "Bank", "algorithm": "SHA256", "digits": 8, "period": 60,
        "expires_at": 1_830_297_600, "confirm_url": "https://bank.example/", "time": 1_767_225_600,
    ])

    /// Seals a JSON as an issuer would, and lets the client open it.
    private func read(_ json: [UInt8]) throws -> EnrolmentParameters {
        let key = bytes(9, 32)
        let sealed = try AESGCM.seal(
            SecretBytes(json), key: SecretBytes(key), nonce: bytes(0, 12),
            aad: Array("otptoken-enrol/1".utf8))
        return try PendingEnrolment(
            session: "s", confirmation: [], seed: SecretBytes([]), parametersKey: SecretBytes(key)
        ).receiveFinish(status: 200, body: Fields(["sealed": base64(sealed)]).body)
    }

    private func refuses(
        _ field: String, _ values: [Any], _ error: EnrolmentError,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        for value in values {
            let body = try good.with(field, value).body
            #expect(throws: error, "\(field): \(value)", sourceLocation: location) {
                try read(body)
            }
        }
    }

    @Test func `every field arrives`() throws {
        let parameters = try read(good.with("more", [1]).body)
        #expect(
            parameters
                == EnrolmentParameters(
                    issuer: "Bank", totp: .rule, expiresAt: 1_830_297_600,
                    confirmURL: "https://bank.example/", time: 1_767_225_600))
    }

    @Test(arguments: ["expires_at", "confirm_url", "time"])
    func `the last three may be null or absent`(_ field: String) throws {
        let null = try read(good.with(field, NSNull()).body)
        let absent = try read(good.with(field, nil).body)
        #expect(null == absent)
        #expect((null.expiresAt == nil) == (field == "expires_at"))
        #expect((null.confirmURL == nil) == (field == "confirm_url"))
        #expect((null.time == nil) == (field == "time"))
    }

    @Test(arguments: ["issuer", "algorithm", "digits", "period"])
    func `the others may not`(_ field: String) throws {
        for value in [nil, NSNull()] as [Any?] {
            let body = try good.with(field, value).body
            #expect(throws: EnrolmentError.malformed("parameters")) { try read(body) }
        }
    }

    @Test func `a field of another type is refused`() throws {
        let malformed = EnrolmentError.malformed("parameters")
        for field in ["issuer", "algorithm", "confirm_url"] {
            try refuses(field, [1, true, ["x"], ["x": 1]], malformed)
        }
        for field in ["digits", "period", "expires_at", "time"] {
            try refuses(field, ["8", 8.5, true, [8], 1e30], malformed)
        }
    }

    @Test func `parameters that are none are refused`() throws {
        for body in Fields.noMessages {
            #expect(throws: EnrolmentError.malformed("parameters")) { try read(body) }
        }
    }

    @Test func `digits and period have bounds`() throws {
        let error = EnrolmentError.unacceptable("digits or period")
        try refuses("digits", [Int.min, -8, 0, 5, 9, Int.max], error)
        try refuses("period", [Int.min, -60, 0, 3601, Int.max], error)
        for digits in 6...8 {
            #expect(try read(good.with("digits", digits).body).totp.digits == digits)
        }
        for period in [1, 3600] {
            #expect(try read(good.with("period", period).body).totp.period == period)
        }
    }

    @Test func `only three algorithms are taken`() throws {
        try refuses(
            "algorithm", ["", "MD5", "sha256", "SHA-256", "SHA224", "SHA256 ", "ＳＨＡ１"],
            .unacceptable("algorithm"))
        for algorithm in HashAlgorithm.allCases {
            let read = try read(good.with("algorithm", algorithm.rawValue).body)
            #expect(read.totp.algorithm == algorithm)
        }
    }

    @Test func `an issuer's name cannot steer a terminal`() throws {
        try refuses(
            "issuer",
            [
                "", String(repeating: "a", count: 65), "a\nb", "a\u{1B}[2J", "a\0", "a\u{7F}",
                "a\u{85}b", "a\u{202E}b", "a\u{2066}b", "a\u{200F}b", "a\u{2028}b", "a\u{2029}b",
                "a\u{FEFF}", "a\u{200B}b", " a", "a ", " ", "a\u{E000E}", "a\u{378}",
                // One character to the eye, and kilobytes of marks upon it.
                "a" + String(repeating: "\u{301}", count: 2000),
            ], .unacceptable("issuer"))
        for issuer in ["a", String(repeating: "銀", count: 64), "Bank & Söhne, 例の銀行 🏦"] {
            #expect(try read(good.with("issuer", issuer).body).issuer == issuer)
        }
    }

    @Test func `times lie between 1970 and the year 9999`() throws {
        for field in ["expires_at", "time"] {
            try refuses(
                field, [Int.min, -1, 0, 253_402_300_800, Int.max], .unacceptable(field))
            for time in [1, 253_402_300_799] {
                let parameters = try read(good.with(field, time).body)
                #expect([parameters.expiresAt, parameters.time].contains(Int64(time)))
            }
        }
    }

    @Test func `the place to confirm is a page on the web`() throws {
        try refuses(
            "confirm_url",
            [
                "", "javascript:alert(1)", "file:///etc/passwd", "ftp://a/", "HTTPS://a/",
                " https://a",
                "https:/a", "//a", "https://a/\n", "https://a/ b", "https://a/\u{202E}",
                "https://é/", "https://a/" + String(repeating: "a", count: 2048),
            ], .unacceptable("confirm_url"))
        let longest = "https://a/" + String(repeating: "a", count: 2038)
        for url in ["http://127.0.0.1:8080/x", "https://bank.example/confirm?user=1#2", longest] {
            #expect(try read(good.with("confirm_url", url).body).confirmURL == url)
        }
    }
}
