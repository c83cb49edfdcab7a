import Cryptography
import Foundation
import Interchange
import OATH
import TestSupport
import Testing

/// What goes out comes back the same.
@Suite struct WritingTests {
    private let tokens = ForeignToken.samples()

    @Test func `Aegis, plain`() throws {
        let file = try Aegis.write(tokens, random: counting)
        #expect(Files.format(of: file.exposed) == .aegis)
        #expect(try Files.read(file.exposed).lines == tokens.map(\.line))
        // A reader that is not ours takes it for JSON as well, with what a vault must have.
        let object = try JSONSerialization.jsonObject(with: Data(file.exposed)) as? [String: Any]
        let entries = (object?["db"] as? [String: Any])?["entries"] as? [[String: Any]]
        let uuids = entries?.compactMap { $0["uuid"] as? String }.compactMap(UUID.init)
        #expect(uuids?.count == tokens.count)
    }

    @Test func `Aegis, encrypted`() throws {
        let file = try Aegis.write(tokens, password: Files.password.value, random: counting).exposed
        #expect(throws: InterchangeError.needsPassword) { try Files.read(file) }
        #expect(try Files.read(file, password: Files.password).lines == tokens.map(\.line))
    }

    @Test func `PSKC, plain and with a password`() throws {
        var named = tokens
        for index in named.indices { named[index].name = "name <\(index)>" }
        for password in [nil, Files.password] {
            let file = try PSKC.write(named, password: password, random: counting).exposed
            #expect(Files.format(of: file) == .pskc)
            let back = try Files.read(file, password: password)
            #expect(back.tokens.map(\.name) == named.map(\.name))
            #expect(back.lines == named.map(\.line))
        }
    }
}

