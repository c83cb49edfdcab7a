import Cryptography
import OATH
import TestSupport
import Testing
import TokenStore

/// Stores that another program wrote.
@Suite struct WorkedStoreTests {
    @Test(arguments: ["device.store", "several.store"])
    func `a store of another program opens`(_ name: String) throws {
        let store = try TokenStore(opening: Fixture.read(name), .device, Fixture.device())
        let tokens = store.tokens
        #expect(tokens.map(\.name) == ["例の銀行", "pending one", "vpn"])
        #expect(
            everything(tokens[0]) == [
                "例の銀行", "active",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "\(TOTP.rule)", "Example Bank & Söhne", "10121234", "12345678901234DC",
                "https://bank.example/otp", "Optional(1767225600)", "Optional(1830297600)", "true",
                "token_colour=blue and green", "note=",
            ])
        let second = try #require(TOTP(digits: 7, period: 3600, algorithm: .sha512))
        #expect(
            everything(tokens[1]) == [
                "pending one", "pending", "ff", "\(second)", "", "s", "u", "http://127.0.0.1:8080",
                "nil", "nil", "false", "session=a/b+c==",
            ])
        let third = try #require(TOTP(digits: 6, period: 30, algorithm: .sha1))
        #expect(
            everything(tokens[2]) == [
                "vpn", "active", "3132333435363738393031323334353637383930", "\(third)", "vpn",
                "vpn", "alice@example.org", "", "Optional(1)", "nil", "false",
            ])
    }

    @Test(arguments: ["device.store", "several.store", "empty.store"])
    func `an unchanged store is written as it was read, slots of unknown kinds too`(
        _ name: String
    ) throws {
        let file = try Fixture.read(name)
        let store = try TokenStore(opening: file, .device, Fixture.device())
        let again = try store.sealed(random: ScriptedRandom([Fixture.payloadNonce]).draw)
        #expect(again == file)
    }

    @Test func `the kinds of slots are named in order`() throws {
        let store = try TokenStore(
            opening: Fixture.read("several.store"), .device, Fixture.device())
        #expect(store.slots.map(\.kind) == [.scrypt, nil, .device, .command])
    }

    @Test func `a new store is byte for byte what the other program writes`() throws {
        let worked = try Fixture.read("device.store")
        let tokens = try TokenStore(opening: worked, .device, Fixture.device()).tokens
        let script = ScriptedRandom([
            Fixture.key, Fixture.salt, Fixture.wrapNonce, Fixture.payloadNonce,
        ])
        var store = try TokenStore(openedBy: .device, Fixture.device(), random: script.draw)
        #expect(store.tokens.isEmpty)
        store.tokens = tokens
        #expect(try store.sealed(random: script.draw) == worked)
    }

    private static let secrets: [(KeySlot.Kind, String)] = [
        (.scrypt, "correct horse battery staple"), (.command, "what the command says"),
    ]

    @Test(arguments: secrets, ["several.store", "locked.store"])
    func `passphrase and command open what another program locked with them`(
        _ secret: (kind: KeySlot.Kind, text: String), _ name: String
    ) throws {
        let file = try Fixture.read(name)
        let store = try TokenStore(opening: file, secret.kind, SecretBytes(text: secret.text))
        #expect(store.tokens.map(\.name) == ["例の銀行", "pending one", "vpn"])
        let again = try store.sealed(random: ScriptedRandom([Fixture.payloadNonce]).draw)
        #expect(again == file)
    }

    @Test(arguments: secrets)
    func `nothing else opens them`(_ secret: (kind: KeySlot.Kind, text: String)) throws {
        let sealed = try SealedStore(Fixture.read("several.store"))
        for wrong in ["", " ", secret.text + "\n", secret.text + " ", "Correct horse"] {
            #expect(try !sealed.opens(with: secret.kind, SecretBytes(text: wrong)))
        }
        for kind in KeySlot.Kind.allCases where kind != secret.kind {
            #expect(try !sealed.opens(with: kind, SecretBytes(text: secret.text)))
        }
    }

    @Test func `every other device is foreign`() throws {
        let file = try Fixture.read("device.store")
        let device = try Fixture.device().exposed
        var others = device.bitFlips.map(\.bytes)
        others += [[], try Fixture.read("device.key"), device + [0], device + [0x0A]]
        for other in others {
            #expect(throws: StoreError.noSlotOpens) {
                _ = try TokenStore(opening: file, .device, SecretBytes(other))
            }
        }
    }
}
