internal import Cryptography
internal import Interchange
internal import Platform
internal import TokenStore

/// What can go wrong while tokens come in from other programs, and go out to them.
extension Messages {
    // MARK: What was asked for

    static func badFormat(_ word: String, _ known: [String]) -> CommandFailure {
        // A URI may stand in the wrong place, and be a secret.
        let shown = word.contains(":") ? "…" : printable(word)
        return CommandFailure(
            .usage,
            localized(
                "no such format: \(shown)", ja: "そのような形式はありません: \(shown)"),
            hints: [
                nearest(to: word, in: known).map(didYouMean)
                    ?? localized(
                        "there are \(known.joined(separator: ", "))",
                        ja: "使えるのは \(known.joined(separator: "、")) です")
            ])
    }

    static func fileWithURI() -> CommandFailure {
        CommandFailure(
            .usage,
            localized("--uri and a FILE exclude each other", ja: "--uri と FILE は同時に指定できません"),
            hints: [leaveOneOut])
    }

    static func nothingToImport() -> CommandFailure {
        CommandFailure(
            .usage, localized("import lacks a FILE", ja: "import に FILE が指定されていません"),
            hints: [
                localized(
                    "name the file that the other program wrote, or a picture of its QR code",
                    ja: "ほかのアプリが書き出したファイルか、QR コードの画像を指定してください"),
                localized(
                    "or paste an otpauth URI when asked: `otptoken import --uri`",
                    ja: "otpauth URI を貼り付けるには `otptoken import --uri` を実行してください"),
            ])
    }

    static func noTerminalForURI() -> CommandFailure {
        CommandFailure(
            .usage,
            localized("there is no terminal to ask for the URI", ja: "URI を入力する端末がありません"),
            hints: [
                localized(
                    "pipe it in: `… | otptoken import -`", ja: "`… | otptoken import -` のように渡してください"
                )
            ])
    }

    static func noTerminalForPassword(_ path: String) -> CommandFailure {
        CommandFailure(
            .locked,
            localized(
                "\(printableFile(path)) is encrypted, and there is no terminal to ask for its password",
                ja: "\(printableFile(path)) は暗号化されていて、パスワードを入力する端末もありません"),
            hints: [
                localized(
                    "name a file that holds it: --password-file FILE",
                    ja: "--password-file FILE で、パスワードのファイルを指定してください")
            ])
    }

    static func wrongPassword(_ path: String, _ file: String?) -> CommandFailure {
        CommandFailure(
            .locked,
            localized(
                "\(printableFile(path)) does not open: wrong password, or it was altered",
                ja: "\(printableFile(path)) を開けません: パスワードが違うか、内容が変えられています"),
            hints: [
                file.map {
                    localized(
                        "the password was read from \(printableFile($0)): is that the right file?",
                        ja: "パスワードは \(printableFile($0)) から読みました。正しいファイルか確かめてください")
                }
                    ?? localized(
                        "look at Caps Lock and the keyboard's layout",
                        ja: "Caps Lock とキーボードの配列を確かめてください")
            ])
    }

    // MARK: Files of others

    /// A secret stood on the command line; it is not repeated.
    static func uriAsOperand() -> CommandFailure {
        CommandFailure(
            .usage, localized("a URI is no file", ja: "URI はファイルではありません"),
            hints: [
                localized(
                    "`otptoken import --uri` asks for it: here others see it, and the shell's history keeps it",
                    ja: "`otptoken import --uri` で入力してください。コマンドラインの秘密は、ほかの人に見え、履歴にも残ります")
            ])
    }

    static func unknownFormat(
        _ path: String, isOurs: Bool = false, damage: String? = nil
    ) -> CommandFailure {
        if let damage {
            let file = printableFile(path)
            return CommandFailure(
                .storeDamaged,
                localized(
                    "\(file) is damaged, or no JSON: look at \(damage)",
                    ja: "\(file) は壊れているか、JSON ではありません（\(damage)）"),
                hints: [exportAgain])
        }
        return CommandFailure(
            .usage,
            localized(
                "\(printableFile(path)) is in no format that is known here",
                ja: "\(printableFile(path)) の形式が分かりません"),
            hints: [
                isOurs
                    ? localized(
                        "a backup of otptoken comes back with `otptoken restore`",
                        ja: "otptoken のバックアップは `otptoken restore` で戻します")
                    : localized(
                        "name the format to learn what is wrong with it: --format FORMAT",
                        ja: "--format FORMAT で形式を指定すると、どこがおかしいか分かります")
            ])
    }

    private static var exportAgain: String {
        localized(
            "nothing was imported: export it again where it comes from",
            ja: "何も取り込んでいません。元のアプリで書き出し直してください")
    }

