internal import Cryptography
internal import Platform
internal import Synchronization

/// Who is signed in at the pages; kept in memory alone, so that nobody is after a restart.
final class WebSessions: Sendable {
    /// How long somebody may do nothing, in seconds.
    static let patience: Int64 = 30 * 60
    /// How long somebody stays signed in at all, in seconds.
    static let lifetime: Int64 = 12 * 3600
    private static let maximumCount = 10_000

    private struct Entry {
        let email: String
        let generation: Int
        let endsAt: Int64
        var seenAt: Int64

        func isOver(_ now: Int64) -> Bool { now >= endsAt || now >= seenAt + patience }
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Signs somebody in.
    ///
    /// - Parameters:
    ///   - account: who it is.
    ///   - identity: the random text that the browser shows from now on.
    ///   - now: unix seconds.
    func begin(_ account: Account, as identity: String, now: Int64) {
        entries.withLock { entries in
            if entries.count >= Self.maximumCount {
                entries = entries.filter { !$0.value.isOver(now) }
            }
            // Whoever has done nothing for the longest time makes room.
            while entries.count >= Self.maximumCount,
                let oldest = entries.min(by: { $0.value.seenAt < $1.value.seenAt })
            {
                entries[oldest.key] = nil
            }
            entries[identity] = Entry(
                email: account.email, generation: account.generation,
                endsAt: now + Self.lifetime, seenAt: now)
        }
    }

    /// Whose session it is, and under which password it began; nil for one that is over, or never was.
    func find(_ identity: String, now: Int64) -> (email: String, generation: Int)? {
        entries.withLock { entries in
            guard var entry = entries[identity] else { return nil }
            guard !entry.isOver(now) else {
                entries[identity] = nil
                return nil
            }
            entry.seenAt = now
            entries[identity] = entry
            return (entry.email, entry.generation)
        }
    }

    /// Signs somebody out.
    func end(_ identity: String) { entries.withLock { $0[identity] = nil } }
}
