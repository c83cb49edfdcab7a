internal import Cryptography
internal import Enrolment
internal import OATH
internal import Platform
internal import TokenStore

/// Everything that is said to the person: no sentence stands elsewhere.
enum Messages {
    // MARK: Files

    static func naming<Result: ~Copyable>(
        _ path: String, _ calls: () throws(FileError) -> Result
    ) throws(CommandFailure) -> Result {
        do {
            return try calls()
        } catch {
            throw .file(error, path)
        }
    }

    static func opening<Result: ~Copyable>(
        _ path: String, _ locations: Locations, _ calls: () throws(StoreError) -> Result
    ) throws(CommandFailure) -> Result {
        do {
            return try calls()
        } catch {
            throw store(error, path, locations)
        }
    }

    static func store(
        _ error: StoreError, _ path: String, _ locations: Locations
    ) -> CommandFailure {
        let store = theStore(path)
        func damaged(_ message: String, _ hints: [String]) -> CommandFailure {
            CommandFailure(.storeDamaged, message, hints: hints)
        }
        switch error {
        case .notAStore:
            return damaged(
                localized(
                    "\(store) is not a token store of a version that this program knows",
                    ja: "\(store) は、このプログラムが知っている版のトークンストアではありません"),
                backupHints(path, locations))
        case .damaged(let what):
            return damaged(
                localized(
                    "\(store) is damaged (\(what)); it was not touched",
                    ja: "\(store) は壊れています（\(what)）。手を加えていません"),
                backupHints(path, locations))
        case .notAuthentic:
            return damaged(
                localized(
                    "\(store) is damaged (does not authenticate); it was not touched",
                    ja: "\(store) は壊れています（認証タグの不一致）。手を加えていません"),
                backupHints(path, locations))
        case .unknownKind(let kind):
            return damaged(
                localized(
                    "\(store) holds a token of the kind \(printable(kind)), which this version does not know",
                    ja: "\(store) に、この版の知らない種類（\(printable(kind))）のトークンがあります"),
                [
                    localized(
                        "use the version of otptoken that wrote it",
                        ja: "このストアを書いた版の otptoken を使ってください")
                ])
        case .unwritable:
            return CommandFailure(
                .failure,
                localized("\(store) cannot hold this token", ja: "\(store) に、このトークンは保存できません"),
                hints: [localized("nothing was changed", ja: "何も変更していません")])
        case .tooLarge:
            return damaged(
                localized(
                    "\(store) is longer than any store can be", ja: "\(store) は、ストアとしては長すぎます"),
                backupHints(path, locations))
        case .cryptography:
            return .cryptography()
        }
    }

    static func theStore(_ path: String) -> String {
        let path = printable(path, limit: 200)
        return localized("the store \(path)", ja: "ストア \(path)")
    }

    static func foreignStore(_ path: String, _ locations: Locations) -> CommandFailure {
        let store = theStore(path)
        return CommandFailure(
            .storeDamaged,
            localized(
                "\(store) does not open with this machine's key; it was not touched",
                ja: "\(store) は、このマシンの鍵では開けません。手を加えていません"),
            hints: [
                localized(
                    "when it was copied from another machine: \(copyAgain)",
                    ja: "ほかのマシンからコピーした場合は、\(copyAgain)"),
                localized(
                    "when it is not a copy, it is damaged, or device.key or /etc/machine-id was changed",
                    ja: "コピーでない場合は、壊れているか、device.key か /etc/machine-id が変わっています"),
            ] + backupHints(path, locations))
    }

    static func noDeviceKey(_ path: String, _ locations: Locations) -> CommandFailure {
        let store = theStore(path)
        let key = printable(locations.deviceKey, limit: 200)
        return CommandFailure(
            .storeDamaged,
            localized(
                "\(store) cannot be opened: this machine's key is missing",
                ja: "\(store) を開けません: このマシンの鍵がありません"),
            hints: [
                localized("put \(key) back", ja: "\(key) を元に戻してください"),
                localized(
                    "when the store was copied from another machine: \(copyAgain)",
                    ja: "ストアをほかのマシンからコピーした場合は、\(copyAgain)"),
            ])
    }

