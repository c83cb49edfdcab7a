internal import Platform

/// What is said about the clipboard.
extension Messages {
    /// The code is there; `seconds` is when it goes, nil for never.
    static func copied(_ clipboard: Clipboard, clearedIn seconds: Int64?) -> String {
        let place =
            switch clipboard {
            case .tmux: localized("Copied to tmux's buffer", ja: "tmux のバッファにコピーしました")
            case .terminal:
                localized(
                    "Sent to the terminal's clipboard", ja: "端末のクリップボードに送りました")
            default:
                localized(
                    "Copied to the clipboard (\(clipboard.rawValue))",
                    ja: "クリップボードにコピーしました（\(clipboard.rawValue)）")
            }
        guard clipboard.canBeCleared else {
            return localized(
                "\(place), which cannot be cleared from here",
                ja: "\(place)。ここからは消せません")
        }
        guard let seconds else { return place }
        return localized(
            "\(place); it is cleared in \(seconds) s", ja: "\(place)。\(seconds) 秒後に消します")
    }

    static func notCopied(tried: [Clipboard]) -> CommandFailure {
        let names = tried.map(\.rawValue).joined(separator: ", ")
        return CommandFailure(
            .failure,
            tried.isEmpty
                ? localized(
                    "the code was not copied: no clipboard is to be found",
                    ja: "コードをコピーできません: クリップボードが見つかりません")
                : localized(
                    "the code was not copied: \(names) did not take it",
                    ja: "コードをコピーできません: \(names) が受け取りませんでした"),
            hints: [
                installClipboard,
                localized("without --copy the code is printed", ja: "--copy なしではコードを表示します"),
            ])
    }

    static func goesWith(_ option: String, _ other: String) -> CommandFailure {
        CommandFailure(
            .usage,
            localized("--\(option) goes with --\(other)", ja: "--\(option) は --\(other) と一緒に使います"),
            hints: [
                localized(
                    "leave it out, or write --\(other) too", ja: "外すか、--\(other) も付けてください")
            ])
    }

    // MARK: Doctor

    static func clipboardWorks(_ clipboard: Clipboard) -> String {
        switch clipboard {
        case .terminal:
            localized(
                "clipboard: by the terminal (OSC 52), where it allows that; it cannot be cleared from here",
                ja: "クリップボード: 端末（OSC 52）が許せば使えます。ここからは消せません")
        default:
            localized(
                "clipboard: by \(clipboard.rawValue)", ja: "クリップボード: \(clipboard.rawValue)")
        }
    }

    static var noClipboard: String {
        localized(
            "clipboard: none that `show --copy` could use",
            ja: "クリップボード: `show --copy` で使えるものがありません")
    }

    static var installClipboard: String {
        localized(
            "install wl-clipboard (Wayland), xclip or xsel (X11)",
            ja: "wl-clipboard（Wayland）か、xclip か xsel（X11）を入れてください")
    }
}
