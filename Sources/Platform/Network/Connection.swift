internal import Cryptography
internal import Glibc

/// A connection to the other side of an HTTP exchange, with or without TLS.
package struct Connection: ~Copyable {
    private let socket: Socket
    private var tls: TLSSession?

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
            // A name is what the resolver says it is.
            let peer = try socket.peer()
            guard !url.isLoopback || ServerURL.isLoopback(peer) else { throw .elsewhere(peer) }
            self.init(socket: socket, tls: nil)
            return
        }
        let tls = try TLSSession(
            connecting: socket, host: url.host, isAddress: url.hostIsAddress, context: context)
        try socket.keepTrying(until: deadline) { () throws(NetworkError) in try tls.handshake() }
        self.init(socket: socket, tls: tls)
    }

    /// Takes over a connection that a listener accepted.
    ///
    /// - Parameter descriptor: the non-blocking socket.
    init(accepting descriptor: consuming FileDescriptor) {
        self.init(socket: Socket(owning: descriptor), tls: nil)
    }

    private init(socket: consuming Socket, tls: consuming TLSSession?) {
        self.socket = socket
        self.tls = tls
    }

    /// Whether TLS is spoken, or about to be.
    var isSecure: Bool {
        switch tls {
        case .some: true
        case .none: false
        }
    }

    /// Goes on with the server's side of a handshake; begins it, the first time.
    mutating func greet(_ context: TLSContext) throws(NetworkError) -> Attempt<Void> {
        if !isSecure { tls = try TLSSession(accepting: socket, context: context) }
        return try tls?.handshake() ?? .done(())
    }

    /// The next bytes; none when the peer has closed.
    func read() throws(NetworkError) -> Attempt<[UInt8]> {
        switch tls {
        case .some(let tls): try Self.established { () throws(NetworkError) in try tls.read() }
        case .none: try socket.read()
        }
    }

    /// Writes some of it, and tells how much.
    func write(_ bytes: ArraySlice<UInt8>) throws(NetworkError) -> Attempt<Int> {
        try write(bytes.span)
    }

    private func write(_ bytes: Span<UInt8>) throws(NetworkError) -> Attempt<Int> {
        switch tls {
        case .some(let tls):
            try Self.established { () throws(NetworkError) in try tls.write(bytes) }
        case .none: try socket.write(bytes)
        }
    }

    /// Tells a failure of TLS that there was from one to come to it: something may have gone out before.
    private static func established<Value>(
        _ attempt: () throws(NetworkError) -> Value
    ) throws(NetworkError) -> Value {
        do {
            return try attempt()
        } catch .tls(let reason) {
            throw .broken(reason)
        } catch {
            throw error
        }
    }

    /// Says goodbye, as TLS wants it.
    package func close() {
        switch tls {
        case .some(let tls): tls.close()
        case .none: break
        }
    }

    /// Says that nothing more will come.
    func finish() {
        close()
        socket.finish()
    }

    /// Reads away some of what comes after the end.
    ///
    /// - Returns: done with false once the peer has closed too.
    func discard() throws(NetworkError) -> Attempt<Bool> {
        switch try socket.read() {
        case .done(let bytes): .done(!bytes.isEmpty)
        case .waits(let events): .waits(events)
        }
    }

    /// Writes all of it.
    package func write(_ bytes: [UInt8], deadline: Deadline) throws(NetworkError) {
        try write(bytes.span, deadline: deadline)
    }

    /// Writes all of a secret.
    func write(_ secret: borrowing SecretBytes, deadline: Deadline) throws(NetworkError) {
        try secret.withBytes { (bytes) throws(NetworkError) in
            try write(bytes, deadline: deadline)
        }
    }

    private func write(_ bytes: Span<UInt8>, deadline: Deadline) throws(NetworkError) {
        try socket.write(bytes, until: deadline) { (rest) throws(NetworkError) in try write(rest) }
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
            var bytes = try socket.keepTrying(until: deadline) { () throws(NetworkError) in
                try read()
            }
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
            let bytes = try socket.keepTrying(until: deadline) { () throws(NetworkError) in
                try read()
            }
            do throws(HTTPError) {
                if bytes.isEmpty { return try parser.finish() }
                if let message = try parser.feed(bytes) { return message }
            } catch {
                throw .http(error)
            }
        }
    }
}
