import Cryptography
import TestSupport
import Testing

struct HKDFVector: Sendable {
    let ikm, salt, info, okm: [UInt8]
}

@Suite struct HKDFTests {
    static let rfc5869: [HKDFVector] = [
        .init(
            ikm: bytes(0x0b, 22), salt: Array(0x00...0x0c), info: Array(0xf0...0xf9),
            okm: hex(
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                    + "34007208d5b887185865"
            )),
        .init(
            ikm: Array(0x00...0x4f), salt: Array(0x60...0xaf), info: Array(0xb0...0xff),
            okm: hex(
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                    + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                    + "cc30c58179ec3e87c14c01d5c1f3434f1d87")),
        .init(
            ikm: bytes(0x0b, 22), salt: [], info: [],
            okm: hex(
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                    + "9d201395faa4b61a96c8"
            )),
    ]

    @Test(arguments: rfc5869)
    func `the SHA-256 vectors of RFC 5869`(_ vector: HKDFVector) throws {
        let okm = try HKDF.derive(
            from: SecretBytes(vector.ikm), salt: vector.salt, info: vector.info,
            count: vector.okm.count)
        #expect(okm.exposed == vector.okm)
    }

    @Test func `a purpose is the info of 32 bytes without salt`() throws {
        let ikm = SecretBytes(bytes(0x0b, 22))
        let named = try HKDF.derive(from: ikm, purpose: "SharedKey").exposed
        let plain = try HKDF.derive(from: ikm, info: Array("SharedKey".utf8), count: 32).exposed
        #expect(named == plain)
        #expect(try HKDF.derive(from: ikm, purpose: "Sharedkey").exposed != named)
    }

    @Test func `no salt is a salt of 32 zeros`() throws {
        let ikm = SecretBytes(bytes(1, 32))
        let none = try HKDF.derive(from: ikm, info: []).exposed
        #expect(try HKDF.derive(from: ikm, salt: bytes(0, 32), info: []).exposed == none)
    }

    @Test(arguments: [-1, 0, 255 * 32 + 1, .max])
    func `a length out of bounds is refused`(_ count: Int) {
        #expect(throws: CryptographyError.invalidParameter) {
            _ = try HKDF.derive(from: SecretBytes([1]), info: [], count: count)
        }
    }

    @Test func `the longest output is made`() throws {
        let longest = try HKDF.derive(from: SecretBytes([1]), info: [], count: 255 * 32).exposed
        let short = try HKDF.derive(from: SecretBytes([1]), info: [], count: 33).exposed
        #expect(longest.count == 255 * 32)
        #expect(Array(longest.prefix(33)) == short)
    }
}

struct ScryptVector: Sendable {
    let password, salt: String
    let logN, blockSize, parallelism: Int
    let key: [UInt8]
}

@Suite struct ScryptTests {
    // The vector with N = 2^20 takes a GiB and is left out.
    static let rfc7914: [ScryptVector] = [
        .init(
            password: "", salt: "", logN: 4, blockSize: 1, parallelism: 1,
            key: hex(
                "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                    + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")),
        .init(
            password: "password", salt: "NaCl", logN: 10, blockSize: 8, parallelism: 16,
            key: hex(
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                    + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")),
        .init(
            password: "pleaseletmein", salt: "SodiumChloride", logN: 14, blockSize: 8,
            parallelism: 1,
            key: hex(
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                    + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")),
    ]

    @Test(arguments: rfc7914)
    func `the vectors of RFC 7914`(_ vector: ScryptVector) throws {
        let cost = try Scrypt.Cost(
            logN: vector.logN, blockSize: vector.blockSize, parallelism: vector.parallelism)
        let key = try Scrypt.derive(
            from: SecretBytes(text: vector.password), salt: Array(vector.salt.utf8), cost: cost,
            count: 64)
        #expect(key.exposed == vector.key)
    }

    static let refused: [[Int]] = [
        [0, 8, 1], [-1, 8, 1], [21, 8, 1], [64, 8, 1], [.max, 8, 1], [14, 0, 1], [14, -1, 1],
        [14, 9, 1], [14, .max, 1], [14, 8, 0], [14, 8, -1], [14, 8, 17], [14, 8, .max],
    ]

    @Test(arguments: refused)
    func `a cost out of bounds cannot even be named`(_ cost: [Int]) {
        #expect(throws: CryptographyError.invalidParameter) {
            try Scrypt.Cost(logN: cost[0], blockSize: cost[1], parallelism: cost[2])
        }
    }

    @Test func `the bounds themselves are taken`() throws {
        for cost in [[1, 1, 1], [20, 8, 16]] {
            let made = try Scrypt.Cost(logN: cost[0], blockSize: cost[1], parallelism: cost[2])
            #expect([made.logN, made.blockSize, made.parallelism] == cost)
        }
    }

    @Test func `the cost of an enrolment`() throws {
        let enrolment = try Scrypt.Cost(logN: 15, blockSize: 8, parallelism: 1)
        #expect(Scrypt.Cost.enrolment == enrolment)
    }

    // With the highest cost, so that work before the refusal would show: it is minutes.
    @Test(.timeLimit(.minutes(1)), arguments: [-1, 0, 1025, .max])
    func `a length out of bounds is refused before any work`(_ count: Int) throws {
        let cost = try Scrypt.Cost(logN: 20, blockSize: 8, parallelism: 16)
        #expect(throws: CryptographyError.invalidParameter) {
            _ = try Scrypt.derive(from: SecretBytes([]), salt: [], cost: cost, count: count)
        }
    }
}

@Suite struct PBKDF2Tests {
    @Test(arguments: [
        ("password", "salt", 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
        ("password", "salt", 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"),
        ("password", "salt", 4096, "4b007901b765489abead49d926f721d065a429c1"),
        (
            "passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096,
            "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"
        ),
        ("pass\0word", "sa\0lt", 4096, "56fa6aa75548099dcc37d7f03425e0c3"),
    ])
    func `the vectors of RFC 6070`(password: String, salt: String, iterations: Int, key: String)
        throws
    {
        let derived = try PBKDF2.derive(
            from: SecretBytes(text: password), salt: SecretBytes(text: salt),
            iterations: iterations,
            count: key.utf8.count / 2)
        #expect(derived.exposed == hex(key))
    }

    @Test(arguments: [
        (
            "passwd", "salt", 1,
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
        ),
        (
            "Password", "NaCl", 80_000,
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"
        ),
    ])
    func `the vectors of RFC 7914 with SHA-256`(
        password: String, salt: String, iterations: Int, key: String
    ) throws {
        let derived = try PBKDF2.derive(
            from: SecretBytes(text: password), salt: SecretBytes(text: salt),
            iterations: iterations, count: 64, hash: .sha256)
        #expect(derived.exposed == hex(key))
    }

    @Test func `lengths and costs have bounds`() {
        for (iterations, count) in [(0, 32), (10_000_001, 32), (1, 0), (1, 1025)] {
            #expect(throws: CryptographyError.invalidParameter) {
                _ = try PBKDF2.derive(
                    from: SecretBytes(text: "a"), salt: SecretBytes(text: "b"),
                    iterations: iterations, count: count)
            }
        }
    }
}

@Suite struct SHA1Tests {
    @Test func `the digest of abc`() throws {
        let digest = try SHA1.digest(SecretBytes(text: "abc"))
        #expect(digest.exposed == hex("a9993e364706816aba3e25717850c26c9cd0d89d"))
    }
}
