import Cryptography
import Foundation
import Interchange
import OATH
import TestSupport

/// Files of other programs; what is in them, as text that can be compared.
enum Files {
    static let password = Shared(SecretBytes(text: "correct horse"))
    static let seed = Array("12345678901234567890".utf8)

    /// A file beside these tests.
    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](
            try Data(contentsOf: Repository.file("Tests/InterchangeTests/Fixtures/\(name)")))
    }

    /// Reads bytes, in the format that they seem to have.
    static func read(
        _ bytes: [UInt8], as format: InterchangeFormat? = nil,
        password: Shared<SecretBytes>? = nil
    ) throws(InterchangeError) -> Harvest {
        let content = Shared(SecretBytes(bytes))
        guard let format = format ?? .recognised(in: content) else { throw .unknownFormat }
        return try format.read(content, password: password)
    }

    static func read(
        _ text: String, as format: InterchangeFormat? = nil, password: Shared<SecretBytes>? = nil
    ) throws(InterchangeError) -> Harvest {
        try read(Array(text.utf8), as: format, password: password)
    }

    static func format(of bytes: [UInt8]) -> InterchangeFormat? {
        .recognised(in: Shared(SecretBytes(bytes)))
    }
}

extension Harvest {
    /// The tokens, one a line: issuer, account, algorithm, digits, period, seed.
    var lines: [String] { tokens.map(\.line) }
}

extension ForeignToken {
    var line: String {
        let seed = String(decoding: self.seed.value.exposed, as: UTF8.self)
        return
            "\(issuer)|\(account)|\(totp.algorithm.rawValue)|\(totp.digits)|\(totp.period)|\(seed)"
    }

    /// Everything that is known of it.
    var all: String {
        let extras = extras.map { "\($0.key)=\($0.value.value.exposed)" }.joined(separator: ",")
        return
            "\(line)|\(name ?? "-")|\(serviceID)|\(server)|\(enrolledAt ?? -1)|\(expiresAt ?? -1)"
            + "|\(isDefault)|\(extras)"
    }

    /// Tokens that are as hard to write down as any.
    static func samples() -> [ForeignToken] {
        let texts = [
            ("Example Bank", "4711"), ("", "alone"), ("A:B", "c:d"), ("", "x:y"), ("日本銀行", "山田 太郎"),
            ("<&>\"'", "\\ \u{e9}%2B+?#/&="), (" edge ", "it's"), ("😀", "a@b.example"),
        ]
        return texts.enumerated().map { index, text in
            ForeignToken(
                issuer: text.0, account: text.1,
                seed: Shared(SecretBytes((0...UInt8(index * 9)).map { $0 &* 37 &+ 1 })),
                totp: TOTP(
                    digits: 6 + index % 3, period: [30, 60, 1, 3600][index % 4],
                    algorithm: HashAlgorithm.allCases[index % 3]) ?? .rule)
        }
    }
}

/// A generator whose bytes count up: what is written is the same each time.
func counting(_ count: Int) -> SecretBytes {
    SecretBytes((0..<count).map { UInt8(truncatingIfNeeded: $0 * 5 + count) })
}
