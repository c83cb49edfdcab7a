internal import Glibc
internal import Synchronization

/// A detached thread of the system.
package enum Thread {
    /// Runs `body` in a thread of its own.
    ///
    /// - Parameter body: what to run.
    /// - Throws: the reason when no thread can be had.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        let box = unsafe Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            unsafe box.release()
            throw Errno(status)
        }
        pthread_detach(thread)
    }

    /// Runs bodies side by side, each in a thread of its own, and waits for all of them.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - body: gets its number, from 0; it must come to an end by itself.
    /// - Returns: what they returned, in order; nil where no thread could be had.
    package static func gather<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) -> Result
    ) -> [Result?] {
        let board = Board<Result>(count)
        var waiting = 0
        for number in 0..<count {
            let started: Void? = try? start { board.put(body(number), at: number) }
            if started != nil { waiting += 1 }
        }
        return board.wait(for: waiting)
    }

    /// Where results are put down by several threads.
    @safe private final class Board<Result: Sendable>: @unchecked Sendable {
        // Sendable: the lock keeps the threads apart.
        private let results: Mutex<[Result?]>
        private let arrived: UnsafeMutablePointer<sem_t>

        init(_ count: Int) {
            results = Mutex([Result?](repeating: nil, count: count))
            unsafe arrived = .allocate(capacity: 1)
            _ = unsafe sem_init(arrived, 0, 0)
        }

        deinit {
            _ = unsafe sem_destroy(arrived)
            unsafe arrived.deallocate()
        }

        func put(_ result: Result, at number: Int) {
            results.withLock { $0[number] = result }
            _ = unsafe sem_post(arrived)
        }

        func wait(for count: Int) -> [Result?] {
            for _ in 0..<count { _ = try? retrying { unsafe sem_wait(arrived) } }
            return results.withLock { $0 }
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

/// Keeps threads apart for as long as a wait for the disk takes: whoever has to wait sleeps, while a `Mutex` of the
/// library would look again and again for a good part of that time.
@safe package final class SleepingLock: @unchecked Sendable {
    // Sendable: what the system keeps threads apart with is made for that, and does not move.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    package init() {
        unsafe mutex = .allocate(capacity: 1)
        _ = unsafe pthread_mutex_init(mutex, nil)
        unsafe condition = .allocate(capacity: 1)
        _ = unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        _ = unsafe pthread_cond_destroy(condition)
        unsafe condition.deallocate()
        _ = unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Runs `body` while no other thread is in one; it must not come here again.
    package func locked<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        _ = unsafe pthread_mutex_lock(mutex)
        defer { _ = unsafe pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// In a `body`: lets others in until one of them calls `wakeAll`, or a little less long.
    func wait() { _ = unsafe pthread_cond_wait(condition, mutex) }

    /// In a `body`: ends the waiting of all others.
    func wakeAll() { _ = unsafe pthread_cond_broadcast(condition) }
}
