internal import Cryptography
internal import Synchronization

/// Who has typed the password, and is yet to type the code that was mailed; kept in memory alone.
///
/// One code of an account is alive at a time: the next sign-in ends that of the one before, in whatever browser it was.
final class CodeSignIns: Sendable {
    /// How long a code holds, in seconds.
    static let lifetime: Int64 = 30 * 60
    /// How many wrong ones end it.
    static let maximumTries = 10
    private static let maximumCount = 10_000

    /// A sign-in that has come half the way.
    struct Entry: Sendable {
        let email: String
        /// That of the account when the password was typed.
        let generation: Int
        fileprivate let digest: [UInt8]
        fileprivate(set) var endsAt: Int64
        fileprivate var tries = 0
        /// Whether the code was typed; only the question is left whether it is skipped here from now on.
        fileprivate(set) var isPassed = false
    }

    /// What a code is worth that somebody typed.
    enum Verdict {
        case right(Entry)
        case wrong
        /// It was the last try.
        case wrongTooOften
        /// There is no code for this browser, or none any more.
        case over
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Waits for the code of an account.
    ///
    /// - Parameters:
    ///   - account: whose password was typed.
    ///   - identity: the random text that the browser shows from now on.
    ///   - digest: what is kept of the code.
    ///   - now: unix seconds.
    func begin(_ account: Account, as identity: String, expecting digest: [UInt8], now: Int64) {
        entries.withLock { entries in
            entries = entries.filter { _, entry in
                now < entry.endsAt && (entry.email != account.email || entry.isPassed)
            }
            while entries.count >= Self.maximumCount,
                let oldest = entries.min(by: { $0.value.endsAt < $1.value.endsAt })
            {
                entries[oldest.key] = nil
            }
            entries[identity] = Entry(
                email: account.email, generation: account.generation, digest: digest,
                endsAt: now + Self.lifetime)
        }
    }

    /// How far the sign-in of a browser has come; nil when there is none, or none any more.
    func find(_ identity: String, now: Int64) -> Entry? {
        entries.withLock { entries in
            guard let entry = entries[identity], now < entry.endsAt else { return nil }
            return entry
        }
    }

    /// Compares a code with the one that was mailed; each try counts, and the right code counts once.
    func verify(_ digest: [UInt8], from identity: String, now: Int64) -> Verdict {
        entries.withLock { entries in
            guard var entry = entries[identity], now < entry.endsAt, !entry.isPassed else {
                return .over
            }
            guard constantTimeEqual(digest, entry.digest) else {
                entry.tries += 1
                guard entry.tries < Self.maximumTries else {
                    entries[identity] = nil
                    return .wrongTooOften
                }
                entries[identity] = entry
                return .wrong
            }
            entry.isPassed = true
            entry.endsAt = now + Self.lifetime
            entries[identity] = entry
            return .right(entry)
        }
    }

    /// Ends the sign-in of a browser, and tells how far it had come.
    @discardableResult
    func end(_ identity: String, now: Int64) -> Entry? {
        entries.withLock { entries in
            guard let entry = entries.removeValue(forKey: identity), now < entry.endsAt else {
                return nil
            }
            return entry
        }
    }
}
