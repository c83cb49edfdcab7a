import Cryptography
import Foundation
import OATH
import TestSupport
import Testing
import TokenStore

/// What OTPClient writes, a real program that knows several formats of others.
@Suite(.enabled(if: areInstalled("otpclient-cli"), "Debian's otpclient-cli is needed"))
struct OTPClientTests {
    private static let tokens = """
        [{"type":"TOTP","label":"alice","issuer":"Acme","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
          "digits":8,"period":60,"algo":"SHA256"},
         {"type":"TOTP","label":"hanako","issuer":"Example Bank","secret":"MFRGGZDFMZTWQ2LK","digits":6,"period":30,
          "algo":"SHA1"},
         {"type":"HOTP","label":"bob","issuer":"Old","secret":"GEZDGNBVGY3TQOJQ","digits":6,"counter":3,
          "algo":"SHA1"}]
        """

    // This one's two names for andOTP's format mean each other; both come out.
    @Test(arguments: ["aegis", "andotp_plain", "andotp_encrypted", "freeotpplus"])
    func `its exports come in, but for what is no TOTP token`(kind: String) throws {
        let person = try Person()
        let password = "correct horse"
        try password.write(toFile: person.home + "/password", atomically: true, encoding: .utf8)
        try Self.tokens.write(toFile: person.home + "/tokens", atomically: true, encoding: .utf8)
        let script = Program.root + "/Tests/TestSupport/otpclient.py"
        let export = try Program.run(
            "/bin/sh",
            ["-c", "python3 '\(script)' \"$PWD\" \(kind) '\(password)' <tokens"],
            home: person.home)
        try #require(export.status == 0, "\(export)")
        let path = export.output.trimmingCharacters(in: .newlines)
        let outcome = try Program.run(
            Program.otptoken, ["import", path, "--password-file", person.home + "/password"],
            home: person.home)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.errors.contains("bob: its kind is hotp"), "\(outcome)")
        let tokens = try person.tokens().map {
            "\($0.issuer) \($0.userID) \($0.totp.digits) \($0.totp.period) \($0.totp.algorithm)"
        }
        #expect(tokens == ["Acme alice 8 60 sha256", "Example Bank hanako 6 30 sha1"])
        #expect(
            try person.tokens().first?.seed.value.exposed
                == Array("12345678901234567890".utf8))
    }
}
