import ClockCheck
import Cryptography
import TestSupport
import Testing

/// A server of the tests, which has the keys.
private struct NTSServer {
    static let there = bytes(0x11, 32)
    static let back = bytes(0x22, 32)

    static func field(_ type: UInt16, _ body: [UInt8]) -> [UInt8] {
        let count = UInt16(body.count + 4)
        return [type, count].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } + body
    }

    static func authenticator(
        _ head: [UInt8], key: [UInt8] = back, nonce: [UInt8] = bytes(9, 16),
        plaintext: [UInt8] = field(0x0204, bytes(0x33, 100))
    ) throws -> [UInt8] {
        let sealed = try AESSIV.seal(plaintext, key: SecretBytes(key), associated: [head, nonce])
        let padding = { (count: Int) in bytes(0, (4 - count % 4) % 4) }
        let counts = [nonce.count, sealed.count].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        return field(
            0x0404, counts + nonce + padding(nonce.count) + sealed + padding(sealed.count))
    }

    /// What it answers to the identifier of 32 bytes.
    static func reply(to identifier: [UInt8], _ header: Reply = Reply()) throws -> [UInt8] {
        let head = header.bytes + field(0x0104, identifier)
        return try head + authenticator(head)
    }
}

@Suite struct NTSTests {
    private let identifier = bytes(0xAA, 32)
    private let nonce = bytes(0xBB, 16)

    private func query(cookie: [UInt8] = bytes(0xCC, 100)) throws -> NTSQuery {
        let random = ScriptedRandom([identifier, nonce])
        return try NTSQuery(
            Reply().query, cookie: cookie,
            keys: NTSKeys(
                clientToServer: SecretBytes(NTSServer.there),
                serverToClient: SecretBytes(NTSServer.back)),
            random: random.draw)
    }

    private func check(_ datagram: [UInt8]) throws -> NTSQuery.Answer {
        guard let header = Reply().query.header(of: datagram.span) else { return .none }
        return try query().check(datagram, header: header)
    }

    // MARK: The request

    @Test func `a request has 228 bytes with a cookie of 100`() throws {
        let request = try query().request
        #expect(request.count == 228)
        #expect(Array(request[..<48]) == NTPPacket.request(nonce: Reply().origin))
        #expect(Array(request[48..<84]) == hex("01040024") + identifier)
        #expect(Array(request[84..<188]) == hex("02040068") + bytes(0xCC, 100))
        #expect(Array(request[188..<212]) == hex("0404002800100010") + nonce)
        // The server finds it authentic: nothing is sealed, all before it is associated.
        let opened = try AESSIV.open(
            Array(request[212...]), key: SecretBytes(NTSServer.there),
            associated: [Array(request[..<188]), nonce])
        #expect(opened.isEmpty)
    }

    @Test func `a generator that fails makes no request`() {
        #expect(throws: CryptographyError.libraryFailed) {
            _ = try NTSQuery(
                Reply().query, cookie: bytes(1, 100),
                keys: NTSKeys(
                    clientToServer: SecretBytes(NTSServer.there),
                    serverToClient: SecretBytes(NTSServer.back)),
                random: ScriptedRandom([]).draw)
        }
    }

    // MARK: The answer

    @Test func `an answer is accepted`() throws {
        let reply = try NTSServer.reply(to: identifier)
        #expect(reply.count == 228)
        #expect(try check(reply) == .authentic)
    }

    @Test func `every altered bit is refused`() throws {
        let reply = try NTSServer.reply(to: identifier)
        for (bit, altered) in reply.bitFlips {
            #expect(try check(altered) == .none, "bit \(bit)")
        }
    }

    @Test func `an answer cut short at any byte is refused`() throws {
        let reply = try NTSServer.reply(to: identifier)
        for count in 0..<reply.count {
            #expect(try check(Array(reply.prefix(count))) == .none, "\(count) bytes")
        }
    }

    @Test func `nonce and ciphertext of every length that needs padding`() throws {
        let head = Reply().bytes + NTSServer.field(0x0104, identifier)
        for count in 1...33 {
            let end = try NTSServer.authenticator(
                head, nonce: bytes(7, count), plaintext: bytes(8, count - 1))
            #expect(try check(head + end) == .authentic, "\(count)")
        }
    }

    @Test func `another key, another identifier or none is refused`() throws {
        let head = Reply().bytes + NTSServer.field(0x0104, identifier)
        for key in [NTSServer.there, bytes(0, 32)] {
            #expect(try check(head + NTSServer.authenticator(head, key: key)) == .none)
        }
        for identifier in [bytes(0xAB, 32), bytes(0xAA, 28), bytes(0xAA, 36)] {
            #expect(try check(NTSServer.reply(to: identifier)) == .none)
        }
        let bare = Reply().bytes
        #expect(try check(bare + NTSServer.authenticator(bare)) == .none)
        let twice = head + NTSServer.field(0x0104, identifier)
        #expect(try check(twice + NTSServer.authenticator(twice)) == .none)
        // An identifier that nothing vouches for.
        #expect(try check(head) == .none && check(bare) == .none)
        let behind = try bare + NTSServer.authenticator(bare)
        #expect(try check(behind + NTSServer.field(0x0104, identifier)) == .none)
    }

    @Test func `fields before the authenticator are covered, fields behind it ignored`() throws {
        let head =
            Reply().bytes + NTSServer.field(0x0304, bytes(0, 100))
            + NTSServer.field(0x0104, identifier) + NTSServer.field(0x7777, bytes(5, 16))
        let reply = try head + NTSServer.authenticator(head)
        #expect(try check(reply) == .authentic)
        for behind in [
            NTSServer.field(0x0204, bytes(1, 100)), NTSServer.field(0x0104, bytes(1, 32)), [1],
            bytes(0xFF, 20), reply,
        ] { #expect(try check(reply + behind) == .authentic) }
        for place in [52, 60, 200] {
            var altered = reply
            altered[place] ^= 1
            #expect(try check(altered) == .none)
        }
    }

    @Test func `a field whose length is none ends the search`() throws {
        let head = Reply().bytes + NTSServer.field(0x0104, identifier)
        for count: UInt8 in [0, 3, 4, 12, 15, 17, 18, 21, 255] {
            let odd = head + [0x77, 0x77, 0, count] + bytes(0, 12)
            #expect(try check(odd + NTSServer.authenticator(odd)) == .none, "\(count)")
        }
        // Counts within the authenticator that reach beyond it.
        for counts in ["00000010", "ffffffff", "00100000", "0010000f", "00110020", "ffff0010"] {
            let body = hex(counts) + bytes(0, 32)
            #expect(try check(head + NTSServer.field(0x0404, body)) == .none, "\(counts)")
        }
    }

    @Test func `a server that does not know the cookie`() throws {
        let nak = Reply(leap: 3, stratum: 0, referenceID: 0x4E54_534E)
        let field = NTSServer.field(0x0104, identifier)
        #expect(try check(nak.bytes + field) == .unknownCookie)
        // Anybody who does not see the request can say so without its identifier.
        #expect(try check(nak.bytes) == .none)
        #expect(try check(nak.bytes + NTSServer.field(0x0104, bytes(0, 32))) == .none)
        let rate = Reply(stratum: 0, referenceID: 0x5241_5445)
        #expect(try check(rate.bytes + field) == .none)
        #expect(try check(Reply(stratum: 1, referenceID: 0x4E54_534E).bytes + field) == .none)
        // A kiss that the server vouches for.
        #expect(try check(NTSServer.reply(to: identifier, rate)) == .authentic)
    }
}