    static func guessedAndOTP(_ path: String) -> String {
        let file = printableFile(path)
        return localized(
            "\(file) does not say what it is; it may be an encrypted backup of andOTP.",
            ja: "\(file) の形式は書かれていません。andOTP の暗号化バックアップかもしれません。")
    }

    static func foreign(
        _ error: InterchangeError, _ path: String, _ format: InterchangeFormat
    ) -> CommandFailure {
        let place = printableFile(path)
        func damaged(_ message: String, _ hint: String? = nil) -> CommandFailure {
            CommandFailure(
                .storeDamaged, message,
                hints: [
                    hint ?? exportAgain
                ])
        }
        switch error {
        case .unknownFormat: return unknownFormat(path)
        case .malformed(let what):
            return damaged(
                localized(
                    "\(place) is damaged, or not \(format.rawValue): look at \(printable(what))",
                    ja: "\(place) は壊れているか、\(format.rawValue) 形式ではありません（\(printable(what))）"))
        case .altered:
            return damaged(
                localized(
                    "\(place) is damaged: its content does not authenticate",
                    ja: "\(place) は壊れています（認証タグの不一致）"))
        case .excessive(let name):
            return damaged(
                localized(
                    "\(place) asks for more than is taken here: \(printable(name))",
                    ja: "\(place) の \(printable(name)) が大きすぎます"),
                localized(
                    "nothing was imported: no program that people use writes such a number",
                    ja: "何も取り込んでいません。普通のアプリが書く値ではありません"))
        case .newer(let what):
            return damaged(
                localized(
                    "\(place) is newer than is known here: \(printable(what))",
                    ja: "\(place) は、ここで扱える版より新しいものです（\(printable(what))）"),
                localized(
                    "nothing was imported: a newer otptoken may read it",
                    ja: "何も取り込んでいません。新しい版の otptoken なら読めるかもしれません"))
        case .unsupported where format == .bitwarden:
            return damaged(
                localized(
                    "\(place) is encrypted, and only plain exports of Bitwarden are read here",
                    ja: "\(place) は暗号化されています。Bitwarden は暗号化なしのエクスポートだけを扱えます"),
                localized(
                    "nothing was imported: export it as .json or .csv, without encryption",
                    ja: "何も取り込んでいません。暗号化なしの .json か .csv で書き出してください"))
        case .unsupported(let what):
            return damaged(
                localized(
                    "\(place) is protected in a way that is not known here: \(printable(what))",
                    ja: "\(place) の保護方式（\(printable(what))）には対応していません"),
                localized(
                    "nothing was imported: export it with a password, or without",
                    ja: "何も取り込んでいません。パスワードによる保護か、保護なしで書き出してください"))
        case .needsPassword, .notAuthentic: return wrongPassword(path, nil)
        case .cryptography: return .cryptography()
        }
    }

    static func pictureFailed(
        _ failure: SecretCommandFailure, _ path: String, package: String
    ) -> CommandFailure {
        let place = printableFile(path)
        switch failure {
        case .notFound:
            return CommandFailure(
                .failure,
                localized(
                    "\(place) is a picture, and zbarimg, which reads QR codes, is not installed",
                    ja: "\(place) は画像ですが、QR コードを読む zbarimg がありません"),
                hints: [installHint(package)])
        default: return pictureWithoutToken(path, isEmpty: true)
        }
    }

    static func pictureWithoutToken(_ path: String, isEmpty: Bool) -> CommandFailure {
        let place = printableFile(path)
        return CommandFailure(
            .failure,
            isEmpty
                ? localized("no QR code is seen in \(place)", ja: "\(place) に QR コードが見当たりません")
                : localized(
                    "the QR code in \(place) is not a token's",
                    ja: "\(place) の QR コードはトークンのものではありません"),
            hints: [
                isEmpty
                    ? localized(
                        "cut out the code, or make the picture larger",
                        ja: "コードの部分を切り取るか、画像を大きくしてください")
                    : localized("is it the right picture?", ja: "正しい画像か確かめてください")
            ])
    }

    private static func installHint(_ package: String) -> String {
        localized(
            "install it (Debian: \(package))", ja: "インストールしてください（Debian では \(package)）")
    }

    // MARK: Going out

