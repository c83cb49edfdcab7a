import Cryptography
import Enrolment
import Foundation
import Glibc
import OATH
import Platform
import Synchronization
import TestSupport
import Testing
import TokenStore

/// Something that can be switched while a server runs.
final class Switch: Sendable {
    private let state = Mutex(0)
    var value: Int { state.withLock { $0 } }
    func set(_ value: Int) { state.withLock { $0 = value } }
}

@Suite struct `An enrolment that is interrupted` {
    /// Answers the second request only once the switch is set.
    private func forgetful(_ half: IssuerHalf, until open: Switch) throws -> ScriptedServer {
        try Behaviour(finish: { half, request in
            let reply = Behaviour.finish(half, request)
            return open.value == 1 ? reply : []
        }).serve(half)
    }

    @Test func `is taken up without the start password when the last answer was lost`() throws {
        let half = try IssuerHalf()
        let open = Switch()
        let server = try forgetful(half, until: open)
        let person = try Person()

        let lost = try person.enrol(server.url)
        #expect(lost.status == 7)
        #expect(lost.errors.contains("cut short"))
        #expect(lost.errors.contains("the start password is not needed again"))
        try person.expectNoToken()
        #expect(try person.run("show").errors.contains("is not finished"))
        let seed = try person.seed()

        // Lost again: still pending, and the same.
        #expect(try person.enrol(server.url, password: nil).status == 7)
        #expect(try person.seed() == seed)

        open.set(1)
        let done = try person.enrol(server.url, password: nil)
        #expect(done.status == 0, "\(done.errors)")
        #expect(try person.seed() == seed)
        #expect(half.secrets.first == seed)
        let codes = try [code(seed), code(seed, after: -60)]
        #expect(codes.contains(String(done.output.dropLast())))
        // Nothing of the exchange is left in the store.
        #expect(try person.tokens()[0].extras.isEmpty)
        #expect(server.paths.filter { $0 == EnrolmentProtocol.startPath }.count == 1)
    }

    @Test func `is taken up in the place of a token, too`() throws {
        let half = try IssuerHalf()
        let open = Switch()
        let server = try forgetful(half, until: open)
        let person = try Person()
        open.set(1)
        #expect(try person.enrol(server.url).status == 0)
        open.set(0)
        #expect(try person.enrol(server.url, ["--force"]).status == 7)
        let pending = try #require(try person.tokens().first { $0.state == .pending })
        open.set(1)
        #expect(try person.enrol(server.url, password: nil).status == 1)
        let done = try person.enrol(server.url, password: nil, ["--force"])
        #expect(done.status == 0 && done.errors.contains("Taking up"), "\(done.errors)")
        #expect(try person.seed() == pending.seed.value.exposed)
    }

    @Test func `is taken up when the program was killed after its proof had gone out`() throws {
        let half = try IssuerHalf()
        let open = Switch()
        let server = try Behaviour(finish: { half, request in
            open.value == 1 ? Behaviour.finish(half, request) : nil
        }).serve(half)
        let person = try Person()
        let program = try person.startEnrolling(server.url)
        let proof = poll { server.paths.contains(EnrolmentProtocol.finishPath) ? true : nil }
        #expect(proof == true)
        program.signal(SIGKILL)
        #expect(program.outcome()?.signal == SIGKILL)
        try person.expectNoToken()
        open.set(1)
        #expect(try person.enrol(server.url, password: nil).status == 0)
        #expect(half.secrets == [try person.seed()] + half.secrets.dropFirst())
    }

    @Test(arguments: [401, 410])
    func `starts anew when the issuer no longer knows of it`(status: Int) throws {
        // 0: takes no proof. 1: has forgotten the former run, and takes a new one. 2: has begun that.
        let stage = Switch()
        let server = try Behaviour(
            start: { half, request in
                if stage.value == 1 { stage.set(2) }
                return answer(200, json(half.start(request)))
            },
            finish: { half, request in
                stage.value == 2
                    ? Behaviour.finish(half, request) : answer(status, #"{"error":"x"}"#)
            }
        ).serve(IssuerHalf())
        let person = try Person()
        #expect(try person.enrol(server.url).status == 6)
        try person.expectNoToken()
        let former = try person.seed()
        // Without the start password it cannot, and the pending one stays.
        let without = try person.enrol(server.url, password: nil)
        #expect(without.status == 2)
        #expect(without.errors.contains("--start-password-file"))
        #expect(try person.seed() == former)
        // The issuer takes the new run's proof, but never the old one's.
        stage.set(1)
        let before = server.paths.count
        let done = try person.enrol(server.url)
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.errors.contains("starting anew"))
        #expect(try person.seed() != former)
        let paths = server.paths.dropFirst(before)
        #expect(paths.map { $0 == EnrolmentProtocol.finishPath } == [true, false, true])
    }

