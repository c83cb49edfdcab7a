import Cryptography
import Foundation
import TestSupport
import Testing
import TokenStore

/// The store that otptoken-store(5) shows is a real one.
struct StoreExampleTests {
    /// What the section EXAMPLES shows, in its order.
    private struct Example {
        let passphrase: String
        let header: [String]
        let slotKey: [UInt8]
        let storeKey: [UInt8]
        let body: [UInt8]
        let plaintext: String
        let time: String
        let code: String

        init() throws {
            let lines = try ManualPage("otptoken-store.5").section("EXAMPLES")
            var blocks: [[String]] = []
            for line in lines {
                if line.hasPrefix(".Bd ") { blocks.append([]) }
                if !line.hasPrefix("."), !blocks.isEmpty { blocks[blocks.count - 1].append(line) }
                // What stands between the blocks is none of theirs.
                if line == ".Ed" { blocks.append([]) }
            }
            let shown = blocks.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            try #require(shown.count == 4 && shown[1].count == 2)
            header = shown[0]
            slotKey = hex(shown[1][0])
            storeKey = hex(shown[1][1])
            body = try Array(#require(Data(base64Encoded: shown[2].joined())))
            plaintext = shown[3].map { $0 + "\n" }.joined()
            let quoted = try #require(lines.first { $0.hasPrefix(".Ql ") })
            try #require(quoted.hasSuffix(" ,"))
            passphrase = String(quoted.dropFirst(4).dropLast(2))
            let last = try #require(lines.last { $0.hasPrefix("Its code at ") }).split(
                separator: " ")
            time = String(last[3])
            code = String(last[5].dropLast())
        }
    }

    @Test func `the example is a store that opens with its passphrase`() throws {
        let example = try Example()
        let home = try StoreHome()
        try FileManager.default.createDirectory(
            atPath: home.store, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        let file = Array(example.header.map { $0 + "\n" }.joined().utf8) + example.body
        _ = try home.file(file, at: "otptoken/tokens")
        for typed in [example.passphrase, example.passphrase.decomposedStringWithCanonicalMapping] {
            let passphrase = try home.file(typed)
            #expect(
                try home.read("--passphrase-file", passphrase, home.tokens).output
                    == example.plaintext)
            #expect(
                try home.otptoken("show", "--at", example.time, "--passphrase-file", passphrase)
                    == example.code + "\n")
        }
    }

    @Test func `the keys of the example are those of its slot`() throws {
        let example = try Example()
        let fields = example.header[1].split(separator: " ")
        try #require(fields.count == 7 && fields[1...4] == ["scrypt", "17", "8", "1"])
        let passphrase = SecretBytes(text: example.passphrase)
        let salt = try #require(Base64.decode(String(fields[5]), padding: .none))
        let slotKey = try Scrypt.derive(
            from: passphrase, salt: salt, cost: Scrypt.Cost(logN: 17), count: 32)
        #expect(slotKey.exposed == example.slotKey)
        let wrapped = try #require(Base64.decode(String(fields[6]), padding: .none))
        let associated = fields[..<6].joined(separator: " ")
        let key = try AESGCM.open(wrapped, key: slotKey, aad: Array(associated.utf8))
        #expect(key.exposed == example.storeKey)
    }
}
