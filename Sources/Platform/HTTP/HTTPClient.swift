package import Cryptography

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

    /// Asks with and for secrets: nothing of them is left in ordinary memory.
    ///
    /// - Parameters:
    ///   - method: `POST` and so on.
    ///   - path: appended to the server's.
    ///   - authorization: the value of that field, visible ASCII; no field without.
    ///   - body: the JSON; none without.
    ///   - deadline: for everything.
    /// - Returns: the answer, whatever its status but a redirect.
    /// - Throws: `NetworkError`.
    package func ask(
        _ method: String, _ path: String, authorization: Shared<SecretBytes>?,
        body: Shared<SecretBytes>?, deadline: Deadline
    ) throws(NetworkError) -> SecretAnswer {
        var request = SecretBuffer(capacity: 4096)
        request.append("\(method) \(server.path)\(path) HTTP/1.1\r\nHost: \(server.authority)\r\n")
        request.append("User-Agent: \(agent)\r\nAccept: application/json\r\nConnection: close\r\n")
        if let authorization {
            request.append("Authorization: ")
            authorization.value.withBytes { request.append($0) }
            request.append("\r\n")
        }
        if body != nil { request.append("Content-Type: application/json\r\n") }
        request.append("Content-Length: \(body?.value.count ?? 0)\r\n\r\n")
        body?.value.withBytes { request.append($0) }
        let connection = try Connection(to: server, trusting: caFile, deadline: deadline)
        try connection.write(request.finish(), deadline: deadline)
        let answer = try connection.secretAnswer(deadline: deadline)
        connection.close()
        if (300...399).contains(answer.status) { throw .redirect(status: answer.status) }
        return answer
    }
}

/// An answer whose body is a secret.
package struct SecretAnswer: ~Copyable, Sendable {
    package let status: Int
    /// In lower case, without its parameters; nil when it does not say, or says two.
    package let mediaType: String?
    package let body: SecretBytes
}
