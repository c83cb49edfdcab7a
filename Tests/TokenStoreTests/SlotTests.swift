import Cryptography
import TestSupport
import Testing
import TokenStore

/// Slots that need a person: their form, their costs, and what replaces them.
@Suite struct SlotTests {
    private let workshop = Workshop()
    private let salt = Self.text(Fixture.salt)
    private let wrapped = Self.text(bytes(3, 60))

    private static func text(_ bytes: [UInt8]) -> String {
        Base64.encode(bytes.span, padding: .none)
    }

    private func failure(_ line: String) throws -> StoreError? {
        TokenStoreTests.failure(
            opening: try workshop.store("", slots: [workshop.slot(), line]))
    }

    @Test(arguments: ["14 8 1", "17 8 1", "20 8 1", "14 8 4", "20 8 4"])
    func `costs within the bounds are read`(_ cost: String) throws {
        #expect(try failure("slot scrypt \(cost) \(salt) \(wrapped)") == nil)
    }

    @Test(arguments: [
        "13 8 1", "21 8 1", "63 8 1", "17 7 1", "17 9 1", "17 16 1", "17 8 0", "17 8 5", "0 8 1",
        "-17 8 1", "+17 8 1", "017 8 1", "17 08 1", "17 8 01", "17.0 8 1", "0x11 8 1", "1７ 8 1",
        "99999999999999999999 8 1", "17 8 99999999999999999999", "17 8 -1", "x 8 1", "17 8 x",
    ])
    func `costs out of bounds are refused before anything is computed`(_ cost: String) throws {
        switch try failure("slot scrypt \(cost) \(salt) \(wrapped)") {
        case .damaged("scrypt slot: its cost"), .damaged("header"): break
        case let error: Issue.record("\(cost): \(String(describing: error))")
        }
    }

    @Test func `scrypt and command slots are strict`() throws {
        for kind in ["scrypt 17 8 1", "command"] {
            for rest in [
                "", " \(salt)", " \(salt) \(wrapped) x", " \(wrapped) \(salt)",
                " \(salt)== \(wrapped)", " \(salt) \(wrapped)AAAA",
                " \(salt) \(wrapped.dropLast(4))",
                "  \(salt) \(wrapped)", " 1 \(salt) \(wrapped)",
            ] {
                guard case .damaged = try failure("slot \(kind)\(rest)") else {
                    Issue.record("\(kind)\(rest)")
                    continue
                }
            }
        }
        #expect(try failure("slot scrypt \(salt) \(wrapped)") == .damaged("scrypt slot"))
        #expect(try failure("slot command 17 8 1 \(salt) \(wrapped)") == .damaged("command slot"))
    }

    @Test(arguments: KeySlot.Kind.allCases)
    func `a store opens with what it was made for and with nothing else`(_ kind: KeySlot.Kind)
        throws
    {
        let secret = SecretBytes(text: "a secret for \(kind)")
        var store = try TokenStore(openedBy: kind, secret, random: SecretBytes.random)
        store.tokens = [token("a")]
        let file = try store.sealed(random: SecretBytes.random)
        #expect(try TokenStore(opening: file, kind, secret).tokens.map(\.name) == ["a"])
        let sealed = try SealedStore(file)
        for other in KeySlot.Kind.allCases {
            #expect(sealed.hasSlot(other) == (other == kind))
            if other != kind { #expect(try !sealed.opens(with: other, secret)) }
        }
        #expect(try !sealed.opens(with: kind, SecretBytes(text: "A secret for \(kind)")))
    }

    @Test func `a new passphrase is stretched with N = 2^17, r = 8 and p = 1`() throws {
        let store = try TokenStore(
            openedBy: .scrypt, SecretBytes(text: "p"), random: SecretBytes.random)
        let file = try store.sealed(random: SecretBytes.random)
        let line = file.split(separator: 0x0A)[1]
        #expect(line.starts(with: Array("slot scrypt 17 8 1 ".utf8)))
    }

    @Test func `another lock takes another key, and every former slot goes`() throws {
        let former = try SealedStore(Fixture.read("several.store"))
        guard let formerKey = try former.key(.device, from: Fixture.device()) else {
            throw StoreError.noSlotOpens
        }
        var store = try former.open(key: formerKey.clone())
        let secret = SecretBytes(text: "new")
        try store.rekey(openedBy: .command, secret, random: SecretBytes.random)
        let file = try store.sealed(random: SecretBytes.random)
        let again = try SealedStore(file)
        #expect(again.slots.map(\.kind) == [.command])
        #expect(try !again.isAuthentic(key: formerKey))
        let tokens = try TokenStore(opening: file, .command, secret).tokens
        #expect(tokens.map(\.name) == ["例の銀行", "pending one", "vpn"])
        #expect(try again.identity() != former.identity())
    }

    @Test func `a store keeps its identity until its slots or its key change`() throws {
        let secret = SecretBytes(text: "s")
        var store = try TokenStore(openedBy: .command, secret, random: SecretBytes.random)
        let first = try SealedStore(store.sealed(random: SecretBytes.random)).identity()
        store.tokens = [token("a")]
        #expect(try SealedStore(store.sealed(random: SecretBytes.random)).identity() == first)
        try store.rekey(openedBy: .command, secret, random: SecretBytes.random)
        #expect(try SealedStore(store.sealed(random: SecretBytes.random)).identity() != first)
    }
}
