import Cryptography
import TestSupport
import Testing

@Suite struct AESCBCTests {
    private static let vector = hex("000102030405060708090a0b0c0d0e0f")
    private static let block = hex("6bc1bee22e409f96e93d7e117393172a")

    /// SP 800-38A, F.2.1, F.2.3 and F.2.5: the first block.
    @Test(arguments: [
        ("2b7e151628aed2a6abf7158809cf4f3c", "7649abac8119b246cee98e9b12e9197d"),
        (
            "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
            "4f021db243bc633d7178183a9fa071e8"
        ),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "f58c4c04d6e5f1ba779eabfb5f7bfbd6"
        ),
    ])
    func `the standard's values`(key: String, ciphertext: String) throws {
        let key = SecretBytes(hex(key))
        let box = try AESCBC.seal(SecretBytes(Self.block), key: key, vector: Self.vector)
        // A whole block of padding follows.
        #expect(box.count == 48 && Array(box[..<32]) == Self.vector + hex(ciphertext))
        #expect(try AESCBC.open(box, key: key).exposed == Self.block)
    }

    @Test func `every length comes back`() throws {
        let key = SecretBytes(bytes(3, 32))
        for count in 0...65 {
            let text = (0..<count).map { UInt8($0) }
            let box = try AESCBC.seal(SecretBytes(text), key: key, vector: Self.vector)
            #expect(box.count == 16 + (count / 16 + 1) * 16)
            #expect(try AESCBC.open(box, key: key).exposed == text)
        }
    }

    @Test func `padding that is none is refused, whatever else it may hold`() throws {
        let key = SecretBytes(bytes(3, 16))
        let box = try AESCBC.seal(SecretBytes(bytes(0, 31)), key: key, vector: Self.vector)
        // A bit of the block before turns the same bit of this one: 1 becomes 0, 17 and 16.
        for (flip, isPadding) in [(1, false), (16, false), (17, true)] as [(UInt8, Bool)] {
            var altered = box
            altered[31] ^= flip
            let opened = try? AESCBC.open(altered, key: key).exposed
            #expect((opened != nil) == isPadding)
        }
    }

    @Test func `other lengths are refused`() {
        let key = SecretBytes(bytes(3, 16))
        for count in [0, 15, 16, 17, 31, 33, 47] {
            #expect(throws: CryptographyError.notAuthentic) {
                _ = try AESCBC.open(bytes(0, count), key: key).count
            }
        }
        for count in [0, 15, 17, 31, 33, 64] {
            #expect(throws: CryptographyError.invalidParameter) {
                _ = try AESCBC.open(bytes(0, 32), key: SecretBytes(bytes(0, count))).count
            }
        }
    }
}
