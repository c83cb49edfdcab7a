internal import CShims
internal import Glibc

/// Tells when something may have arrived in folders or files: by inotify(7), and in any case after a while, as what
/// another machine puts into a network folder is told by nobody.
package struct MailWatch: ~Copyable {
    /// How often it is looked without being told, in milliseconds.
    private static let interval = 5000
    /// The same where the system tells nothing at all.
    private static let shortInterval = 1000

    private let notices: FileDescriptor
    /// Whether the system tells of all of them.
    private let isTold: Bool

    /// Begins to watch; what arrives from now on is told.
    ///
    /// - Parameter paths: folders.
    package init(_ paths: [String]) {
        let descriptor = shim_inotify_open()
        notices = FileDescriptor(owning: descriptor)
        let isWatched = paths.map { unsafe shim_inotify_watch(descriptor, $0) == 0 }
        isTold = !paths.isEmpty && isWatched.allSatisfy { $0 }
    }

    /// Waits until there is a reason to look again.
    ///
    /// - Parameter deadline: when to come back in any case.
    package func wait(until deadline: Deadline) {
        guard isTold else {
            return pause(microseconds: 1000 * min(Self.shortInterval, deadline.remaining))
        }
        let limit = min(Self.interval, deadline.remaining)
        guard (try? notices.isReady(within: limit)) == true else { return }
        // All that has been told until now is one reason.
        while let more = try? notices.read(atMost: 4096), !more.isEmpty {}
    }
}

/// When folders or files were last changed, to see whether something is new without looking through them.
package struct MailTrace: Equatable, Sendable {
    private let marks: [[Int]]

    package init(_ paths: [String]) {
        marks = paths.map { path in
            var status = stat()
            guard unsafe stat(path, &status) == 0 else { return [] }
            return [
                Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec), Int(status.st_size),
                Int(status.st_ino),
            ]
        }
    }
}
