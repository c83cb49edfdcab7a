internal import Platform
internal import TokenStore

/// What is said about the app lock.
extension Messages {
    // MARK: Questions

    static func askPassphrase(_ path: String?) -> String {
        path.map {
            let path = printable($0, limit: 200)
            return localized("Passphrase for \(path): ", ja: "\(path) のパスフレーズ: ")
        } ?? localized("Passphrase: ", ja: "パスフレーズ: ")
    }
    static var tryAgain: String {
        localized("Wrong passphrase, try again.", ja: "パスフレーズが違います。もう一度入力してください。")
    }
    static var askNewPassphrase: String { localized("New passphrase: ", ja: "新しいパスフレーズ: ") }
    static var askNewPassphraseAgain: String {
        localized("New passphrase again: ", ja: "新しいパスフレーズ（確認）: ")
    }
    static var passphrasesDiffer: String {
        localized("The two passphrases differ, try again.", ja: "2 回の入力が一致しません。もう一度入力してください。")
    }

    // MARK: Notes

    static func weakPassphrase(_ count: Int) -> String {
        localized(
            "Warning: a passphrase of \(count) character\(count == 1 ? "" : "s") is soon guessed by "
                + "whoever has a copy of the store; take \(Passphrase.advisedCount) or more.",
            ja: "警告: \(count) 文字のパスフレーズは、ストアのコピーを手に入れた人にすぐ見破られます。"
                + "\(Passphrase.advisedCount) 文字以上にしてください。")
    }
    static func weakCommandSecret(_ count: Int) -> String {
        localized(
            "Warning: the command printed only \(count) byte\(count == 1 ? "" : "s"): a secret that "
                + "can be guessed protects nothing; let it print 32 random ones.",
            ja: "警告: コマンドの出力が \(count) バイトしかありません。推測できる秘密では守れません。"
                + "32 バイトの乱数を出力させてください。")
    }
    static var passphraseSet: String {
        localized(
            "The app lock is set: codes need the passphrase from now on.",
            ja: "アプリロックを設定しました。これからコードの表示にはパスフレーズが必要です。")
    }
    static var passphraseChanged: String {
        localized("The passphrase is changed.", ja: "パスフレーズを変更しました。")
    }
    static var commandSet: String {
        localized(
            "The app lock is set: codes need passphrase.command from now on.",
            ja: "アプリロックを設定しました。これからコードの表示には passphrase.command が必要です。")
    }
    static var lockRemoved: String {
        localized(
            "The app lock is removed: the store opens on this machine without asking.",
            ja: "アプリロックを解除しました。このマシンでは何も尋ねずにストアを開きます。")
    }
    static var noLock: String {
        localized(
            "The store has no app lock: it opens without asking.",
            ja: "ストアにアプリロックはありません。何も尋ねずに開きます。")
    }
    static var locked: String { localized("The store is locked.", ja: "ストアをロックしました。") }
    static func unlocked(_ seconds: Int, until time: String) -> String {
        localized(
            "The store is unlocked for \(duration(seconds)), until \(time); `otptoken lock` ends it.",
            ja: "ストアのロックを \(time) まで（\(duration(seconds))）解除しました。`otptoken lock` でまたロックします。")
    }
    static func duration(_ seconds: Int) -> String {
        for (count, unit) in [(86_400, "d"), (3600, "h"), (60, "m")] where seconds % count == 0 {
            return "\(seconds / count)\(unit)"
        }
        return "\(seconds)s"
    }

    static func opensAsBefore(_ path: String) -> String {
        let path = printable(path, limit: 200)
        return localized(
            "Warning: \(path) opens with what opened it before; delete it once it is of no use.",
            ja: "警告: \(path) は、これまでの方法のまま開けます。不要になったら削除してください。")
    }

    // MARK: Failures

