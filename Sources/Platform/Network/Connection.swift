internal import Cryptography

/// A connection to the other side of an HTTP exchange, with or without TLS.
package struct Connection: ~Copyable {
    private let socket: Socket
    private let tls: TLSSession?

    /// Connects to the host of a URL, and checks its certificate when the URL says https.
    ///
    /// - Parameters:
    ///   - url: the server.
    ///   - caFile: the PEM file to trust instead of the system's certificates.
    ///   - deadline: for all of it.
    /// - Throws: `NetworkError`.
    package init(to url: ServerURL, trusting caFile: String?, deadline: Deadline)
        throws(NetworkError)
    {
        // A file that does not load is told before anybody is bothered.
        let context = url.isSecure ? try TLSContext(trusting: caFile) : nil
        let socket = try Socket.connect(host: url.host, port: url.port, deadline: deadline)
        guard let context else {
            self.init(socket: socket, tls: nil)
            return
        }
        let tls = try TLSSession(
            connecting: socket, host: url.host, isAddress: url.hostIsAddress, context: context)
        try tls.handshake(socket, deadline: deadline)
        self.init(socket: socket, tls: tls)
    }

    /// Takes over a connection that a listener accepted.
    ///
    /// - Parameters:
    ///   - descriptor: the non-blocking socket.
    ///   - context: the certificate to show, when TLS is spoken.
    ///   - deadline: for the handshake.
    /// - Throws: `NetworkError`.
    package init(
        accepting descriptor: consuming FileDescriptor, context: TLSContext?, deadline: Deadline
    ) throws(NetworkError) {
        let socket = Socket(owning: descriptor)
        guard let context else {
            self.init(socket: socket, tls: nil)
            return
        }
        let tls = try TLSSession(accepting: socket, context: context)
        try tls.handshake(socket, deadline: deadline)
        self.init(socket: socket, tls: tls)
    }

    private init(socket: consuming Socket, tls: consuming TLSSession?) {
        self.socket = socket
        self.tls = tls
    }

    /// Writes all of it.
    package func write(_ bytes: [UInt8], deadline: Deadline) throws(NetworkError) {
        try write(bytes.span, deadline: deadline)
    }

    private func write(_ bytes: Span<UInt8>, deadline: Deadline) throws(NetworkError) {
        switch tls {
        case .some(let tls): try tls.write(bytes, socket, deadline: deadline)
        case .none: try socket.write(bytes, deadline: deadline)
        }
    }

    /// Reads one message.
    ///
    /// - Parameters:
    ///   - role: what is expected.
    ///   - limits: how much of it.
    ///   - deadline: for all of it.
    /// - Returns: the message.
    /// - Throws: `NetworkError`.
    package func message(
        _ role: HTTPParser.Role, limits: HTTPLimits = .usual, deadline: Deadline
    ) throws(NetworkError) -> HTTPMessage {
        var parser = HTTPParser(role, limits: limits)
        while true {
            let bytes = try read(deadline: deadline)
            do throws(HTTPError) {
                if bytes.isEmpty { return try parser.finish() }
                if let message = try parser.feed(bytes) { return message }
            } catch {
                throw .http(error)
            }
        }
    }

    /// Writes all of a secret.
    func write(_ secret: borrowing SecretBytes, deadline: Deadline) throws(NetworkError) {
        try secret.withBytes { (bytes) throws(NetworkError) in
            try write(bytes, deadline: deadline)
        }
    }

    /// Reads an answer whose body is a secret: nothing of that is left elsewhere.
    ///
    /// - Parameters:
    ///   - limits: how much of it.
    ///   - deadline: for all of it.
    /// - Returns: the answer without its body, and the body.
    /// - Throws: `NetworkError`.
    func secretAnswer(
        limits: HTTPLimits = .usual, deadline: Deadline
    ) throws(NetworkError) -> SecretAnswer {
        var parser = HTTPParser(.response, limits: limits, isSecret: true)
        defer { parser.wipe() }
        while true {
            var bytes = try read(deadline: deadline)
            defer { bytes.wipe() }
            do throws(HTTPError) {
                if bytes.isEmpty {
                    _ = try parser.finish()
                } else if try parser.feed(bytes) == nil {
                    continue
                }
            } catch {
                throw .http(error)
            }
            return parser.secretAnswer
        }
    }

    private func read(deadline: Deadline) throws(NetworkError) -> [UInt8] {
        // A peer that sends byte by byte is never waited for, and must not outlive the deadline either.
        guard !deadline.isOver else { throw .timedOut }
        switch tls {
        case .some(let tls): return try tls.read(socket, deadline: deadline)
        case .none: return try socket.read(deadline: deadline)
        }
    }

    /// Says goodbye, as TLS wants it.
    package func close() {
        switch tls {
        case .some(let tls): tls.close()
        case .none: break
        }
    }
}
