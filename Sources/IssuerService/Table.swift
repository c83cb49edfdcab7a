package import Platform

extension ProgramTable {
    private static let user = OperandEntry("USER", required: true)

    /// Everything that `otptoken-issuer` understands.
    package static let issuer = ProgramTable(
        name: "otptoken-issuer", version: releaseVersion,
        summary: "issues tokens, and verifies their codes",
        globals: [
            .home,
            .help,
            .version,
        ],
        commands: [
            CommandEntry(
                "init", "makes a new issuer",
                options: [
                    OptionEntry("service-id", value: "ID", "the service ID that its users enter"),
                    OptionEntry("name", value: "NAME", "who it is, as tokens show it"),
                    OptionEntry("url", value: "URL", "where clients reach it"),
                ]),
            CommandEntry(
                "issue", "issues a token to a person, and writes the mail about it",
                options: [
                    OptionEntry("email", value: "ADDRESS", "where the mail goes"),
                    OptionEntry(
                        "start-password-file", value: "FILE",
                        "read the start password from FILE (- for standard input) instead of making one",
                        completion: .file),
                ]),
            CommandEntry(
                "serve", "answers clients that enrol",
                options: [
                    OptionEntry(
                        "listen", value: "ADDR:PORT", "where to listen; else 127.0.0.1:8080"),
                    OptionEntry(
                        "tls-cert", value: "PEM", "the certificate to show, with its chain",
                        completion: .file),
                    OptionEntry("tls-key", value: "PEM", "its private key", completion: .file),
                ]),
            CommandEntry(
                "verify", "verifies a code: status 0 accepted, 1 rejected",
                operands: [user, OperandEntry("CODE", required: true)]),
            CommandEntry(
                "list", "lists the users",
                options: [.json]),
            CommandEntry("revoke", "ends a user's token", operands: [user]),
            .completion,
            .help,
        ])
}
