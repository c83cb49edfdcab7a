package import Cryptography

/// A clipboard of this session, by the program or the terminal that leads to it.
package enum Clipboard: String, CaseIterable, Sendable {
    case wayland = "wl-copy"
    case xclip
    case xsel
    case macOS = "pbcopy"
    case windows = "clip.exe"
    /// The buffer of tmux, which hands it on to the terminal that tmux runs in.
    case tmux
    /// The terminal's own, by an escape sequence (OSC 52 of xterm's control sequences).
    case terminal = "OSC 52"

    /// How long a program may take, in milliseconds.
    private static let patience = 3000

    /// Those that fit the session, the best first; whether the programs are installed is not looked at.
    ///
    /// - Parameters:
    ///   - environment: gives the value of a variable, or nil.
    ///   - hasTerminal: whether this process has one.
    /// - Returns: what to try, in order.
    package static func candidates(
        environment: (String) -> String?, hasTerminal: Bool
    ) -> [Clipboard] {
        func has(_ names: String...) -> Bool {
            names.contains { !(environment($0) ?? "").isEmpty }
        }
        var candidates: [Clipboard] = []
        if has("WAYLAND_DISPLAY") { candidates.append(.wayland) }
        if has("DISPLAY") { candidates += [.xclip, .xsel] }
        // Found on the system that they are of alone; from afar they lead to the wrong machine's clipboard.
        if !has("SSH_CONNECTION", "SSH_TTY") {
            candidates += [.macOS, .windows]
        }
        if has("TMUX") { candidates.append(.tmux) }
        let terminal = environment("TERM") ?? ""
        if hasTerminal, !["", "dumb", "linux"].contains(terminal) { candidates.append(.terminal) }
        return candidates
    }

    /// Whether what leads to it is there.
    ///
    /// - Parameter path: the value of PATH.
    /// - Returns: true for the terminal, too.
    package func isInstalled(path: String) -> Bool {
        self == .terminal
            || isProgram(rawValue, path: path)
    }

    /// Whether what it holds can be read, and so be taken away again.
    package var canBeCleared: Bool { calls != nil }

    // MARK: Using it

    /// Puts a text there.
    ///
    /// - Parameters:
    ///   - text: at most 4096 bytes.
    ///   - environment: gives the value of a variable, or nil.
    /// - Returns: false when that did not work.
    package func copy(_ text: [UInt8], environment: (String) -> String?) -> Bool {
        guard let calls else { return sendToTerminal(text, environment: environment) }
        return calls.copy.contains { run($0, text) }
    }

    /// Empties it, if it holds a text still; what somebody else has put there since is left alone.
    ///
    /// - Parameter text: what was copied.
    package func clear(ifHolding text: borrowing SecretBytes) {
        guard let calls,
            let held = try? SecretCommand.run(calls.paste, patience: Self.patience / 1000),
            held.withBytes({ held in text.withBytes { constantTimeEqual(held, $0) } })
        else { return }
        _ = run(calls.clear, [])
    }

    private func run(_ words: [String], _ input: [UInt8]) -> Bool {
        let deadline = Deadline(milliseconds: Self.patience)
        let program = SideProcess.Program.named(words[0])
        guard var process = try? SideProcess(program, Array(words.dropFirst()), input: input)
        else { return false }
        return process.succeeds(by: deadline)
    }

    private func sendToTerminal(_ text: [UInt8], environment: (String) -> String?) -> Bool {
        guard let terminal = try? ControllingTerminal() else { return false }
        return terminal.send(Self.sequence(text, environment: environment))
    }

    /// The sequence that makes a terminal copy a text, also from within tmux and screen.
    ///
    /// - Parameters:
    ///   - text: what to copy.
    ///   - environment: gives the value of a variable, or nil.
    /// - Returns: what to write to the terminal.
    package static func sequence(_ text: [UInt8], environment: (String) -> String?) -> String {
        let plain = "\u{1B}]52;c;\(Base64.encode(text.span, padding: .required))\u{07}"
        // Tmux takes the plain one, or passes the wrapped one on, as its options say. In it, ESC stands twice.
        if environment("TMUX") ?? "" != "" {
            return plain + "\u{1B}Ptmux;\u{1B}\(plain)\u{1B}\\"
        }
        if environment("STY") ?? "" != "" { return "\u{1B}P\(plain)\u{1B}\\" }
        return plain
    }
}

extension Clipboard {
    /// How a program is called.
    private struct Calls {
        /// Ways to put there what standard input holds, the best first.
        let copy: [[String]]
        /// What prints its content.
        let paste: [String]
        /// What empties it; standard input is empty.
        let clear: [String]
    }

    /// Those of its program; nil for the terminal, which needs none.
    private var calls: Calls? {
        switch self {
        case .wayland:
            Calls(
                // Histories of clipboards pass over what is marked as sensitive (wl-clipboard 2.3 and later).
                copy: [["wl-copy", "--sensitive"], ["wl-copy"]],
                paste: ["wl-paste", "--no-newline"], clear: ["wl-copy", "--clear"])
        case .xclip:
            Calls(
                copy: [["xclip", "-selection", "clipboard"]],
                paste: ["xclip", "-selection", "clipboard", "-out"],
                clear: ["xclip", "-selection", "clipboard"])
        case .xsel:
            Calls(
                copy: [["xsel", "--clipboard", "--input"]],
                paste: ["xsel", "--clipboard", "--output"],
                clear: ["xsel", "--clipboard", "--clear"])
        case .macOS:
            Calls(copy: [["pbcopy"]], paste: ["pbpaste"], clear: ["pbcopy"])
        case .windows:
            Calls(
                copy: [["clip.exe"]],
                // Without the line end that it would print.
                paste: [
                    "powershell.exe", "-NoProfile", "-Command",
                    "[Console]::Out.Write((Get-Clipboard -Raw))",
                ],
                clear: ["clip.exe"])
        case .tmux:
            Calls(
                copy: [["tmux", "load-buffer", "-w", "-b", "otptoken", "-"]],
                paste: ["tmux", "show-buffer", "-b", "otptoken"],
                clear: ["tmux", "delete-buffer", "-b", "otptoken"])
        case .terminal: nil
        }
    }
}
