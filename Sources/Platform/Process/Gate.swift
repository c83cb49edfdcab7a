internal import Glibc

/// Lets so many threads in at once; the others wait.
@safe package final class Gate: @unchecked Sendable {
    // Sendable: a semaphore is made to be shared.
    private let places: UnsafeMutablePointer<sem_t>

    /// Makes a gate.
    ///
    /// - Parameter width: how many may be inside.
    package init(_ width: Int) {
        unsafe places = .allocate(capacity: 1)
        _ = unsafe sem_init(places, 0, UInt32(width))
    }

    deinit {
        _ = unsafe sem_destroy(places)
        unsafe places.deallocate()
    }

    /// Does something inside, as soon as there is a place.
    package func enter<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        while unsafe sem_wait(places) != 0 {}
        defer { _ = unsafe sem_post(places) }
        return try body()
    }
}
