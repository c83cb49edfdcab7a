internal import Cryptography
internal import Platform
internal import TokenStore

/// Finds the key of a store: with this machine's key, in the kernel's keyring, from a command or a passphrase.
///
/// It remembers what it found, so that nobody is asked twice by one process; no passphrase outlives its use.
final class Unlocking {
    /// How often a passphrase is asked for.
    private static let tries = 3
    private static let keyCount = 32

    private let locations: Locations
    private let settings: SettingsFile
    private let passphraseFile: String?
    private var typed: Shared<SecretBytes>?
    private var found: [(identity: [UInt8], key: Shared<SecretBytes>)] = []

    init(_ locations: Locations, _ settings: SettingsFile, passphraseFile: String?) {
        self.locations = locations
        self.settings = settings
        self.passphraseFile = passphraseFile
    }

    /// Forgets every key and what was typed: for a process that goes on for long.
    func forget() {
        found = []
        typed = nil
    }

    /// Where the key may come from.
    enum Sources {
        /// From anywhere.
        case all
        /// Not from the keyring: whoever changes the app lock, or its time, shows again that it is theirs.
        case notKept
    }

    /// The key that this process found already.
    ///
    /// - Parameter store: as it lies in its file.
    /// - Returns: a copy of the key, or nil.
    /// - Throws: when libcrypto fails.
    func known(_ store: SealedStore) throws(CommandFailure) -> SecretBytes? {
        guard !found.isEmpty else { return nil }
        let identity = try identity(store)
        guard let entry = found.first(where: { $0.identity == identity }) else { return nil }
        return entry.key.value.clone()
    }

    /// Finds the key, and asks for a passphrase if it must.
    ///
    /// - Parameters:
    ///   - store: as it lies in its file.
    ///   - path: that file.
    ///   - sources: where the key may come from.
    /// - Returns: the key.
    /// - Throws: why the store stays closed.
    func key(
        of store: SealedStore, at path: String, from sources: Sources = .all
    ) throws(CommandFailure) -> SecretBytes {
        if let key = try known(store) { return key }
        let key = try search(store, path, sources)
        found.append((try identity(store), Shared(key.clone())))
        return key
    }

    private func search(
        _ store: SealedStore, _ path: String, _ sources: Sources
    ) throws(CommandFailure) -> SecretBytes {
        if store.hasSlot(.device), let key = try deviceKey(opening: store, path) { return key }
        guard store.hasSlot(.scrypt) || store.hasSlot(.command) else {
            throw Messages.foreignStore(path, locations)
        }
        if sources == .all, let key = try keptKey(of: store) { return key }
        if let passphraseFile { return try givenKey(opening: store, path, passphraseFile) }
        if store.hasSlot(.command) { return try commandKey(opening: store, path) }
        return try passphraseKey(opening: store, path, sources)
    }

    // MARK: This machine

    /// Device key and machine identity, one behind the other.
    ///
    /// - Returns: both, or nil when there is no device key.
    /// - Throws: when there is one that cannot be used.
    func device() throws(CommandFailure) -> SecretBytes? {
        guard try isThere(folder: locations.state) else { return nil }
        let key: SecretBytes
        do {
            key = try PrivateFile.readSecret(locations.deviceKey, limit: 4096)
        } catch .missing {
            return nil
        } catch {
            throw .file(error, locations.deviceKey)
        }
        guard key.count == Self.keyCount else { throw Messages.badDeviceKey(locations) }
        var joined = SecretBuffer()
        key.withBytes { joined.append($0) }
        joined.append(machineIdentity().span)
        return joined.finish()
    }

    private func deviceKey(
        opening store: SealedStore, _ path: String
    ) throws(CommandFailure) -> SecretBytes? {
        if let device = try device() {
            return try store.key(.device, from: device, path, locations)
        }
        guard store.hasSlot(.scrypt) || store.hasSlot(.command) else {
            throw Messages.noDeviceKey(path, locations)
        }
        return nil
    }

    // MARK: The keyring

    /// What the keyring calls the key of a store.
    private func name(_ store: SealedStore) throws(CommandFailure) -> String {
        let identity = try identity(store)
        return "otptoken:" + Hex.encode(identity.span)
    }

    private func keptKey(of store: SealedStore) throws(CommandFailure) -> SecretBytes? {
        guard let key = KernelKeyring.find(try name(store), count: Self.keyCount) else {
            return nil
        }
        // Another process of this user may have put anything there.
        guard
            try Messages.opening(
                locations.store, locations,
                { () throws(StoreError) in try store.isAuthentic(key: key) })
        else { return nil }
        return key
    }

    /// Whether the key of a store lies in the keyring.
    func isKept(_ store: SealedStore) throws(CommandFailure) -> Bool {
        guard let _ = try keptKey(of: store) else { return false }
        return true
    }

