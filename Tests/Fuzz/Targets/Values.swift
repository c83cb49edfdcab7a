import Cryptography
import JSON
import OATH
import Platform

/// A JSON text.
func fuzzJSON(_ input: [UInt8]) throws(Broken) -> Bool {
    guard let value = JSONValue(input) else { return false }
    let written = value.encoded
    let again = try unwrap(JSONValue(written), "what is written can be read")
    try require(again == value, "value is kept")
    try require(again.encoded == written, "reading and writing is a fixpoint")
    let controls = written.contains { $0 < 0x20 || $0 == 0x7F }
    try require(!controls, "nothing that is written steers a terminal")
    return true
}

/// The address of a server.
func fuzzURL(_ input: [UInt8]) throws(Broken) -> Bool {
    guard let url = ServerURL(String(input)) else { return false }
    let again = try unwrap(ServerURL(url.text), "what is written can be read")
    try require(again == url, "address is kept")
    try require(again.text == url.text, "reading and writing is a fixpoint")
    try require(
        url.text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "an address is visible ASCII")
    try require(!url.host.isEmpty && url.port > 0, "an address has a host and a port")
    try require(
        url.path.isEmpty || url.path.hasPrefix("/") && !url.path.hasSuffix("/"),
        "a path starts with a slash and does not end with one")
    try require(!url.isLoopback || again.isLoopback, "this machine remains this machine")
    return true
}

/// Base64, Base32 and hexadecimal digits: the input is text to be decoded, and bytes to be encoded.
func fuzzEncodings(_ input: [UInt8]) throws(Broken) -> Bool {
    var isTaken = false
    for padding in [Base64.Padding.required, .none] {
        let text = Base64.encode(input.span, padding: padding)
        try require(Base64.decode(text, padding: padding) == input, "Base64 of bytes")
        var secret = SecretBuffer(capacity: 1)
        Base64.append(SecretBytes(input), padding: padding, to: &secret)
        try require(secret.finish().exposed.elementsEqual(text.utf8), "Base64 of a secret")
        if let bytes = Base64.decode(input.span, padding: padding) {
            let text = Base64.encode(bytes.exposed.span, padding: padding)
            try require(text.utf8.elementsEqual(input), "Base64 has one text for each value")
            isTaken = true
        }
    }
    try require(Hex.decode(Hex.encode(input.span)) == input, "digits of bytes")
    if let bytes = Hex.decode(String(input)) {
        try require(
            Hex.encode(bytes.span) == String(input).lowercased(), "digits have one value each")
    }
    let text = base32(SecretBytes(input))
    let bytes = try unwrap(Base32.decode(text.span), "what is written can be read")
    try require(bytes.exposed == input, "Base32 of bytes")
    if let bytes = Base32.decode(input.span) {
        let symbols = input.filter { !" -=".utf8.contains($0) }
        try require(
            base32(bytes).elementsEqual(String(symbols).uppercased().utf8),
            "Base32 has one value for each text")
        isTaken = true
    }
    return isTaken
}

private func base32(_ secret: borrowing SecretBytes) -> [UInt8] {
    var text = SecretBuffer(capacity: 1)
    Base32.append(secret, to: &text)
    return text.finish().exposed
}
