/// Asks a server once: a new connection, one request, one answer.
package struct HTTPClient: Sendable {
    private let server: ServerURL
    private let caFile: String?
    private let agent: String

    /// Makes a client; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - server: the URL to which paths are appended.
    ///   - caFile: the PEM file to trust instead of the system's certificates.
    ///   - agent: the User-Agent field.
    package init(_ server: ServerURL, caFile: String?, agent: String) {
        self.server = server
        self.caFile = caFile
        self.agent = agent
    }

    /// Posts JSON.
    ///
    /// - Parameters:
    ///   - body: the JSON.
    ///   - path: appended to the server's.
    ///   - deadline: for everything.
    /// - Returns: the answer, whatever its status but a redirect.
    /// - Throws: `NetworkError`.
    package func post(
        _ body: [UInt8], to path: String, deadline: Deadline
    ) throws(NetworkError) -> HTTPMessage {
        let request = HTTPMessage(
            .request(method: "POST", target: server.path + path),
            fields: [
                .init("Host", server.authority), .init("User-Agent", agent),
                .init("Accept", "application/json"), .init("Content-Type", "application/json"),
                .init("Connection", "close"),
            ], body: body)
        let connection = try Connection(to: server, trusting: caFile, deadline: deadline)
        try connection.write(request.encoded, deadline: deadline)
        let answer = try connection.message(.response, deadline: deadline)
        connection.close()
        if case .response(let status, _) = answer.start, (300...399).contains(status) {
            throw .redirect(status: status)
        }
        return answer
    }
}
