import Cryptography
import Foundation
import OATH
import TestSupport
import TokenStore

/// The worked stores, made by Fixtures/make-stores.py, and what they were made of.
enum Fixture {
    static func read(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: Program.root + "/Tests/TokenStoreTests/Fixtures")
        return [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    /// Device key and machine identity, one behind the other.
    static func device() throws -> SecretBytes {
        SecretBytes(try read("device.key") + read("machine-id"))
    }

    static let key = [UInt8](0x80..<0xA0)
    static let salt = bytes(1, 16)
    static let wrapNonce = bytes(2, 12)
    static let payloadNonce = [UInt8](0..<12)
}

/// Builds stores by hand, right ones and wrong ones, with nothing of the module that is tested.
struct Workshop {
    var key = Fixture.key
    var device = bytes(0x11, 64)
    var salt = Fixture.salt

    private func derive(_ purpose: String, from ikm: [UInt8], salt: [UInt8] = []) throws
        -> SecretBytes
    {
        try HKDF.derive(from: SecretBytes(ikm), salt: salt, info: Array(purpose.utf8))
    }

    private func text(_ bytes: [UInt8]) -> String { Base64.encode(bytes.span, padding: .none) }

    /// A device slot's line.
    func slot() throws -> String {
        let start = "slot device \(text(salt))"
        let wrapped = try AESGCM.seal(
            SecretBytes(key), key: derive("otptoken-store/1 device", from: device, salt: salt),
            nonce: Fixture.wrapNonce, aad: Array(start.utf8))
        return "\(start) \(text(wrapped))"
    }

    /// A whole store with a right body and, unless another is given, a right MAC, whatever is in it.
    func store(
        _ plaintext: [UInt8], slots: [String]? = nil, mac forged: [UInt8]? = nil
    ) throws -> [UInt8] {
        let lines = try ["otptoken-store/1"] + (slots ?? [slot()])
        let covered = Array((lines.map { $0 + "\n" }.joined() + "mac ").utf8)
        let mac =
            try forged
            ?? HMAC.authenticate(covered, key: derive("otptoken-store/1 header", from: key))
        let header = covered + Array("\(text(mac))\n".utf8)
        return header
            + (try AESGCM.seal(
                SecretBytes(plaintext), key: derive("otptoken-store/1 payload", from: key),
                nonce: Fixture.payloadNonce, aad: header))
    }

    func store(_ plaintext: String, slots: [String]? = nil) throws -> [UInt8] {
        try store(Array(plaintext.utf8), slots: slots)
    }

    /// The tokens of a file.
    func open(_ file: [UInt8]) throws(StoreError) -> [Token] {
        try TokenStore(opening: file, .device, SecretBytes(device)).tokens
    }
}

/// The error of opening a file, or nil when it opens.
func failure(opening file: [UInt8], with workshop: Workshop = Workshop()) -> StoreError? {
    do throws(StoreError) {
        _ = try workshop.open(file)
        return nil
    } catch {
        return error
    }
}

/// A token, for tests that need one.
func token(_ name: String, extras: [Token.Extra] = []) -> Token {
    Token(
        name: name, state: .active, seed: Shared(SecretBytes(bytes(7, 20))), totp: .rule,
        issuer: "Bank", serviceID: "10121234", userID: "12345678901234DC",
        server: "https://bank.example", enrolledAt: 1_767_225_600, extras: extras)
}

/// A token's every property, for comparing.
func everything(_ token: Token) -> [String] {
    [
        token.name, token.state.rawValue, Hex.encode(token.seed.value.exposed.span),
        "\(token.totp)", token.issuer, token.serviceID, token.userID, token.server,
        "\(String(describing: token.enrolledAt))", "\(String(describing: token.expiresAt))",
        "\(token.isDefault)",
    ] + token.extras.map { "\($0.key)=\(String(decoding: $0.value.value.exposed, as: UTF8.self))" }
}
