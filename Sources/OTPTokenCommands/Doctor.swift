internal import Cryptography
internal import JSON
internal import Platform
internal import TokenStore

/// One line of `doctor`: what was looked at, and what is to be done about it.
struct Finding {
    /// What was looked at, as `--json` names it.
    enum Check: String {
        case folder, config, store, backup, token, issuer, clock, clipboard
        case deviceKey = "device-key"
        case formerStore = "former-store"
        case appLock = "app-lock"
        case mailBox = "mail-box"
    }

    enum Verdict: String {
        case ok
        /// Nothing is wrong, but something is worth knowing.
        case note
        /// It could not be looked at.
        case unknown
        case problem
    }

    let check: Check
    var verdict: Verdict
    let what: String
    var remedies: [String] = []
    /// The exit status that this alone would give.
    var status = ExitStatus.done

    init(_ check: Check, _ verdict: Verdict, _ what: String, remedies: [String] = []) {
        self.check = check
        self.verdict = verdict
        self.what = what
        self.remedies = remedies
        if verdict == .unknown || verdict == .problem { status = .failure }
    }

    init(_ check: Check, _ failure: CommandFailure) {
        self.check = check
        verdict = failure.status == .locked ? .unknown : .problem
        what = failure.message
        remedies = failure.hints
        status = failure.status
    }

    /// As a line, and more of them with what to do.
    var text: String {
        "\(padded(Messages.verdict(verdict), to: 9))\(what)\n"
            + remedies.map { "         → \($0)\n" }.joined()
    }

    var json: JSONValue {
        [
            "check": .string(check.rawValue), "verdict": .string(verdict.rawValue),
            "message": .string(what), "remedies": .array(remedies.map { .string($0) }),
        ]
    }
}

/// `doctor`: looks at everything that codes depend on, and says what to do.
func doctor(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    if line.has("restore-backup") {
        for option in ["json", "offline", "ca-file"] where line.has(option) {
            throw Messages.excludes("restore-backup", option)
        }
        return try restoreBackup(session)
    }
    let caFile = line.value("ca-file")
    if let caFile, !isReadable(caFile) { throw .file(.missing, caFile) }
    let outside = OutsideFindings(session, caFile: caFile, isOffline: line.has("offline"))
    var findings: [Finding] = []
    // An unsafe folder is in the way of several checks.
    for finding in session.findings(outside)
    where !findings.contains(where: { $0.what == finding.what }) {
        findings.append(finding)
    }
    try writeResult(
        line.has("json")
            ? JSONValue.array(findings.map(\.json)).text + "\n" : findings.map(\.text).joined())
    let statuses = findings.map(\.status).filter { $0 != .done }
    guard let status = statuses.contains(.storeDamaged) ? .storeDamaged : statuses.first else {
        return
    }
    throw Messages.somethingWrong(
        status, problems: findings.count { $0.verdict == .problem },
        unknown: findings.count { $0.verdict == .unknown })
}

extension Session {
    fileprivate func findings(_ outside: OutsideFindings) -> [Finding] {
        let (inside, issuers) = findingsInFiles()
        // What others answer is read once no seed and no key is in this process any more.
        unlocking.forget()
        return inside + outside.findings(issuers: issuers) + [clipboard()]
    }

    /// What is to be found in the person's files, and who issued the tokens; nil for a store that does not open.
    private func findingsInFiles() -> (findings: [Finding], issuers: [Issuer]?) {
        var findings = [folder(locations.data)]
        if locations.state != locations.data { findings.append(folder(locations.state)) }
        let first = examine(locations.store)
        let backup = examine(locations.backup)
        let store = onceMore(first)
        findings.append(deviceKey(isNeeded: store.sealed?.hasSlot(.device) ?? false))
        findings += config()
        findings.append(storeFinding(store, backup))
        findings.append(backupFinding(backup, store))
        findings += storesAside().map { Finding(.formerStore, .note, Messages.aside($0)) }
        if let sealed = store.sealed { findings.append(appLock(sealed)) }
        let now = wallClockSeconds()
        findings += (store.tokens ?? []).compactMap { tokenFinding($0, at: now) }
        findings += (store.tokens ?? []).compactMap(mailBoxFinding)
        return (findings, store.tokens?.compactMap { Issuer($0) })
    }

    private func folder(_ path: String) -> Finding {
        let place = Messages.folder(path)
        do {
            guard try isThere(folder: path) else {
                return Finding(.folder, .note, Messages.missing(place))
            }
            return Finding(.folder, .ok, place)
        } catch {
            return Finding(.folder, error)
        }
    }

