import Cryptography
import Enrolment
import Foundation
import IssuerService
import OATH
import Platform
import TestSupport
import Testing

@Suite struct `The issuer's folder` {
    @Test func `is made once, with modes that keep others out`() throws {
        let desk = try Desk()
        #expect(throws: IssuerError.exists(home: desk.home)) {
            try Issuer.create(
                home: desk.home, serviceID: "1", name: "x", url: "http://localhost",
                random: SecretBytes.random)
        }
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(desk.home) == 0o700)
        for name in ["users", "locks", "outbox"] {
            #expect(try mode(desk.home + "/" + name) == 0o700)
        }
        _ = try desk.issue()
        for name in try desk.folder.files().keys {
            #expect(try mode(desk.folder.path + "/" + name) == 0o600, "\(name)")
        }
    }

    @Test func `opens with what it was made with`() throws {
        let desk = try Desk()
        let issuer = try Issuer(home: desk.home)
        #expect(issuer.serviceID == Desk.serviceID && issuer.name == "Acme Bank")
        #expect(issuer.url == Desk.url)
        #expect(throws: IssuerError.missing(home: "/nowhere")) { try Issuer(home: "/nowhere") }
    }

    @Test func `keeps a key that is there`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        try PrivateFile.remove(desk.home + "/issuer")
        _ = try Issuer.create(
            home: desk.home, serviceID: Desk.serviceID, name: "Acme", url: Desk.url,
            random: SecretBytes.random)
        #expect(try Issuer(home: desk.home).list(now: Desk.now).map(\.userID) == [userID])
    }

    @Test(arguments: [
        ("", "x", "http://localhost", IssuerError.Field.serviceID),
        ("a b", "x", "http://localhost", .serviceID),
        ("1", "", "http://localhost", .name), ("1", "a\u{1B}[m", "http://localhost", .name),
        ("1", "x", "ftp://localhost", .url), ("1", "x", "https://h/a\nb", .url),
    ])
    func `refuses what clients would refuse`(
        serviceID: String, name: String, url: String, what: IssuerError.Field
    ) throws {
        let folder = try TemporaryFolder()
        #expect(throws: IssuerError.invalid(what)) {
            try Issuer.create(
                home: folder.path, serviceID: serviceID, name: name, url: url,
                random: SecretBytes.random)
        }
        #expect(try folder.files().isEmpty)
    }

    @Test func `speaks without TLS on loopback alone`() throws {
        let desk = try Desk()
        let stop = try SignalDescriptor()
        for address in ["0.0.0.0", "::", "192.0.2.1", "127.0.0.1.example"] {
            #expect(throws: IssuerError.needsCertificate(address: address)) {
                try desk.issuer.serve(
                    address: address, port: 0, certificate: nil, until: stop,
                    listening: { _ in }, report: { _ in })
            }
        }
        #expect(throws: IssuerError.network(.certificateFile("/nowhere.pem, /nowhere.key"))) {
            try desk.issuer.serve(
                address: "0.0.0.0", port: 0,
                certificate: .init(chain: "/nowhere.pem", key: "/nowhere.key"), until: stop,
                listening: { _ in }, report: { _ in })
        }
    }

    @Test func `seals records, and changes nothing about one that does not authenticate`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        let path = desk.recordPath(userID)
        let sealed = try PrivateFile.read(path, limit: 4096)
        for place in [0, 12, sealed.count / 2, sealed.count - 1] {
            var damaged = sealed
            damaged[place] ^= 1
            try PrivateFile.replace(path, with: damaged)
            let error = IssuerError.damaged(path: path)
            #expect(throws: error) { try desk.issuer.list(now: Desk.now) }
            #expect(throws: error) { try desk.verify(userID, "12345678") }
            #expect(throws: error) {
                try desk.issuer.revoke(userID: userID, now: Desk.now, random: SecretBytes.random)
            }
            #expect(desk.start(try desk.client(userID).startRequest).status == 503)
            #expect(try PrivateFile.read(path, limit: 4096) == damaged)
        }
        let other = try desk.issue()
        try PrivateFile.replace(path, with: PrivateFile.read(desk.recordPath(other), limit: 4096))
        #expect(throws: IssuerError.damaged(path: path)) { try desk.issuer.list(now: Desk.now) }
    }

    @Test func `holds neither w0 nor the seed in any encoding`() throws {
        let desk = try Desk()
        let userID = try desk.issue()
        guard let password = StartPassword(secret("48151623")) else { throw Unexpected("password") }
        let record = try EnrolmentIssuer.register(
            password: password, serviceID: Desk.serviceID, userID: userID)
        let pending = try desk.pending(userID)
        try expectAbsent(record.w0, in: desk)
        try expectAbsent(pending.seed, in: desk)
        #expect(desk.finish(pending.finishRequest).status == 200)
        try expectAbsent(record.w0, in: desk)
        try expectAbsent(pending.seed, in: desk)
    }

    private func expectAbsent(_ secret: borrowing SecretBytes, in desk: Desk) throws {
        let raw = secret.withBytes { Data(Array(copying: $0)) }
        var base32 = SecretBuffer()
        Base32.append(secret, to: &base32)
        let texts = [
            secret.withBytes { Hex.encode($0) }, String(raw.base64EncodedString().prefix(42)),
            base32.withBytes { String(decoding: Array(copying: $0), as: UTF8.self) },
        ]
        let forms =
            [raw] + texts.flatMap { [$0, $0.lowercased(), $0.uppercased()] }.map { Data($0.utf8) }
        for (name, contents) in try desk.folder.files() {
            for form in forms { #expect(Data(contents).range(of: form) == nil, "\(name)") }
        }
    }
}
