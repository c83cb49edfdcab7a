package import Cryptography
internal import JSON

/// The formats of files with tokens that other programs write.
package enum InterchangeFormat: String, CaseIterable, Sendable {
    case otpauth
    case aegis
    case twoFAS = "2fas"
    case andOTP = "andotp"
    /// Encrypted by a version of before 2020.
    case andOTPOld = "andotp-old"
    case freeOTPPlus = "freeotp-plus"
    case bitwarden
    case pskc

    /// The longest file that is read; pictures make some vaults large.
    package static let maximumCount = 32 << 20

    /// Looks at a file's content.
    ///
    /// - Parameter content: the file.
    /// - Returns: its format, or nil when it is none of these.
    package static func recognised(in content: Shared<SecretBytes>) -> InterchangeFormat? {
        let format = content.value.withBytes { bytes -> InterchangeFormat? in
            if URIList.isLikely(bytes) { return .otpauth }
            if PSKC.isLikely(bytes) { return .pskc }
            if Bitwarden.isLikely(bytes) { return .bitwarden }
            guard AndOTP.isLikelyEncrypted(bytes) else { return nil }
            // The number that a new one begins with is random bytes of an old one, and rarely so small.
            let number = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[$1]) }
            return AndOTP.iterations.contains(number) ? .andOTP : .andOTPOld
        }
        if let format { return format }
        guard let json = SecretJSON(content) else { return nil }
        if Aegis.isLikely(json) { return .aegis }
        if TwoFAS.isLikely(json) { return .twoFAS }
        if FreeOTPPlus.isLikely(json) { return .freeOTPPlus }
        if Bitwarden.isLikely(json) { return .bitwarden }
        return AndOTP.isLikely(json) ? .andOTP : nil
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - content: the file, at most `maximumCount` bytes.
    ///   - password: what opens it, if there is one.
    /// - Returns: what is in it.
    /// - Throws: `InterchangeError`; `.needsPassword` before anything costly is done.
    package func read(
        _ content: Shared<SecretBytes>, password: Shared<SecretBytes>?
    ) throws(InterchangeError) -> Harvest {
        guard content.value.count <= Self.maximumCount else { throw .excessive("length") }
        switch self {
        case .otpauth: return try content.lend(URIList.read)
        case .pskc:
            return try content.lend { (bytes) throws(InterchangeError) in
                try PSKC.read(bytes, password: password)
            }
        case .aegis: return try Aegis.read(json(content), password: password)
        case .twoFAS: return try TwoFAS.read(json(content), password: password)
        case .freeOTPPlus: return try FreeOTPPlus.read(json(content))
        case .bitwarden:
            guard let json = SecretJSON(content) else {
                return try content.lend { (bytes) throws(InterchangeError) in
                    try Bitwarden.read(csv: bytes)
                }
            }
            return try Bitwarden.read(json)
        case .andOTP, .andOTPOld:
            if let json = SecretJSON(content) { return try AndOTP.read(json) }
            let opened = try content.value.withBytes {
                (bytes) throws(InterchangeError) -> SecretBytes in
                try self == .andOTP
                    ? AndOTP.open(bytes, password: password)
                    : AndOTP.openOld(bytes, password: password)
            }
            return try AndOTP.read(json(Shared(opened)))
        }
    }

    private func json(_ content: Shared<SecretBytes>) throws(InterchangeError) -> SecretJSON {
        guard let json = SecretJSON(content) else { throw .malformed("JSON") }
        return json
    }
}

extension Shared<SecretBytes> {
    fileprivate func lend(
        _ body: (Span<UInt8>) throws(InterchangeError) -> Harvest
    ) throws(InterchangeError) -> Harvest {
        try value.withBytes(body)
    }
}