    private static var copyAgain: String {
        localized(
            "set a passphrase there (`otptoken passphrase set`) and copy it again,"
                + " or move it away and enrol anew",
            ja: "そのマシンでパスフレーズを設定して（`otptoken passphrase set`）コピーし直すか、"
                + "ストアを別の場所に移して登録し直してください")
    }

    private static func backupHints(_ path: String, _ locations: Locations) -> [String] {
        path == locations.store ? [backupHint(locations)] : []
    }

    static func backupHint(_ locations: Locations) -> String {
        let backup = printable(locations.backup, limit: 200)
        return localized(
            "the store before its last change is \(backup): `otptoken doctor` tells what is in it",
            ja: "最後に変更する前のストアが \(backup) にあります。内容は `otptoken doctor` で分かります")
    }

    static func badDeviceKey(_ locations: Locations) -> CommandFailure {
        let key = printable(locations.deviceKey, limit: 200)
        return CommandFailure(
            .storeDamaged, localized("\(key) is damaged", ja: "\(key) が壊れています"),
            hints: [
                localized(
                    "put the original back: without it the store does not open",
                    ja: "元のファイルに戻してください。これがないとストアを開けません")
            ])
    }

    static func waitingForLock() -> String {
        localized(
            "waiting for another otptoken to finish with the store…",
            ja: "ほかの otptoken がストアを使い終わるのを待っています…")
    }

    // MARK: The system

    static func noHome() -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "neither HOME nor OTPTOKEN_HOME is set", ja: "HOME も OTPTOKEN_HOME も設定されていません"),
            hints: [localized("name a folder: --home DIR", ja: "--home DIR でフォルダを指定してください")])
    }

    static func emptyHome() -> CommandFailure {
        CommandFailure(
            .usage, localized("--home names no folder", ja: "--home にフォルダが指定されていません"),
            hints: [localized("write --home DIR", ja: "--home DIR のように指定してください")])
    }

    static func onScreen<Result: ~Copyable>(
        _ calls: () throws(Errno) -> Result
    ) throws(CommandFailure) -> Result {
        do {
            return try calls()
        } catch {
            throw CommandFailure(
                .failure,
                localized("the terminal cannot be used: \(error)", ja: "端末を使えません: \(error)"),
                hints: [
                    localized(
                        "`otptoken watch | cat` prints a line for each code",
                        ja: "`otptoken watch | cat` なら、コードを 1 行ずつ表示します")
                ])
        }
    }

    static func inputReadTwice(_ places: [String]) -> CommandFailure {
        let names = places.joined(separator: localized(" and ", ja: " と "))
        return CommandFailure(
            .usage,
            localized(
                "only one of \(names) can be -", ja: "\(names) のうち、- にできるのは 1 つだけです"),
            hints: [
                localized(
                    "standard input can be read once: name a file for the other",
                    ja: "標準入力から読めるのは 1 つだけです。もう一方にはファイルを指定してください")
            ])
    }

    // MARK: Questions

    static func terminal(_ failure: ControllingTerminal.Failure) -> CommandFailure {
        switch failure {
        case .endOfInput, .interrupted, .none:
            return CommandFailure(
                .failure, localized("given up: nothing was changed", ja: "中止しました。何も変更していません"))
        case .tooLong:
            return CommandFailure(
                .usage, localized("the answer is too long", ja: "入力が長すぎます"),
                hints: [localized("try again", ja: "やり直してください")])
        case .system(let reason):
            return CommandFailure(
                .failure,
                localized("cannot ask at the terminal: \(reason)", ja: "端末で入力を受け取れません: \(reason)"),
                hints: [
                    localized(
                        "give options instead: `otptoken help` tells which",
                        ja: "代わりにオプションで指定してください。`otptoken help` で調べられます")
                ])
        }
    }

    static func missingConfirmation() -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "--yes is missing, and there is no terminal to ask at",
                ja: "--yes がなく、確認するための端末もありません"),
            hints: [
                localized(
                    "write --yes to do it without being asked", ja: "確認なしで実行するには --yes を付けてください")
            ])
    }
}
