internal import Platform

/// What hands a mail on: sendmail, or another program that reads it from its standard input.
package struct Sendmail: Sendable {
    /// How long it may take, in seconds.
    private static let patience = 60

    private let words: [String]

    /// The system's own.
    package static let system = Sendmail(words: [
        isExecutable("/usr/sbin/sendmail") ? "/usr/sbin/sendmail" : "sendmail", "-t", "-i",
    ])

    /// Another one.
    ///
    /// - Parameter words: the program and its arguments.
    package init(words: [String]) { self.words = words }

    /// Hands a mail on.
    ///
    /// - Parameter mail: the message, at most 4096 bytes.
    /// - Returns: false when the program cannot be run, or says that it did not work.
    func send(_ mail: [UInt8]) -> Bool {
        let program = SideProcess.Program.named(words[0])
        guard var process = try? SideProcess(program, Array(words.dropFirst()), input: mail)
        else { return false }
        return process.succeeds(by: Deadline(seconds: Self.patience))
    }
}

extension Issuer {
    /// Sends the mail of an issuance, which then leaves the outbox.
    ///
    /// - Parameters:
    ///   - path: that of `Issued.mailPath`.
    ///   - sendmail: what hands it on.
    /// - Throws: `IssuerError.notSent` when that did not work; the mail stays in the outbox. `.file`.
    package func sendMail(at path: String, with sendmail: Sendmail) throws(IssuerError) {
        guard let mail = try Self.contents(of: path), sendmail.send(mail) else {
            throw .notSent(path: path)
        }
        try IssuerError.naming(path) { () throws(FileError) in try PrivateFile.remove(path) }
    }
}