    static func onlyPlain(_ format: ExportFormat) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "\(format.rawValue) cannot be encrypted: whoever reads it has the secrets",
                ja: "\(format.rawValue) は暗号化できません。読んだ人に秘密が渡ります"),
            hints: [
                localized("write --plain if that is meant", ja: "それでよければ --plain を付けてください"),
                localized(
                    "or take --format aegis, which a password protects",
                    ja: "パスワードで守るには --format aegis を使ってください"),
            ])
    }

    static func onePicture() -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "a picture holds one QR code, and these are several tokens",
                ja: "1 枚の画像に書けるのはトークン 1 個です"),
            hints: [
                localized(
                    "name one token, or look at them at a terminal",
                    ja: "トークンを 1 つ指定するか、端末に表示してください")
            ])
    }

    static func nothingExported() -> CommandFailure {
        CommandFailure(
            .failure, localized("nothing was exported", ja: "何も書き出していません"),
            hints: [localized("answer y or yes to see it", ja: "表示するには y か「はい」と答えてください")])
    }

    static func nothingPortable() -> CommandFailure {
        CommandFailure(
            .noSuchToken,
            localized("there is no token that can be handed on", ja: "書き出せるトークンがありません"))
    }

    static func drawingFailed(_ failure: SecretCommandFailure, package: String) -> CommandFailure {
        failure == .notFound
            ? CommandFailure(
                .failure,
                localized(
                    "qrencode, which draws QR codes, is not installed",
                    ja: "QR コードを描く qrencode がありません"),
                hints: [installHint(package)])
            : CommandFailure(
                .failure, localized("qrencode failed", ja: "qrencode の処理に失敗しました"),
                hints: [
                    localized(
                        "a name or issuer may be too long for a QR code",
                        ja: "名前や発行元が QR コードには長すぎるかもしれません")
                ])
    }

    // MARK: Backups

    static func backupNeedsFile() -> CommandFailure {
        CommandFailure(
            .usage,
            localized("a backup is written to a file, not to -", ja: "バックアップは - ではなくファイルに書きます"),
            hints: [localized("name a file", ja: "ファイルを指定してください")])
    }

    static func backupExists(_ path: String) -> CommandFailure {
        let place = printable(path, limit: 200)
        return CommandFailure(
            .failure, localized("\(place) is there already", ja: "\(place) はもうあります"),
            hints: [
                localized(
                    "write --force to put the new backup in its place",
                    ja: "新しいバックアップで置き換えるには --force を付けてください")
            ])
    }

    static func sealing<Result: ~Copyable>(
        _ path: String, _ calls: () throws(StoreError) -> Result
    ) throws(CommandFailure) -> Result {
        do {
            return try calls()
        } catch .tooLarge {
            throw .file(.tooLong, path)
        } catch {
            throw .cryptography()
        }
    }

    static func ofBackup<Result: ~Copyable>(
        _ path: String, _ calls: () throws(StoreError) -> Result
    ) throws(CommandFailure) -> Result {
        let place = printableFile(path)
        func damaged(_ message: String) -> CommandFailure {
            CommandFailure(
                .storeDamaged, message,
                hints: [localized("nothing was changed", ja: "何も変更していません")])
        }
        do {
            return try calls()
        } catch .cryptography {
            throw .cryptography()
        } catch .notAStore {
            throw damaged(
                localized(
                    "\(place) is no backup of otptoken", ja: "\(place) は otptoken のバックアップではありません"))
        } catch .damaged(let what) {
            throw damaged(
                localized("\(place) is damaged (\(what))", ja: "\(place) は壊れています（\(what)）"))
        } catch .tooLarge {
            throw .file(.tooLong, path)
        } catch {
            throw damaged(
                localized(
                    "\(place) is damaged (does not authenticate)",
                    ja: "\(place) は壊れています（認証タグの不一致）"))
        }
    }

    static func storeIsNoBackup(_ path: String) -> CommandFailure {
        CommandFailure(
            .storeDamaged,
            localized(
                "\(printableFile(path)) is a token store, not a backup",
                ja: "\(printableFile(path)) はトークンストアで、バックアップではありません"),
            hints: [
                localized(
                    "a store is opened in its place, or with --home DIR",
                    ja: "ストアは、その場所に置くか --home DIR で開きます")
            ])
    }

    static func notReplaced(_ path: String) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "\(printableFile(path)) holds tokens that this version cannot use: nothing was replaced",
                ja: "\(printableFile(path)) にこの版では使えないトークンがあります。何も置き換えていません"),
            hints: [
                localized(
                    "use the version that wrote it, or leave out --replace",
                    ja: "書いた版の otptoken を使うか、--replace を外してください")
            ])
    }

    static func storeMovedOn(_ path: String, _ differences: [String]) -> CommandFailure {
        let place = printable(path, limit: 200)
        return CommandFailure(
            .failure,
            localized(
                "\(place) opens, but the store has moved on since",
                ja: "\(place) は開けますが、ストアはその後に変わっています"),
            hints: differences.prefix(10) + [
                localized(
                    "`otptoken backup --force \(shellQuoted(path))` saves it as it is now",
                    ja: "`otptoken backup --force \(shellQuoted(path))` でいまの状態を保存できます")
            ])
    }
}
