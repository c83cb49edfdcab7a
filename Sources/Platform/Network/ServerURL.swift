internal import Glibc

/// The URL of a server: scheme, host, port and a path to which endpoints are appended.
package struct ServerURL: Equatable, Sendable {
    package let isSecure: Bool
    /// A name in ASCII, or an address without brackets; in lower case.
    package let host: String
    package let port: UInt16
    /// Empty, or a path that starts with a slash and does not end with one.
    package let path: String
    /// Whether the host is an IP literal.
    let hostIsAddress: Bool

    /// Reads a URL strictly; nil for anything that is none.
    ///
    /// - Parameter text: `http` or `https`, a host, perhaps a port and a path; no user, query or fragment.
    package init?(_ text: String) {
        guard text.utf8.count <= 512 else { return nil }
        let schemes = [(true, "https://"), (false, "http://")]
        guard let (isSecure, scheme) = schemes.first(where: { text.lowercased().hasPrefix($0.1) })
        else { return nil }
        self.isSecure = isSecure
        // No user, query or fragment: none of their characters is taken in any part.
        let rest = text.dropFirst(scheme.count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let authority = Authority(rest[..<slash]), rest[slash...].utf8.allSatisfy(isPathByte)
        else { return nil }
        host = authority.host
        hostIsAddress = authority.isAddress
        port = authority.port ?? (isSecure ? 443 : 80)
        var path = String(rest[slash...])
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

    /// Whether it is meant to be this machine; a connection without TLS sees to it that it is.
    package var isLoopback: Bool {
        host == "localhost" || hostIsAddress && Self.isLoopback(host)
    }

    /// Whether an address is one of this machine's own.
    static func isLoopback(_ address: String) -> Bool {
        address == "::1" || address.hasPrefix("127.")
    }
}

/// Host and port of a URL.
struct Authority {
    let host: String
    let isAddress: Bool
    let port: UInt16?

    init?(_ text: Substring) {
        let end: String.Index
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            host = text[..<bracket].dropFirst().lowercased()
            guard isLiteral(host, AF_INET6) else { return nil }
            isAddress = true
            end = text.index(after: bracket)
        } else {
            end = text.firstIndex(of: ":") ?? text.endIndex
            host = text[..<end].lowercased()
            isAddress = isLiteral(host, AF_INET)
            guard isAddress || isHostName(host) else { return nil }
        }
        let rest = text[end...]
        guard !rest.isEmpty else {
            port = nil
            return
        }
        // Digits alone: UInt16 would take a sign.
        let digits = rest.dropFirst()
        guard rest.hasPrefix(":"), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = UInt16(digits), number > 0
        else { return nil }
        port = number
    }
}

func isLiteral(_ text: String, _ family: CInt) -> Bool {
    // C would take what stands before a zero for the whole text.
    guard !text.utf8.contains(0) else { return false }
    var address = [UInt8](repeating: 0, count: 16)
    return unsafe inet_pton(family, text, &address) == 1
}

/// Letters, digits, hyphens and dots (RFC 1123), with the underscore that some networks use; not digits alone.
private func isHostName(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return text.utf8.count <= 253
        && labels.allSatisfy {
            (1...63).contains($0.utf8.count) && $0.first != "-" && $0.last != "-"
        }
        && text.utf8.allSatisfy { isNameByte($0) } && labels.last?.contains { $0.isLetter } == true
}

private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"):
        true
    default: false
    }
}

private func isPathByte(_ byte: UInt8) -> Bool {
    isNameByte(byte) || "/~%:@!$&'()*+,;=".utf8.contains(byte)
}
