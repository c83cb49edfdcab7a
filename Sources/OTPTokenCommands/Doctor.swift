internal import Cryptography
internal import Platform
internal import TokenStore

/// One line of `doctor`: what was looked at, and what is to be done about it.
struct Finding {
    enum Verdict {
        case ok
        /// Nothing is wrong, but something is worth knowing.
        case note
        /// It could not be looked at.
        case unknown
        case problem
    }

    let verdict: Verdict
    let what: String
    var remedies: [String] = []
    /// The exit status that this alone would give.
    var status = ExitStatus.done

    init(_ verdict: Verdict, _ what: String, remedies: [String] = []) {
        self.verdict = verdict
        self.what = what
        self.remedies = remedies
    }

    init(_ failure: CommandFailure) {
        verdict = failure.status == .locked ? .unknown : .problem
        what = failure.message
        remedies = failure.hints
        status = failure.status
    }
}

/// `doctor`: looks at everything that codes depend on, and says what to do.
func doctor(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    if line.has("restore-backup") { return try restoreBackup(session) }
    var findings: [Finding] = []
    // An unsafe folder is in the way of several checks.
    for finding in session.findings() where !findings.contains(where: { $0.what == finding.what }) {
        findings.append(finding)
    }
    try writeResult(
        findings.map { finding in
            "\(padded(Messages.verdict(finding.verdict), to: 9))\(finding.what)\n"
                + finding.remedies.map { "         → \($0)\n" }.joined()
        }.joined())
    let statuses = findings.map(\.status).filter { $0 != .done }
    guard let status = statuses.contains(.storeDamaged) ? .storeDamaged : statuses.first else {
        return
    }
    throw Messages.somethingWrong(
        status, problems: findings.count { $0.verdict == .problem },
        unknown: findings.count { $0.verdict == .unknown })
}

extension Session {
    fileprivate func findings() -> [Finding] {
        var findings = [folder(locations.data)]
        if locations.state != locations.data { findings.append(folder(locations.state)) }
        let first = examine(locations.store)
        let backup = examine(locations.backup)
        let store = onceMore(first)
        findings.append(deviceKey(isNeeded: store.sealed?.hasSlot(.device) ?? false))
        findings += config()
        findings.append(storeFinding(store, backup))
        findings.append(backupFinding(backup, store))
        findings += storesAside().map { Finding(.note, Messages.aside($0)) }
        if let sealed = store.sealed { findings.append(appLock(sealed)) }
        findings.append(clipboard())
        return findings
    }

    private func folder(_ path: String) -> Finding {
        let place = Messages.folder(path)
        do {
            guard try isThere(folder: path) else { return Finding(.note, Messages.missing(place)) }
            return Finding(.ok, place)
        } catch {
            return Finding(error)
        }
    }

    private func deviceKey(isNeeded: Bool) -> Finding {
        let place = Messages.deviceKey(locations.deviceKey)
        do {
            if let _ = try unlocking.device() { return Finding(.ok, place) }
            guard isNeeded else { return Finding(.note, Messages.missing(place)) }
            return Finding(Messages.noDeviceKey(locations.store, locations))
        } catch {
            return Finding(error)
        }
    }

    private func config() -> [Finding] {
        do {
            let settings = try Settings(locations.config)
            _ = try settings.checksClock()
            _ = try settings.clockServers()
            _ = try settings.correctsClock()
            _ = try settings.clipboardTime()
            _ = try settings.unlockTime()
            _ = try settings.passphraseCommand()
            let unknown = settings.unknown.map(Finding.init)
            return unknown.isEmpty ? [Finding(.ok, Messages.config(locations.config))] : unknown
        } catch {
            return [Finding(error)]
        }
    }

    private func clipboard() -> Finding {
        let path = environmentVariable("PATH") ?? ""
        let clipboard = Clipboard.here.first { $0.isInstalled(path: path) }
        guard let clipboard else {
            return Finding(.note, Messages.noClipboard, remedies: [Messages.installClipboard])
        }
        return Finding(
            clipboard.canBeCleared ? .ok : .note, Messages.clipboardWorks(clipboard))
    }

    private func appLock(_ store: SealedStore) -> Finding {
        if store.hasSlot(.device) {
            return Finding(.note, Messages.noAppLock, remedies: [Messages.setsLock])
        }
        let isOpen = (try? unlocking.isKept(store)) ?? false
        return Finding(.ok, Messages.appLock(hasCommand: store.hasSlot(.command), isOpen: isOpen))
    }

