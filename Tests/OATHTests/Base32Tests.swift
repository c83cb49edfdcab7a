import Cryptography
import OATH
import TestSupport
import Testing

@Suite struct Base32Tests {
    static let rfc4648: [(String, String)] = [
        ("", ""), ("f", "MY======"), ("fo", "MZXQ===="), ("foo", "MZXW6==="),
        ("foob", "MZXW6YQ="), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI======"),
    ]

    private func decode(_ text: String) -> [UInt8]? {
        let utf8 = Array(text.utf8)
        guard let secret = Base32.decode(utf8.span) else { return nil }
        return secret.exposed
    }

    private func encode(_ bytes: [UInt8]) -> String {
        var buffer = SecretBuffer(capacity: 1)
        Base32.append(SecretBytes(bytes), to: &buffer)
        return buffer.exposedText
    }

    @Test(arguments: rfc4648)
    func `the vectors of RFC 4648`(_ plain: String, _ padded: String) {
        let bare = padded.filter { $0 != "=" }
        #expect(encode(Array(plain.utf8)) == bare)
        #expect(decode(padded) == Array(plain.utf8))
        #expect(decode(bare) == Array(plain.utf8))
    }

    @Test func `any bytes come back`() {
        var random = SeededRandom(seed: 2)
        for count in 0..<130 {
            let bytes = random.bytes(count)
            #expect(decode(encode(bytes)) == bytes)
        }
        #expect(decode("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")?.count == 20)
    }

    @Test(arguments: [
        "mzxw6ytboi", "MzXw6yTbOi======", "MZXW 6YTB OI", "mzxw-6ytb-oi", " MZXW6YTBOI ",
        "MZXW6YTB-OI== ====", "- M-Z-X-W-6-Y-T-B-O-I -",
    ])
    func `it is read as people write it`(_ text: String) {
        #expect(decode(text) == Array("foobar".utf8))
    }

    @Test func `spaces alone are nothing`() {
        #expect(decode(" - ") == [])
    }

    @Test(arguments: [
        "M", "MZX", "MZXW6Y", "MZXW6YTBO",  // lengths that no encoder makes
        "MZ", "MZXR", "MZXW7", "MZXW6YR",  // bits left over
        "MY=", "MY=====", "MY=======", "MZXW6YTB=", "MZXW6YTB========", "=", "========",
        "MY======MY======", "MY=M", "=MY", "MZ=XW6==",  // padding that is none
        "M0", "M1", "M8", "M9", "MY!", "MY\n", "M\tY", "MÝ", "ＭＹ", "MY\0",
    ])
    func `anything else is refused`(_ text: String) {
        #expect(decode(text) == nil)
    }
}
