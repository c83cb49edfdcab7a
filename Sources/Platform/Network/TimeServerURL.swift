internal import Glibc

/// Where a time server is asked: `ntp://HOST[:PORT]` or `nts://HOST[:PORT]`.
package struct TimeServerURL: Equatable, Sendable {
    /// Whether the server proves who it is; the port is then that of the key exchange.
    package let isNTS: Bool
    /// A name in ASCII, or an address without brackets.
    package let host: String
    /// Whether the host is an IP literal.
    package let isAddress: Bool
    /// Nil for the protocol's own.
    package let port: UInt16?

    /// Reads a URL strictly; nil for anything that is none.
    ///
    /// - Parameter text: scheme, host and perhaps a port, nothing else.
    package init?(_ text: String) {
        guard text.utf8.count <= 512 else { return nil }
        let schemes = [(true, "nts://"), (false, "ntp://")]
        guard let (isNTS, scheme) = schemes.first(where: { text.lowercased().hasPrefix($0.1) }),
            let authority = Authority(text.dropFirst(scheme.count))
        else { return nil }
        self.isNTS = isNTS
        host = authority.host.lowercased()
        isAddress = authority.isAddress
        port = authority.port
    }

    /// Names a server.
    ///
    /// - Parameters:
    ///   - host: a name in ASCII, or an address without brackets.
    ///   - port: nil for the protocol's own.
    ///   - isNTS: whether it proves who it is.
    package init(host: String, port: UInt16?, isNTS: Bool) {
        self.host = host.lowercased()
        self.port = port
        self.isNTS = isNTS
        isAddress = isLiteral(host, AF_INET) || isLiteral(host, AF_INET6)
    }

    /// The URL as text, in one form.
    package var text: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isNTS ? "nts" : "ntp")://\(name)\(port.map { ":\($0)" } ?? "")"
    }
}
