import Cryptography
import Foundation
import Interchange
import OATH
import TestSupport
import Testing

/// Files as other programs write them.
@Suite struct PeerFileTests {
    private static let bank = "Example Bank|4711|SHA256|8|60|12345678901234567890"

    /// app/src/test/resources/…/importers/aegis_encrypted.json of Aegis; the password is `test`.
    @Test func `Aegis: the vault that it publishes for tests`() throws {
        let file = try Files.bytes("aegis-published.json")
        #expect(Files.format(of: file) == .aegis)
        #expect(throws: InterchangeError.needsPassword) { try Files.read(file) }
        let harvest = try Files.read(file, password: Shared(SecretBytes(text: "test")))
        let seeds = [
            "4SJHB4GSD43FZBAI7C2HLRJGPQ", "5OM4WOOGPLQEF6UGN3CPEOOLWU",
            "7ELGJSGXNCCTV3O6LKJWYFV2RA",
        ]
        let tokens = harvest.tokens
        #expect(tokens.map(\.issuer) == ["Deno", "SPDX", "Airbnb"])
        #expect(tokens.map(\.account) == ["Mason", "James", "Elijah"])
        #expect(tokens.map(\.totp.digits) == [6, 7, 8])
        #expect(tokens.map(\.totp.period) == [30, 20, 50])
        #expect(tokens.map(\.totp.algorithm) == [.sha1, .sha256, .sha512])
        #expect(tokens.map { base32($0) } == seeds)
        let kinds = harvest.unusable.map(\.reason)
        #expect(kinds == [.kind("hotp"), .kind("hotp"), .kind("hotp"), .kind("steam")])
        #expect(throws: InterchangeError.notAuthentic) {
            try Files.read(file, password: Files.password)
        }
    }

    @Test(arguments: ["2fas.json", "2fas-encrypted.json"])
    func `2FAS`(name: String) throws {
        let file = try Files.bytes(name)
        #expect(Files.format(of: file) == .twoFAS)
        let harvest = try Files.read(file, password: Files.password)
        #expect(harvest.lines == [Self.bank, "Mail|a@b|SHA1|6|30|12345678901234567890"])
        #expect(harvest.unusable == [UnusableToken(name: "Game:me", reason: .kind("STEAM"))])
    }

    @Test(arguments: [
        ("andotp.json", InterchangeFormat.andOTP), ("andotp.bin", .andOTP),
        ("andotp-old.bin", .andOTPOld),
    ])
    func `andOTP`(name: String, format: InterchangeFormat) throws {
        let file = try Files.bytes(name)
        #expect(Files.format(of: file) == format)
        let harvest = try Files.read(file, password: Files.password)
        #expect(harvest.lines == [Self.bank, "Shop|me|SHA1|6|30|12345678901234567890"])
        #expect(harvest.unusable == [UnusableToken(name: "Old:x", reason: .kind("HOTP"))])
    }

    @Test(arguments: ["2fas-encrypted.json", "andotp.bin", "andotp-old.bin"])
    func `an encrypted file needs its password`(name: String) throws {
        let file = try Files.bytes(name)
        #expect(throws: InterchangeError.needsPassword) { try Files.read(file) }
        #expect(throws: InterchangeError.notAuthentic) {
            try Files.read(file, password: Shared(SecretBytes(text: "Correct horse")))
        }
    }

    /// RFC 6030, figure 7, as a token of the kind that is read here: the kind is not covered by the MAC.
    @Test func `PSKC: the RFC's example with a password`() throws {
        let text = String(decoding: try Files.bytes("rfc6030-figure7.xml"), as: UTF8.self)
        let totp = text.replacingOccurrences(of: "pskc:hotp", with: "pskc:totp")
        let password = Shared(SecretBytes(text: "qwerty"))
        let harvest = try Files.read(totp, password: password)
        #expect(harvest.tokens.map { $0.seed.value.exposed } == [Files.seed])
        #expect(harvest.tokens.map(\.issuer) == ["Example-Issuer"])
        #expect(harvest.tokens.map(\.totp.digits) == [8])
        #expect(try Files.read(text, password: password).unusable.map(\.reason) == [.kind("hotp")])
        #expect(throws: InterchangeError.needsPassword) { try Files.read(totp) }
        #expect(throws: InterchangeError.notAuthentic) {
            try Files.read(totp, password: Files.password)
        }
    }

    @Test func `PSKC: suites as different programs write them, and what is no number of digits`()
        throws
    {
        func container(_ parameters: String, _ interval: String = "") -> String {
            """
            <?xml version="1.0"?>
            <KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><!-- one -->
            <KeyPackage><DeviceInfo/><Key Id='1' Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp">
            <Issuer>A &amp; B&#x21;</Issuer><AlgorithmParameters>\(parameters)</AlgorithmParameters>
            <Data><Secret><PlainValue>
              MTIzNDU2Nzg5
              MDEyMzQ1Njc4OTA=
            </PlainValue></Secret>\(interval)</Data></Key></KeyPackage></KeyContainer>
            """
        }
        let eight = "<ResponseFormat Length=\"8\" Encoding=\"DECIMAL\"/>"
        let minute = "<TimeInterval><PlainValue>60</PlainValue></TimeInterval>"
        for suite in ["SHA256", "HMAC-SHA256", "HMAC-SHA-256", "HmacSHA256", "sha256"] {
            let text = container("<Suite>\(suite)</Suite>\(eight)", minute)
            #expect(try Files.read(text).lines == ["A & B!|1|SHA256|8|60|12345678901234567890"])
        }
        #expect(try Files.read(container(eight)).tokens.map(\.totp.period) == [30])
        let odd = [
            "<ResponseFormat Length=\"8\" Encoding=\"ALPHANUMERIC\"/>",
            "<ResponseFormat Length=\"7\" Encoding=\"DECIMAL\" CheckDigits=\"true\"/>",
            "<ResponseFormat Length=\"9\" Encoding=\"DECIMAL\"/>",
        ]
        for format in odd {
            #expect(try Files.read(container(format)).unusable.map(\.reason) == [.digits])
        }
    }

    @Test func `FreeOTP+`() throws {
        let bytes = Files.seed.map { "\(Int8(bitPattern: $0))" }.joined(separator: ",")
        let text = """
            {"tokenOrder":["a"],"tokens":[{"algo":"SHA256","counter":0,"digits":8,"issuerExt":"Example Bank",
            "issuerInt":"x","label":"4711","period":60,"secret":[\(bytes)],"type":"TOTP"},
            {"algo":"SHA1","digits":6,"issuerExt":"B","label":"b","period":30,"secret":[-1,-128,127],"type":"TOTP"},
            {"algo":"SHA1","digits":6,"issuerExt":"H","label":"h","period":30,"secret":[1],"type":"HOTP"},
            {"algo":"SHA1","digits":6,"issuerExt":"C","label":"c","period":30,"secret":[256],"type":"TOTP"}]}
            """
        #expect(Files.format(of: Array(text.utf8)) == .freeOTPPlus)
        let harvest = try Files.read(text)
        #expect(harvest.lines.first == Self.bank)
        #expect(harvest.tokens.last?.seed.value.exposed == [255, 128, 127])
        #expect(harvest.unusable.map(\.reason) == [.kind("HOTP"), .secret])
    }

    @Test func `Bitwarden, as JSON and as CSV`() throws {
        let uri =
            "otpauth://totp/Example%20Bank:4711?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA256&digits=8&period=60"
        let json = """
            {"encrypted":false,"folders":[],"items":[
            {"name":"x","login":{"username":"u","password":"p","totp":"\(uri)"}},
            {"name":"Bare","login":{"username":"u","totp":"gezd gnbv gy3t qojq"}},
            {"name":"Game","login":{"username":"u","totp":"steam://GEZDGNBV"}},
            {"name":"Note","notes":"otpauth","login":null},{"name":"None","login":{"totp":null}}]}
            """
        let header =
            "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp"
        let rows = [
            header, ",,login,x,\"two\nlines, \"\"quoted\"\"\",,0,,u,p,\"\(uri)\"",
            ",,login,Bare,,,0,,u,,gezd gnbv gy3t qojq", ",,login,Game,,,0,,u,,steam://GEZDGNBV",
            ",,note,Note,otpauth,,0,,,,",
        ]
        let csv = rows.joined(separator: "\r\n")
        for text in [json, csv] {
            #expect(Files.format(of: Array(text.utf8)) == .bitwarden)
            let harvest = try Files.read(text)
            #expect(harvest.lines == [Self.bank, "Bare|u|SHA1|6|30|1234567890"])
            #expect(harvest.unusable == [UnusableToken(name: "Game:u", reason: .kind("steam"))])
        }
        #expect(throws: InterchangeError.unsupported("encrypted")) {
            try Files.read(#"{"encrypted":true,"passwordProtected":true,"data":"2.x"}"#)
        }
    }

    private func base32(_ token: ForeignToken) -> String {
        let uri = URIList.uri(token).exposed
        let text = String(decoding: uri, as: UTF8.self)
        return String(text.split(separator: "secret=")[1].prefix { $0 != "&" })
    }
}