    private func storeFinding(_ store: StoreCondition, _ backup: StoreCondition) -> Finding {
        let path = locations.store
        switch (store, backup) {
        case (.whole(let tokens, _), _):
            return Finding(.ok, Messages.holds(Messages.storeAt(path), tokens))
        case (.missing, .whole): return Finding(Messages.storeGone(path))
        case (.missing, _): return Finding(.note, Messages.missing(Messages.storeAt(path)))
        case (.damaged(let failure), .whole): return Finding(Messages.restorable(failure))
        case (.damaged(let failure), _): return Finding(Messages.beyondRepair(failure, locations))
        // The passphrase that opens the backup does not open the store: its slot may be damaged.
        case (.closed(let failure, _), .whole) where failure.status == .locked:
            return Finding(Messages.restorable(failure))
        case (.closed(let failure, _), _): return Finding(failure)
        }
    }

    private func backupFinding(_ backup: StoreCondition, _ store: StoreCondition) -> Finding {
        let place = Messages.backupAt(locations.backup)
        switch (backup, store) {
        case (.whole(let tokens, _), _): return Finding(.ok, Messages.holds(place, tokens))
        case (.missing, _): return Finding(.note, Messages.missing(place))
        case (.damaged(let failure), .whole): return Finding(Messages.replaceable(failure))
        case (.damaged(let failure), _), (.closed(let failure, _), _): return Finding(failure)
        }
    }
}

/// What lies in the place of a store.
private enum StoreCondition {
    case missing
    case whole([Token], SealedStore)
    /// What is there is no store of this machine's.
    case damaged(CommandFailure)
    /// It is unsafe, locked or of a later version; the store, as far as it could be read.
    case closed(CommandFailure, SealedStore?)

    var sealed: SealedStore? {
        switch self {
        case .missing, .damaged: nil
        case .whole(_, let store): store
        case .closed(_, let store): store
        }
    }
}

extension Session {
    /// The store as it is now that the backup has been opened: a key of both was found late, since what was given
    /// first was mistyped, or a command failed once.
    fileprivate func onceMore(_ store: StoreCondition) -> StoreCondition {
        guard case .closed(_, let sealed?) = store, isUnlocked(sealed) else { return store }
        return examine(locations.store)
    }

    private func isUnlocked(_ store: SealedStore) -> Bool {
        do {
            guard let _ = try unlocking.known(store) else { return false }
            return true
        } catch {
            return false
        }
    }

    fileprivate func examine(_ path: String) -> StoreCondition {
        do throws(CommandFailure) {
            guard let file = try storeFile(at: path) else { return .missing }
            return examine(file, path)
        } catch {
            return .closed(error, nil)
        }
    }

    private func examine(_ file: [UInt8], _ path: String) -> StoreCondition {
        var sealed: SealedStore?
        do throws(StoreError) {
            let store = try SealedStore(file)
            sealed = store
            let key: SecretBytes
            do throws(CommandFailure) {
                key = try unlocking.key(of: store, at: path)
            } catch {
                return error.status == .storeDamaged ? .damaged(error) : .closed(error, store)
            }
            return .whole(try store.open(key: key).tokens, store)
        } catch {
            let failure = Messages.store(error, path, locations)
            if case .unsupported = error { return .closed(failure, sealed) }
            return .damaged(failure)
        }
    }
}

/// `doctor --restore-backup`: the backup takes the place of a store that is damaged or gone.
private func restoreBackup(_ session: Session) throws(CommandFailure) {
    let locations = session.locations
    let former = try session.storeFile(at: locations.store)
    let store = session.examine(locations.store)
    switch store {
    case .whole(let tokens, _): throw Messages.notDamaged(tokens)
    // Where the passphrase of the backup does not open the store, its slot is damaged.
    case .closed(let failure, _) where failure.status != .locked: throw failure
    case .closed, .damaged, .missing: break
    }
    switch session.examine(locations.backup) {
    case .missing: throw Messages.noBackup(locations.backup)
    case .closed(let failure, _), .damaged(let failure): throw failure
    case .whole(let tokens, let backup):
        if case .whole(let tokens, _) = session.onceMore(store) {
            throw Messages.notDamaged(tokens)
        }
        var aside: String?
        try session.withLock { () throws(CommandFailure) in
            guard try session.storeFile(at: locations.store) == former else {
                throw Messages.storeChangedMeanwhile(locations.store)
            }
            try Messages.naming(locations.store) { () throws(FileError) in
                if former != nil { aside = try PrivateFile.setAside(locations.store) }
                try PrivateFile.replace(locations.store, with: backup.file)
            }
        }
        session.note(Messages.restored(tokens))
        if let aside { session.note(Messages.keptAside(aside)) }
    }
}
