/// The words for what can happen to both programs.
extension CommandFailure {
    package static func file(_ error: FileError, _ path: String) -> CommandFailure {
        let place = printableFile(path)
        switch error {
        case .missing:
            return CommandFailure(.failure, "\(place) does not exist", hints: ["check the path"])
        case .notRegular:
            return CommandFailure(
                .storeDamaged, "\(place) is not a plain file or folder",
                hints: ["symbolic links are refused: move the real one there"])
        case .foreignOwner:
            return CommandFailure(
                .storeDamaged, "\(place) belongs to somebody else",
                hints: ["chown \"$USER\" \(shellQuoted(path))"])
        case .exposed(let mode, isFolder: false):
            return CommandFailure(
                .storeDamaged, "others can get at \(place) (mode \(String(mode, radix: 8)))",
                hints: ["chmod go= \(shellQuoted(path))"])
        case .exposed(let mode, isFolder: true):
            return CommandFailure(
                .storeDamaged, "others may write to \(place) (mode \(String(mode, radix: 8)))",
                hints: ["chmod go-w \(shellQuoted(path))"])
        case .tooLong:
            return CommandFailure(
                .failure, "\(place) is too long", hints: ["is it the right file?"])
        case .held:
            // fuser would not do: it cannot look into a process whose memory is private.
            return CommandFailure(
                .failure, "another otptoken holds \(place) and does not let go of it",
                hints: ["`lslocks` shows which process it is: wait until it is done, or end it"])
        case .system(let reason):
            return CommandFailure(
                .failure, "cannot use \(place): \(reason)",
                hints: ["nothing was changed: mend the reason and try again"])
        case .unconfirmed(let reason):
            return CommandFailure(
                .failure, "\(place) was changed, but a power cut might undo that: \(reason)",
                hints: ["mend the reason, and look whether the change is there"])
        }
    }

    package static func cannotHarden(_ reason: Errno) -> CommandFailure {
        CommandFailure(
            .failure, "cannot keep this process's memory private: \(reason)",
            hints: ["a sandbox forbids prctl, setrlimit or signalfd: allow them"])
    }

    package static func cannotWrite(_ reason: Errno) -> CommandFailure {
        CommandFailure(
            .failure, "cannot write the result: \(reason)",
            hints: ["look at where the output goes, then run the command again"])
    }

    package static func cryptography() -> CommandFailure {
        CommandFailure(
            .failure, "libcrypto failed", hints: ["is there enough memory, and OpenSSL 3 complete?"]
        )
    }

    package static func badStartPassword() -> CommandFailure {
        CommandFailure(
            .usage, "the start password is not 4 to 8 digits",
            hints: ["it is the one that was chosen, or given, when the token was issued"])
    }

    static func unknownShell(_ name: String) -> CommandFailure {
        CommandFailure(
            .usage, "no completions for \(printable(name))",
            hints: ["there are some for \(Shell.allCases.map(\.rawValue).joined(separator: ", "))"])
    }
}

/// The name of a file that the person gave, for a message; `-` is standard input.
package func printableFile(_ path: String) -> String {
    path == "-" ? "standard input" : printable(path, limit: 200)
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
