import Cryptography
import TestSupport
import Testing

@Suite struct SPAKE2PlusTests {
    private let vector: Vectors
    private let identities: SPAKE2Plus.Identities

    init() throws {
        vector = try Vectors("rfc9383-p256.json")
        identities = .init(
            context: vector.utf8("Context"), prover: vector.utf8("idProver"),
            verifier: vector.utf8("idVerifier"))
    }

    private func prover(
        w0: [UInt8]? = nil, w1: [UInt8]? = nil, x: [UInt8]? = nil
    ) throws(CryptographyError) -> SPAKE2Plus.Prover {
        try SPAKE2Plus.Prover(
            identities,
            secret: .init(
                w0: SecretBytes(w0 ?? vector["w0"]), w1: SecretBytes(w1 ?? vector["w1"])),
            random: ScriptedRandom([x ?? vector["x"]]).draw)
    }

    // M and N stand uncompressed in the transcript.
    private var m: [UInt8] { Array(vector["TT"][100..<165]) }
    private var n: [UInt8] { Array(vector["TT"][173..<238]) }

    /// The whole of the prover's run, up to K_shared.
    private func finish(
        w0: [UInt8]? = nil, w1: [UInt8]? = nil, share: [UInt8]? = nil, confirmation: [UInt8]? = nil
    ) throws(CryptographyError) -> [UInt8] {
        try prover(w0: w0, w1: w1).finish(
            share: share ?? vector["shareV"], confirmation: confirmation ?? vector["confirmV"]
        ).shared.exposed
    }

    private func verifier(
        w0: [UInt8]? = nil, l: [UInt8]? = nil, share: [UInt8]? = nil, y: [UInt8]? = nil
    ) throws(CryptographyError) -> SPAKE2Plus.Verifier {
        try SPAKE2Plus.Verifier(
            identities, secret: .init(w0: SecretBytes(w0 ?? vector["w0"]), l: l ?? vector["L"]),
            share: share ?? vector["shareP"], random: ScriptedRandom([y ?? vector["y"]]).draw)
    }

