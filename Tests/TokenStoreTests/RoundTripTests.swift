import Cryptography
import OATH
import TestSupport
import Testing
import TokenStore

@Suite struct RoundTripTests {
    private let device = bytes(0x33, 64)

    private func sealed(_ tokens: [Token]) throws -> [UInt8] {
        var store = try TokenStore(
            openedBy: .device, SecretBytes(device), random: SecretBytes.random)
        store.tokens = tokens
        return try store.sealed(random: SecretBytes.random)
    }

    private func opened(_ file: [UInt8]) throws -> [Token] {
        try TokenStore(opening: file, .device, SecretBytes(device)).tokens
    }

    @Test func `a new store is empty and opens`() throws {
        #expect(try opened(sealed([])).isEmpty)
    }

    @Test func `every property comes back`() throws {
        var full = token("名前 🏦 e\u{301}")
        full.state = .pending
        full.seed = Shared(SecretBytes(Array(0...255)))
        full.totp = try #require(TOTP(digits: 6, period: 3600, algorithm: .sha512))
        full.issuer = "  spaces  kept  "
        full.serviceID = ""
        full.enrolledAt = nil
        full.expiresAt = .max
        full.isDefault = true
        full.extras = [
            .init(key: "session", value: Shared(SecretBytes(text: "a b"))),
            .init(key: "empty", value: Shared(SecretBytes([]))),
        ]
        var early = token("b")
        early.enrolledAt = .min
        let tokens = [full, early]
        #expect(try opened(sealed(tokens)).map(everything) == tokens.map(everything))
    }

    @Test func `10,000 tokens come back in order`() throws {
        var random = SeededRandom(seed: 10_000)
        let tokens = (0..<10_000).map { number in
            var made = token("token \(number)")
            made.seed = Shared(SecretBytes(random.bytes(32)))
            made.issuer = String(repeating: "i", count: number % 50)
            return made
        }
        let again = try opened(sealed(tokens))
        #expect(again.count == tokens.count)
        #expect(zip(again, tokens).allSatisfy { everything($0) == everything($1) })
    }

    @Test func `nothing of a store is the same at the next save, but its header`() throws {
        var store = try TokenStore(
            openedBy: .device, SecretBytes(device), random: SecretBytes.random)
        store.tokens = [token("a")]
        let first = try store.sealed(random: SecretBytes.random)
        let second = try store.sealed(random: SecretBytes.random)
        let header = try #require(first.indices.filter { first[$0] == 0x0A }.dropFirst(2).first) + 1
        #expect(first[..<header] == second[..<header])
        #expect(first[header..<header + 12] != second[header..<header + 12])
        #expect(first.suffix(16) != second.suffix(16))
        #expect(try opened(second).map(everything) == [everything(token("a"))])
    }

    @Test func `two new stores have nothing in common`() throws {
        let (first, second) = (try sealed([]), try sealed([]))
        #expect(first.prefix(29) == second.prefix(29))
        #expect(first[29..<51] != second[29..<51])
        #expect(first.suffix(28) != second.suffix(28))
    }

    @Test func `a random source that fails makes no store`() throws {
        let failed = StoreError.cryptography(.libraryFailed)
        for values in [[], [Fixture.key], [Fixture.key, Fixture.salt]] as [[[UInt8]]] {
            #expect(throws: failed) {
                _ = try TokenStore(
                    openedBy: .device, SecretBytes(device), random: ScriptedRandom(values).draw)
            }
        }
        let store = try TokenStore(
            openedBy: .device, SecretBytes(device), random: SecretBytes.random)
        var caught: StoreError?
        do throws(StoreError) {
            _ = try store.sealed(random: ScriptedRandom([]).draw)
        } catch {
            caught = error
        }
        #expect(caught == failed)
    }

    static let unwritable: [(String, @Sendable (inout Token) -> Void)] = [
        ("a name with a line in it", { $0.name = "a\nname b" }),
        ("no name", { $0.name = "" }),
        ("a name that is too long", { $0.name = String(repeating: "a", count: 65) }),
        ("an issuer with a line in it", { $0.issuer = "a\nend\ntoken" }),
        ("a service ID with a line in it", { $0.serviceID = "a\n" }),
        ("a user ID with a control character", { $0.userID = "a\u{1B}" }),
        ("a server with a carriage return", { $0.server = "https://a\r" }),
        ("no seed", { $0.seed = Shared(SecretBytes([])) }),
        ("an unknown key without a name", { $0.extras = [extra("", "a")] }),
        ("an unknown key with a space", { $0.extras = [extra("a b", "c")] }),
        ("an unknown key with a space under a mark", { $0.extras = [extra("a \u{301}b", "c")] }),
        ("an unknown key with a line in it", { $0.extras = [extra("a\nb", "c")] }),
        ("an unknown key that is known", { $0.extras = [extra("name", "c")] }),
        ("an unknown value with a line in it", { $0.extras = [extra("a", "b\nend")] }),
    ]

    private static func extra(_ key: String, _ value: String) -> Token.Extra {
        .init(key: key, value: Shared(SecretBytes(text: value)))
    }

    @Test(arguments: unwritable.indices)
    func `what could not be read back is not written`(_ index: Int) throws {
        var spoiled = token("a")
        Self.unwritable[index].1(&spoiled)
        #expect(throws: StoreError.self, "\(Self.unwritable[index].0)") {
            try sealed([token("b"), spoiled])
        }
    }
}
