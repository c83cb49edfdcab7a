package import Cryptography
internal import OATH

/// Portable Symmetric Key Container (RFC 6030), plain or under a password.
package enum PSKC {
    static let namespace = "urn:ietf:params:xml:ns:keyprov:pskc"

    static func isLikely(_ text: Span<UInt8>) -> Bool {
        let start = text.skippingSpace(from: text.textStart)
        return start < text.count && text[start] == UInt8(ascii: "<")
    }

    static func read(
        _ document: Span<UInt8>, password: Shared<SecretBytes>?
    ) throws(InterchangeError) -> Harvest {
        let container = try XMLReader.read(document)
        guard container.name == "KeyContainer", container.attributes["Version"] == "1.0" else {
            throw .malformed("KeyContainer")
        }
        var protection: PSKCProtection?
        var harvest = Harvest()
        for package in container.children where package.name == "KeyPackage" {
            guard let key = package.child("Key") else { continue }
            if key.child("Data", "Secret", "EncryptedValue") != nil, protection == nil {
                guard let password else { throw .needsPassword }
                protection = try PSKCProtection(container, document, password.value)
            }
            try read(key, document, protection, into: &harvest)
        }
        return harvest
    }

    private static func read(
        _ key: XMLElement, _ document: Span<UInt8>, _ protection: PSKCProtection?,
        into harvest: inout Harvest
    ) throws(InterchangeError) {
        var draft = TokenDraft()
        let algorithm = key.attributes["Algorithm"] ?? ""
        draft.kind = algorithm.split { ":#".contains($0) }.last.map(String.init) ?? ""
        draft.issuer = key.child("Issuer")?.text(document) ?? ""
        draft.account = key.attributes["Id"] ?? ""
        draft.name = key.child("FriendlyName")?.text(document)
        let parameters = key.child("AlgorithmParameters")
        if let suite = parameters?.child("Suite")?.text(document), !suite.isEmpty {
            draft.algorithm = suite
        }
        if let format = parameters?.child("ResponseFormat") {
            draft.digits = format.attributes["Length"].flatMap { Int64($0) } ?? -1
            // Letters, or a digit more that checks the others.
            if format.attributes["Encoding"] != "DECIMAL"
                || ["true", "1"].contains(format.attributes["CheckDigits"] ?? "")
            {
                draft.digits = -1
            }
        }
        if let interval = key.child("Data", "TimeInterval") {
            draft.period =
                interval.child("PlainValue").flatMap { Int64($0.text(document)) } ?? -1
        }
        draft.expiresAt = key.child("Policy", "ExpiryDate").flatMap { xmlDate($0.text(document)) }
        let secret = key.child("Data", "Secret")
        if let plain = secret?.child("PlainValue") {
            draft.judge(
                plain.secret(document).withBytes { $0.lenientBase64 }, into: &harvest)
        } else if let secret, secret.child("EncryptedValue") != nil, let protection {
            draft.judge(try protection.open(secret, document), into: &harvest)
        } else {
            draft.judge(nil, into: &harvest)
        }
    }

    // MARK: Writing

    /// Writes a container.
    ///
    /// - Parameters:
    ///   - tokens: what is in it.
    ///   - password: what encrypts the secrets; nil leaves them plain.
    ///   - random: salt, keys and vectors.
    /// - Returns: XML.
    /// - Throws: `CryptographyError`.
    package static func write(
        _ tokens: [ForeignToken], password: Shared<SecretBytes>?, random: RandomSource
    ) throws(CryptographyError) -> SecretBytes {
        let seal = try password.map { (password) throws(CryptographyError) in
            try PSKCSeal(password.value, random)
        }
        var text = SecretBuffer(capacity: 1024 * max(1, tokens.count))
        text.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        text.append("<KeyContainer Version=\"1.0\" xmlns=\"\(namespace)\"")
        text.append(seal?.namespaces ?? "")
        text.append(">\n")
        text.append(seal?.header ?? "")
        for token in tokens {
            text.append("  <KeyPackage>\n    <Key Id=\"\(escaped(token.account))\"")
            text.append(" Algorithm=\"\(namespace):totp\">\n")
            text.append("      <Issuer>\(escaped(token.issuer))</Issuer>\n")
            text.append("      <AlgorithmParameters>\n")
            let algorithm = token.totp.algorithm
            // RFC 6030 names no default; programs that know no Suite take SHA-1 for granted.
            if algorithm != .sha1 {
                text.append("        <Suite>HMAC-\(algorithm.rawValue)</Suite>\n")
            }
            text.append("        <ResponseFormat Length=\"\(token.totp.digits)\"")
            text.append(" Encoding=\"DECIMAL\"/>\n      </AlgorithmParameters>\n")
            if let name = token.name {
                text.append("      <FriendlyName>\(escaped(name))</FriendlyName>\n")
            }
            text.append("      <Data>\n        <Secret>")
            if let seal {
                text.append(try seal.encrypted(token.seed.value, random))
            } else {
                text.append("<PlainValue>")
                Base64.append(token.seed.value, padding: .required, to: &text)
                text.append("</PlainValue>")
            }
            text.append("</Secret>\n        <Time><PlainValue>0</PlainValue></Time>\n")
            text.append("        <TimeInterval><PlainValue>\(token.totp.period)</PlainValue>")
            text.append("</TimeInterval>\n      </Data>\n    </Key>\n  </KeyPackage>\n")
        }
        text.append("</KeyContainer>\n")
        return text.finish()
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            // Readers leave out spaces at the ends, and make others of line ends.
            case " " where index == 0 || index == scalars.count - 1: escaped += "&#32;"
            case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
            // XML has no way to write the others.
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": break
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
