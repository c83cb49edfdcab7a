import Cryptography
import Foundation
import Interchange
import OATH
import TestSupport
import Testing

@Suite struct `Lists of URIs` {
    @Test func `are read as people and programs write them`() throws {
        let text = """
            \u{FEFF}otpauth://totp/Example%20Bank%3A4711?secret=gezdgnbvgy3tqojq&algorithm=sha256&digits=8&period=60\r
              OTPAUTH://TOTP/GitHub:alice?secret=GEZD%20GNBV-GY3T%20QOJQ&image=https%3A%2F%2Fx

            otpauth://totp/me?secret=GE%3D%3D%3D%3D%3D%3D&issuer=Shop&codeDisplay=%7B%7D
            otpauth://totp/Only:?secret=GEZDGNBV&issuer=
            otpauth://totp/Air%20Canada:a+b@c?secret=GEZDGNBV&issuer=Air+Canada%2B
            """
        let harvest = try Files.read(text)
        #expect(
            harvest.lines == [
                "Example Bank|4711|SHA256|8|60|1234567890", "GitHub|alice|SHA1|6|30|1234567890",
                "Shop|me|SHA1|6|30|1", "Only||SHA1|6|30|12345",
                "Air Canada+|a+b@c|SHA1|6|30|12345",
            ])
        #expect(harvest.unusable.isEmpty && harvest.missingParts == 0)
    }

    @Test(arguments: [
        ("hotp/a?secret=GE&counter=1", UnusableToken.Reason.kind("hotp")),
        ("steam/a?secret=GE", .kind("steam")),
        ("totp/a?secret=GE&algorithm=MD5", .algorithm("MD5")),
        ("totp/a?secret=GE&digits=5", .digits), ("totp/a?secret=GE&digits=9", .digits),
        ("totp/a?secret=GE&digits=x", .digits), ("totp/a?secret=GE&period=0", .period),
        ("totp/a?secret=GE&period=3601", .period), ("totp/a?secret=1", .secret),
        ("totp/a?secret=", .secret), ("totp/a", .secret), ("totp/a?issuer=b", .secret),
        ("totp/a?secret=GE&secret=GE", .unreadable), ("totp/a?secret=GE&issuer=%4", .unreadable),
        ("totp/a?secret=GE&issuer=%FF", .unreadable), ("totp/a?secret=GE&x", .unreadable),
    ])
    func `tell what cannot be used, and why`(uri: String, reason: UnusableToken.Reason) throws {
        let harvest = try Files.read("otpauth://\(uri)\notpauth://totp/b?secret=GE")
        #expect(harvest.tokens.map(\.account) == ["b"])
        #expect(harvest.unusable.map(\.reason) == [reason])
        #expect(harvest.unusable[0].name.hasSuffix("a"))
    }

    @Test(arguments: ["x", "http://a", "otpauth://", "otpauth://totp", "otpauth:/totp/a?secret=GE"])
    func `are nothing else, and say in which line`(line: String) {
        let text = "otpauth://totp/a?secret=GE\n\(line)\n"
        #expect(throws: InterchangeError.malformed("line 2")) { try Files.read(text) }
    }

    @Test func `come back as they went out, with everything`() throws {
        var tokens = ForeignToken.samples()
        for index in tokens.indices {
            tokens[index].name = "name \(index) &=é"
            tokens[index].serviceID = "service\(index)"
            tokens[index].server = index % 2 == 0 ? "" : "https://token.example/a?b=c&d"
            tokens[index].enrolledAt = index == 1 ? nil : Int64(index)
            tokens[index].expiresAt = index == 1 ? nil : 1_900_000_000
            tokens[index].isDefault = index == 3
            tokens[index].extras = [
                ("backend", Shared(SecretBytes(text: "a b\u{e9}&"))),
                ("x.y", Shared(SecretBytes([]))),
            ]
        }
        let list = URIList.write(tokens)
        let back = try Files.read(list.exposed)
        #expect(back.unusable.isEmpty && back.tokens.map(\.all) == tokens.map(\.all))
        #expect(URIList.write(back.tokens).exposed == list.exposed)
    }

    @Test func `hold what every authenticator reads`() throws {
        for token in ForeignToken.samples() {
            let uri = URIList.uri(token).exposed
            #expect(uri.allSatisfy { (0x21...0x7E).contains($0) })
            let known = KeyURI(uri.span)
            let read = try #require(known)
            #expect(read.seed.value.equals(token.seed.value) && read.totp == token.totp)
            // KeyURI splits at the first colon, however it is written.
            if !token.issuer.isEmpty { #expect(read.issuer == token.issuer) }
            #expect(try Files.read(uri).lines == [token.line])
        }
    }
}