/// What is not as it was, or asks for too much, brings nothing in.
@Suite struct HostileFileTests {
    @Test(arguments: ["2fas-encrypted.json", "andotp.bin", "andotp-old.bin"])
    func `a file that was cut short, or altered anywhere in what is encrypted`(name: String) throws
    {
        let file = try Files.bytes(name)
        let format = try #require(Files.format(of: file))
        for count in stride(from: 0, to: file.count, by: 97) {
            #expect(throws: InterchangeError.self) {
                try Files.read(Array(file[..<count]), as: format, password: Files.password)
            }
        }
        let flips = format == .twoFAS ? 900..<1000 : 40..<file.count
        for place in flips where place % 11 == 0 {
            var altered = file
            altered[place] ^= 1
            #expect(throws: InterchangeError.self) {
                try Files.read(altered, as: format, password: Files.password)
            }
        }
    }

    @Test func `an altered vault of Aegis`() throws {
        let text = String(decoding: try Files.bytes("aegis-published.json"), as: UTF8.self)
        let password = Shared(SecretBytes(text: "test"))
        func altered(_ old: String, _ new: String) -> InterchangeError? {
            #expect(throws: InterchangeError.self) {
                try Files.read(text.replacingOccurrences(of: old, with: new), password: password)
            }
        }
        #expect(text.contains("RtGfUrZ0"))
        #expect(altered("RtGfUrZ0", "RtGfUrZ1") == .altered)
        #expect(altered("5db2470e", "5db2470f") == .altered)
        #expect(altered("491d4455", "491d4456") == .notAuthentic)
        #expect(altered("27ea9ae5", "27ea9ae6") == .notAuthentic)
        #expect(altered("\"version\": 1", "\"version\": 2") == .malformed("version"))
        #expect(altered("\"n\": 32768", "\"n\": 32769") == .malformed("n"))
        #expect(altered("\"n\": 32768", "\"n\": 0") == .malformed("n"))
        #expect(altered("\"n\": 32768", "\"n\": 2097152") == .excessive("n"))
        #expect(altered("\"n\": 32768", "\"n\": 4611686018427387904") == .excessive("n"))
        #expect(altered("\"r\": 8", "\"r\": 9") == .excessive("r"))
        #expect(altered("\"r\": 8", "\"r\": -1") == .malformed("r"))
        #expect(altered("\"p\": 1", "\"p\": 1000000") == .excessive("p"))
        #expect(altered("\"salt\": \"27", "\"salt\": \"2") == .malformed("header.slots"))
        #expect(altered("\"type\": 1", "\"type\": 2") == .malformed("header.slots"))
        #expect(altered("\"db\"", "\"dc\"") == .unknownFormat)
    }

    @Test func `more slots than anybody has passwords`() throws {
        let slots = Array(repeating: #"{"type":1}"#, count: 17).joined(separator: ",")
        let text =
            #"{"version":1,"header":{"slots":[\#(slots)],"params":{"nonce":"000000000000000000000000","#
            + #""tag":"00000000000000000000000000000000"}},"db":""}"#
        #expect(throws: InterchangeError.excessive("slots")) {
            try Files.read(text, password: Files.password)
        }
    }

    @Test func `iterations without end`() throws {
        var file = try Files.bytes("andotp.bin")
        file[0] = 0x7F
        #expect(throws: InterchangeError.excessive("iterations")) {
            try Files.read(file, as: .andOTP, password: Files.password)
        }
        let text = String(decoding: try Files.bytes("rfc6030-figure7.xml"), as: UTF8.self)
        func altered(_ old: String, _ new: String) -> InterchangeError? {
            #expect(throws: InterchangeError.self) {
                try Files.read(
                    text.replacingOccurrences(of: old, with: new), password: Files.password)
            }
        }
        #expect(altered(">1000<", ">10000001<") == .excessive("IterationCount"))
        #expect(altered(">1000<", ">0<") == .malformed("IterationCount"))
        #expect(altered(">16<", ">17<") == .excessive("KeyLength"))
        #expect(altered("#hmac-sha1", "#hmac-md5") != nil)
        #expect(altered("aes128-cbc", "tripledes-cbc") != nil)
        #expect(altered("#pbkdf2", "#pbkdf1") != nil)
    }

    /// Everywhere in vector, ciphertext and MAC; without the MAC most of it would open.
    @Test func `an altered secret of a PSKC file, with the right password`() throws {
        let text = String(decoding: try Files.bytes("rfc6030-figure7.xml"), as: UTF8.self)
        let password = Shared(SecretBytes(text: "qwerty"))
        for (old, new) in [
            ("oTvo+S22", "oTvo+S23"), ("aEn032yCr4f", "aEn032yCr4e"), ("+A4aEn03", "+A4aEn04"),
            ("LP6xMvjt", "LP6yMvjt"), ("2GTTnLwM", "2GTTnLwN"),
        ] {
            try #require(text.contains(old))
            let altered = text.replacingOccurrences(of: old, with: new)
            #expect(throws: InterchangeError.notAuthentic, "\(old)") {
                try Files.read(altered, password: password)
            }
        }
        let without = text.replacingOccurrences(of: "pskc:ValueMAC", with: "pskc:NoMAC")
        #expect(throws: InterchangeError.malformed("ValueMAC")) {
            try Files.read(without, password: password)
        }
    }

    @Test(arguments: [
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>", "<?php ?>",
        "<!DOCTYPE KeyContainer>",
    ])
    func `XML with anything but elements`(front: String) {
        let text = front + "<KeyContainer Version=\"1.0\"></KeyContainer>"
        #expect(throws: InterchangeError.malformed("line 1")) { try Files.read(text, as: .pskc) }
    }

    @Test(arguments: [
        "<a>&b;</a>", "<a><![CDATA[x]]></a>", "<a>x<b/></a>", "<a x=\"1\" x=\"2\"/>", "<a x=1/>",
        "<a x=\"<\"/>", "<a></b>", "<a>", "<a/><b/>", "<a>&#0;</a>", "<a>&#1;</a>", "<a>\u{1}</a>",
        "<a x=\"\0\"/>", "<a>&#x110000;</a>", "<a",
        "<a>x<!-- y -->z</a>", "", "x", "<a/>x", "<a><!-- x</a>",
        String(repeating: "<a>", count: 40) + String(repeating: "</a>", count: 40),
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", "\u{FFFD}",
    ])
    func `XML that is none, or none that is needed`(text: String) {
        #expect(throws: InterchangeError.malformed("line 1")) { try Files.read(text, as: .pskc) }
    }

    @Test func `more lines, elements and entries than anybody has tokens`() {
        let lines = String(repeating: "\n", count: 100_001)
        #expect(throws: InterchangeError.excessive("lines")) { try Files.read(lines, as: .otpauth) }
        let elements = "<a>" + String(repeating: "<b/>", count: 1_000_000) + "</a>"
        #expect(throws: InterchangeError.malformed("line 1")) {
            try Files.read(elements, as: .pskc)
        }
        let entries = "[" + String(repeating: "{},", count: 100_000) + "{}]"
        #expect(throws: InterchangeError.malformed("JSON")) { try Files.read(entries, as: .andOTP) }
    }

    @Test func `a file of another kind is recognised as none`() {
        for text in ["", " ", "hello", "{}", "[1]", "1", "otptoken-store/1\n", "a,b,c\n1,2,3"] {
            #expect(Files.format(of: Array(text.utf8)) == nil, "\(text)")
        }
        for format in InterchangeFormat.allCases {
            for text in ["x", "{}", "[]x", "{\"version\":1}"] {
                #expect(throws: InterchangeError.self) {
                    try Files.read(text, as: format, password: Files.password)
                }
            }
        }
    }
}
