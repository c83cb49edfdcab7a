internal import Cryptography
internal import Enrolment
internal import Platform

/// How an issuer is reached: at which address, and whose certificates count there.
struct IssuerConnection {
    /// How long an exchange with the issuer may take, in seconds.
    private static let patience = 15

    let server: ServerURL
    private let caFile: String?

    /// Nothing is opened yet.
    ///
    /// - Parameters:
    ///   - server: as `server(_:allowsHTTP:)` returns it.
    ///   - caFile: as `caFile(_:)` returns it.
    init(_ server: ServerURL, caFile: String?) {
        self.server = server
        self.caFile = caFile
    }

    /// Reads an issuer's address.
    ///
    /// - Parameters:
    ///   - text: as somebody wrote it.
    ///   - backend: what is spoken there: where secrets travel, TLS is not negotiable.
    ///   - allowsHTTP: whether one without TLS is taken although it is not on this machine.
    /// - Returns: the address.
    /// - Throws: the words for one that is not taken.
    static func server(
        _ text: String, _ backend: Backend, allowsHTTP: Bool
    ) throws(CommandFailure) -> ServerURL {
        guard let server = ServerURL(text) else { throw Messages.badServer(text) }
        guard !server.isSecure, !server.isLoopback else { return server }
        guard !backend.dialect.sendsSecrets else { throw Messages.secretsOverHTTP(server) }
        guard allowsHTTP else { throw Messages.plainHTTP(server) }
        return server
    }

    /// The file that `--ca-file` names; nil without it.
    static func caFile(_ line: Invocation) throws(CommandFailure) -> String? {
        let file = line.value("ca-file")
        if let file, !isReadable(file) { throw .file(.missing, file) }
        return file
    }

    /// The end of the time that an exchange may take.
    static func deadline() -> Deadline { Deadline(seconds: patience) }

    /// Asks the issuer.
    ///
    /// - Parameters:
    ///   - question: in the words of a dialect.
    ///   - deadline: for everything.
    /// - Returns: the answer, whatever its status.
    /// - Throws: `NetworkError` when there is none.
    func ask(
        _ question: IssuerQuestion, deadline: Deadline
    ) throws(NetworkError) -> IssuerAnswer {
        let client = HTTPClient(server, caFile: caFile, agent: "otptoken/\(releaseVersion)")
        let answer = try client.ask(
            question.method, question.path, authorization: question.authorization,
            body: question.body, deadline: deadline)
        return IssuerAnswer(
            status: answer.status, mediaType: answer.mediaType, body: answer.body.clone())
    }
}
