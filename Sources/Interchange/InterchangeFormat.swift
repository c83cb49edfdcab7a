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

    /// Where a file that begins as JSON does is no JSON any more; nil when it is one, or begins as something else.
    ///
    /// - Parameter content: the file.
    /// - Returns: line and byte.
    package static func placeOfDamage(in content: Shared<SecretBytes>) -> String? {
        let isMeant = content.value.withBytes { bytes in
            let start = bytes.skippingSpace(from: bytes.textStart)
            return start < bytes.count && "{[".utf8.contains(bytes[start])
        }
        return isMeant ? jsonFault(in: content) : nil
    }

    private static func jsonFault(in content: Shared<SecretBytes>) -> String? {
        SecretJSON.fault(in: content).map { fault in
            let line = content.value.withBytes { bytes in
                (0..<fault).reduce(1) { $0 + (bytes[$1] == 0x0A ? 1 : 0) }
            }
            return "line \(line) (byte \(fault + 1))"
        }
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
        let harvest = try harvest(content, password)
        guard !harvest.isOverfull else { throw .excessive("tokens") }
        return harvest
    }

    private func harvest(
        _ content: Shared<SecretBytes>, _ password: Shared<SecretBytes>?
    ) throws(InterchangeError) -> Harvest {
        switch self {
        case .otpauth:
            return try content.lend { (bytes) throws(InterchangeError) in try URIList.read(bytes) }
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
        guard let json = SecretJSON(content) else {
            throw .malformed(Self.jsonFault(in: content) ?? "JSON")
        }
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
