/// When time servers were asked, so that checks that nobody asked for bother none of them too often.
package struct PollHistory: Equatable, Sendable {
    /// The last request to one server.
    package struct Poll: Equatable, Sendable {
        /// The server, as text.
        package let server: String
        /// When it was asked, in unix seconds.
        package var time: Int64
        /// The same by CLOCK_BOOTTIME, which nobody sets; nil when that was another boot.
        package var boottime: Int64?
        /// How long it is left alone after that, in seconds; at least half an hour, and at most a week.
        package fileprivate(set) var interval: Int64

        package init(server: String, time: Int64, boottime: Int64?, interval: Int64) {
            self.server = server
            self.time = time
            self.boottime = boottime
            self.interval = min(max(interval, minimumInterval), maximumInterval)
        }

        fileprivate func isOver(_ now: ClockReading) -> Bool {
            let elapsed =
                boottime.map { Int128(now.boottime / .second) - Int128($0) }
                ?? Int128(now.realtime / .second) - Int128(time)
            // A machine that was put back to an earlier state, or a clock that was, tells nothing.
            return elapsed < 0 || elapsed >= Int128(interval)
        }
    }

    /// The least time between two requests to a server that nobody asked for, in seconds.
    package static let minimumInterval: Int64 = 30 * 60
    /// The longest that a server which asks for it is left alone, in seconds.
    package static let maximumInterval: Int64 = 7 * 86_400
    /// How many servers are remembered: the last ones.
    package static let maximumCount = 64
    /// The kiss code of a server that is asked too often (RFC 5905, section 7.4).
    private static let rate = "RATE"

    /// In the order in which they were asked.
    package private(set) var polls: [Poll]

    /// Takes over what was remembered.
    ///
    /// - Parameter polls: the last ones count.
    package init(_ polls: [Poll] = []) {
        self.polls = polls.suffix(Self.maximumCount)
    }

    /// Whether all of some servers may be asked again that have not asked to be left alone.
    ///
    /// All together or none: those that happen to be due must not outvote the others.
    ///
    /// - Parameters:
    ///   - servers: as texts.
    ///   - now: the clocks as they are.
    /// - Returns: those to be asked, each once.
    package func due(_ servers: [String], at now: ClockReading) -> [String] {
        var due: [String] = []
        for server in servers where !due.contains(server) {
            guard let poll = polls.first(where: { $0.server == server }), !poll.isOver(now) else {
                due.append(server)
                continue
            }
            if poll.interval == Self.minimumInterval { return [] }
        }
        return due
    }

    /// Notes that a server is asked.
    ///
    /// - Parameters:
    ///   - server: as text.
    ///   - now: the clocks as they are.
    package mutating func ask(_ server: String, at now: ClockReading) {
        let former = polls.firstIndex { $0.server == server }.map { polls.remove(at: $0) }
        let poll = Poll(
            server: server, time: now.realtime / .second, boottime: now.boottime / .second,
            interval: former?.interval ?? Self.minimumInterval)
        polls = Array((polls + [poll]).suffix(Self.maximumCount))
    }

    /// Notes what came of it: RATE doubles the time for which the server is left alone, a sample ends that.
    ///
    /// - Parameters:
    ///   - server: as text; one that was asked.
    ///   - result: a sample, or why there is none. Silence changes nothing.
    package mutating func note(_ server: String, _ result: Result<ClockSample, ServerRejection>) {
        guard let index = polls.firstIndex(where: { $0.server == server }) else { return }
        switch result {
        case .success:
            polls[index].interval = Self.minimumInterval
        case .failure(.kiss(Self.rate)):
            polls[index].interval = min(2 * polls[index].interval, Self.maximumInterval)
        case .failure:
            break
        }
    }
}
