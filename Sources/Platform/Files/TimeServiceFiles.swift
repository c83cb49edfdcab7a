internal import Glibc

/// The configuration of this machine's time service, as it lies on the disk.
///
/// A file that is not there or cannot be read is none: nothing but the choice of servers to ask hangs on it.
package struct TimeServiceFiles: Sendable {
    /// The longest file that is read whole, in bytes; of a longer one comes one byte more.
    package static let maximumCount = 64 << 10
    /// The most files that are read at once.
    private static let maximumFiles = 100

    private let root: String

    /// - Parameter root: the folder that stands for `/`.
    package init(root: String = "") { self.root = root }

    /// What systemd-timesyncd reads: timesyncd.conf, then its drop-ins ordered by name (systemd-system.conf(5)).
    package var timesyncd: [[UInt8]] {
        let places = ["/etc", "/run", "/usr/local/lib", "/usr/lib"].map { $0 + "/systemd" }
        let main = places.lazy.compactMap { text($0 + "/timesyncd.conf") }.first
        let folders = places.map { $0 + "/timesyncd.conf.d" }
        return (main.map { [$0] } ?? []) + texts(in: folders, ending: ".conf")
    }

    /// What chronyd reads first, or nil; Debian's place before the others'.
    package var chrony: [UInt8]? {
        ["/etc/chrony/chrony.conf", "/etc/chrony.conf"].lazy.compactMap { text($0) }.first
    }

    /// The texts of the files of some folders, ordered by name.
    ///
    /// - Parameters:
    ///   - folders: absolute paths; a name that lies in several counts in the first of them.
    ///   - ending: what the names end with.
    /// - Returns: the texts.
    package func texts(in folders: [String], ending: String) -> [[UInt8]] {
        var paths: [String: String] = [:]
        for folder in folders {
            let names = (try? PrivateFolder.names(in: root + folder)) ?? []
            for name in names where name.hasSuffix(ending) && !name.hasPrefix(".") {
                if paths[name] == nil { paths[name] = "\(folder)/\(name)" }
            }
        }
        // By bytes, as strcmp has it.
        let sorted = paths.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return sorted.prefix(Self.maximumFiles).compactMap { text($0.value) }
    }

    /// The texts of the files that a pattern of the shell matches, ordered by name.
    ///
    /// - Parameter pattern: an absolute path with `*`, `?` and `[…]`.
    /// - Returns: the texts.
    package func texts(matching pattern: String) -> [[UInt8]] {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(root + pattern, GLOB_NOESCAPE, nil, &found) == 0 else { return [] }
        let count = min(unsafe Int(found.gl_pathc), Self.maximumFiles)
        let paths = (0..<count).compactMap { index in
            unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
        }
        return paths.compactMap { text($0, below: "") }
    }

    private func text(_ path: String) -> [UInt8]? { text(path, below: root) }

    private func text(_ path: String, below root: String) -> [UInt8]? {
        // Non-blocking: a pipe in its place must not make us wait.
        guard let file = try? FileDescriptor(open: root + path, O_RDONLY | O_NONBLOCK),
            let status = try? file.status(), status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return try? file.read(upTo: Self.maximumCount + 1)
    }
}