    private func deviceKey(isNeeded: Bool) -> Finding {
        let place = Messages.deviceKey(locations.deviceKey)
        do {
            if let _ = try unlocking.device() { return Finding(.deviceKey, .ok, place) }
            guard isNeeded else { return Finding(.deviceKey, .note, Messages.missing(place)) }
            return Finding(.deviceKey, Messages.noDeviceKey(locations.store, locations))
        } catch {
            return Finding(.deviceKey, error)
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
            let unknown = settings.unknown.map { Finding(.config, $0) }
            return unknown.isEmpty
                ? [Finding(.config, .ok, Messages.config(locations.config))] : unknown
        } catch {
            return [Finding(.config, error)]
        }
    }

    /// What is to be known of a token; nil for nothing.
    private func tokenFinding(_ token: Token, at now: Int64) -> Finding? {
        guard token.state == .active else {
            return Finding(
                .token, .note, Messages.unfinished(token), remedies: [Messages.resumeHint(token)])
        }
        switch token.expiry(at: now) {
        case .far: return nil
        case .soon(let days):
            return Finding(
                .token, .note, Messages.endsOn(token, days: days), remedies: [Messages.renewing])
        case .ended:
            var finding = Finding(
                .token, .problem, Messages.hasEnded(token), remedies: [Messages.renewing])
            finding.status = .refused
            return finding
        }
    }

    /// Whether the mails with a token's codes can be got at; nil where none are mailed.
    private func mailBoxFinding(_ token: Token) -> Finding? {
        guard token.kind == .mailed else { return nil }
        do throws(CommandFailure) {
            try MailBox(token, self).probe()
            return Finding(.mailBox, .ok, Messages.mailBoxIsThere(token))
        } catch {
            return Finding(.mailBox, error)
        }
    }

    private func clipboard() -> Finding {
        let path = environmentVariable("PATH") ?? ""
        let clipboard = Clipboard.here.first { $0.isInstalled(path: path) }
        guard let clipboard else {
            return Finding(
                .clipboard, .note, Messages.noClipboard, remedies: [Messages.installClipboard])
        }
        return Finding(
            .clipboard,
            clipboard.canBeCleared ? .ok : .note, Messages.clipboardWorks(clipboard))
    }

    private func appLock(_ store: SealedStore) -> Finding {
        if store.hasSlot(.device) {
            return Finding(.appLock, .note, Messages.noAppLock, remedies: [Messages.setsLock])
        }
        let isOpen = (try? unlocking.isKept(store)) ?? false
        return Finding(
            .appLock, .ok, Messages.appLock(hasCommand: store.hasSlot(.command), isOpen: isOpen))
    }

    private func storeFinding(_ store: StoreCondition, _ backup: StoreCondition) -> Finding {
        let path = locations.store
        switch (store, backup) {
        case (.whole(let tokens, _), _):
            return Finding(.store, .ok, Messages.holds(Messages.storeAt(path), tokens))
        case (.missing, .whole): return Finding(.store, Messages.storeGone(path))
        case (.missing, _): return Finding(.store, .note, Messages.missing(Messages.storeAt(path)))
        case (.damaged(let failure), .whole): return Finding(.store, Messages.restorable(failure))
        case (.damaged(let failure), _):
            return Finding(.store, Messages.beyondRepair(failure, locations))
        // The passphrase that opens the backup does not open the store: its slot may be damaged.
        case (.closed(let failure, _), .whole) where failure.status == .locked:
            return Finding(.store, Messages.restorable(failure))
        case (.closed(let failure, _), _): return Finding(.store, failure)
        }
    }

    private func backupFinding(_ backup: StoreCondition, _ store: StoreCondition) -> Finding {
        let place = Messages.backupAt(locations.backup)
        switch (backup, store) {
        case (.whole(let tokens, _), _): return Finding(.backup, .ok, Messages.holds(place, tokens))
        case (.missing, _): return Finding(.backup, .note, Messages.missing(place))
        case (.damaged(let failure), .whole): return Finding(.backup, Messages.replaceable(failure))
        case (.damaged(let failure), _), (.closed(let failure, _), _):
            return Finding(.backup, failure)
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

    /// Its tokens; none where there is no store, nil where there is one that does not open.
    var tokens: [Token]? {
        switch self {
        case .missing: []
        case .whole(let tokens, _): tokens
        case .damaged, .closed: nil
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
            if case .unknownKind = error { return .closed(failure, sealed) }
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
