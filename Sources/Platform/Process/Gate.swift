internal import Glibc
internal import Synchronization

/// Lets so many threads in at once; of the others a few wait, and the rest is turned away.
@safe package final class Gate: @unchecked Sendable {
    // Sendable: a semaphore is made to be shared.
    private let places: UnsafeMutablePointer<sem_t>
    private let limit: Int
    /// How many are inside or wait.
    private let count = Atomic(0)

    /// Makes a gate.
    ///
    /// - Parameters:
    ///   - width: how many may be inside.
    ///   - queue: how many may wait.
    package init(_ width: Int, queue: Int) {
        limit = width + queue
        unsafe places = .allocate(capacity: 1)
        _ = unsafe sem_init(places, 0, UInt32(width))
    }

    deinit {
        _ = unsafe sem_destroy(places)
        unsafe places.deallocate()
    }

    /// Does something inside, as soon as there is a place.
    ///
    /// - Returns: what it came to; nil, and nothing is done, where too many wait already.
    package func enter<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        defer { count.wrappingSubtract(1, ordering: .relaxed) }
        guard count.wrappingAdd(1, ordering: .relaxed).newValue <= limit else { return nil }
        while unsafe sem_wait(places) != 0 {}
        defer { _ = unsafe sem_post(places) }
        return try body()
    }
}
