import Glibc
import Platform
import Synchronization

/// Pieces of work that several threads take from each other.
final class Work: Sendable {
    private let next = Atomic(0)
    private let running: Atomic<Int>
    private let failure = Mutex<(any Error)?>(nil)

    private init(threads: Int) { running = Atomic(threads) }

    /// Does `count` pieces; the seconds that they took.
    @discardableResult
    static func run(
        count: Int, threads: Int, _ piece: @escaping @Sendable (Int) throws -> Void
    ) throws -> Double {
        let work = Work(threads: threads)
        let start = monotonicSeconds()
        for _ in 0..<threads { try Thread.start { work.take(count, piece) } }
        while work.running.load(ordering: .acquiring) > 0 { usleep(100) }
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
        running.wrappingSubtract(1, ordering: .releasing)
    }
}

/// Why a figure could not be had.
struct BenchmarkError: Error {
    let what: String
}
