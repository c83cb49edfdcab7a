internal import CShims
internal import Glibc

/// The clocks of this machine, beside the one that shows the time.
package enum SystemClock {
    /// CLOCK_BOOTTIME in nanoseconds: nobody sets it, and it goes on in suspend.
    package static func boottime() -> Int64 { read(CLOCK_BOOTTIME) }

    /// CLOCK_MONOTONIC in nanoseconds: stands still in suspend.
    package static func monotonic() -> Int64 { read(CLOCK_MONOTONIC) }

    /// CLOCK_MONOTONIC_RAW in nanoseconds: the oscillator alone, which nobody makes go faster or slower.
    package static func raw() -> Int64 { read(CLOCK_MONOTONIC_RAW) }

    /// The clock that shows the time, and CLOCK_BOOTTIME at the same instant: of nine readings the one whose two
    /// looks at the latter are closest.
    package static func together() -> (realtime: Int64, boottime: Int64) {
        var best = (width: Int64.max, realtime: Int64(0), boottime: Int64(0))
        for _ in 0..<9 {
            let before = boottime()
            let realtime = wallClockNanoseconds()
            let after = boottime()
            if after - before < best.width {
                best = (after - before, realtime, before + (after - before) / 2)
            }
        }
        return (best.realtime, best.boottime)
    }

    /// What CLOCK_BOOTTIME counts from: this boot, and the shift of this process's time namespace.
    ///
    /// - Returns: nil when the system does not tell.
    package static func origin() -> String? {
        guard let boot = firstLine(of: "/proc/sys/kernel/random/boot_id"), !boot.isEmpty else {
            return nil
        }
        // Without time namespaces there is no such file.
        let shifts = text(of: "/proc/self/timens_offsets") ?? ""
        let shift = shifts.split(separator: "\n").first { $0.hasPrefix("boottime") } ?? ""
        return ([Substring(boot)] + shift.split(separator: " ").dropFirst()).joined(separator: " ")
    }

    /// Whether this machine may be stopped without any of its clocks noticing.
    package static func isVirtual() -> Bool { shim_is_virtual() == 1 }

    /// The kernel's word (adjtimex's maxerror): how far the clock may be off, in nanoseconds, as the daemon claims that
    /// keeps it, and growing since.
    ///
    /// - Returns: nil when nobody keeps the clock, or the kernel does not say.
    package static func kernelBound() -> Int64? {
        var microseconds: Int64 = 0
        guard unsafe shim_kernel_clock(&microseconds) == 1 else { return nil }
        return microseconds * 1000
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var now = timespec()
        _ = unsafe clock_gettime(clock, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    private static func text(of path: String) -> String? {
        guard let file = try? FileDescriptor(open: path, O_RDONLY),
            let bytes = try? file.read(upTo: 4096)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func firstLine(of path: String) -> String? {
        text(of: path)?.split(separator: "\n").first.map(String.init)
    }
}
