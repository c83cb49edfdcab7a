import Foundation
package import Glibc

/// All that another process has in its memory: it is stopped, and whatever can be read is copied.
///
/// Pages of files that it cannot have written to are left out. A process of this project forbids that, unless it was started with `Interposer.makesReadable`.
package struct ProcessMemory {
    private let mappings: [[UInt8]]

    /// How many bytes there are.
    package var count: Int { mappings.map(\.count).reduce(0, +) }

    /// Stops a process, and copies its memory.
    ///
    /// - Parameter process: its process ID; it stays stopped.
    /// - Throws: when its memory cannot be read.
    package init(stopping process: pid_t) throws {
        kill(process, SIGSTOP)
        let state = poll { () -> Bool? in
            // The state stands behind the name, which is in parentheses.
            let stat = try? Self.text("/proc/\(process)/stat")
            return stat?.split(separator: ")").last?.hasPrefix(" T") == true ? true : nil
        }
        guard state == true else { throw Unreadable() }
        let memory = unsafe open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { throw Unreadable() }
        defer { close(memory) }
        mappings = try Self.text("/proc/\(process)/maps").split(separator: "\n").compactMap {
            line -> [UInt8]? in
            let words = line.split(separator: " ")
            let ends = words[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard words[1].hasPrefix("rw") || words.count < 6, ends.count == 2 else { return nil }
            var bytes = [UInt8](repeating: 0, count: Int(ends[1] - ends[0]))
            let count = unsafe pread(memory, &bytes, bytes.count, off_t(bitPattern: ends[0]))
            // The kernel's own pages cannot be read.
            return count > 0 ? Array(bytes.prefix(count)) : nil
        }
        guard !mappings.isEmpty else { throw Unreadable() }
    }

    /// Whether some bytes stand anywhere.
    package func holds(_ bytes: [UInt8]) -> Bool {
        mappings.contains { unsafe $0.withUnsafeBytes { unsafe Self.find(bytes, in: $0) } }
    }

    private static func find(_ bytes: [UInt8], in mapping: UnsafeRawBufferPointer) -> Bool {
        guard let first = bytes.first, var here = mapping.baseAddress else { return false }
        let end = unsafe here + mapping.count
        while let start = unsafe memchr(here, CInt(first), end - here) {
            guard unsafe end - UnsafeRawPointer(start) >= bytes.count else { return false }
            if unsafe memcmp(start, bytes, bytes.count) == 0 { return true }
            unsafe here = UnsafeRawPointer(start) + 1
        }
        return false
    }

    /// Whether any eight of some bytes stand anywhere, one behind the other or the other way round.
    ///
    /// - Parameters:
    ///   - bytes: what is searched for, at least eight.
    ///   - step: from one eight to the next; 8 is enough where half of the bytes would not do.
    /// - Returns: whether one of them is there.
    package func holdsAPiece(of bytes: [UInt8], step: Int = 1) -> Bool {
        stride(from: 0, through: bytes.count - 8, by: step).contains {
            let piece = Array(bytes[$0..<$0 + 8])
            return holds(piece) || holds(piece.reversed())
        }
    }

    /// A process whose memory cannot be read.
    package struct Unreadable: Error {}

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}
