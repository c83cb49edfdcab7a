import TestSupport
import Testing

/// A server that answers wrongly, or rightly in an odd way.
struct HostileTime: Sendable, CustomTestStringConvertible {
    let name: String
    /// What is said about it; nil when its answer counts.
    let words: String?
    let script: ScriptedTimeServer.Script

    var testDescription: String { name }

    /// A field of the answer is wrong.
    static func field(
        _ name: String, _ words: String?, _ change: @escaping @Sendable (inout TimeAnswer) -> Void
    ) -> HostileTime {
        HostileTime(name: name, words: words) { request, _ in
            var answer = TimeAnswer(to: request)
            change(&answer)
            return [.init(answer.bytes)]
        }
    }

    private static func wrong(_ request: [UInt8], _ number: Int) -> TimeAnswer {
        var answer = TimeAnswer(to: request, ahead: 1000)
        answer.origin = (0..<8).map { UInt8(truncatingIfNeeded: number >> $0) }
        return answer
    }

    private static let silent = "no answer in time"
    private static let noTime = "it has no time itself"
    private static let impossible = "its timestamps cannot be"

    static let all: [HostileTime] =
        [
            HostileTime(name: "silence", words: silent) { _, _ in [] },
            HostileTime(name: "an empty datagram", words: silent) { _, _ in [.init([])] },
            HostileTime(name: "short", words: silent) { request, _ in
                [.init(Array(TimeAnswer(to: request).bytes.dropLast()))]
            },
            HostileTime(name: "long", words: nil) { request, _ in
                [.init(TimeAnswer(to: request).bytes + [UInt8](repeating: 7, count: 1000))]
            },
            HostileTime(name: "longer than is read", words: nil) { request, _ in
                [.init(TimeAnswer(to: request).bytes + [UInt8](repeating: 7, count: 9000))]
            },
            HostileTime(name: "late", words: silent) { request, _ in
                [.init(TimeAnswer(to: request).bytes, after: 2.5)]
            },
            HostileTime(name: "twice", words: nil) { request, _ in
                let answer = ScriptedTimeServer.Datagram(TimeAnswer(to: request).bytes)
                return [answer, answer]
            },
            HostileTime(name: "from elsewhere", words: silent) { request, _ in
                [.init(TimeAnswer(to: request).bytes, isFromElsewhere: true)]
            },
            HostileTime(name: "1,000 spoofed ones before", words: nil) { request, _ in
                (0..<1000).map { .init(wrong(request, $0).bytes) }
                    + [.init(TimeAnswer(to: request).bytes, after: 0.2)]
            },
            field("origin", silent) { $0.origin[7] ^= 1 },
            field("origin of zero", silent) { $0.origin = [UInt8](repeating: 0, count: 8) },
            field("mode 3", silent) { $0.mode = 3 },
            field("mode 5", silent) { $0.mode = 5 },
            field("version 2", "version 2") { $0.version = 2 },
            field("version 3", nil) { $0.version = 3 },
            field("version 5", "version 5") { $0.version = 5 },
            field("leap 3", noTime) { $0.leap = 3 },
            field("leap 1", nil) { $0.leap = 1 },
            field("stratum 15", nil) { $0.stratum = 15 },
            field("stratum 16", noTime) { $0.stratum = 16 },
            field("stratum 255", noTime) { $0.stratum = 255 },
            field("stratum 0", noTime) {
                $0.stratum = 0
                $0.referenceID = [0, 0, 0, 0]
            },
            field("no receive stamp", impossible) { $0.receive = nil },
            field("no transmit stamp", impossible) { $0.transmit = nil },
            field("transmit before receive", impossible) { $0.transmit? -= 0.1 },
            field("held longer than the way took", impossible) { $0.transmit? += 10 },
            field("huge dispersion", "may be off itself") { $0.rootDispersion = 2 },
            field("greatest dispersion", "may be off itself") { $0.rootDispersion = 65_535 },
            field("huge delay", "may be off itself") { $0.rootDelay = 4 },
            field("another time", "disagrees") {
                $0.receive? += 90
                $0.transmit? += 90
            },
        ]
        + ["RATE", "DENY", "RSTR", "ACST", "AUTH", "INIT", "STEP", "NTSN"].map { code in
            field("kiss \(code)", "left alone (\(code))") {
                $0.stratum = 0
                $0.referenceID = Array(code.utf8)
            }
        }
}

@Suite(.serialized) struct `The clock beside a hostile server` {
    private static let servers = Result { try [RunningChronyd(), RunningChronyd()] }

    private let good: [RunningChronyd]

    init() throws { good = try Self.servers.get() }

    @Test(arguments: HostileTime.all) func `stays right`(hostile: HostileTime) throws {
        let server = try ScriptedTimeServer(hostile.script)
        let answer = try ClockAnswer([server.url] + good.map(\.url), ["--timeout", "2"])
        #expect(answer.status == 0 && answer.verdict == "ok" && answer.isOff(by: 0), "\(answer)")
        #expect(answer.servers.map(\.used) == [hostile.words == nil, true, true])
        if let words = hostile.words {
            #expect(answer.servers[0].reason?.contains(words) == true, "\(answer.servers[0])")
        }
        // It is asked once, whatever it says.
        #expect(server.received.count == 1)
    }

    @Test func `is unknown by its word alone`() throws {
        let server = try ScriptedTimeServer { request, _ in
            [.init(TimeAnswer(to: request).bytes)]
        }
        let answer = try ClockAnswer([server.url])
        #expect(answer.status == 10 && answer.verdict == "unknown")
        // The request tells nothing: no time, no name.
        let request = try #require(server.received.first)
        #expect(request.count == 48 && request[0] == 0x23)
        #expect(request[1..<40].allSatisfy { $0 == 0 } && request[40...].contains { $0 != 0 })
    }
}
