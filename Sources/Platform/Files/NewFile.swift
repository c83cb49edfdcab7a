internal import CShims
internal import Glibc

extension PrivateFile {
    /// Whether something has this name already.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// Makes a file with all of its contents, as safely as `replace` does, in a folder that others use as well.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - bytes: its contents.
    ///   - isReplacing: whether it may take the place of another one.
    /// - Throws: `FileError.system(.exists)` when there is one; `.unconfirmed` when only the last step fails.
    package static func create(
        _ path: String, with bytes: [UInt8], replacing isReplacing: Bool = false
    ) throws(FileError) {
        // A name that nobody else has, this program at the same time included.
        let fresh = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36)).new"
        do {
            try FileError.naming { () throws(Errno) in
                let file = try FileDescriptor(open: fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
                // A strict umask would keep the user out, too.
                _ = try retrying { fchmod(file.number, 0o600) }
                try file.write(bytes)
                try file.synchronise()
                if isReplacing {
                    _ = try retrying { unsafe rename(fresh, path) }
                } else {
                    try renameToNew(fresh, path)
                }
            }
        } catch {
            _ = unsafe unlink(fresh)
            throw error
        }
        do {
            try synchroniseFolder(of: path)
        } catch {
            throw .unconfirmed(error)
        }
    }

    private static func renameToNew(_ fresh: String, _ path: String) throws(Errno) {
        do {
            _ = try retrying { unsafe shim_rename_new(fresh, path) }
        } catch .invalid {
            // Not every file system can do that in one step; those that cannot know hard links.
            _ = try retrying { unsafe link(fresh, path) }
            try unlinkIfThere(fresh)
        }
    }
}

/// Whether two paths lead to the same folder.
package func isSameFolder(_ one: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard unsafe stat(one, &first) == 0, unsafe stat(other, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
}
