internal import CShims
internal import Glibc

/// What every process of this project does first.
package enum Hardening {
    /// Forbids core dumps, and other processes of this user to look into this one's memory, when it crashes too.
    ///
    /// - Throws: the reason; a process that cannot do it must not touch a secret.
    package static func apply() throws(Errno) {
        _ = try retrying { shim_harden() }
    }

    /// Makes a write to a closed connection an error instead of the end of the process.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}
