internal import Cryptography
internal import Platform
internal import TokenStore

extension Session {
    private static let deviceKeyCount = 32

    /// Opens the store for reading.
    ///
    /// - Returns: its tokens; none when there is no store yet.
    func tokens() throws(CommandFailure) -> [Token] {
        guard let store = try sealedStore() else { return [] }
        return try open(store).tokens
    }

    /// The tokens that give codes, or a failure when there is none.
    func activeTokens() throws(CommandFailure) -> [Token] {
        let tokens = try tokens()
        let active = tokens.active
        guard active.isEmpty else { return active }
        throw tokens.isEmpty ? Messages.noToken(locations) : Messages.onlyPending(tokens[0])
    }

    /// The store as it lies in its file.
    ///
    /// - Returns: the store, or nil when there is none.
    /// - Throws: when it is damaged or unsafe.
    func sealedStore() throws(CommandFailure) -> SealedStore? {
        try sealedStore(at: locations.store)
    }

    /// A store as it lies in some file.
    ///
    /// - Parameter path: the file.
    /// - Returns: the store, or nil when there is no such file.
    /// - Throws: when it is damaged or unsafe.
    func sealedStore(at path: String) throws(CommandFailure) -> SealedStore? {
        guard let file = try storeFile(at: path) else { return nil }
        return try Messages.opening(path, locations) { () throws(StoreError) in
            try SealedStore(file)
        }
    }

    /// The bytes in the place of a store.
    ///
    /// - Parameter path: the file.
    /// - Returns: its bytes, or nil when there is no such file.
    /// - Throws: when the file or its folder is unsafe.
    func storeFile(at path: String) throws(CommandFailure) -> [UInt8]? {
        guard try isThere(folder: locations.data) else { return nil }
        do {
            return try PrivateFile.read(path, limit: SealedStore.maximumCount)
        } catch .missing {
            return nil
        } catch {
            throw .file(error, path)
        }
    }

    /// Opens a store, and asks for its passphrase if need be.
    ///
    /// - Parameters:
    ///   - store: as it lies in its file.
    ///   - path: that file; the store's own by default.
    /// - Returns: the store.
    /// - Throws: when it does not open.
    func open(_ store: SealedStore, at path: String? = nil) throws(CommandFailure) -> TokenStore {
        let path = path ?? locations.store
        return try open(store, key: unlocking.key(of: store, at: path), at: path)
    }

    private func open(
        _ store: SealedStore, key: consuming SecretBytes, at path: String
    ) throws(CommandFailure) -> TokenStore {
        do throws(StoreError) {
            return try store.open(key: key)
        } catch {
            throw Messages.store(error, path, locations)
        }
    }

    /// Stores that were set aside, by their paths, in order.
    func storesAside() -> [String] {
        let names = (try? PrivateFolder.names(in: locations.data)) ?? []
        let starts = [locations.store, locations.backup].map { $0 + PrivateFile.asideMark }
        return names.map { "\(locations.data)/\($0)" }
            .filter { path in starts.contains { path.hasPrefix($0) } }.sorted()
    }

    // MARK: Changing it

    /// Makes sure that a token can be saved, before an issuer is asked for one: each request costs a try.
    ///
    /// - Throws: what `changeStore` would throw.
    func prepareStore() throws(CommandFailure) {
        if let store = try sealedStore() { _ = try open(store) }
        try withLock { () throws(CommandFailure) in
            if try sealedStore() == nil, try unlocking.device() == nil { try makeDeviceKey() }
            let probe = locations.store + ".probe"
            try Messages.naming(probe) { () throws(FileError) in
                try PrivateFile.replace(probe, with: [])
                try PrivateFile.remove(probe)
            }
        }
    }

    /// Reads the store, changes it and writes it back, while nobody else does.
    ///
    /// - Parameters:
    ///   - sources: where the store's key may come from.
    ///   - change: what is to be done; what it throws leaves the file as it is. It must not ask for anything: others
    ///     wait.
    /// - Throws: what `change` throws, or why the store cannot be read or written.
    func changeStore(
        from sources: Unlocking.Sources = .all,
        _ change: (inout TokenStore) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        var isDone = false
        while !isDone {
            // A passphrase is asked for before the lock is taken, since a person takes longer than others can wait.
            if let store = try sealedStore() {
                _ = try unlocking.key(of: store, at: locations.store, from: sources)
            }
            try withLock { () throws(CommandFailure) in isDone = try changeLocked(change) }
        }
    }

