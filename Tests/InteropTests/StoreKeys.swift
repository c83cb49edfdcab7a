import Cryptography
import Foundation
import Platform
import TestSupport
import Testing

/// The keys of a store, worked out from otptoken-store(5) with nothing of the module that is tested.
struct StoreKeys {
    /// Opens the slot.
    let slot: [UInt8]
    /// What the slot holds, and all others are made of.
    let store: [UInt8]
    var header: [UInt8] { get throws { try derived("header") } }
    var body: [UInt8] { get throws { try derived("payload") } }

    /// Opens the first slot of a store.
    ///
    /// - Parameters:
    ///   - file: the store.
    ///   - secret: device key and machine identity, the passphrase, or the command's output.
    /// - Throws: when it does not open.
    init(_ file: [UInt8], _ secret: [UInt8]) throws {
        let line = try #require(file.split(separator: 0x0A).dropFirst().first)
        let words = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        let salt = try #require(Base64.decode(words[words.count - 2], padding: .none))
        let wrapped = try #require(Base64.decode(words[words.count - 1], padding: .none))
        slot = try Self.slotKey(Array(words[1..<words.count - 2]), secret, salt)
        store = try AESGCM.open(
            wrapped, key: SecretBytes(slot),
            aad: Array(line.dropLast(words[words.count - 1].utf8.count + 1))
        ).exposed
    }

    private static func slotKey(
        _ kind: [String], _ secret: [UInt8], _ salt: [UInt8]
    ) throws -> [UInt8] {
        guard kind.count == 4 else {
            return try HKDF.derive(
                from: SecretBytes(secret), salt: salt,
                info: Array("otptoken-store/1 \(kind[0])".utf8)
            ).exposed
        }
        let costs = try kind.dropFirst().map { try #require(Int($0)) }
        return try Scrypt.derive(
            from: SecretBytes(secret), salt: salt,
            cost: Scrypt.Cost(logN: costs[0], blockSize: costs[1], parallelism: costs[2]),
            count: 32
        ).exposed
    }

    private func derived(_ purpose: String) throws -> [UInt8] {
        try HKDF.derive(from: SecretBytes(store), purpose: "otptoken-store/1 \(purpose)").exposed
    }

    /// A slot of this store.
    ///
    /// - Parameters:
    ///   - kind: `device`, `command`, or `scrypt` with its costs.
    ///   - secret: what opens it.
    /// - Returns: the line, without its newline.
    /// - Throws: when libcrypto fails.
    func line(_ kind: String, _ secret: [UInt8]) throws -> String {
        let salt = try SecretBytes.random(count: 16).exposed
        let start = "slot \(kind) \(Base64.encode(salt.span, padding: .none))"
        let words = kind.split(separator: " ").map(String.init)
        let wrapped = try AESGCM.seal(
            SecretBytes(store), key: SecretBytes(Self.slotKey(words, secret, salt)),
            nonce: SecretBytes.random(count: 12).exposed, aad: Array(start.utf8))
        return "\(start) \(Base64.encode(wrapped.span, padding: .none))"
    }

    /// The same store with other slots.
    ///
    /// - Parameters:
    ///   - file: the store.
    ///   - slots: the lines, without newlines.
    /// - Returns: the new store, with a right MAC and a right body.
    /// - Throws: when libcrypto fails.
    func file(_ file: [UInt8], slots: [String]) throws -> [UInt8] {
        let lines = Lines(file)
        let plaintext = try AESGCM.open(
            lines.body, key: SecretBytes(body), aad: Array(file.dropLast(lines.body.count)))
        let covered = Array(([lines.first] + slots).joined(separator: "\n").utf8) + "\nmac ".utf8
        let mac = try HMAC.authenticate(covered, key: SecretBytes(header))
        let header = covered + Array("\(Base64.encode(mac.span, padding: .none))\n".utf8)
        return header
            + (try AESGCM.seal(
                plaintext, key: SecretBytes(body), nonce: SecretBytes.random(count: 12).exposed,
                aad: header))
    }

    /// A store line by line.
    struct Lines {
        var first: String
        var slots: [String]
        var mac: String
        var body: [UInt8]

        init(_ file: [UInt8]) {
            var lines: [String] = []
            var rest = file[...]
            while let end = rest.firstIndex(of: 0x0A), lines.last?.hasPrefix("mac ") != true {
                lines.append(String(decoding: rest[..<end], as: UTF8.self))
                rest = rest[(end + 1)...]
            }
            first = lines[0]
            slots = Array(lines[1..<lines.count - 1])
            mac = lines[lines.count - 1]
            body = Array(rest)
        }

        /// Where the slots begin.
        var slotsStart: Int { first.utf8.count + 1 }

        /// Where the slots end.
        var slotsEnd: Int { slots.map { $0.utf8.count + 1 }.reduce(slotsStart, +) }

        var file: [UInt8] {
            Array(([first] + slots + [mac]).map { $0 + "\n" }.joined().utf8) + body
        }
    }
}
