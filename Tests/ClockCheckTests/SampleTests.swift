import ClockCheck
import Foundation
import TestSupport
import Testing

@Suite struct SampleTests {
    private let moment = Reply.moment

    private func sample(_ reply: Reply, elapsed: Nanoseconds = .second / 10) throws -> ClockSample {
        try reply.sample(elapsed: elapsed).get()
    }

    @Test func `worked by hand`() throws {
        // The server is 90 s ahead; 30 ms there, 10 ms within, 60 ms back.
        let reply = Reply(
            rootDelay: 0x8000, rootDispersion: 0x4000,
            receive: Reply.stamp(moment + 90_030_000_000),
            transmit: Reply.stamp(moment + 90_040_000_000))
        let sample = try sample(reply)
        // Half of what the ways differ: 15 ms too little.
        #expect(sample.offset == 89_985_000_000)
        #expect(sample.delay == 90_000_000)
        // 45 ms + 250 ms + 250 ms + 2^-20 s + 15 ppm of 100 ms.
        #expect(sample.error == 545_000_000 + 953 + 1500)
        #expect(sample.stratum == 2 && !sample.isAuthenticated)
        #expect(sample.error >= abs(sample.offset - 90 * .second))
    }

    @Test func `one second on the way there and none back`() throws {
        let reply = Reply(
            receive: Reply.stamp(moment + .second), transmit: Reply.stamp(moment + .second))
        let sample = try sample(reply, elapsed: .second)
        #expect(sample.offset == .second / 2 && sample.delay == .second)
        #expect(sample.error >= .second / 2 && sample.error < 501_000_000)
    }

    @Test func `the sign says which clock is behind`() throws {
        for ahead: Nanoseconds in [-3600 * .second, -5 * .second, 0, 15 * .second, 90 * .second] {
            let stamp = Reply.stamp(moment + ahead)
            let sample = try sample(Reply(receive: stamp, transmit: stamp), elapsed: 0)
            #expect(sample.offset == ahead && sample.delay == 0)
        }
    }

    @Test func `an authenticated answer is marked`() throws {
        let packet = try #require(Reply().packet)
        #expect(try Reply().query.sample(packet, elapsed: 0, isAuthenticated: true).isAuthenticated)
    }

    // MARK: What is left out

    /// Each with everything that comes later wrong as well: the first reason is the one that is told.
    @Test func `answers are checked in order`() {
        var reply = Reply(
            leap: 3, version: 5, stratum: 0, precision: 1, rootDelay: .max, rootDispersion: .max,
            referenceID: 0x5241_5445, receive: 0, transmit: 0)
        func rejection() -> ServerRejection? {
            guard case .failure(let rejection) = reply.sample(elapsed: 3 * .second) else {
                return nil
            }
            return rejection
        }
        for version: UInt8 in [0, 1, 2, 5, 6, 7] {
            reply.version = version
            #expect(rejection() == .version(Int(version)))
        }
        reply.version = 3
        #expect(rejection() == .kiss("RATE"))
        reply.referenceID = 0
        #expect(rejection() == .unsynchronised)
        reply.stratum = 2
        #expect(rejection() == .unsynchronised)
        (reply.leap, reply.stratum) = (0, 16)
        #expect(rejection() == .unsynchronised)
        reply.stratum = 15
        #expect(rejection() == .timestamps)
        (reply.receive, reply.transmit) = (Reply.stamp(moment), Reply.stamp(moment))
        #expect(rejection() == .timestamps)
        reply.precision = 0
        #expect(rejection() == .rootDistance(98_303_999_977_111))
        (reply.rootDelay, reply.rootDispersion) = (0x10000, 0x10000)
        #expect(rejection() == .roundTrip(3 * .second))
    }

    @Test func `leap, stratum and version`() throws {
        for leap: UInt8 in 0...3 {
            let result = Reply(leap: leap).sample()
            #expect((result == .failure(.unsynchronised)) == (leap == 3))
        }
        for stratum: UInt8 in 0...255 {
            let result = Reply(stratum: stratum, referenceID: 0).sample()
            #expect((result == .failure(.unsynchronised)) == !(1...15).contains(stratum))
        }
        for version: UInt8 in [3, 4] { _ = try Reply(version: version).sample().get() }
    }

    @Test(arguments: [
        (0x4445_4E59 as UInt32, "DENY"), (0x5253_5452, "RSTR"), (0x4E54_534E, "NTSN"),
    ])
    func `every kiss code, even with leap 3`(id: UInt32, code: String) {
        for leap: UInt8 in [0, 3] {
            let reply = Reply(leap: leap, stratum: 0, referenceID: id, receive: 0, transmit: 0)
            #expect(reply.sample() == .failure(.kiss(code)))
        }
    }

