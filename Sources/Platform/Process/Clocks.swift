internal import Glibc

/// This machine's clock, in nanoseconds since 1970 (CLOCK_REALTIME).
package func wallClockNanoseconds() -> Int64 {
    var now = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
}

/// This machine's clock, in whole seconds since 1970.
package func wallClockSeconds() -> Int64 { wallClockNanoseconds() / 1_000_000_000 }

/// A moment after which nothing is waited for any more; steps of the clock do not move it.
package struct Deadline: Sendable {
    private let end: Int64

    /// So many milliseconds from now.
    package init(milliseconds: Int) { end = Self.now() + Int64(milliseconds) }

    /// So many seconds from now.
    package init(seconds: Int) { end = Self.now() + Int64(seconds) * 1000 }

    /// What is left, in milliseconds, at least 0.
    package var remaining: Int { Int(max(0, end - Self.now())) }

    /// Whether it has come.
    package var isOver: Bool { remaining == 0 }

    private static func now() -> Int64 {
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}

/// Does nothing for a while.
package func pause(seconds: Int) { pause(microseconds: seconds * 1_000_000) }

/// Does nothing for less than a second, or a little more.
package func pause(microseconds: Int) { usleep(UInt32(clamping: microseconds)) }
