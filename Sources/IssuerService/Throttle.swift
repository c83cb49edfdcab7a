internal import Platform
internal import Synchronization

/// How often somebody may fail, by network address or by account.
///
/// The state is one moment for each, as the generic cell rate algorithm has it, and is bounded: those that have failed
/// least are forgotten first.
final class Throttle: Sendable {
    /// How many failures at once are forgiven.
    private let burst: Int64
    /// Seconds until one failure is forgotten.
    private let interval: Int64
    private static let maximumCount = 10_000

    /// When each is as good as new, in unix seconds.
    private let times = Mutex<[String: Int64]>([:])

    /// - Parameters:
    ///   - burst: how many failures at once are forgiven.
    ///   - interval: seconds until one failure is forgotten.
    init(burst: Int64, interval: Int64) {
        self.burst = burst
        self.interval = interval
    }

    /// How many seconds somebody has to wait; nil when it has not.
    func wait(_ address: String, now: Int64) -> Int64? {
        let time = times.withLock { $0[address] } ?? now
        let excess = time - now - (burst - 1) * interval
        return excess > 0 ? excess : nil
    }

    /// Charges a failure, or what may become one.
    func charge(_ address: String, now: Int64) {
        times.withLock { times in
            times[address] = max(times[address] ?? now, now) + interval
            if times.count > Self.maximumCount { Self.forget(&times, now: now) }
        }
    }

    /// Takes a charge back.
    func refund(_ address: String) {
        times.withLock { times in
            if let time = times[address] { times[address] = time - interval }
        }
    }

    private static func forget(_ times: inout [String: Int64], now: Int64) {
        times = times.filter { $0.value > now }
        guard times.count > maximumCount else { return }
        let middle = times.values.sorted()[times.count / 2]
        times = times.filter { $0.value > middle }
    }
}

/// The addresses that are charged as one; nil for those of this machine, which are not.
///
/// - Parameter address: an IP literal.
/// - Returns: an IPv4 address, or the first 64 bits of an IPv6 address: whoever has one of these has all of them.
func chargedAddress(_ address: String) -> String? {
    if address == "::1" || address.hasPrefix("127.") { return nil }
    guard address.contains(":") else { return address }
    var groups = address.prefix { $0 != "%" }.split(
        separator: ":", omittingEmptySubsequences: false)
    // Groups of zeros may be left out, once.
    if let gap = groups.firstIndex(of: "") {
        let (before, after) = (groups[..<gap], groups[gap...].filter { !$0.isEmpty })
        let zeros = max(0, 8 - before.count - after.count)
        groups = before + Array(repeating: "0", count: zeros) + after
    }
    return groups.prefix(4).joined(separator: ":")
}
