import Cryptography
import TestSupport
import Testing

struct GCMVector: Sendable {
    let key, nonce, plaintext, aad, ciphertext, tag: [UInt8]
}

@Suite struct AESGCMTests {
    private static let key = hex(
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
    private static let nonce = hex("cafebabefacedbaddecaf888")
    private static let plaintext = hex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255")
    private static let ciphertext = hex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad")

    // Test cases 13 to 16 of McGrew and Viega: those with a 256-bit key and a 96-bit IV.
    static let vectors: [GCMVector] = [
        .init(
            key: bytes(0, 32), nonce: bytes(0, 12), plaintext: [], aad: [], ciphertext: [],
            tag: hex("530f8afbc74536b9a963b4f1c4cb738b")),
        .init(
            key: bytes(0, 32), nonce: bytes(0, 12), plaintext: bytes(0, 16), aad: [],
            ciphertext: hex("cea7403d4d606b6e074ec5d3baf39d18"),
            tag: hex("d0d1c8a799996bf0265b98b5d48ab919")),
        .init(
            key: key, nonce: nonce, plaintext: plaintext, aad: [], ciphertext: ciphertext,
            tag: hex("b094dac5d93471bdec1a502270e3cc6c")),
        .init(
            key: key, nonce: nonce, plaintext: plaintext.dropLast(4),
            aad: hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
            ciphertext: ciphertext.dropLast(4), tag: hex("76fc6ece0f4e1768cddf8853bb2d551b")),
    ]

    private func open(_ box: [UInt8], key: [UInt8], aad: [UInt8]) throws -> [UInt8] {
        try AESGCM.open(box, key: SecretBytes(key), aad: aad).exposed
    }

    private func seal(
        _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], aad: [UInt8]
    ) throws -> [UInt8] {
        try AESGCM.seal(
            SecretBytes(plaintext), key: SecretBytes(key), nonce: nonce, aad: aad)
    }

    @Test(arguments: vectors)
    func `the vectors of McGrew and Viega`(_ vector: GCMVector) throws {
        let box = vector.nonce + vector.ciphertext + vector.tag
        let sealed = try seal(
            vector.plaintext, key: vector.key, nonce: vector.nonce, aad: vector.aad)
        #expect(sealed == box)
        #expect(try open(box, key: vector.key, aad: vector.aad) == vector.plaintext)
    }

    @Test(arguments: vectors)
    func `every altered bit is refused`(_ vector: GCMVector) {
        let box = vector.nonce + vector.ciphertext + vector.tag
        for (bit, altered) in box.bitFlips {
            #expect(throws: CryptographyError.notAuthentic, "bit \(bit) of the box") {
                try open(altered, key: vector.key, aad: vector.aad)
            }
        }
        for (bit, altered) in vector.aad.bitFlips {
            #expect(throws: CryptographyError.notAuthentic, "bit \(bit) of the aad") {
                try open(box, key: vector.key, aad: altered)
            }
        }
        for (bit, altered) in vector.key.bitFlips {
            #expect(throws: CryptographyError.notAuthentic, "bit \(bit) of the key") {
                try open(box, key: altered, aad: vector.aad)
            }
        }
    }

    @Test(arguments: vectors)
    func `every shortened or lengthened box is refused`(_ vector: GCMVector) {
        let box = vector.nonce + vector.ciphertext + vector.tag
        for count in 0..<box.count {
            #expect(throws: CryptographyError.notAuthentic, "\(count) bytes") {
                try open(Array(box.prefix(count)), key: vector.key, aad: vector.aad)
            }
        }
        #expect(throws: CryptographyError.notAuthentic) {
            try open(box + [0], key: vector.key, aad: vector.aad)
        }
    }

    @Test func `a key or a nonce of another length is refused`() {
        for count in [0, 16, 24, 31, 33] {
            #expect(throws: CryptographyError.invalidParameter) {
                try seal([1], key: bytes(0, count), nonce: bytes(0, 12), aad: [])
            }
            #expect(throws: CryptographyError.invalidParameter) {
                try open(bytes(0, 40), key: bytes(0, count), aad: [])
            }
        }
        for count in [0, 8, 11, 13, 16] {
            #expect(throws: CryptographyError.invalidParameter) {
                try seal([1], key: bytes(0, 32), nonce: bytes(0, count), aad: [])
            }
        }
    }
}
