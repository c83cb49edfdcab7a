import ClockCheck
import Testing

@Suite struct PollHistoryTests {
    private static let server = "ntp://time.example.com"
    private static let sample = ClockSample(
        offset: 0, error: 1, delay: 1, stratum: 1, isAuthenticated: false)
    private let start: Int64 = 1_793_491_200

    private func history(asked time: Int64) -> PollHistory {
        var history = PollHistory()
        history.ask(Self.server, at: time)
        return history
    }

    @Test func `a server is asked once in half an hour`() {
        #expect(PollHistory().isDue(Self.server, at: start))
        let history = history(asked: start)
        #expect(!history.isDue(Self.server, at: start))
        #expect(!history.isDue(Self.server, at: start + 1799))
        #expect(history.isDue(Self.server, at: start + 1800))
        #expect(history.isDue("ntp://other.example.com", at: start))
    }

    @Test func `a clock that was set back lets it be asked once more`() {
        var history = history(asked: start)
        #expect(history.isDue(Self.server, at: start - 1))
        history.ask(Self.server, at: start - 1)
        #expect(!history.isDue(Self.server, at: start - 1))
    }

    @Test func `RATE doubles the time, up to a week, and an answer ends that`() {
        var history = history(asked: start)
        var interval: Int64 = 1800
        for _ in 0..<12 {
            history.note(Self.server, .failure(.kiss("RATE")))
            interval = min(2 * interval, 7 * 86_400)
            #expect(history.polls.map(\.interval) == [interval])
            #expect(!history.isDue(Self.server, at: start + interval - 1))
            #expect(history.isDue(Self.server, at: start + interval))
            // That it is asked again does not shorten it.
            history.ask(Self.server, at: start)
        }
        #expect(interval == 7 * 86_400)
        history.note(Self.server, .success(Self.sample))
        #expect(history.polls.map(\.interval) == [1800])
    }

    @Test func `other refusals, and servers that were not asked, change nothing`() {
        var history = history(asked: start)
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
        for number in 0..<100 { history.ask("ntp://\(number).example.com", at: start) }
        history.ask("ntp://50.example.com", at: start + 1)
        #expect(history.polls.count == PollHistory.maximumCount)
        #expect(history.polls.first?.server == "ntp://36.example.com")
        #expect(history.polls.last?.server == "ntp://50.example.com")
        #expect(PollHistory(history.polls + history.polls).polls == history.polls)
    }

    @Test func `numbers that cannot be end nothing`() {
        for time in [Int64.min, -1, 0, .max] {
            for interval in [0, 1800, Int64.max] {
                var history = PollHistory([
                    .init(server: Self.server, time: time, interval: interval)
                ])
                for now in [Int64.min, -1, 0, .max] {
                    _ = history.isDue(Self.server, at: now)
                }
                history.note(Self.server, .failure(.kiss("RATE")))
                #expect((1800...604_800).contains(history.polls[0].interval))
            }
        }
    }
}