    /// - Returns: false when the store is another one than the one that was unlocked.
    private func changeLocked(
        _ change: (inout TokenStore) throws(CommandFailure) -> Void
    ) throws(CommandFailure) -> Bool {
        let former = try sealedStore()
        var store: TokenStore
        if let former {
            guard let key = try unlocking.known(former) else { return false }
            store = try open(former, key: key, at: locations.store)
        } else {
            store = try newStore()
        }
        try change(&store)
        let bytes = try sealed(store)
        guard let former, former.slots != store.slots else {
            try replace(locations.store, with: bytes, keeping: locations.backup)
            return true
        }
        // The former store would still open with what opened it, and holds the same seeds: the backup becomes a copy
        // of the new one. Whatever comes between, no backup opens without asking beside a store that asks.
        if store.slots.contains(where: { $0.kind == .device }) {
            try replace(locations.store, with: bytes)
            // The change is done; a backup that stays as it was asks for more than the store, and not for less.
            try? replace(locations.backup, with: bytes)
        } else {
            try replace(locations.backup, with: bytes)
            try replace(locations.store, with: bytes)
        }
        // The former key opens nothing that is left here: a keyring that keeps it undoes nothing of this.
        _ = try? unlocking.revoke(former)
        return true
    }

    /// Puts a new store in the place of one that does not open.
    ///
    /// - Parameter fill: puts tokens into it, and keeps the former file: this does not.
    /// - Throws: what `fill` throws, or why the store cannot be written.
    func renewStore(
        _ fill: (inout TokenStore) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        try withLock { () throws(CommandFailure) in
            var store = try newStore()
            try fill(&store)
            try replace(locations.store, with: sealed(store))
        }
    }

    private func sealed(_ store: borrowing TokenStore) throws(CommandFailure) -> [UInt8] {
        do {
            return try store.sealed(random: SecretBytes.random)
        } catch {
            throw Messages.store(error, locations.store, locations)
        }
    }

    private func replace(
        _ path: String, with bytes: [UInt8], keeping backup: String? = nil
    ) throws(CommandFailure) {
        try Messages.naming(path) { () throws(FileError) in
            try PrivateFile.replace(path, with: bytes, keeping: backup)
        }
    }

    /// Runs `body` while no other process changes the files.
    ///
    /// - Parameter body: must not ask for anything.
    /// - Throws: what `body` throws, or why there is no lock.
    func withLock(_ body: () throws(CommandFailure) -> Void) throws(CommandFailure) {
        try Messages.naming(locations.data) { () throws(FileError) in
            try PrivateFolder.ensure(locations.data)
            try PrivateFolder.ensure(locations.state)
        }
        let lock = try Messages.naming(locations.lock) { () throws(FileError) in
            try FileLock(locations.lock) { note(Messages.waitingForLock()) }
        }
        try withExtendedLifetime(lock) { () throws(CommandFailure) in
            try body()
        }
    }

    // MARK: This machine's key

    /// This machine's key, which is made if there is none; under the lock.
    ///
    /// - Returns: device key and machine identity, one behind the other.
    func ensureDevice() throws(CommandFailure) -> SecretBytes {
        if try unlocking.device() == nil { try makeDeviceKey() }
        guard let device = try unlocking.device() else {
            throw .file(.missing, locations.deviceKey)
        }
        return device
    }

    private func newStore() throws(CommandFailure) -> TokenStore {
        try keepFormerBackup()
        let device = try ensureDevice()
        do throws(StoreError) {
            return try TokenStore(openedBy: .device, device, random: SecretBytes.random)
        } catch {
            throw Messages.store(error, locations.store, locations)
        }
    }

    // A backup without a store is all that is left of one: the saves to come would overwrite it.
    private func keepFormerBackup() throws(CommandFailure) {
        do {
            let aside = try PrivateFile.setAside(locations.backup)
            try PrivateFile.remove(locations.backup)
            note(Messages.backupKeptAside(aside))
        } catch .missing {
            return
        } catch {
            throw .file(error, locations.backup)
        }
    }

    private func makeDeviceKey() throws(CommandFailure) {
        let key: SecretBytes
        do throws(CryptographyError) {
            key = try SecretBytes.random(count: Self.deviceKeyCount)
        } catch {
            throw .cryptography()
        }
        do throws(FileError) {
            try PrivateFile.replace(locations.deviceKey, with: key)
        } catch {
            throw .file(error, locations.deviceKey)
        }
    }
}
