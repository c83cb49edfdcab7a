internal import Platform

/// What is said about the config.
extension Messages {
    static func configuration(_ error: ConfigurationError, _ path: String) -> CommandFailure {
        switch error {
        // Unlike the store it may be a symbolic link.
        case .file(.notRegular):
            return CommandFailure(
                .storeDamaged,
                localized(
                    "\(printable(path, limit: 200)) is not a plain file",
                    ja: "\(printable(path, limit: 200)) は通常のファイルではありません"),
                hints: [
                    localized("put a text file there, or nothing", ja: "テキストファイルを置くか、何も置かないでください")
                ])
        case .file(let error): return .file(error, path)
        case .line(let number, let fault):
            let (what, hint) = words(fault)
            return CommandFailure(.failure, "\(line(number, of: path)): \(what)", hints: [hint])
        }
    }

    private static func line(_ number: Int, of path: String) -> String {
        let path = printable(path, limit: 200)
        return localized("\(path), line \(number)", ja: "\(path) の \(number) 行目")
    }

    private static func words(_ fault: ConfigurationError.Fault) -> (what: String, hint: String) {
        switch fault {
        case .notUTF8:
            return (
                localized("it is not UTF-8", ja: "UTF-8 ではありません"),
                localized("write the file anew in UTF-8", ja: "ファイルを UTF-8 で書き直してください")
            )
        case .controlCharacter:
            return (
                localized("there is a control character in it", ja: "制御文字が含まれています"),
                localized("take it out", ja: "取り除いてください")
            )
        case .noEqualsSign:
            return (
                localized("there is no =", ja: "= がありません"),
                localized(
                    "write `key = value`, or # in front of a comment",
                    ja: "`key = value` の形で書いてください。コメントなら行頭に # を付けてください")
            )
        case .badKey(let key):
            let key = printable(key)
            return (
                localized("\(key) is no key", ja: "\(key) は項目名ではありません"),
                localized("keys are like `unlock.for`", ja: "項目名は `unlock.for` のような形です")
            )
        case .noValue(let key):
            let key = printable(key)
            return (
                localized("\(key) has no value", ja: "\(key) に値がありません"),
                localized("write one, or take the line out", ja: "値を書くか、行を消してください")
            )
        case .repeated(let key, let line):
            let key = printable(key)
            return (
                localized(
                    "\(key) is set already, in line \(line)", ja: "\(key) は \(line) 行目でもう設定されています"),
                localized("take one of them out", ja: "どちらかを消してください")
            )
        }
    }

    static func unknownSetting(
        _ entry: Configuration.Entry, _ path: String, nearest: String?
    ) -> CommandFailure {
        let (line, key) = (line(entry.line, of: path), printable(entry.key))
        return CommandFailure(
            .failure,
            localized("\(line): no such key: \(key)", ja: "\(line): そのような項目はありません: \(key)"),
            hints: [
                nearest.map(didYouMean)
                    ?? localized(
                        "`man otptoken-config` lists the keys",
                        ja: "項目の一覧は `man otptoken-config` にあります")
            ])
    }

    /// What would be a failure, and is none here.
    static func warning(_ failure: CommandFailure) -> String {
        failure.text(program: localized("Warning", ja: "警告"))
    }

    static func badClipboardTime(
        _ entry: Configuration.Entry, _ path: String
    ) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "\(place(entry, path)) is no number of seconds: \(printable(entry.value))",
                ja: "\(place(entry, path)) が秒数ではありません: \(printable(entry.value))"),
            hints: [
                localized(
                    "write 30, or never; without it the clipboard is cleared when the code ends",
                    ja: "30 のような秒数か never を書いてください。ないときはコードの終わりに消します")
            ])
    }

    /// Where a setting stands, and which it is.
    static func place(_ entry: Configuration.Entry, _ path: String) -> String {
        "\(line(entry.line, of: path)): \(entry.key)"
    }

    /// Which setting it is, and in which file.
    static func place(_ key: String, in path: String) -> String {
        let path = printable(path, limit: 200)
        return localized("\(key) in \(path)", ja: "\(path) の \(key)")
    }

    static func badSetting(
        _ entry: Configuration.Entry, _ choices: (String, String), _ path: String
    ) -> CommandFailure {
        let (place, value) = (place(entry, path), printable(entry.value))
        return CommandFailure(
            .failure,
            localized("\(place) cannot be \(value)", ja: "\(place) を \(value) にはできません"),
            hints: [
                localized(
                    "write \(choices.0) or \(choices.1)", ja: "\(choices.0) か \(choices.1) にしてください")
            ])
    }

    static func badCommand(_ error: CommandWordsError, _ path: String) -> CommandFailure {
        let place = place("passphrase.command", in: path)
        let what =
            switch error {
            case .empty: localized("\(place) names no program", ja: "\(place) にプログラムがありません")
            case .openQuote(let quote):
                localized("\(place) lacks a closing \(quote)", ja: "\(place) に、閉じる \(quote) がありません")
            case .openBackslash:
                localized("\(place) ends with a backslash", ja: "\(place) がバックスラッシュで終わっています")
            }
        return CommandFailure(
            .failure, what,
            hints: [
                localized(
                    "write the program and its arguments; for a shell, write sh -c '…'",
                    ja: "プログラムと引数を書いてください。シェルを使うなら sh -c '…' と書いてください")
            ])
    }
}
