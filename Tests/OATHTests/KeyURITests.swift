import Cryptography
import OATH
import TestSupport
import Testing

@Suite struct KeyURITests {
    private func read(_ text: String) -> KeyURI? { KeyURI(Array(text.utf8).span) }

    @Test func `what privacyIDEA sends is read`() throws {
        let uri = try #require(
            read(
                "otpauth://totp/TOTP00006BBC?secret=GEZDGNBVGY3TQOJQ&algorithm=SHA256&period=60&digits=8"
                    + "&creator=privacyidea&issuer=privacyIDEA&serial=TOTP00006BBC"))
        #expect(uri.account == "TOTP00006BBC" && uri.issuer == "privacyIDEA")
        #expect(uri.seed.value.exposed == Array("1234567890".utf8))
        #expect(uri.totp == .rule)
    }

    @Test func `what is not said is what the first authenticators knew`() throws {
        let uri = try #require(
            read(
                "otpauth://totp/M%C3%BCller%20%26%20S%C3%B6hne:%20a%40b?secret=ge%3D%3D%3D%3D%3D%3D"
            ))
        #expect(uri.issuer == "Müller & Söhne" && uri.account == "a@b")
        #expect(uri.totp == TOTP(digits: 6, period: 30, algorithm: .sha1))
        #expect(uri.seed.value.exposed == [UInt8(ascii: "1")])
        #expect(read("otpauth://totp/a?secret=GE")?.issuer == nil)
        #expect(read("otpauth://totp/A:a?secret=GE&issuer=B")?.issuer == "B")
    }

    @Test(arguments: ["&", "&x", "&&y=1&"]) func `what means nothing is left out`(more: String) {
        let uri = read("otpauth://totp/a?secret=GE&algorithm=sha256" + more)
        #expect(uri?.totp.algorithm == .sha256)
    }

    @Test(arguments: [
        "", "otpauth://totp/a", "otpauth://totp/a?", "otpauth://hotp/a?secret=GE&counter=1",
        "OTPAUTH://totp/a?secret=GE", "otpauth://totp/a?secret=", "otpauth://totp/a?secret=1",
        "otpauth://totp/a?secret=GE&secret=GE", "otpauth://totp/a?secret=GE&digits=5",
        "otpauth://totp/a?secret=GE&digits=9", "otpauth://totp/a?secret=GE&digits=+8",
        "otpauth://totp/a?secret=GE&digits=08", "otpauth://totp/a?secret=GE&digits=8&digits=8",
        "otpauth://totp/a?secret=GE&period=0", "otpauth://totp/a?secret=GE&period=3601",
        "otpauth://totp/a?secret=GE&algorithm=MD5", "otpauth://totp/a?secret=GE&algorithm",
        "otpauth://totp/a?secret=GE&digits", "otpauth://totp/a?secret=GE&period&",
        "otpauth://totp/a?secret", "otpauth://totp/a?secret=GE&secret",
        "otpauth://totp/a?secret=GE#x",
        "otpauth://totp/a?secret=GE&issuer=%C3", "otpauth://totp/a?secret=GE&issuer=%4",
        "otpauth://totp/a?secret=GE&issuer=a b", "otpauth://totp/ä?secret=GE",
        "otpauth://totp/a?secret=GE&issuer=%zz",
        "otpauth://totp/a?secret=GE&x=" + String(repeating: "y", count: 4096),
    ]) func `anything else is no token`(text: String) {
        #expect(read(text) == nil)
    }
}
