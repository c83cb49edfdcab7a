/// The addresses in a value of From, To, or a field alike (RFC 5322, section 3.4).
///
/// - Parameter value: as it stands there; an encoded word is no address, whatever it says.
/// - Returns: in small letters, in their order.
func mailAddresses(_ value: String) -> [String] {
    var addresses: [String] = []
    var bare = ""
    var angle: String?
    var isInside = false
    var isQuoted = false
    func address(_ text: String) -> String? {
        let text = text.filter { $0 != " " && $0 != "\t" }.lowercased()
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy({ !$0.isEmpty }) ? text : nil
    }
    func end() {
        if let found = address(angle ?? bare) { addresses.append(found) }
        (bare, angle, isInside) = ("", nil, false)
    }
    for scalar in withoutComments(value) {
        switch scalar {
        case "\"": isQuoted.toggle()
        case _ where isQuoted: continue
        case "<": (angle, isInside) = ("", true)
        case ">": isInside = false
        case ",", ";": end()
        // The name of a group.
        case ":" where !isInside: (bare, angle) = ("", nil)
        default:
            if isInside {
                angle?.unicodeScalars.append(scalar)
            } else {
                bare.unicodeScalars.append(scalar)
            }
        }
    }
    end()
    return addresses
}

/// Whether a text is one plain address, as somebody names one: `name@host.example`.
///
/// - Parameter text: the address.
/// - Returns: whether it is.
package func isMailAddress(_ text: String) -> Bool {
    text.utf8.count <= 254
        && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"<>()[]\\,;:\"".utf8.contains($0) }
        && mailAddresses(text) == [text.lowercased()]
}
