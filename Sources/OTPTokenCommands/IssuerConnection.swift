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
    ///   - allowsHTTP: whether one without TLS is taken although it is not on this machine.
    /// - Returns: the address.
    /// - Throws: the words for one that is not taken.
    static func server(_ text: String, allowsHTTP: Bool) throws(CommandFailure) -> ServerURL {
        guard let server = ServerURL(text) else { throw Messages.badServer(text) }
        guard server.isSecure || server.isLoopback || allowsHTTP else {
            throw Messages.plainHTTP(server)
        }
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

    /// Posts JSON to the issuer.
    ///
    /// - Parameters:
    ///   - body: the JSON.
    ///   - path: below the issuer's address.
    ///   - deadline: for everything.
    /// - Returns: the answer, whatever its status.
    /// - Throws: `NetworkError` when there is none.
    func post(
        _ body: [UInt8], to path: String, deadline: Deadline
    ) throws(NetworkError) -> (status: Int, body: [UInt8]) {
        let client = HTTPClient(server, caFile: caFile, agent: "otptoken/\(releaseVersion)")
        let answer = try client.post(body, to: path, deadline: deadline)
        guard case .response(let status, _) = answer.start else { return (0, []) }
        return (status, answer.body)
    }
}
