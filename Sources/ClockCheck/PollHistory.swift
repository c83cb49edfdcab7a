/// When time servers were asked, so that checks that nobody asked for bother none of them too often.
package struct PollHistory: Equatable, Sendable {
    /// The last request to one server.
    package struct Poll: Equatable, Sendable {
        /// The server, as text.
        package let server: String
        /// When it was asked, in unix seconds.
        package var time: Int64
        /// How long it is left alone after that, in seconds.
        package var interval: Int64

        package init(server: String, time: Int64, interval: Int64) {
            self.server = server
            self.time = time
            self.interval = interval
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

    /// Whether a server may be asked again.
    ///
    /// The clock by which this is judged may be set; a server whose last request seems to lie ahead may be asked, once.
    ///
    /// - Parameters:
    ///   - server: as text.
    ///   - now: unix seconds.
    package func isDue(_ server: String, at now: Int64) -> Bool {
        guard let poll = polls.first(where: { $0.server == server }) else { return true }
        let (elapsed, isOverflow) = now.subtractingReportingOverflow(poll.time)
        return isOverflow || elapsed < 0 || elapsed >= poll.interval
    }

    /// Notes that a server is asked.
    ///
    /// - Parameters:
    ///   - server: as text.
    ///   - now: unix seconds.
    package mutating func ask(_ server: String, at now: Int64) {
        var poll = Poll(server: server, time: now, interval: Self.minimumInterval)
        if let index = polls.firstIndex(where: { $0.server == server }) {
            poll.interval = polls.remove(at: index).interval
            poll.time = now
        }
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
            let doubled = polls[index].interval.multipliedReportingOverflow(by: 2)
            polls[index].interval = doubled.overflow
                ? Self.maximumInterval
                : min(max(doubled.partialValue, Self.minimumInterval), Self.maximumInterval)
        case .failure:
            break
        }
    }
}