    @Test func `is not taken up at another server, which would see the proof`() throws {
        let silent = try Behaviour(finish: { _, _ in nil }).serve(IssuerHalf())
        let person = try Person()
        #expect(try person.enrol(silent.url).status == 7)
        let other = try Behaviour().serve(IssuerHalf())
        let without = try person.enrol(other.url, password: nil)
        #expect(without.status == 2, "\(without.errors)")
        #expect(other.paths.isEmpty)
        // A run of its own there succeeds, and ends the former one.
        #expect(try person.enrol(other.url).status == 0)
        #expect(try person.tokens().count == 1)
    }

    @Test(arguments: [429, 503, 500])
    func `stays pending when the issuer only says not now`(status: Int) throws {
        let half = try IssuerHalf()
        let open = Switch()
        let server = try Behaviour(finish: { half, request in
            open.value == 1 ? Behaviour.finish(half, request) : answer(status, #"{"error":"x"}"#)
        }).serve(half)
        let person = try Person()
        #expect(try person.enrol(server.url).status == (status == 429 ? 6 : 7))
        let seed = try person.seed()
        open.set(1)
        #expect(try person.enrol(server.url, password: nil).status == 0)
        #expect(try person.seed() == seed)
    }

    @Test func `sends no proof before the pending token is saved`() throws {
        // The store is locked by somebody else from the moment on that the first request arrives.
        let person = try Person()
        let holder = Mutex<RunningProgram?>(nil)
        let isFirst = Mutex(true)
        let server = try Behaviour(start: { half, request in
            holder.withLock { holder in
                guard isFirst.withLock({ Swift.exchange(&$0, with: false) }) else { return }
                holder = try? RunningProgram(
                    "flock", [person.locations.lock, "sh", "-c", "echo held; sleep 60"], home: "/")
                _ = poll { holder?.output == "held\n" ? true : nil }
            }
            return answer(200, json(half.start(request)))
        }).serve(IssuerHalf())
        let program = try person.startEnrolling(server.url)
        let waits = poll { program.errors.contains("waiting for another") ? true : nil }
        #expect(waits == true)
        program.signal(SIGKILL)
        #expect(program.outcome()?.signal == SIGKILL)
        #expect(server.paths == [EnrolmentProtocol.startPath])
        holder.withLock { $0 = nil }
        try person.expectNoToken()
        #expect(try person.enrol(server.url).status == 0)
    }

    @Test func `leaves a whole store when it is killed while it saves`() throws {
        let half = try IssuerHalf()
        let replied = Switch()
        let server = try Behaviour(
            start: { half, request in
                defer { replied.set(1) }
                return replied.value == -1 ? nil : answer(200, json(half.start(request)))
            }, finish: { _, _ in nil }
        ).serve(half)
        let person = try Person()
        var (before, after) = (0, 0)
        for round in 0..<16 {
            // The first kill falls before the answer, the last one after the proof, the others anywhere.
            replied.set(round == 0 ? -1 : 0)
            for name in ["tokens", "tokens.bak"] where round % 2 == 0 {
                try? FileManager.default.removeItem(atPath: "\(person.locations.data)/\(name)")
            }
            let former = try person.tokens().map { $0.seed.value.withBytes { Array(copying: $0) } }
            let sent = server.paths.count
            // By another name, nothing that an earlier round has left is taken up.
            let url = round % 2 == 0 ? server.url : "http://localhost:\(server.port)"
            let program = try RunningProgram(
                Program.otptoken, try person.enrolment(url), home: person.home)
            #expect(poll { replied.value == 1 ? true : nil } == true)
            usleep(UInt32(round * round) * 60)
            if round == 15 {
                #expect(poll { server.paths.count == sent + 2 ? true : nil } == true)
            }
            program.signal(SIGKILL)
            #expect(program.outcome()?.signal == SIGKILL)
            // Either the store from before, or the one with the new run: whole, and with a proof only after it.
            let tokens = try person.tokens()
            let seeds = tokens.map { $0.seed.value.withBytes { Array(copying: $0) } }
            let hasSaved = seeds != former
            #expect(tokens.allSatisfy { $0.state == .pending })
            #expect(hasSaved || server.paths.count == sent + 1)
            if hasSaved { after += 1 } else { before += 1 }
            try person.expectNoToken()
        }
        // The kills fell on both sides, or they were all too early or too late to say anything.
        #expect(before > 0 && after > 0, "\(before) before, \(after) after")
    }
}
