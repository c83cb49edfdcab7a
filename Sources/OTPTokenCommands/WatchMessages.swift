internal import Platform

/// What the live view says.
extension Messages {
    static func seconds(_ count: Int) -> String { localized("\(count) s", ja: "\(count) 秒") }

    /// Seconds, or minutes and seconds where those are many.
    static func span(_ seconds: Int) -> String {
        guard seconds >= 120 else { return Messages.seconds(seconds) }
        let minutes = localized("\(seconds / 60) min", ja: "\(seconds / 60) 分")
        return seconds % 60 == 0 ? minutes : "\(minutes) \(Messages.seconds(seconds % 60))"
    }

    static func more(_ count: Int) -> String { localized("+\(count) more", ja: "ほか \(count) 件") }
    static func next(_ code: String) -> String { localized("next \(code)", ja: "次 \(code)") }
    static let tooNarrow = "…"

    static var waitsForMail: String {
        localized("waiting for a mail with a code…", ja: "コードのメールを待っています…")
    }

    // MARK: The last line

    static var leave: String { localized("q leaves", ja: "q 終了") }

    /// The keys, in ever fewer words, for narrow windows.
    static let keys: [String] = {
        let help = localized("? help", ja: "? ヘルプ")
        let all = localized("c copies · n next code", ja: "c コピー · n 次のコード")
        return ["\(all) · \(help) · \(leave)", "\(help) · \(leave)", leave]
    }()

    /// The same where a token has just been enrolled.
    static var confirmingKeys: [String] {
        let confirmed = localized("Enter when it is confirmed", ja: "確認が済んだら Enter")
        let copies = localized("c copies", ja: "c コピー")
        return ["\(confirmed) · \(copies) · \(leave)", "\(confirmed)", leave]
    }

    static var hiddenKeys: [String] {
        let shows = localized("Enter unlocks", ja: "Enter ロック解除")
        return ["\(shows) · \(leave)", shows]
    }

    static var helpKeys: [String] { [localized("any key goes back", ja: "どのキーでも戻ります")] }

    // MARK: Instead of codes

    /// The keys and what they do.
    static var keyHelp: [(key: String, does: String)] {
        [
            ("c", localized("copy the code", ja: "コードをコピー")),
            ("n", localized("show the next code, or not", ja: "次のコードの表示を切り替え")),
            ("↑ ↓", localized("choose a token (or k and j)", ja: "トークンを選択（k と j も可）")),
            ("?", localized("this help", ja: "このヘルプ")),
            ("q", localized("leave", ja: "終了")),
        ]
    }

    /// With an app lock, once its time is over.
    static func hidden(after seconds: Int) -> String {
        localized(
            "Hidden after \(duration(seconds)), as `unlock.for` says.",
            ja: "\(duration(seconds)) たったので隠しました（unlock.for）。")
    }
}