    @Test func `the transcript of RFC 9383`() {
        #expect(
            Array(m[1..<33])
                == hex(
                    "886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f"))
        #expect(
            Array(n[1..<33])
                == hex(
                    "d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49"))
        let transcript = SPAKE2Plus.transcript(
            identities, m: m, n: n, shareP: vector["shareP"], shareV: vector["shareV"],
            z: SecretBytes(vector["Z"]), v: SecretBytes(vector["V"]), w0: SecretBytes(vector["w0"]))
        #expect(transcript.exposed == vector["TT"])
    }

    @Test func `the key schedule of RFC 9383`() throws {
        let main = try SHA256.digest(SecretBytes(vector["TT"]))
        #expect(main.exposed == vector["K_main"])
        let confirmation = try HKDF.derive(
            from: main, info: Array("ConfirmationKeys".utf8), count: 64
        ).exposed
        #expect(confirmation == vector["K_confirmP"] + vector["K_confirmV"])

        let keys = try SPAKE2Plus.keys(
            transcript: SecretBytes(vector["TT"]), shareP: vector["shareP"],
            shareV: vector["shareV"])
        #expect(keys.confirmP == vector["confirmP"])
        #expect(keys.confirmV == vector["confirmV"])
        #expect(keys.shared.exposed == vector["K_shared"])
    }

    @Test func `the prover of RFC 9383`() throws {
        let prover = try prover()
        #expect(prover.share == vector["shareP"])
        let keys = try prover.finish(share: vector["shareV"], confirmation: vector["confirmV"])
        #expect(keys.confirmP == vector["confirmP"])
        #expect(keys.confirmV == vector["confirmV"])
        #expect(keys.shared.exposed == vector["K_shared"])
    }

    @Test func `the verifier of RFC 9383`() throws {
        let verifier = try verifier()
        #expect(verifier.share == vector["shareV"])
        #expect(verifier.keys.confirmP == vector["confirmP"])
        #expect(verifier.keys.confirmV == vector["confirmV"])
        #expect(verifier.keys.shared.exposed == vector["K_shared"])
    }

    @Test func `the registration of RFC 9383`() throws {
        let secret = SPAKE2Plus.ProverSecret(
            w0: SecretBytes(vector["w0"]), w1: SecretBytes(vector["w1"]))
        let record = try secret.registration()
        #expect(record.w0.exposed == vector["w0"])
        #expect(record.l == vector["L"])
    }

    @Test func `halves of a password hash are reduced mod n`() throws {
        let n = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        let zeros = bytes(0, 8)
        // n + 5 and 2^320 − 1; the latter's remainder was made with Python.
        let secret = try SPAKE2Plus.ProverSecret(
            reducing: SecretBytes(zeros + n.dropLast() + [0x56] + bytes(0xFF, 40)))
        #expect(secret.w0.exposed == bytes(0, 31) + [5])
        #expect(
            secret.w1.exposed
                == hex("fffffffe00000001431905529c0166cd22159165b6faae70f756a571fc632550"))
        for count in [0, 64, 79, 81] {
            #expect(throws: CryptographyError.invalidParameter) {
                _ = try SPAKE2Plus.ProverSecret(reducing: SecretBytes(bytes(1, count)))
            }
        }
    }

    @Test func `every altered bit of a confirmation is refused`() throws {
        // One bit a byte: each attempt takes point multiplications.
        for index in vector["confirmV"].indices {
            var altered = vector["confirmV"]
            altered[index] ^= 1 << UInt8(index % 8)
            #expect(throws: CryptographyError.notAuthentic, "byte \(index)") {
                try finish(confirmation: altered)
            }
        }
        for other in [[], Array(vector["confirmV"].dropLast()), vector["confirmV"] + [0]] {
            #expect(throws: CryptographyError.notAuthentic, "\(other.count) bytes") {
                try finish(confirmation: other)
            }
        }
    }

    @Test func `confirmations are not interchangeable`() throws {
        #expect(throws: CryptographyError.notAuthentic) {
            try finish(confirmation: vector["confirmP"])
        }
    }

    @Test func `another w0, another w1 or another L do not agree`() throws {
        let other = bytes(3, 32)
        let answer = try verifier(share: prover(w0: other).share)
        let (share, confirmation) = (answer.share, answer.keys.confirmV)
        #expect(throws: CryptographyError.notAuthentic) {
            try finish(w0: other, share: share, confirmation: confirmation)
        }
        #expect(throws: CryptographyError.notAuthentic) { try finish(w1: other) }
        let wrong = try verifier(l: vector["shareP"]).keys.confirmV
        #expect(throws: CryptographyError.notAuthentic) { try finish(confirmation: wrong) }
        #expect(try finish() == vector["K_shared"])
    }

    @Test func `each of context, prover and verifier counts`() throws {
        let transcript = { (context: String, prover: String, verifier: String) in
            SPAKE2Plus.transcript(
                .init(
                    context: Array(context.utf8), prover: Array(prover.utf8),
                    verifier: Array(verifier.utf8)), m: [], n: [], shareP: [], shareV: [],
                z: SecretBytes([]), v: SecretBytes([]), w0: SecretBytes([])
            ).exposed
        }
        let all = [
            transcript("a", "b", "c"), transcript("ab", "", "c"), transcript("a", "bc", ""),
            transcript("", "ab", "c"), transcript("", "", "abc"), transcript("abc", "", ""),
        ]
        #expect(Set(all).count == all.count)
    }

    /// Shares that are no points of the curve; each of them ends the run on both sides.
    private var bad: [(String, [UInt8])] {
        let good = vector["shareP"]
        let x = Array(good[1..<33])
        // p: the smallest number that is no coordinate, and a point whose x has p added to it.
        let p = hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
        var offCurve = good
        offCurve[64] ^= 1
        // x = 0 has the roots ±66485c78…: as 0 and as p it would be the same point.
        let root = hex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4")
        return [
            ("off the curve", offCurve),
            ("all zeros", bytes(0, 65)),
            ("zero coordinates", [4] + bytes(0, 64)),
            ("infinity", [0]),
            ("infinity, filled up", [0] + Array(good.dropFirst())),
            ("compressed", [2 + (good[64] & 1)] + x),
            ("compressed, filled up", [2 + (good[64] & 1)] + x + bytes(0, 32)),
            ("hybrid", [6 + (good[64] & 1)] + Array(good.dropFirst())),
            ("x = p", [4] + p + root),
            ("x = p, y = p", [4] + p + p),
            ("all ones", [4] + bytes(0xFF, 64)),
            ("empty", []),
            ("a byte short", Array(good.dropLast())),
            ("a byte long", good + [0]),
            ("twice", good + good),
        ]
    }

    @Test func `a share that is no point ends the run`() throws {
        for (what, share) in bad {
            #expect(throws: CryptographyError.invalidPoint, "verifier, \(what)") {
                _ = try verifier(share: share)
            }
            #expect(throws: CryptographyError.invalidPoint, "prover, \(what)") {
                try finish(share: share)
            }
        }
    }

    @Test func `the root at x = 0 is a point, so that x = p is what is refused above`() throws {
        let root = hex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4")
        _ = try verifier(share: [4] + bytes(0, 32) + root)
    }

    @Test func `a share that cancels to infinity ends the run`() throws {
        // With w0 = 1, w0·M and w0·N are M and N themselves.
        let one = bytes(0, 31) + [1]
        _ = try verifier(share: m)
        #expect(throws: CryptographyError.invalidPoint) { _ = try verifier(w0: one, share: m) }
        #expect(throws: CryptographyError.invalidPoint) { try finish(w0: one, share: n) }
        #expect(throws: CryptographyError.notAuthentic) { try finish(share: n) }
    }

    @Test func `a record whose L is no point is refused`() {
        for l in [[], bytes(0, 65), Array(vector["L"].dropLast())] {
            #expect(throws: CryptographyError.invalidPoint) { _ = try verifier(l: l) }
        }
    }

    @Test func `a scalar that is none is drawn again`() throws {
        let n = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        let script = ScriptedRandom([bytes(0, 32), n, bytes(0xFF, 32), vector["x"], bytes(1, 32)])
        let prover = try SPAKE2Plus.Prover(
            identities,
            secret: .init(w0: SecretBytes(vector["w0"]), w1: SecretBytes(vector["w1"])),
            random: script.draw)
        #expect(prover.share == vector["shareP"])
        #expect(script.left == 1)
    }

    @Test func `a source that only gives zeros is given up`() {
        #expect(throws: CryptographyError.libraryFailed) {
            _ = try SPAKE2Plus.Prover(
                identities,
                secret: .init(w0: SecretBytes(vector["w0"]), w1: SecretBytes(vector["w1"])),
                random: { (count) throws(CryptographyError) in SecretBytes(zeros: count) })
        }
    }
}
