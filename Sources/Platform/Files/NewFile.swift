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
        // Nobody else calls a file so.
        let fresh = path + ".otptoken-new"
        do {
            try FileError.naming { () throws(Errno) in
                try unlinkIfThere(fresh)
                let file = try FileDescriptor(open: fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
                // A strict umask would keep the user out, too.
                _ = try retrying { fchmod(file.number, 0o600) }
                try file.write(bytes)
                try file.synchronise()
                _ = try retrying {
                    isReplacing ? unsafe rename(fresh, path) : unsafe shim_rename_new(fresh, path)
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
}
