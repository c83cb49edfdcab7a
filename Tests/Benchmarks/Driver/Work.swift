import Platform
import Synchronization

/// Pieces of work that several threads take from each other.
final class Work: Sendable {
    private let next = Atomic(0)
    private let failure = Mutex<(any Error)?>(nil)

    /// Does `count` pieces; the seconds that they took.
    @discardableResult
    static func run(
        count: Int, threads: Int, _ piece: @escaping @Sendable (Int) throws -> Void
    ) throws -> Double {
        let work = Work()
        let start = monotonicSeconds()
        let ended = Thread.gather(threads) { _ in work.take(count, piece) }
        guard ended.allSatisfy({ $0 != nil }) else { throw BenchmarkError(what: "threads") }
        if let failure = work.failure.withLock({ $0 }) { throw failure }
        return monotonicSeconds() - start
    }

    private func take(_ count: Int, _ piece: (Int) throws -> Void) {
        do {
            while case let index = next.wrappingAdd(1, ordering: .relaxed).oldValue, index < count {
                try piece(index)
            }
        } catch {
            failure.withLock { $0 = error }
        }
    }
}

/// Why a figure could not be had.
struct BenchmarkError: Error {
    let what: String
}
