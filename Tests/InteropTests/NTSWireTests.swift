import Foundation
import Synchronization
import TestSupport
import Testing

/// An extension field of NTS (RFC 8915, section 5).
private enum NTSField: UInt16, CaseIterable {
    case identifier = 0x0104
    case cookie = 0x0204
    case authenticator = 0x0404
}

/// A datagram with such fields, taken apart.
private struct NTSDatagram {
    let header: [UInt8]
    private(set) var types: [UInt16] = []
    private var fields: [UInt16: [UInt8]] = [:]

    init(_ bytes: [UInt8]) {
        header = Array(bytes.prefix(48))
        var rest = bytes.dropFirst(48)
        while rest.count >= 4 {
            let head = rest.prefix(4).map(UInt16.init)
            let (type, count) = (head[0] << 8 | head[1], Int(head[2] << 8 | head[3]))
            guard (4...rest.count).contains(count) else { break }
            types.append(type)
            fields[type] = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
    }

    /// A field with its type and length; nothing when there is none.
    subscript(field: NTSField) -> [UInt8] { fields[field.rawValue] ?? [] }
}

/// What somebody on the way sends before the server's answer, or in its place.
struct ForgedTime: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable (TimeProxy.Exchange) -> [[UInt8]]

    var testDescription: String { name }

    init(_ name: String, _ make: @escaping @Sendable (TimeProxy.Exchange) -> [[UInt8]]) {
        (self.name, self.make) = (name, make)
    }

    /// A header of its own, before fields of the server's answer.
    private static func header(
        _ name: String, _ fields: [NTSField] = [.identifier],
        _ change: @escaping @Sendable (inout TimeAnswer) -> Void = { _ in }
    ) -> ForgedTime {
        ForgedTime(name) { exchange in
            var answer = TimeAnswer(to: exchange.request, ahead: 90)
            change(&answer)
            let reply = NTSDatagram(exchange.reply)
            return [answer.bytes + fields.flatMap { reply[$0] }]
        }
    }

    private static func kiss(
        _ code: String, _ fields: [NTSField] = [.identifier], stratum: UInt8 = 0
    ) -> ForgedTime {
        header("\(code) at stratum \(stratum) with \(fields.count) fields", fields) {
            ($0.leap, $0.stratum, $0.referenceID) = (3, stratum, Array(code.utf8))
        }
    }

    /// The server's own header, before other fields than its own.
    private static func fields(
        _ name: String, _ fields: @escaping @Sendable (NTSDatagram) -> [UInt8]
    ) -> ForgedTime {
        ForgedTime(name) { exchange in
            let reply = NTSDatagram(exchange.reply)
            return [reply.header + fields(reply)]
        }
    }

    private static func another(_ identifier: [UInt8]) -> [UInt8] {
        identifier.prefix(4) + identifier.dropFirst(4).map { ~$0 }
    }

    /// An authenticator whose two lengths are these, of 32 bytes of zero.
    private static func authenticator(_ nonce: UInt16, _ sealed: UInt16) -> [UInt8] {
        [4, 4, 0, 40] + [nonce, sealed].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            + [UInt8](repeating: 0, count: 32)
    }

    /// Says that the server does not know the cookie.
    static let nak = kiss("NTSN")

    /// None of these is an answer, nor says that the cookie is unknown.
    static let all: [ForgedTime] = [
        ForgedTime("any bit altered") { exchange in
            (0..<exchange.reply.count * 8).map { bit in
                var altered = exchange.reply
                altered[bit / 8] ^= 1 << (bit % 8)
                return altered
            }
        },
        ForgedTime("cut short anywhere") { exchange in
            (0..<exchange.reply.count).map { Array(exchange.reply.prefix($0)) }
        },
        fields("another identifier") { another($0[.identifier]) + $0[.authenticator] },
        fields("no identifier") { $0[.authenticator] },
        fields("two identifiers") {
            $0[.identifier] + $0[.identifier] + $0[.authenticator]
        },
        fields("the identifier behind") { $0[.authenticator] + $0[.identifier] },
        fields("no authenticator") { $0[.identifier] },
        fields("no fields") { _ in [] },
        ForgedTime("odd authenticators") { exchange in
            let reply = NTSDatagram(exchange.reply)
            let lengths: [(UInt16, UInt16)] = [
                (0, 0), (0, 16), (16, 0), (16, 15), (16, 16), (16, 17), (32, 0), (.max, .max),
            ]
            return lengths.map {
                reply.header + reply[.identifier] + authenticator($0, $1)
            }
        },
        header("another time without fields", []),
        header("another time without authenticator"),
        header("another time", [.identifier, .authenticator]),
        ForgedTime("the request, and as an answer") { exchange in
            var turned = exchange.request
            turned[0] = 0x24
            turned.replaceSubrange(24..<32, with: exchange.request[40..<48])
            return [exchange.request, turned]
        },
        kiss("RATE"), kiss("DENY"), kiss("RSTR"), kiss("RATE", []), kiss("DENY", []),
        kiss("DENY", [.identifier, .authenticator]),
        kiss("NTSN", []), kiss("NTSN", stratum: 1),
        kiss("NTSN", [.identifier, .authenticator]),
        ForgedTime("NTSN with another identifier") { exchange in
            nak.make(exchange).map { $0.prefix(48) + another(Array($0.dropFirst(48))) }
        },
    ]
}

@Suite struct `The clock by NTS on a hostile way` {
    private typealias Datagram = ScriptedTimeServer.Datagram

