import ClockCheck
import Testing

@Suite struct PollHistoryTests {
    private static let server = "ntp://time.example.com"
    private static let sample = ClockSample(
        offset: 0, error: 1, delay: 1, stratum: 1, isAuthenticated: false)
    private static let start: Int64 = 1_793_491_200

    /// The clocks so many seconds later; the one that shows the time may be set besides.
    private func after(_ seconds: Int64, stepped: Int64 = 0) -> ClockReading {
        let boottime = (100 + seconds) * .second
        return ClockReading(
            realtime: (Self.start + seconds + stepped) * .second, boottime: boottime,
            monotonic: boottime, raw: boottime, origin: "boot", isVirtual: false)
    }

    private func history(asked servers: [String] = [server]) -> PollHistory {
        var history = PollHistory()
        for server in servers { history.ask(server, at: after(0)) }
        return history
    }

    private func isDue(_ history: PollHistory, _ now: ClockReading) -> Bool {
        history.due([Self.server], at: now) == [Self.server]
    }

    @Test func `a server is asked once in half an hour, whoever sets the clock`() {
        #expect(isDue(PollHistory(), after(0)))
        for step: Int64 in [0, -7200, 7200] {
            #expect(!isDue(history(), after(0, stepped: step)))
            #expect(!isDue(history(), after(1799, stepped: step)))
            #expect(isDue(history(), after(1800, stepped: step)))
        }
    }

    @Test func `servers are asked all together or not at all, and each once`() {
        let (a, b, c) = ("ntp://a", "ntp://b", "ntp://c")
        #expect(history(asked: []).due([a, b, a], at: after(0)) == [a, b])
        var history = history(asked: [a])
        #expect(history.due([a, b, c], at: after(1799)) == [])
        #expect(history.due([b, c], at: after(0)) == [b, c])
        #expect(history.due([a, b, c], at: after(1800)) == [a, b, c])
        // But for those who want to be left alone.
        history.note(a, .failure(.kiss("RATE")))
        #expect(history.due([a, b, c], at: after(1800)) == [b, c])
        #expect(history.due([a, b, c], at: after(3600)) == [a, b, c])
    }

    @Test func `after another boot the time of day counts`() {
        func history(_ boottime: Int64?) -> PollHistory {
            PollHistory([
                .init(server: Self.server, time: Self.start, boottime: boottime, interval: 1800)
            ])
        }
        #expect(!isDue(history(nil), after(1799)) && isDue(history(nil), after(1800)))
        #expect(isDue(history(nil), after(0, stepped: -1)))
        // A machine that was put back to an earlier state.
        #expect(isDue(history(101), after(0)) && !isDue(history(100), after(0, stepped: 9999)))
    }

    @Test func `RATE doubles the time, up to a week, and an answer ends that`() {
        var history = history()
        var interval: Int64 = 1800
        for _ in 0..<12 {
            history.note(Self.server, .failure(.kiss("RATE")))
            interval = min(2 * interval, 7 * 86_400)
            #expect(history.polls.map(\.interval) == [interval])
            #expect(!isDue(history, after(interval - 1)) && isDue(history, after(interval)))
            // That it is asked again does not shorten it.
            history.ask(Self.server, at: after(0))
        }
        #expect(interval == 7 * 86_400)
        history.note(Self.server, .success(Self.sample))
        #expect(history.polls.map(\.interval) == [1800])
    }

    @Test func `other refusals, and servers that were not asked, change nothing`() {
        var history = history()
        let before = history
        for rejection in [
            ServerRejection.kiss("DENY"), .kiss("rate"), .unsynchronised, .timestamps, .version(2),
        ] {
            history.note(Self.server, .failure(rejection))
        }
        history.note("ntp://other.example.com", .failure(.kiss("RATE")))
        #expect(history == before)
    }

    @Test func `the last 64 are remembered`() {
        var history = PollHistory()
        for number in 0..<100 { history.ask("ntp://\(number).example.com", at: after(0)) }
        history.ask("ntp://50.example.com", at: after(1))
        #expect(history.polls.count == PollHistory.maximumCount)
        #expect(history.polls.first?.server == "ntp://36.example.com")
        #expect(history.polls.last?.server == "ntp://50.example.com")
        #expect(PollHistory(history.polls + history.polls).polls == history.polls)
    }

    @Test func `numbers that cannot be end nothing`() {
        let ends = [Int64.min, -1, 0, 1, .max]
        for time in ends {
            for interval in ends {
                var history = PollHistory([
                    .init(server: Self.server, time: time, boottime: nil, interval: interval),
                    .init(server: "ntp://b", time: time, boottime: time, interval: interval),
                ])
                #expect(history.polls.allSatisfy { (1800...604_800).contains($0.interval) })
                for now in ends {
                    let clocks = ClockReading(
                        realtime: now, boottime: now, monotonic: now, raw: now, origin: nil,
                        isVirtual: false)
                    _ = history.due([Self.server, "ntp://b"], at: clocks)
                }
                history.note(Self.server, .failure(.kiss("RATE")))
                #expect((1800...604_800).contains(history.polls[0].interval))
            }
        }
    }
}
