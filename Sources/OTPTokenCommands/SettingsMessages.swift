internal import Platform

/// What is said about the config.
extension Messages {
    static func configuration(_ error: ConfigurationError, _ path: String) -> CommandFailure {
        switch error {
        // Unlike the store it may be a symbolic link.
        case .file(.notRegular):
            return CommandFailure(
                .storeDamaged, "\(printable(path, limit: 200)) is not a plain file",
                hints: ["put a text file there, or nothing"])
        case .file(let error): return .file(error, path)
        case .line(let number, let fault):
            let (what, hint) = words(fault)
            return CommandFailure(
                .failure, "\(printable(path, limit: 200)), line \(number): \(what)", hints: [hint])
        }
    }

    private static func words(_ fault: ConfigurationError.Fault) -> (what: String, hint: String) {
        switch fault {
        case .notUTF8: return ("it is not UTF-8", "write the file anew in UTF-8")
        case .controlCharacter: return ("there is a control character in it", "take it out")
        case .noEqualsSign:
            return ("there is no =", "write `key = value`, or # in front of a comment")
        case .badKey(let key):
            return ("\(printable(key)) is no key", "keys are like `unlock.for`")
        case .noValue(let key):
            return ("\(printable(key)) has no value", "write one, or take the line out")
        case .repeated(let key, let line):
            return ("\(printable(key)) is set already, in line \(line)", "take one of them out")
        }
    }

    static func unknownSetting(
        _ entry: Configuration.Entry, _ path: String, nearest: String?
    ) -> CommandFailure {
        CommandFailure(
            .failure,
            "\(printable(path, limit: 200)), line \(entry.line): no such key: \(printable(entry.key))",
            hints: [nearest.map { "did you mean \($0)?" } ?? "`man otptoken` lists the keys"])
    }

    /// What would be a failure, and is none here.
    static func warning(_ failure: CommandFailure) -> String {
        ([localized("Warning: \(failure.message)", ja: "警告: \(failure.message)")]
            + failure.hints.map { "hint: \($0)" }).joined(separator: "\n")
    }

    static func badClipboardTime(
        _ entry: Configuration.Entry, _ path: String
    ) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "\(place(entry, path)) is no number of seconds: \(printable(entry.value))",
                ja: "\(place(entry, path)) は秒数ではありません: \(printable(entry.value))"),
            hints: [
                localized(
                    "write 30, or never; without it the clipboard is cleared when the code ends",
                    ja: "30 のような秒数か never を書いてください。ないときはコードの終わりに消します")
            ])
    }

    /// Where a setting stands, and which it is.
    static func place(_ entry: Configuration.Entry, _ path: String) -> String {
        "\(printable(path, limit: 200)), line \(entry.line): \(entry.key)"
    }

    static func badSetting(
        _ entry: Configuration.Entry, _ choices: (String, String), _ path: String
    ) -> CommandFailure {
        CommandFailure(
            .failure, "\(place(entry, path)) cannot be \(printable(entry.value))",
            hints: ["write \(choices.0) or \(choices.1)"])
    }

    static func badCommand(_ error: CommandWordsError, _ path: String) -> CommandFailure {
        let what =
            switch error {
            case .empty: "names no program"
            case .openQuote(let quote): "lacks a closing \(quote)"
            case .openBackslash: "ends with a backslash"
            }
        return CommandFailure(
            .failure, "passphrase.command in \(printable(path, limit: 200)) \(what)",
            hints: ["write the program and its arguments; for a shell, write sh -c '…'"])
    }
}