    /// Puts the key of a store into the keyring.
    ///
    /// - Parameters:
    ///   - key: the store key.
    ///   - store: the store.
    ///   - seconds: for how long.
    /// - Throws: when the kernel does not take it.
    func keep(
        _ key: borrowing SecretBytes, of store: SealedStore, seconds: Int
    ) throws(CommandFailure) {
        let name = try name(store)
        do {
            try KernelKeyring.keep(key, as: name, seconds: seconds)
        } catch {
            throw Messages.cannotKeep(error)
        }
    }

    /// Takes the key of a store out of the keyring.
    ///
    /// - Returns: whether it was there.
    /// - Throws: when the kernel does not let go of it.
    func revoke(_ store: SealedStore) throws(CommandFailure) -> Bool {
        let name = try name(store)
        do {
            return try KernelKeyring.revoke(name)
        } catch {
            throw Messages.cannotRevoke(error)
        }
    }

    private func identity(_ store: SealedStore) throws(CommandFailure) -> [UInt8] {
        try Messages.opening(locations.store, locations) { () throws(StoreError) in
            try store.identity()
        }
    }

    // MARK: The person

    private func passphraseKey(
        opening store: SealedStore, _ path: String, _ sources: Sources
    ) throws(CommandFailure) -> SecretBytes {
        for attempt in 1...Self.tries {
            if let key = try key(opening: store, path, askPassphrase(path, sources)) { return key }
            guard attempt < Self.tries else { break }
            // Guessing at a keyboard that was left alone shall take its time.
            pause(seconds: attempt)
            writeNote(Messages.tryAgain)
        }
        throw Messages.wrongPassphrase(path)
    }

    /// The key by what is in the passphrase file: a passphrase, or what the command would have printed.
    private func givenKey(
        opening store: SealedStore, _ path: String, _ file: String
    ) throws(CommandFailure) -> SecretBytes {
        let given = try given(in: file)
        if let key = try key(opening: store, path, given.value) { return key }
        if let key = try store.key(.command, from: given.value, path, locations) { return key }
        throw Messages.wrongPassphrase(path, file: file)
    }

    /// What is in the passphrase file, which may be a pipe: it is read once.
    private func given(in file: String) throws(CommandFailure) -> Shared<SecretBytes> {
        if let typed { return typed }
        let read = try Messages.naming(file) { () throws(FileError) in
            Shared(try SecretInput.read(file))
        }
        typed = read
        return read
    }

    private func askPassphrase(
        _ path: String, _ sources: Sources
    ) throws(CommandFailure) -> SecretBytes {
        do {
            return try ControllingTerminal().askSecret(
                Messages.askPassphrase(path == locations.store ? nil : path))
        } catch {
            if case .interrupted(let signal) = error { signal.takeEffect() }
            throw Messages.stillLocked(error, takesKept: sources == .all)
        }
    }

    private func key(
        opening store: SealedStore, _ path: String, _ typed: borrowing SecretBytes
    ) throws(CommandFailure) -> SecretBytes? {
        guard let passphrase = Passphrase(typed) else { return nil }
        return try store.key(.scrypt, from: passphrase.bytes, path, locations)
    }

    // MARK: The command

    private func commandKey(
        opening store: SealedStore, _ path: String
    ) throws(CommandFailure) -> SecretBytes {
        let secret = try commandSecret(isNew: false)
        guard let key = try store.key(.command, from: secret, path, locations) else {
            throw Messages.wrongCommandSecret(path, locations)
        }
        return key
    }

    /// What `passphrase.command` of the config prints.
    ///
    /// - Parameter isNew: whether the store is to be locked with it, and does not need it yet.
    /// - Returns: the secret.
    /// - Throws: when there is no such line, or the command fails.
    func commandSecret(isNew: Bool) throws(CommandFailure) -> SecretBytes {
        guard let words = try settings.read().passphraseCommand() else {
            throw Messages.noCommand(locations, isNew: isNew)
        }
        do {
            return try SecretCommand.run(words)
        } catch {
            throw Messages.commandFailed(error, words[0], isNew: isNew)
        }
    }
}

extension SealedStore {
    fileprivate func key(
        _ kind: KeySlot.Kind, from secret: borrowing SecretBytes, _ path: String,
        _ locations: Locations
    ) throws(CommandFailure) -> SecretBytes? {
        do throws(StoreError) {
            return try key(kind, from: secret)
        } catch {
            throw Messages.store(error, path, locations)
        }
    }
}

/// Whether one of the program's folders is there.
///
/// - Parameter path: the folder.
/// - Returns: false when there is none yet.
/// - Throws: when others could put files into it.
func isThere(folder path: String) throws(CommandFailure) -> Bool {
    do {
        try PrivateFolder.check(path)
        return true
    } catch .missing {
        return false
    } catch {
        throw .file(error, path)
    }
}
