import Cryptography
import TestSupport
import Testing
import TokenStore

/// Headers whose MAC is right and whose form is not: strict reading does not rest on the MAC.
@Suite struct HeaderTests {
    private let workshop = Workshop()

    private func words() throws -> [String] {
        try workshop.slot().split(separator: " ").map(String.init)
    }

    @Test func `other versions and other files are no store`() throws {
        let file = try workshop.store("")
        let rest = file[17...]
        for line in [
            "", "otptoken-store/2\n", "otptoken-store/1 \n", " otptoken-store/1\n",
            "otptoken-store/1\r\n", "OTPTOKEN-STORE/1\n", "otptoken-store/1", "\n", "age\n",
        ] {
            #expect(failure(opening: Array(line.utf8) + rest) == .notAStore, "\(line)")
        }
        #expect(failure(opening: []) == .notAStore)
        #expect(failure(opening: bytes(0, 4096)) == .notAStore)
    }

    @Test func `a device slot is strict`() throws {
        let words = try words()
        let (salt, wrapped) = (words[2], words[3])
        // The last symbol of the salt holds four bits that belong to no byte.
        let spoiled = String(salt.dropLast()) + (salt.hasSuffix("Q") ? "R" : "Q")
        for line in [
            "slot device", "slot device \(salt)", "slot device \(salt) \(wrapped) x",
            "slot device \(wrapped) \(salt)", "slot device \(salt)== \(wrapped)",
            "slot device \(spoiled) \(wrapped)", "slot device \(salt.dropLast()) \(wrapped)",
            "slot device \(salt) \(wrapped)=", "slot device \(salt) \(wrapped)AAAA",
            "slot device \(salt) \(wrapped.dropLast(4))", "slot device - -",
        ] {
            let error = failure(opening: try workshop.store("", slots: [line]))
            #expect(
                error == .damaged("device slot") || error == .damaged("slot line"), "\(line)")
        }
    }

    @Test func `the spoiled salt is spoiled in nothing but its form`() throws {
        // RFC 4648, section 3.5: a forgiving decoder reads both texts as the same salt.
        let salt = try words()[2]
        #expect(salt.count == 22)
        #expect(Base64.decode(salt, padding: .none) == Fixture.salt)
        #expect(Base64.decode(String(salt.dropLast()) + "R", padding: .none) == nil)
    }

    @Test(arguments: [
        "slot", "slot ", "slot x", "slot x ", "slot  x y", " slot x y", "slot x  y", "slot X y",
        "slot x_y z", "Slot x y", "lock x y", "", " ", "slot é y", "slot x\ty z", "slot x y\r",
        "slot x y\u{7F}",
    ])
    func `a line that is no slot is refused`(_ line: String) throws {
        let file = try workshop.store("", slots: [workshop.slot(), line])
        switch failure(opening: file) {
        case .damaged("slot line"), .damaged("header"): break
        case let error: Issue.record("\(String(describing: error))")
        }
    }

    @Test(arguments: ["slot x y", "slot new-kind-2 17 8 1 AAAA BBBB", "slot x =", "slot 1 ~"])
    func `a slot of an unknown kind is kept through opening and sealing`(_ line: String) throws {
        let file = try workshop.store("", slots: [line, workshop.slot(), line])
        let store = try TokenStore(opening: file, .device, SecretBytes(workshop.device))
        let again = try store.sealed(random: ScriptedRandom([Fixture.payloadNonce]).draw)
        #expect(again == file)
    }

    @Test func `there are at most 16 slots, and a line has at most 511 characters`() throws {
        let own = try workshop.slot()
        let sixteen = [own] + [String](repeating: "slot x y", count: 15)
        #expect(failure(opening: try workshop.store("", slots: sixteen)) == nil)
        let error = failure(opening: try workshop.store("", slots: sixteen + ["slot x y"]))
        #expect(error == .damaged("too many slots"))
        let longest = "slot x " + String(repeating: "y", count: 504)
        #expect(failure(opening: try workshop.store("", slots: [own, longest])) == nil)
        let longer = failure(opening: try workshop.store("", slots: [own, longest + "y"]))
        #expect(longer == .damaged("header"))
    }

    @Test func `a header without slots is refused`() throws {
        #expect(failure(opening: try workshop.store("", slots: [])) == .damaged("mac line"))
    }

    @Test func `the MAC is strict`() throws {
        let file = try workshop.store("")
        let start = 17 + (try workshop.slot().utf8.count) + 1
        let end = start + 4 + 43
        let mac = String(decoding: file[start + 4..<end], as: UTF8.self)
        try #require(file[end] == 0x0A)
        let symbols = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        // The last symbol holds two bits that belong to no byte.
        let last = try #require(mac.last.flatMap(symbols.firstIndex))
        let spoiled = String(mac.dropLast()) + String(symbols[last ^ 1])
        for line in [
            "mac ", "mac \(mac)=", "mac \(spoiled)", "mac \(mac.dropLast())", "mac \(mac)A",
            "mac  \(mac)", "mac \(mac) ",
        ] {
            let altered = Array(file[..<start]) + Array(line.utf8) + file[end...]
            #expect(failure(opening: altered) == .damaged("mac line"), "\(line)")
        }
        for line in ["mac", "MAC \(mac)", "mac\t\(mac)", "mac \(mac)\r"] {
            switch failure(opening: Array(file[..<start]) + Array(line.utf8) + file[end...]) {
            case .damaged: break
            case let error: Issue.record("\(line): \(String(describing: error))")
            }
        }
    }

    @Test func `the first device slot that opens is taken`() throws {
        var other = workshop
        other.device = bytes(0x22, 64)
        other.salt = bytes(5, 16)
        let file = try workshop.store("", slots: [other.slot(), workshop.slot()])
        #expect(failure(opening: file) == nil)
        #expect(failure(opening: file, with: other) == nil)
    }
}
