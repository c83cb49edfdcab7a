package import Platform

extension ProgramTable {
    private static let tokenName = OperandEntry("NAME", completion: .token)

    /// Everything that `otptoken` understands.
    package static let otptoken = ProgramTable(
        name: "otptoken", version: releaseVersion,
        summary: "shows the one-time codes of the tokens that services issue",
        globals: [
            .home,
            OptionEntry(
                "passphrase-file", value: "FILE",
                "read the passphrase from FILE (- for standard input) instead of asking",
                completion: .file),
            OptionEntry("quiet", "print no notes, only results and errors"),
            .help,
            .version,
        ],
        commands: [
            CommandEntry(
                "init", "enrols: fetches a token from the service that issues it",
                options: [
                    OptionEntry("server", value: "URL", "the issuer's address, https://…"),
                    OptionEntry("service-id", value: "ID", "the service ID from the mail"),
                    OptionEntry("user-id", value: "ID", "the user ID from the mail"),
                    OptionEntry(
                        "name", value: "NAME", "what to call the token here; else the issuer's name"
                    ),
                    OptionEntry(
                        "start-password-file", value: "FILE",
                        "read the start password from FILE (- for standard input) instead of asking",
                        completion: .file),
                    OptionEntry(
                        "ca-file", value: "PEM", "trust the certificates in PEM, and no others",
                        completion: .file),
                    OptionEntry(
                        "allow-http", "take a server without TLS that is not on this machine"),
                    OptionEntry("force", "enrol again, in the place of the token that is here"),
                ]),
            CommandEntry(
                "show", "prints the current code", operands: [tokenName],
                options: [
                    OptionEntry("next", "print the code that follows"),
                    OptionEntry(
                        "at", value: "TIME", "print the code of TIME: unix seconds or RFC 3339"),
                    OptionEntry(
                        "min-remaining", value: "SECONDS",
                        "wait for the next code when this one ends sooner than that"),
                    OptionEntry("copy", "copy the code to the clipboard instead of printing it"),
                    OptionEntry("print", "with --copy: print it as well"),
                    OptionEntry("all", "print the codes of all tokens, with their names"),
                    OptionEntry(
                        "strict-clock", "print no code unless the clock is known to be right"),
                    OptionEntry(
                        "correct", "compute the code with the measured offset of the clock"),
                    OptionEntry("force", "print the code of a token that has ended"),
                    .json,
                ]),
            CommandEntry(
                "watch", "shows codes as they change",
                operands: [OperandEntry("NAME", repeats: true, completion: .token)],
                options: [
                    OptionEntry("count", value: "N", "end after N lines of output"),
                    OptionEntry("force", "show the codes of tokens that have ended, too"),
                    .json,
                ]),
            CommandEntry(
                "list", "lists the tokens",
                options: [OptionEntry("names", "print the names alone, one a line"), .json]),
            CommandEntry(
                "rename", "gives a token another name",
                operands: [
                    OperandEntry("OLD", required: true, completion: .token),
                    OperandEntry("NEW", required: true),
                ]),
            CommandEntry(
                "remove", "removes a token from this machine",
                operands: [OperandEntry("NAME", required: true, completion: .token)],
                options: [OptionEntry("yes", "do not ask")]),
            CommandEntry(
                "default", "chooses the token that is shown when none is named",
                operands: [OperandEntry("NAME", required: true, completion: .token)]),
            CommandEntry(
                "passphrase", "sets, changes or removes the app lock",
                operands: [
                    OperandEntry(
                        "ACTION", required: true, completion: .choices(["set", "change", "remove"]))
                ],
                options: [
                    OptionEntry(
                        "command", "lock with what passphrase.command of the config prints"),
                    OptionEntry(
                        "new-passphrase-file", value: "FILE",
                        "with change: read the new passphrase from FILE", completion: .file),
                ]),
            CommandEntry(
                "unlock", "keeps a locked store open for a while",
                options: [
                    OptionEntry(
                        "for", value: "DURATION",
                        "how long: 30s, 15m, 8h, 7d; else 15m, or unlock.for")
                ]),
            CommandEntry("lock", "ends what unlock began"),
            CommandEntry(
                "clock", "checks this machine's clock against time servers",
                options: [
                    OptionEntry(
                        "server", value: "URL", repeats: true,
                        "ask ntp://HOST[:PORT] or nts://HOST[:PORT]; more than once for several"),
                    OptionEntry(
                        "ca-file", value: "PEM", "trust the certificates in PEM, and no others",
                        completion: .file),
                    OptionEntry(
                        "timeout", value: "SECONDS", "how long to wait for answers; else 3"),
                    OptionEntry(
                        "if-due", "ask only servers that nobody here has asked for 30 minutes"),
                    .json,
                ]),
            CommandEntry(
                "doctor", "looks for what is wrong, and says what to do",
                options: [
                    OptionEntry(
                        "restore-backup",
                        "put the store before its last change in the place of a damaged one")
                ]),
            .completion,
            .help,
        ])
}
