/// Why there was no answer from a server.
package enum NetworkError: Error, Equatable {
    /// The resolver's reason.
    case nameNotFound(String)
    /// A name that must mean this machine means another; its address.
    case elsewhere(String)
    /// No address of the server took the connection; the last reason.
    case cannotConnect(Errno)
    /// The time was over.
    case timedOut
    /// The connection broke.
    case connectionLost(Errno)
    /// TLS broke after it had begun; libssl's reason.
    case broken(String)
    /// The server's certificate does not verify; libcrypto's reason.
    case certificate(String)
    /// The server's certificate is not valid yet, or not any more, by this machine's clock; libcrypto's reason.
    case certificateDate(String)
    /// The server does not speak the protocol that was asked for.
    case notSpoken(String)
    /// There is no TLS with the server; libssl's reason.
    case tls(String)
    /// The file with the trusted certificates, or the server's own, does not load.
    case certificateFile(String)
    /// The answer is no HTTP message that is taken.
    case http(HTTPError)
    /// The server sends elsewhere, which is never followed.
    case redirect(status: Int)

    /// Whether the server may have taken the request all the same.
    package var mayHaveArrived: Bool {
        switch self {
        case .nameNotFound, .elsewhere, .cannotConnect, .certificate, .certificateDate,
            .certificateFile, .tls,
            .notSpoken:
            false
        case .timedOut, .connectionLost, .broken, .http, .redirect: true
        }
    }
}
