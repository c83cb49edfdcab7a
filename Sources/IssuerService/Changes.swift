internal import Cryptography
internal import Platform

// Records are replaced through a file of changes where an issuer is opened for many requests at once, and each on its
// own elsewhere. Both lie on the disk before anybody is answered; which of two states is the later one, a record says
// itself.
extension Issuer {
    private static func changesPath(_ home: String) -> String { home + "/changes" }
    private static func changesLock(_ home: String) -> String { home + "/locks/changes" }

    /// A file of changes for this process; nil where another one has it, or the system has no name for its runs.
    static func beginChanges(_ home: String, boot: String?) throws(IssuerError) -> ChangeFile? {
        guard let boot else { return nil }
        do throws(FileError) {
            return try ChangeFile(
                changesPath(home), lock: changesLock(home), folder: home + "/users", boot: boot)
        } catch .held {
            return nil
        } catch {
            throw .file(path: changesPath(home), error)
        }
    }

    /// Whether records may lack changes, since the system that they were made in runs no more.
    static func hasLostChanges(_ home: String, boot: String?) -> Bool {
        ChangeFile.isLeft(changesPath(home), boot: boot)
    }

    /// Brings back what a power cut has taken from records.
    ///
    /// - Parameter boot: the run of the system.
    /// - Throws: `IssuerError.file`, also while another process is at it for long.
    func bringBackChanges(boot: String?) throws(IssuerError) {
        let path = Self.changesPath(home)
        let lock = try IssuerError.naming(path) { () throws(FileError) in
            try FileLock(Self.changesLock(home)) {}
        }
        try withExtendedLifetime(lock) { () throws(IssuerError) in
            guard Self.hasLostChanges(home, boot: boot) else { return }
            let entries = try IssuerError.naming(path) { () throws(FileError) in
                try ChangeFile.entries(of: path)
            }
            let latest = Dictionary(entries.map { ($0.name, $0.bytes) }) { $1 }
            for (userID, box) in latest { try bringBack(box, of: userID) }
            try IssuerError.naming(path) { () throws(FileError) in try PrivateFile.remove(path) }
        }
    }

    private func bringBack(_ box: [UInt8], of userID: String) throws(IssuerError) {
        // An entry that does not open was cut short, and nobody was told of it.
        guard let place = place(ofUser: userID),
            let changed = try intact({ () throws(IssuerError) in try open(box, from: place) })
        else { return }
        try locked(userID) { () throws(IssuerError) in
            let present = try intact { () throws(IssuerError) in try record(at: place) }
            if let present = present ?? nil, present.revision >= changed.revision { return }
            try Self.put(box, at: place.path)
        }
    }

    /// What a record says; nil for one that does not authenticate.
    private func intact<Result>(_ read: () throws(IssuerError) -> Result) throws(IssuerError)
        -> Result?
    {
        do throws(IssuerError) { return try read() } catch .damaged { return nil } catch {
            throw error
        }
    }

    /// Ends the file of changes, when there is one: all records lie on the disk then.
    package func close() { changes?.close() }
}
