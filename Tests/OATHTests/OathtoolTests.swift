import Cryptography
import Foundation
import OATH
import TestSupport
import Testing

/// The same codes as the oathtool of Debian, for a thousand tokens that nobody chose.
@Suite struct OathtoolTests {
    private struct Case {
        let key: [UInt8]
        let totp: TOTP
        let time: Int64

        init(from random: inout SeededRandom) throws {
            key = random.bytes(.random(in: 1...140, using: &random))
            totp = try #require(
                TOTP(
                    digits: .random(in: HOTP.digits, using: &random),
                    period: .random(in: TOTP.periods, using: &random),
                    algorithm: HashAlgorithm.allCases.randomElement(using: &random) ?? .sha1))
            time = .random(in: 0...1 << 36, using: &random)
        }

        var command: String {
            "oathtool --totp=\(totp.algorithm.rawValue) --digits=\(totp.digits)"
                + " --time-step-size=\(totp.period)s --now=@\(time) \(Hex.encode(key.span))\n"
        }

        func code() throws -> String {
            try totp.code(key: SecretBytes(key), step: totp.step(at: time))
        }
    }

    /// What a shell says to a script that it reads from its standard input.
    private func shell(_ script: String) throws -> String {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-e"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
        try input.fileHandleForWriting.close()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: said, as: UTF8.self)
    }

    @Test func `a thousand random codes are those of oathtool`() throws {
        try #require(
            try !shell("command -v oathtool || true").isEmpty,
            "oathtool is missing; hint: apt-get install oathtool")
        var random = SeededRandom(seed: 4226)
        // A batch fits into a pipe, so that nobody waits for anybody.
        for _ in 0..<10 {
            let cases = try (0..<100).map { _ in try Case(from: &random) }
            let said = try shell(cases.map(\.command).joined())
            let codes = said.split(separator: "\n").map(String.init)
            #expect(codes.count == cases.count)
            for (item, code) in zip(cases, codes) {
                #expect(try item.code() == code, "\(item.command)")
            }
        }
    }
}