    static func badLockAction(_ action: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "passphrase cannot \(printable(action))",
                ja: "passphrase に \(printable(action)) という操作はありません"),
            hints: [
                localized(
                    "write `otptoken passphrase set`, `change` or `remove`",
                    ja: "`otptoken passphrase set`、`change`、`remove` のどれかを指定してください")
            ])
    }

    static func optionOnlyFor(_ option: String, _ actions: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "--\(option) goes with `passphrase \(actions)` alone",
                ja: "--\(option) は `passphrase \(actions)` でしか使えません"),
            hints: [localized("leave it out", ja: "外してください")])
    }

    static func commandAndPassphrase(_ option: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "--command and --\(option) exclude each other: only one of them opens the store",
                ja: "--command と --\(option) は同時に指定できません。ストアを開けるのはどちらか一方です"),
            hints: [leaveOneOut])
    }

    static func lockedAlready() -> CommandFailure {
        CommandFailure(
            .failure, localized("the store has an app lock already", ja: "ストアにはもうアプリロックがあります"),
            hints: [
                localized(
                    "`otptoken passphrase change` takes another passphrase",
                    ja: "パスフレーズは `otptoken passphrase change` で変更できます")
            ])
    }

    static func notLocked() -> CommandFailure {
        CommandFailure(
            .failure, localized("the store has no app lock", ja: "ストアにアプリロックはありません"),
            hints: [setsLock])
    }

    static func badPassphrase() -> CommandFailure {
        CommandFailure(
            .usage,
            localized("the passphrase is empty, or not UTF-8", ja: "パスフレーズが空か、UTF-8 ではありません"),
            hints: [
                localized(
                    "any text will do; a few random words are good and easy to keep in mind",
                    ja: "どんな文字でも使えます。無作為に選んだいくつかの単語なら、強くて覚えやすくなります")
            ])
    }

    static func passphrasesKeptDiffering() -> CommandFailure {
        CommandFailure(
            .failure, localized("the two passphrases differ", ja: "2 回の入力が一致しません"),
            hints: [localized("nothing was changed: try it again", ja: "何も変更していません。やり直してください")])
    }

    static func noTerminalForNewPassphrase(_ option: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "there is no terminal to ask for the new passphrase", ja: "新しいパスフレーズを入力する端末がありません"),
            hints: [
                localized(
                    "name a file that holds it: --\(option) FILE",
                    ja: "--\(option) FILE で、パスフレーズのファイルを指定してください")
            ])
    }

    static func wrongPassphrase(_ path: String, file: String? = nil) -> CommandFailure {
        CommandFailure(
            .locked,
            localized(
                "wrong passphrase: the store \(printable(path, limit: 200)) stays locked",
                ja: "パスフレーズが違います。ストア \(printable(path, limit: 200)) はロックされたままです"),
            hints: [
                file.map {
                    localized(
                        "the passphrase was read from \(printableFile($0)): is that the right file?",
                        ja: "パスフレーズは \(printableFile($0)) から読みました。正しいファイルか確かめてください")
                }
                    ?? localized(
                        "look at Caps Lock and the keyboard's layout",
                        ja: "Caps Lock とキーボードの配列を確かめてください"),
                localized(
                    "when it is right for certain, the store is damaged: `otptoken doctor` looks at its backup",
                    ja: "確かに正しいなら、ストアが壊れています。`otptoken doctor` でバックアップを調べてください"),
            ])
    }

    private static func lockedWithoutTerminal(takesKept: Bool) -> CommandFailure {

        CommandFailure(
            .locked,
            localized(
                "the store is locked, and there is no terminal to ask for the passphrase",
                ja: "ストアはロックされていて、パスフレーズを入力する端末もありません"),
            hints: takesKept
                ? [
                    localized(
                        "`otptoken unlock` at a terminal keeps it open for a while",
                        ja: "端末で `otptoken unlock` を実行すると、しばらく開いたままにできます"),
                    localized(
                        "or name a file that holds the passphrase: --passphrase-file FILE",
                        ja: "または --passphrase-file FILE で、パスフレーズのファイルを指定してください"),
                ]
                : [
                    localized(
                        "name a file that holds the passphrase: --passphrase-file FILE",
                        ja: "--passphrase-file FILE で、パスフレーズのファイルを指定してください")
                ])
    }

    static func stillLocked(
        _ failure: ControllingTerminal.Failure, takesKept: Bool
    ) -> CommandFailure {
        switch failure {
        case .none: return lockedWithoutTerminal(takesKept: takesKept)
        case .endOfInput, .interrupted:
            return CommandFailure(
                .locked,
                localized(
                    "no passphrase was given: the store stays locked",
                    ja: "パスフレーズが入力されませんでした。ストアはロックされたままです"),
                hints: [localized("run the command again", ja: "もう一度実行してください")])
        case .tooLong:
            return CommandFailure(
                .locked,
                localized(
                    "the passphrase is longer than \(ControllingTerminal.maximumAnswer) bytes",
                    ja: "パスフレーズが \(ControllingTerminal.maximumAnswer) バイトを超えています"),
                hints: [localized("was something else pasted?", ja: "ほかのものを貼り付けていないか確かめてください")])
        case .system(let reason):
            return CommandFailure(
                .locked,
                localized(
                    "the terminal cannot be used for the passphrase: \(reason)",
                    ja: "パスフレーズの入力に端末を使えません: \(reason)"),
                hints: [
                    localized(
                        "name a file that holds it: --passphrase-file FILE",
                        ja: "--passphrase-file FILE で、パスフレーズのファイルを指定してください")
                ])
        }
    }

    static func noCommand(_ locations: Locations, isNew: Bool) -> CommandFailure {
        CommandFailure(
            .locked,
            isNew
                ? localized(
                    "the config names no command to lock the store with",
                    ja: "ストアをロックするコマンドが設定ファイルにありません")
                : localized(
                    "the store opens with a command, and the config names none",
                    ja: "ストアはコマンドで開きますが、そのコマンドが設定ファイルにありません"),
            hints: [
                localized(
                    "write passphrase.command = COMMAND into \(printable(locations.config, limit: 200))",
                    ja:
                        "\(printable(locations.config, limit: 200)) に passphrase.command = COMMAND と書いてください"
                )
            ])
    }

    static func wrongCommandSecret(_ path: String, _ locations: Locations) -> CommandFailure {
        CommandFailure(
            .locked,
            localized(
                "what passphrase.command printed does not open the store \(printable(path, limit: 200))",
                ja: "passphrase.command の出力では、ストア \(printable(path, limit: 200)) を開けません"),
            hints: [
                localized(
                    "is it still the command, and the secret, that the store was locked with?",
                    ja: "ロックしたときと同じコマンドと秘密か確かめてください")
            ])
    }

    static func cannotKeep(_ reason: Errno) -> CommandFailure {
        reason.meansNoKeyring
            ? CommandFailure(
                .failure,
                localized(
                    "this system has no kernel keyring to keep the store unlocked in",
                    ja: "このシステムには、ロックを解除したままにするためのカーネルのキーリングがありません"),
                hints: [
                    localized(
                        "codes ask for the passphrase each time, or take --passphrase-file FILE",
                        ja: "毎回パスフレーズを入力するか、--passphrase-file FILE を使ってください")
                ])
            : CommandFailure(
                .failure,
                localized(
                    "the kernel keyring does not take the key: \(reason)",
                    ja: "カーネルのキーリングに鍵を入れられません: \(reason)"),
                hints: [
                    localized(
                        "`cat /proc/key-users` tells how full it is",
                        ja: "空きは `cat /proc/key-users` で分かります")
                ])
    }

    static func cannotRevoke(_ reason: Errno) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "the kernel keyring keeps the key: \(reason)", ja: "カーネルのキーリングから鍵を消せません: \(reason)"),
            hints: [localized("it goes by itself when its time is over", ja: "時間が来れば自動で消えます")])
    }

    static func badDuration(
        _ text: String, _ place: String, _ status: ExitStatus
    ) -> CommandFailure {
        CommandFailure(
            status,
            localized(
                "\(place) is no length of time: \(printable(text))",
                ja: "\(place) の長さが正しくありません: \(printable(text))"),
            hints: [
                localized(
                    "write 30s, 15m, 8h or 7d; 30d is the longest",
                    ja: "30s、15m、8h、7d のように指定してください。最長は 30d です")
            ])
    }

    static func commandFailed(
        _ failure: SecretCommandFailure, _ program: String, isNew: Bool
    ) -> CommandFailure {
        let name = "passphrase.command (\(printable(program)))"
        let what: String
        var hint = localized(
            "run it by hand: what does it say?", ja: "直接実行して、出力を確かめてください")
        switch failure {
        case .notFound:
            what = localized("\(name) is not to be found", ja: "\(name) が見つかりません")
            hint = localized(
                "install the program, or write its whole path into the config",
                ja: "プログラムを入れるか、設定ファイルに完全なパスを書いてください")
        case .cannotRun(let reason):
            what = localized("\(name) cannot be run: \(reason)", ja: "\(name) を実行できません: \(reason)")
        case .exited(let status):
            what = localized(
                "\(name) ended with status \(status)", ja: "\(name) がステータス \(status) で終わりました")
        case .killed(let signal):
            what = localized(
                "\(name) was ended by signal \(signal)", ja: "\(name) がシグナル \(signal) で終わりました")
        case .timedOut(let seconds):
            what = localized(
                "\(name) did not end within \(seconds) s", ja: "\(name) が \(seconds) 秒以内に終わりません")
        case .noOutput:
            what = localized("\(name) printed nothing", ja: "\(name) が何も出力しません")
        case .tooLong:
            let limit = SecretInput.maximumCount
            what = localized(
                "\(name) printed more than \(limit) bytes", ja: "\(name) の出力が \(limit) バイトを超えています")
            hint = localized(
                "is it the right command? a secret is short", ja: "正しいコマンドか確かめてください。秘密は短いものです")
        }
        return CommandFailure(
            .locked,
            isNew
                ? localized("\(what): nothing was changed", ja: "\(what)。何も変更していません")
                : localized("\(what): the store stays locked", ja: "\(what)。ストアはロックされたままです"),
            hints: [hint])
    }
}
