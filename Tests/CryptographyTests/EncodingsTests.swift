import Cryptography
import TestSupport
import Testing

@Suite struct Base64Tests {
    static let rfc4648: [(String, String)] = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: rfc4648)
    func `the vectors of RFC 4648`(_ plain: String, _ padded: String) {
        let bytes = Array(plain.utf8)
        let bare = padded.filter { $0 != "=" }
        #expect(Base64.encode(bytes.span, padding: .required) == padded)
        #expect(Base64.encode(bytes.span, padding: .none) == bare)
        #expect(Base64.decode(padded, padding: .required) == bytes)
        #expect(Base64.decode(bare, padding: .none) == bytes)
        if bare != padded {
            #expect(Base64.decode(bare, padding: .required) == nil)
            #expect(Base64.decode(padded, padding: .none) == nil)
        }
    }

    @Test func `the whole alphabet, both ways`() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let bytes = Base64.decode(alphabet, padding: .required) ?? []
        #expect(bytes.count == 48)
        let again = Base64.encode(bytes.span, padding: .required)
        #expect(again == alphabet)
    }

    @Test func `any bytes come back`() {
        var random = SeededRandom(seed: 1)
        for count in 0..<200 {
            let bytes = random.bytes(count)
            for padding in [Base64.Padding.required, .none] {
                let text = Base64.encode(bytes.span, padding: padding)
                #expect(Base64.decode(text, padding: padding) == bytes)
                var buffer = SecretBuffer(capacity: 1)
                Base64.append(SecretBytes(bytes), padding: padding, to: &buffer)
                #expect(buffer.exposedText == text)
            }
        }
    }

    // Exhaustive: whatever two, three or four symbols decode, they encode back to themselves.
    @Test func `no two texts mean the same bytes`() {
        let symbols = Array(UInt8(0x20)...0x7E)
        var accepted = 0
        for first in symbols {
            for second in symbols {
                for text in [[first, second], [65, first, second], [65, 65, first, second]] {
                    for padding in [Base64.Padding.required, .none] {
                        let text = String(decoding: text, as: UTF8.self)
                        guard let bytes = Base64.decode(text, padding: padding) else { continue }
                        accepted += 1
                        if Base64.encode(bytes.span, padding: padding) != text {
                            Issue.record("\(text) is not canonical")
                        }
                    }
                }
            }
        }
        // Without padding: 64·4 pairs, 64·16 triples ending in zeros, 64·64 quadruples. With
        // padding: 64·64 quadruples, 16 that end in one `=` and 1 that ends in two.
        #expect(accepted == 256 + 1024 + 4096 + 4096 + 16 + 1)
    }

    @Test(arguments: [
        "Zh==", "Zm9=", "Zg=", "Zg", "Z===", "====", "=", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm9-",
        "Zm9_", "Zm9é", "Zg==\n", " Zg=",
    ])
    func `anything else is refused with padding`(_ text: String) {
        #expect(Base64.decode(text, padding: .required) == nil)
    }

    @Test(arguments: ["Zh", "Zm9", "Z", "Zm9vZ", "Zg==", "Zm8=", "=", "Zm9v\n", "Zm-v", "Zm_v"])
    func `anything else is refused without padding`(_ text: String) {
        #expect(Base64.decode(text, padding: .none) == nil)
    }
}

@Suite struct HexTests {
    @Test func `every byte comes back, from either case`() {
        let all = Array(UInt8.min ... .max)
        let text = Hex.encode(all.span)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff") && text.count == 512)
        #expect(Hex.decode(text) == all)
        #expect(Hex.decode(text.uppercased()) == all)
        #expect(Hex.decode("") == [])
    }

    @Test(arguments: ["0", "abc", "0g", "g0", " 0", "0x", "+1", "１２", "é"])
    func `anything else is refused`(_ text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
