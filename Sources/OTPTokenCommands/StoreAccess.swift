internal import Cryptography
internal import Platform
internal import TokenStore

extension Session {
    private static let deviceKeyCount = 32

    /// Opens the store for reading.
    ///
    /// - Returns: its tokens; none when there is no store yet.
    func tokens() throws(CommandFailure) -> [Token] {
        guard let file = try storeFile() else { return [] }
        return try open(file).tokens
    }

    /// The tokens that give codes, or a failure when there is none.
    func activeTokens() throws(CommandFailure) -> [Token] {
        let tokens = try tokens()
        let active = tokens.active
        guard active.isEmpty else { return active }
        throw tokens.isEmpty ? Messages.noToken() : Messages.onlyPending(tokens[0])
    }

    /// Makes sure that a token can be saved, before an issuer is asked for one: each request costs a try.
    ///
    /// - Throws: what `changeStore` would throw.
    func prepareStore() throws(CommandFailure) {
        try withLock { () throws(CommandFailure) in
            if let file = try storeFile() {
                _ = try open(file)
            } else if try device() == nil {
                try makeDeviceKey()
            }
            let probe = locations.store + ".probe"
            try Messages.naming(probe) { () throws(FileError) in
                try PrivateFile.replace(probe, with: [])
                try PrivateFile.remove(probe)
            }
        }
    }

    /// Reads the store, changes it and writes it back, while nobody else does.
    ///
    /// - Parameter change: what is to be done; what it throws leaves the file as it is.
    /// - Throws: what `change` throws, or why the store cannot be read or written.
    func changeStore(
        _ change: (inout TokenStore) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        try withLock { () throws(CommandFailure) in try changeLocked(change) }
    }

    private func withLock(_ body: () throws(CommandFailure) -> Void) throws(CommandFailure) {
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

    private func changeLocked(
        _ change: (inout TokenStore) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        var store = if let file = try storeFile() { try open(file) } else { try newStore() }
        try change(&store)
        let bytes: [UInt8]
        do {
            bytes = try store.sealed(random: SecretBytes.random)
        } catch {
            throw Messages.store(error, locations)
        }
        try Messages.naming(locations.store) { () throws(FileError) in
            try PrivateFile.replace(locations.store, with: bytes, keeping: locations.backup)
        }
    }

    private func storeFile() throws(CommandFailure) -> [UInt8]? {
        do {
            return try PrivateFile.read(locations.store, limit: TokenStore.maximumCount)
        } catch .missing {
            return nil
        } catch {
            throw .file(error, locations.store)
        }
    }

    private func open(_ file: [UInt8]) throws(CommandFailure) -> TokenStore {
        let device = try device()
        do {
            return try TokenStore(opening: file, device: device)
        } catch {
            throw Messages.store(error, locations)
        }
    }

    private func newStore() throws(CommandFailure) -> TokenStore {
        if try device() == nil { try makeDeviceKey() }
        guard let device = try device() else { throw .file(.missing, locations.deviceKey) }
        do {
            return try TokenStore(newFor: device, random: SecretBytes.random)
        } catch {
            throw Messages.store(error, locations)
        }
    }

    private func makeDeviceKey() throws(CommandFailure) {
        var key: [UInt8]
        do {
            key = try publicRandom(count: Self.deviceKeyCount, from: SecretBytes.random)
        } catch {
            throw .cryptography()
        }
        defer { key.wipe() }
        let bytes = key
        try Messages.naming(locations.deviceKey) { () throws(FileError) in
            try PrivateFile.replace(locations.deviceKey, with: bytes)
        }
    }

    /// Device key and machine identity, one behind the other; nil when there is no device key.
    private func device() throws(CommandFailure) -> SecretBytes? {
        var key: [UInt8]
        do {
            key = try PrivateFile.read(locations.deviceKey, limit: 4096)
        } catch .missing {
            return nil
        } catch {
            throw .file(error, locations.deviceKey)
        }
        defer { key.wipe() }
        guard key.count == Self.deviceKeyCount else { throw Messages.badDeviceKey(locations) }
        var joined = SecretBuffer()
        joined.append(key.span)
        joined.append(machineIdentity().span)
        return joined.finish()
    }
}
