internal import FoundationEssentials

/// The URL of a server: scheme, host, port and a path to which endpoints are appended.
package struct ServerURL: Equatable, Sendable {
    package let isSecure: Bool
    /// A name in ASCII, or an address without brackets.
    package let host: String
    package let port: UInt16
    /// Empty, or a path that starts with a slash and does not end with one.
    package let path: String

    /// Reads a URL strictly.
    ///
    /// - Parameter text: `http` or `https`, a host, perhaps a port and a path; no user, query or fragment.
    /// - Returns: nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count <= 512, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https", let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
        else { return nil }
        isSecure = scheme == "https"
        self.host =
            host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let allowed = "-._:".utf8
        guard
            self.host.utf8.allSatisfy({
                allowed.contains($0) || Character(UnicodeScalar($0)).isLetter
                    || Character(UnicodeScalar($0)).isNumber
            })
        else { return nil }
        guard let port = UInt16(exactly: parts.port ?? (isSecure ? 443 : 80)), port > 0 else {
            return nil
        }
        self.port = port
        var path = parts.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// The URL as text, in one form.
    package var text: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }

    /// Host and port as the Host field has them; the port only when it is not the scheme's own.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Whether the host is an IP literal.
    var hostIsAddress: Bool {
        host.contains(":")
            || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
    }

    /// Whether it can only be this machine.
    package var isLoopback: Bool {
        // Anything but four numbers of one byte would be looked up as a name.
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost" || host == "::1"
            || parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
