import Foundation
import TestSupport
import Testing

/// The peers of the clock's tests are what they claim to be.
@Suite struct `Time servers for tests` {
    @Test(arguments: [0, 90, -3600]) func `have the time that they should`(ahead: Int) throws {
        let server = try RunningChronyd(ahead: ahead)
        #expect(abs(try RunningChronyd.measure(port: server.port) - Double(ahead)) < 0.5)
    }

    @Test func `are measured alike when scripted`() throws {
        let server = try ScriptedTimeServer { request, _ in
            [.init(TimeAnswer(to: request, ahead: 7.5).bytes)]
        }
        #expect(abs(try RunningChronyd.measure(port: server.port) - 7.5) < 0.5)
        #expect(server.received.allSatisfy { $0.count == 48 && $0[0] & 7 == 3 })
    }

    @Test func `end and leave nothing`() throws {
        var server: RunningChronyd? = try RunningChronyd(ahead: 5, certificate: .good)
        let port = try #require(server?.port)
        server = nil
        #expect(!ScriptedTimeServer.answers(port))
    }
}
