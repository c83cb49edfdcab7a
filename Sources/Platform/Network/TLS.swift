internal import CShims
internal import Cryptography
internal import Glibc

/// What is trusted, or shown, in TLS connections: made once, used for many.
@safe package final class TLSContext: @unchecked Sendable {
    // Sendable: SSL_CTX is reference-counted and locked by libssl, and never changed after its making.
    let pointer: OpaquePointer

    /// Trusts the certificates of a PEM file, or the system's when there is none.
    ///
    /// - Parameter caFile: the file.
    /// - Throws: `NetworkError.certificateFile`.
    package init(trusting caFile: String?) throws(NetworkError) {
        guard let pointer = unsafe shim_tls_client_context(caFile) else {
            throw .certificateFile(caFile ?? "the system's certificates")
        }
        unsafe self.pointer = pointer
    }

    /// Shows a certificate.
    ///
    /// - Parameters:
    ///   - chain: a PEM file with the server's certificate first.
    ///   - key: a PEM file with its private key.
    /// - Throws: `NetworkError.certificateFile`.
    package init(showing chain: String, key: String) throws(NetworkError) {
        guard let pointer = unsafe shim_tls_server_context(chain, key) else {
            throw .certificateFile("\(chain), \(key)")
        }
        unsafe self.pointer = pointer
    }

    deinit { unsafe shim_tls_context_free(pointer) }
}

/// TLS over a socket; never waits.
@safe struct TLSSession: ~Copyable {
    private let pointer: OpaquePointer
    private let context: TLSContext

    /// The client's side; `host` is what the certificate must name.
    init(
        connecting socket: borrowing Socket, host: String, isAddress: Bool, context: TLSContext
    ) throws(NetworkError) {
        guard
            let pointer = unsafe shim_tls_connect(
                context.pointer, socket.descriptor.number, host, isAddress ? 1 : 0)
        else { throw .tls("cannot be set up for \(host)") }
        unsafe self.pointer = pointer
        self.context = context
    }

    /// The server's side.
    init(accepting socket: borrowing Socket, context: TLSContext) throws(NetworkError) {
        guard let pointer = unsafe shim_tls_accept(context.pointer, socket.descriptor.number) else {
            throw .tls("cannot be set up")
        }
        unsafe self.pointer = pointer
        self.context = context
    }

    deinit { unsafe shim_tls_free(pointer) }

    func handshake() throws(NetworkError) -> Attempt<Void> {
        switch try outcome(unsafe shim_tls_handshake(pointer)) {
        case .done: return .done(())
        case .waits(let events): return .waits(events)
        }
    }

    /// The next bytes; none when the peer has closed with close_notify.
    func read() throws(NetworkError) -> Attempt<[UInt8]> {
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        var moved = 0
        switch try outcome(unsafe shim_tls_read(pointer, &bytes, bytes.count, &moved)) {
        case .done(let isOpen):
            // In place: it may be a secret, which whoever gets it can wipe then.
            bytes.removeLast(bytes.count - (isOpen ? moved : 0))
            return .done(bytes)
        case .waits(let events): return .waits(events)
        }
    }

    /// Writes some of it, and tells how much; what waits has to be the start of the next attempt.
    func write(_ bytes: Span<UInt8>) throws(NetworkError) -> Attempt<Int> {
        var moved = 0
        let status = unsafe bytes.withUnsafeBufferPointer {
            unsafe shim_tls_write(pointer, $0.baseAddress, $0.count, &moved)
        }
        switch try outcome(status) {
        case .done(let isOpen):
            guard isOpen else { throw .http(.cutShort) }
            return .done(moved)
        case .waits(let events): return .waits(events)
        }
    }

    func close() { unsafe shim_tls_close(pointer) }

    // False when the peer has closed properly.
    private func outcome(_ status: CInt) throws(NetworkError) -> Attempt<Bool> {
        switch status {
        case CInt(SHIM_TLS_DONE): return .done(true)
        case CInt(SHIM_TLS_CLOSED): return .done(false)
        case CInt(SHIM_TLS_WANT_READ): return .waits(POLLIN)
        case CInt(SHIM_TLS_WANT_WRITE): return .waits(POLLOUT)
        case CInt(SHIM_TLS_CUT): throw .http(.cutShort)
        default: throw failure()
        }
    }

    /// Takes TLS 1.3 and this protocol, and nothing else; before the handshake.
    func require(alpn: String) throws(NetworkError) {
        guard unsafe shim_tls_require(pointer, alpn) == 1 else { throw .tls("cannot be set up") }
    }

    /// Whether the server has selected the protocol.
    func has(alpn: String) -> Bool { unsafe shim_tls_has_alpn(pointer, alpn) == 1 }

    /// Keying material of the session (RFC 8446, section 7.5).
    func export(
        _ label: String, _ context: [UInt8], _ count: Int
    ) throws(NetworkError) -> SecretBytes {
        try SecretBytes(count: count) { (into) throws(NetworkError) in
            let done = unsafe into.withUnsafeMutableBufferPointer { into in
                unsafe shim_tls_export(
                    pointer, label, context, context.count, into.baseAddress, into.count)
            }
            guard done == 1 else { throw .tls("exports no keys") }
        }
    }

    private func failure() -> NetworkError {
        let verdict = unsafe shim_tls_verify_error(pointer)
        if verdict != 0, let text = unsafe shim_tls_verify_text(verdict) {
            let reason = unsafe String(cString: text)
            return shim_tls_is_date_error(verdict) == 1
                ? .certificateDate(reason) : .certificate(reason)
        }
        var text = [CChar](repeating: 0, count: 128)
        unsafe shim_tls_error(&text, text.count)
        return .tls(
            String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}
