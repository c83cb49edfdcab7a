import Cryptography
import Foundation
import TestSupport
import Testing

struct SIVVector: Sendable {
    let key: [UInt8]
    let components: [[UInt8]]
    let plaintext, box: [UInt8]
}

@Suite struct AESSIVTests {
    static let vectors: [SIVVector] = [
        // RFC 5297, A.1 and A.2.
        .init(
            key: hex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
            components: [hex("101112131415161718191a1b1c1d1e1f2021222324252627")],
            plaintext: hex("112233445566778899aabbccddee"),
            box: hex("85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c")),
        .init(
            key: hex("7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f"),
            components: [
                hex(
                    "00112233445566778899aabbccddeeffdeaddadadeaddada"
                        + "ffeeddccbbaa99887766554433221100"),
                hex("102030405060708090a0"), hex("09f911029d74e35bd84156c5635688c0"),
            ],
            plaintext: Array(
                "this is some plaintext to encrypt using SIV-AES".utf8),
            box: hex(
                "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17"
                    + "dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d")),
        // By aes_siv.py, from the RFC's text: what EVP cannot do.
        .init(
            key: hex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
            components: [], plaintext: [], box: hex("f2007a5beb2b8900c588a7adf599f172")),
        .init(
            key: hex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
            components: [[], [0]], plaintext: [], box: hex("eaf823db14591246b4f85c3414da1d88")),
    ]

    private func seal(
        _ plaintext: [UInt8], key: [UInt8], _ components: [[UInt8]]
    ) throws -> [UInt8] {
        try AESSIV.seal(plaintext, key: SecretBytes(key), associated: components)
    }

    private func open(_ box: [UInt8], key: [UInt8], _ components: [[UInt8]]) throws -> [UInt8] {
        try AESSIV.open(box, key: SecretBytes(key), associated: components)
    }

    @Test(arguments: vectors) func `the vectors of RFC 5297`(_ vector: SIVVector) throws {
        #expect(try seal(vector.plaintext, key: vector.key, vector.components) == vector.box)
        #expect(try open(vector.box, key: vector.key, vector.components) == vector.plaintext)
    }

    @Test(arguments: vectors) func `every altered bit is refused`(_ vector: SIVVector) {
        for (bit, altered) in vector.box.bitFlips {
            #expect(throws: CryptographyError.notAuthentic, "bit \(bit) of the box") {
                try open(altered, key: vector.key, vector.components)
            }
        }
        // Without a plaintext the second half of the key is not used.
        let usedBits = vector.plaintext.isEmpty ? 128 : 256
        for (bit, altered) in vector.key.bitFlips where bit < usedBits {
            #expect(throws: CryptographyError.notAuthentic, "bit \(bit) of the key") {
                try open(vector.box, key: altered, vector.components)
            }
        }
        for (index, component) in vector.components.enumerated() {
            for (bit, altered) in component.bitFlips {
                var components = vector.components
                components[index] = altered
                #expect(throws: CryptographyError.notAuthentic, "bit \(bit) of \(index)") {
                    try open(vector.box, key: vector.key, components)
                }
            }
        }
    }

    @Test(arguments: vectors)
    func `every shortened or lengthened box is refused`(_ vector: SIVVector) {
        for box in vector.box.indices.map({ Array(vector.box.prefix($0)) }) + [vector.box + [0]] {
            #expect(throws: CryptographyError.notAuthentic, "\(box.count) bytes") {
                try open(box, key: vector.key, vector.components)
            }
        }
    }

    @Test func `where one component ends and the next begins matters`() throws {
        let key = bytes(5, 32)
        let box = try seal([1], key: key, [[1, 2], [3]])
        let others: [[[UInt8]]] = [
            [[1], [2, 3]], [[1, 2, 3]], [[1, 2], [3], []], [[3], [1, 2]],
        ]
        for other in others {
            #expect(throws: CryptographyError.notAuthentic) { try open(box, key: key, other) }
        }
    }

    @Test func `a key or components that do not fit are refused`() {
        for count in [0, 16, 31, 33, 48, 64] {
            #expect(throws: CryptographyError.invalidParameter) {
                try seal([1], key: bytes(0, count), [])
            }
            #expect(throws: CryptographyError.invalidParameter) {
                try open(bytes(0, 17), key: bytes(0, count), [])
            }
        }
        let components = [[UInt8]](repeating: [1], count: 9)
        #expect(throws: CryptographyError.invalidParameter) {
            try seal([1], key: bytes(0, 32), components)
        }
        #expect(throws: CryptographyError.invalidParameter) {
            try open(bytes(0, 17), key: bytes(0, 32), components)
        }
    }

    /// EVP's own mode where it can, else the text of the RFC: with empty plaintexts and empty components.
    @Test(arguments: [true, false]) func `a thousand random inputs`(isForEVP: Bool) throws {
        let folder = try TemporaryFolder()
        var random = SeededRandom(seed: 5297)
        let least = isForEVP ? 1 : 0
        var input = ""
        var boxes: [String] = []
        for index in 0..<(isForEVP ? 1000 : 100) {
            let key = random.bytes(32)
            let components = (0..<index % 9).map { _ in
                random.bytes(Int.random(in: least...70, using: &random))
            }
            let plaintext = random.bytes(
                isForEVP || index % 2 == 0 ? Int.random(in: 1...130, using: &random) : 0)
            let words = ([key, plaintext] + components).map {
                $0.isEmpty ? "-" : Hex.encode($0.span)
            }
            input += words.joined(separator: " ") + "\n"
            let box = try seal(plaintext, key: key, components)
            #expect(try open(box, key: key, components) == plaintext)
            boxes.append(Hex.encode(box.span))
        }
        let script = Repository.file("Tests/CryptographyTests/aes_siv.py").path
        let outcome = try Program.run(
            "python3", [script] + (isForEVP ? [] : ["own"]), home: folder.path, input: input)
        #expect(outcome.status == 0, "python3 with libcrypto is needed: \(outcome.errors)")
        #expect(outcome.output.split(separator: "\n").map(String.init) == boxes)
    }
}