/// Made by hand, field by field, from the message's description.
@Suite struct `Google's migration` {
    private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }
    private func field(_ number: UInt8, _ value: UInt8) -> [UInt8] { [number << 3, value] }

    private func token(
        _ name: String, _ issuer: String, algorithm: UInt8 = 1, digits: UInt8 = 1, type: UInt8 = 2
    ) -> [UInt8] {
        field(
            1,
            field(1, Array("1234567890".utf8)) + field(2, Array(name.utf8))
                + field(3, Array(issuer.utf8)) + field(4, algorithm) + field(5, digits)
                + field(6, type) + field(7, 0) + field(8, Array("id".utf8)))
    }

    private func uri(_ message: [UInt8], plusesLost: Bool = false) -> String {
        let data = Data(message).base64EncodedString()
        let text =
            plusesLost
            ? data.replacingOccurrences(of: "+", with: "%20")
            : data.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "otpauth-migration://offline?data=" + text
    }

    @Test func `is read, and tells how many parts are missing`() throws {
        let message =
            token("Example Bank:4711", "Example Bank", algorithm: 2, digits: 2)
            + token("alice", "GitHub") + token("x", "Old", type: 1)
            + token("y", "Odd", algorithm: 4) + field(2, 1) + field(3, 3) + field(4, 1)
            + [5 << 3, 0xFF, 0xFF, 0xFF, 0xFF, 0x07]
        for lost in [false, true] {
            let harvest = try Files.read(uri(message, plusesLost: lost))
            #expect(
                harvest.lines == [
                    "Example Bank|4711|SHA256|8|30|1234567890", "GitHub|alice|SHA1|6|30|1234567890",
                ])
            #expect(harvest.unusable.map(\.reason) == [.kind("hotp"), .algorithm("MD5")])
            #expect(harvest.missingParts == 2)
        }
    }

    @Test func `in all its parts lacks none`() throws {
        let parts = (UInt8(0)..<2).map {
            uri(token("a\($0)", "") + field(3, 2) + field(4, $0) + field(5, 9))
        }
        let harvest = try Files.read(parts.joined(separator: "\n"))
        #expect(harvest.tokens.map(\.account) == ["a0", "a1"] && harvest.missingParts == 0)
    }

    @Test(
        arguments: [
            [0x0A], [0x0A, 0x05, 1], [0x08], [0x00, 0x00], [0x0D, 0, 0, 0, 0], [0x0B, 0x0C],
            [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            [0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
            [0x0A, 0x02, 0x12, 0x05],
        ] as [[UInt8]])
    func `is refused when it is cut short, or asks for more than there is`(message: [UInt8]) {
        #expect(throws: InterchangeError.malformed("line 1")) { try Files.read(uri(message)) }
    }

    @Test(arguments: ["", "?", "?data", "?data=", "?data=%", "?data=a", "?x=AA"])
    func `is refused without its message`(query: String) throws {
        let text = "otpauth-migration://offline\(query)"
        guard query != "?data=" else {
            return #expect(try Files.read(text).tokens.isEmpty)
        }
        #expect(throws: InterchangeError.malformed("line 1")) { try Files.read(text) }
    }
}
