import Cryptography
import Enrolment
import IssuerService
import Platform
import Synchronization
import Testing

@Suite struct `The server` {
    @Test func `enrols over a real connection`() throws {
        let desk = try Desk()
        let userID = try desk.issue(now: wallClockSeconds())
        let issuer = desk.issuer
        let bound = Mutex<UInt16?>(nil)
        // It serves until this process ends.
        try Thread.start {
            guard let stop = try? SignalDescriptor() else { return }
            try? issuer.serve(
                address: "127.0.0.1", port: 0, certificate: nil, until: stop,
                listening: { port in bound.withLock { $0 = port } }, report: { _ in })
        }
        let deadline = Deadline(seconds: 30)
        while bound.withLock({ $0 }) == nil, !deadline.isOver { pause() }
        let port = try #require(bound.withLock { $0 })
        let server = try #require(ServerURL("http://127.0.0.1:\(port)/token"))
        let http = HTTPClient(server, caFile: nil, agent: "test")

        let client = try desk.client(userID)
        let first = Answer(
            try http.post(client.startRequest, to: EnrolmentProtocol.startPath, deadline: deadline))
        let pending = try client.receiveStart(status: first.status, body: first.body)
        let second = Answer(
            try http.post(
                pending.finishRequest, to: EnrolmentProtocol.finishPath, deadline: deadline))
        let parameters = try pending.receiveFinish(status: second.status, body: second.body)
        #expect(parameters.issuer == "Acme Bank")
        #expect(try desk.user(userID)?.state == .enrolled)
    }
}