    @Test func `timestamps that cannot be`() throws {
        let (zero, now) = (UInt64(0), Reply.stamp(moment))
        let elapsed: Nanoseconds = .second / 10
        let late = Reply.stamp(moment + elapsed)
        for (receive, transmit) in [
            (zero, now), (now, zero), (zero, zero), (now, now - 1 << 32), (late, now),
            (now, Reply.stamp(moment + elapsed + 1)), (now, now ^ 1 << 63),
        ] {
            let reply = Reply(receive: receive, transmit: transmit)
            #expect(reply.sample(elapsed: elapsed) == .failure(.timestamps))
        }
        // As long within as between request and answer: nothing is left for the way.
        #expect(try sample(Reply(transmit: late), elapsed: elapsed).delay == 0)
        for precision: Int8 in [1, 2, 127] {
            #expect(Reply(precision: precision).sample() == .failure(.timestamps))
        }
    }

    @Test func `the bounds of root distance and round trip are within`() throws {
        #expect(try sample(Reply(rootDispersion: 0x18000)).error > 1_500_000_000)
        #expect(try sample(Reply(rootDelay: 0x30000)).error > 1_500_000_000)
        let (tooFar, farBoth) = (Reply(rootDispersion: 0x18001), Reply(rootDelay: .max))
        #expect(tooFar.sample() == .failure(.rootDistance(1_500_015_258)))
        guard case .failure(.rootDistance) = farBoth.sample() else {
            Issue.record("a root delay of 18 hours")
            return
        }
        #expect(try sample(Reply(), elapsed: 2 * .second).delay == 2 * .second)
        #expect(
            Reply().sample(elapsed: 2 * .second + 1) == .failure(.roundTrip(2 * .second + 1)))
    }

    @Test func `every precision is taken up to a second`() throws {
        for precision in Int8.min...0 {
            let sample = try sample(Reply(precision: precision), elapsed: 0)
            #expect(sample.error == max(1, Nanoseconds(1e9 * pow(2, Double(precision)))))
        }
    }

    // MARK: Any clock

    /// Clocks from 1970 to 2200, servers anywhere in the era, by exact fractions in another language.
    @Test func `a thousand random answers, against fractions`() throws {
        var random = SeededRandom(seed: 5905)
        let clocks: [Nanoseconds] = [0, 1, moment, 7_258_118_400 * .second]
        var input = ""
        var samples: [ClockSample] = []
        for index in 0..<1000 {
            let clock =
                index % 2 == 0
                ? clocks[index / 2 % 4] : Int64.random(in: 0...clocks[3], using: &random)
            let elapsed = Int64.random(in: 0...2 * .second, using: &random)
            let receive = UInt64.random(in: 1 ... .max, using: &random)
            let held = UInt64.random(in: 0...UInt64(elapsed), using: &random)
            let transmit = receive &+ (held << 32) / 1_000_000_000
            let reply = Reply(
                precision: .random(in: -40...0, using: &random),
                rootDelay: .random(in: 0...0x18000, using: &random),
                rootDispersion: .random(in: 0...0xC000, using: &random), receive: receive,
                transmit: transmit)
            samples.append(try reply.sample(elapsed: elapsed, sentAt: clock).get())
            input += "\(clock) \(elapsed) \(receive) \(transmit) \(reply.precision)"
            input += " \(reply.rootDelay) \(reply.rootDispersion) \(NTPTimestamp.pivot)\n"
        }
        let script = Repository.file("Tests/ClockCheckTests/offset.py").path
        let folder = try TemporaryFolder()
        let outcome = try Program.run("python3", [script], home: folder.path, input: input)
        #expect(outcome.status == 0, "python3 is needed: \(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ") }
        try #require(lines.count == samples.count)
        for (line, sample) in zip(lines, samples) {
            let exact = try line.map { try #require(Int64($0)) }
            // Each part is rounded to a nanosecond.
            for (ours, theirs) in zip([sample.offset, sample.delay, sample.error], exact) {
                #expect(abs(ours - theirs) <= 5)
            }
        }
    }

    @Test func `both ends of the era and of the clock do not overflow`() throws {
        let half: Int64 = 1 << 31
        let ends = [-half, 0, half - 1].map { NTPTimestamp.pivot + $0 }
        for server in ends {
            for clock: Nanoseconds in [0, moment, 7_258_118_400 * .second, .max - 2 * .second] {
                let stamp = Reply.stamp(server * .second)
                let reply = Reply(receive: stamp, transmit: stamp)
                let sample = try reply.sample(elapsed: 2 * .second, sentAt: clock).get()
                #expect(sample.offset == server * .second - clock - .second)
            }
        }
    }

    /// What is told is never further off than its bound, whatever the ways take.
    @Test func `the truth is within the bound`() throws {
        var random = SeededRandom(seed: 15)
        for _ in 0..<1000 {
            let truth = Int64.random(in: -(1 << 60)...1 << 60, using: &random)
            let (there, held, back) = (
                Int64.random(in: 0...900_000_000, using: &random),
                Int64.random(in: 0...100_000_000, using: &random),
                Int64.random(in: 0...900_000_000, using: &random)
            )
            let reply = Reply(
                receive: Reply.stamp(moment + there), transmit: Reply.stamp(moment + there + held))
            let sample = try reply.sample(elapsed: there + held + back, sentAt: moment - truth)
                .get()
            #expect((sample.offset - truth).magnitude <= sample.error.magnitude)
            #expect(abs(sample.delay - (there + back)) <= 1)
        }
    }
}
