/// The words for what can happen to both programs.
extension CommandFailure {
    package static func file(_ error: FileError, _ path: String) -> CommandFailure {
        let place = printableFile(path)
        switch error {
        case .missing:
            return CommandFailure(
                .failure, localized("\(place) does not exist", ja: "\(place) がありません"),
                hints: [localized("check the path", ja: "パスを確かめてください")])
        case .notRegular:
            return CommandFailure(
                .storeDamaged,
                localized(
                    "\(place) is not a plain file or folder", ja: "\(place) は通常のファイルやフォルダではありません"),
                hints: [
                    localized(
                        "symbolic links are refused: move the real one there",
                        ja: "シンボリックリンクは使えません。実体をその場所に移してください")
                ])
        case .foreignOwner:
            return CommandFailure(
                .storeDamaged,
                localized("\(place) belongs to somebody else", ja: "\(place) はほかのユーザのものです"),
                hints: ["chown \"$USER\" \(shellQuoted(path))"])
        case .exposed(let mode, isFolder: false):
            return CommandFailure(
                .storeDamaged,
                localized(
                    "others can get at \(place) (mode \(String(mode, radix: 8)))",
                    ja: "\(place) にほかのユーザがアクセスできます（モード \(String(mode, radix: 8))）"),
                hints: ["chmod go= \(shellQuoted(path))"])
        case .exposed(let mode, isFolder: true):
            return CommandFailure(
                .storeDamaged,
                localized(
                    "others may write to \(place) (mode \(String(mode, radix: 8)))",
                    ja: "\(place) にほかのユーザが書き込めます（モード \(String(mode, radix: 8))）"),
                hints: ["chmod go-w \(shellQuoted(path))"])
        case .tooLong:
            return CommandFailure(
                .failure, localized("\(place) is too long", ja: "\(place) は長すぎます"),
                hints: [localized("is it the right file?", ja: "正しいファイルか確かめてください")])
        case .held:
            // fuser would not do: it cannot look into a process whose memory is private.
            return CommandFailure(
                .failure,
                localized(
                    "another otptoken holds \(place) and does not let go of it",
                    ja: "ほかの otptoken が \(place) を使ったまま放しません"),
                hints: [
                    localized(
                        "`lslocks` shows which process it is: wait until it is done, or end it",
                        ja: "`lslocks` でプロセスを調べ、終わるのを待つか、終了させてください")
                ])
        case .system(let reason):
            return CommandFailure(
                .failure,
                localized("cannot use \(place): \(reason)", ja: "\(place) を使えません: \(reason)"),
                hints: [
                    localized(
                        "nothing was changed: mend the reason and try again",
                        ja: "何も変更していません。原因を取り除いてから、やり直してください")
                ])
        case .unconfirmed(let reason):
            return CommandFailure(
                .failure,
                localized(
                    "\(place) was changed, but a power cut might undo that: \(reason)",
                    ja: "\(place) を変更しましたが、停電などで元に戻るおそれがあります: \(reason)"),
                hints: [
                    localized(
                        "mend the reason, and look whether the change is there",
                        ja: "原因を取り除き、変更が残っているか確かめてください")
                ])
        }
    }

    package static func cannotHarden(_ reason: Errno) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "cannot keep this process's memory private: \(reason)",
                ja: "このプロセスのメモリを保護できません: \(reason)"),
            hints: [
                localized(
                    "a sandbox forbids prctl, setrlimit or signalfd: allow them",
                    ja: "サンドボックスが prctl、setrlimit、signalfd のいずれかを禁じています。許可してください")
            ])
    }

    package static func cannotWrite(_ reason: Errno) -> CommandFailure {
        CommandFailure(
            .failure, localized("cannot write the result: \(reason)", ja: "結果を書き出せません: \(reason)"),
            hints: [
                localized(
                    "look at where the output goes, then run the command again",
                    ja: "出力先を確かめてから、もう一度実行してください")
            ])
    }

    package static func cryptography() -> CommandFailure {
        CommandFailure(
            .failure, localized("libcrypto failed", ja: "libcrypto の処理に失敗しました"),
            hints: [
                localized(
                    "is there enough memory, and OpenSSL 3 complete?",
                    ja: "メモリが足りているか、OpenSSL 3 が正しく入っているか確かめてください")
            ]
        )
    }

    package static func badStartPassword() -> CommandFailure {
        CommandFailure(
            .usage,
            localized("the start password is not 4 to 8 digits", ja: "利用開始パスワードは 4〜8 桁の数字です"),
            hints: [
                localized(
                    "it is the one that was chosen, or given, when the token was issued",
                    ja: "トークンの発行時に決めたか、渡されたものです")
            ])
    }

    static func unknownShell(_ name: String) -> CommandFailure {
        let shells = Shell.allCases.map(\.rawValue).joined(separator: ", ")
        return CommandFailure(
            .usage,
            localized("no completions for \(printable(name))", ja: "\(printable(name)) 用の補完はありません"),
            hints: [localized("there are some for \(shells)", ja: "\(shells) 用があります")])
    }
}

/// The name of a file that the person gave, for a message; `-` is standard input.
package func printableFile(_ path: String) -> String {
    path == "-" ? localized("standard input", ja: "標準入力") : printable(path, limit: 200)
}

/// A text from outside as one word of a shell's command line.
package func shellQuoted(_ text: String) -> String {
    let safe = text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
            || ":/._%@+=-".utf8.contains($0)
    }
    if safe, !text.isEmpty { return text }
    return "'"
        + printable(text, limit: 500).split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
}