    /// One after the other, with pauses: the client's socket holds some hundreds.
    private static func paced(_ list: [[UInt8]]) -> [Datagram] {
        list.enumerated().map { Datagram($1, after: $0 % 64 == 63 ? 0.005 : 0) }
    }

    private func ask(_ proxy: TimeProxy, timeout: Int = 10) throws -> ClockAnswer {
        try ClockAnswer(
            [proxy.url], ["--ca-file", try RunningChronyd.authority(), "--timeout", "\(timeout)"])
    }

    private func believe(_ answer: ClockAnswer) {
        #expect(answer.status == 0 && answer.verdict == "ok" && answer.isOff(by: 0), "\(answer)")
        #expect(answer.evidence == "NTS" && answer.servers[0].authenticated)
    }

    private func refuse(_ answer: ClockAnswer, _ words: String = "no answer in time") {
        #expect(answer.status == 7 && answer.verdict == "unknown", "\(answer)")
        #expect(!answer.servers[0].authenticated && answer.servers[0].offset == nil)
        #expect(answer.servers[0].reason?.contains(words) == true, "\(answer.servers[0])")
    }

    @Test(arguments: ForgedTime.all + [ForgedTime.nak])
    func `is found behind what is forged`(forged: ForgedTime) throws {
        let proxy = try TimeProxy { exchange in
            Self.paced(forged.make(exchange)) + [.init(exchange.reply, after: 0.1)]
        }
        believe(try ask(proxy))
        #expect(proxy.received.count == 1)
    }

    @Test func `is not had from what is forged alone`() throws {
        let proxy = try TimeProxy { exchange in
            Self.paced(ForgedTime.all.flatMap { $0.make(exchange) })
        }
        refuse(try ask(proxy, timeout: 3))
        #expect(proxy.received.count == 1)
    }

    @Test func `is not had without authenticators`() throws {
        let proxy = try TimeProxy { exchange in
            [.init(Array(exchange.reply.prefix(48))), .init(Array(exchange.reply.prefix(84)))]
        }
        refuse(try ask(proxy, timeout: 2))
        #expect(proxy.received.count == 1)
    }

    @Test func `is not had from an answer to an earlier request`() throws {
        let replies = Mutex<[[UInt8]]>([])
        let proxy = try TimeProxy { exchange in
            let earlier = replies.withLock { replies in
                replies.append(exchange.reply)
                return replies[0]
            }
            var withOrigin = earlier
            withOrigin.replaceSubrange(24..<32, with: exchange.request[40..<48])
            let replayed = exchange.number == 0 ? [] : [earlier, withOrigin].map { Datagram($0) }
            return replayed + (exchange.number == 2 ? [] : [.init(exchange.reply, after: 0.1)])
        }
        believe(try ask(proxy))
        believe(try ask(proxy))
        refuse(try ask(proxy, timeout: 2))
        #expect(proxy.received.count == 3)
    }

    /// Whether somebody forges it, or the server itself says it to another cookie.
    @Test(arguments: [false, true])
    func `is asked for once more when the cookie is unknown`(isReal: Bool) throws {
        let replies = Mutex<[[UInt8]]>([])
        let proxy = try TimeProxy { exchange in
            let earlier = replies.withLock { replies in
                replies.append(exchange.reply)
                return replies[0]
            }
            var nak = ForgedTime.nak.make(exchange)
            if isReal {
                var request = exchange.request
                request[100] ^= 1
                nak = exchange.reply(to: request).map { [$0] } ?? []
            }
            // The second time there is no third one to leave time for; 2 s would be too long on the way.
            return Self.paced(nak)
                + (exchange.number == 0 ? [] : [.init(earlier), .init(exchange.reply, after: 1.6)])
        }
        believe(try ask(proxy, timeout: 5))
        let requests = proxy.received.map { NTSDatagram($0) }
        #expect(requests.count == 2)
        for field in NTSField.allCases {
            #expect(Set(requests.map { $0[field] }).count == 2)
        }
    }

    @Test func `is not asked for a third time`() throws {
        let proxy = try TimeProxy { ForgedTime.nak.make($0).map { .init($0) } }
        refuse(try ask(proxy, timeout: 4), "does not know its own cookie")
        #expect(proxy.received.count == 2)
    }

    @Test func `is waited for however often the cookie is called unknown`() throws {
        let proxy = try TimeProxy { exchange in
            let naks = (0..<100).flatMap { _ in ForgedTime.nak.make(exchange) }
            return Self.paced(naks) + [.init(exchange.reply, after: 1)]
        }
        believe(try ask(proxy, timeout: 8))
        #expect(proxy.received.count == 1)
    }

    @Test func `is asked for with nothing that was there before`() throws {
        let proxy = try TimeProxy { [.init($0.reply)] }
        for _ in 0..<3 { believe(try ask(proxy)) }
        let requests = proxy.received.map { NTSDatagram($0) }
        #expect(requests.count == 3)
        for request in requests {
            // The header tells nothing: no time, no name.
            #expect(request.header[0] == 0x23 && request.header[1..<40].allSatisfy { $0 == 0 })
            #expect(request.types == NTSField.allCases.map(\.rawValue))
            #expect(request[.identifier].count == 36 && request[.authenticator].count == 40)
        }
        #expect(Set(proxy.received.map(\.count)) == [228])
        #expect(Set(requests.map { $0.header[40...] }).count == requests.count)
        for field in NTSField.allCases {
            #expect(Set(requests.map { $0[field] }).count == requests.count)
        }
    }
}
