package import Cryptography
internal import OATH

/// Tokens as `otpauth` URIs, one a line; Google's `otpauth-migration` URIs may stand among them.
package enum URIList {
    /// The longest line that is read; a migration URI can be as long as a QR code holds, and a name takes nine bytes a
    /// character.
    private static let maximumLine = 64 << 10
    private static let scheme: StaticString = "otpauth://"
    private static let remark = UInt8(ascii: "#")
    static let extraMark = "x."

    /// Whether a text seems to be such a list.
    static func isLikely(_ text: Span<UInt8>) -> Bool {
        var start = text.skippingSpace(from: text.textStart)
        while start < text.count, text[start] == remark,
            let end = text.firstIndex(of: 0x0A, from: start)
        {
            start = text.skippingSpace(from: end)
        }
        return text.holdsIgnoringCase(scheme, at: start)
            || text.holdsIgnoringCase(GoogleMigration.scheme, at: start)
    }

    /// Reads a list.
    ///
    /// - Parameters:
    ///   - text: UTF-8.
    ///   - isBackup: whether it is this program's own, out of a sealed file: it comes back as it was written, without
    ///     the bounds on what strangers write, and what is something else makes it no backup.
    /// - Returns: its tokens; a line that is something else is listed among what cannot be used.
    /// - Throws: `InterchangeError.malformed` when all lines are something else, naming the first.
    package static func read(
        _ text: Span<UInt8>, isBackup: Bool = false
    ) throws(InterchangeError) -> Harvest {
        var harvest = Harvest(isBackup: isBackup)
        var batches = GoogleMigration.Batches()
        var (start, number) = (text.textStart, 0)
        var (firstOdd, hasEntries): (String?, Bool) = (nil, false)
        while start < text.count {
            let end = text.firstIndex(of: 0x0A, from: start) ?? text.count
            number += 1
            let line = text.extracting(text.trimmed(start..<end))
            start = end + 1
            if line.isEmpty || line[0] == remark { continue }
            if (isBackup || line.count <= maximumLine)
                && (GoogleMigration.read(line, &batches, into: &harvest)
                    || read(line, TokenDraft(), into: &harvest))
            {
                hasEntries = true
                continue
            }
            let place = "line \(number)"
            guard !isBackup else { throw .malformed(place) }
            firstOdd = firstOdd ?? place
            harvest.refuse(place, .unreadable)
        }
        if let firstOdd, !hasEntries { throw .malformed(firstOdd) }
        harvest.missingParts = batches.missing
        return harvest
    }

    /// Reads one URI.
    ///
    /// - Parameters:
    ///   - line: the URI.
    ///   - known: what is known of the token, and holds unless the URI says otherwise.
    ///   - harvest: takes the token.
    /// - Returns: false when it is no such URI.
    static func read(
        _ line: Span<UInt8>, _ known: TokenDraft, into harvest: inout Harvest
    ) -> Bool {
        guard line.holdsIgnoringCase(scheme, at: 0) else { return false }
        let query = line.firstIndex(of: UInt8(ascii: "?")) ?? line.count
        guard
            let slash = line.firstIndex(of: UInt8(ascii: "/"), from: scheme.utf8CodeUnitCount),
            slash <= query,
            let kind = PercentEncoding.text(
                line.extracting(scheme.utf8CodeUnitCount..<slash))
        else { return false }
        let label = line.extracting(slash + 1..<query)
        guard var draft = labelled(label, known) else {
            harvest.refuse(String(decoding: Array(copying: label), as: UTF8.self), .unreadable)
            return true
        }
        draft.kind = kind
        var secret: Shared<SecretBytes>?
        var isSound = true
        var position = min(query + 1, line.count)
        while position < line.count {
            let end = line.firstIndex(of: UInt8(ascii: "&"), from: position) ?? line.count
            if !take(line.extracting(position..<end), &draft, &secret) { isSound = false }
            position = end + 1
        }
        guard isSound else {
            harvest.refuse(draft.title, .unreadable)
            return true
        }
        draft.judge(secret?.value.withBytes(Base32.lenient), into: &harvest)
        return true
    }

    /// The label, which is `ISSUER:ACCOUNT` or an account alone.
    private static func labelled(_ label: Span<UInt8>, _ known: TokenDraft) -> TokenDraft? {
        var draft = known
        if let colon = label.firstIndex(of: UInt8(ascii: ":")) {
            guard let issuer = PercentEncoding.text(label.extracting(0..<colon)),
                let account = PercentEncoding.text(label.extracting((colon + 1)...))
            else { return nil }
            (draft.issuer, draft.account) = (issuer, account.trimmed)
            return draft
        }
        guard let text = PercentEncoding.text(label) else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { draft.issuer = String(parts[0]) }
        if let account = parts.last, !account.isEmpty { draft.account = String(account).trimmed }
        return draft
    }

    /// Takes `name=value`; false for a value that cannot be, or a second secret.
    private static func take(
        _ parameter: Span<UInt8>, _ draft: inout TokenDraft, _ secret: inout Shared<SecretBytes>?
    ) -> Bool {
        guard let equals = parameter.firstIndex(of: UInt8(ascii: "=")),
            let name = PercentEncoding.text(parameter.extracting(0..<equals))
        else { return parameter.isEmpty }
        let raw = parameter.extracting((equals + 1)...)
        if name.lowercased() == "secret" {
            guard secret == nil, let value = PercentEncoding.decode(raw) else { return false }
            secret = Shared(value)
            return true
        }
        // Some encode a query as forms do; a plus sign itself is %2B to all.
        let spaced = raw.replacing(UInt8(ascii: "+"), with: UInt8(ascii: " "))
        guard let value = spaced.withBytes(PercentEncoding.decode) else { return false }
        if name.hasPrefix(extraMark) {
            draft.extras.append((String(name.dropFirst(extraMark.count)), Shared(value)))
            return true
        }
        guard
            let text = value.withBytes({
                String(validating: Array(copying: $0), as: UTF8.self)
            })
        else { return false }
        switch name.lowercased() {
        // An issuer that is there and empty leaves the one of the label.
        case "issuer": if !text.isEmpty { draft.issuer = text }
        case "algorithm": draft.algorithm = text
        case "digits": draft.digits = Int64(text) ?? -1
        case "period": draft.period = Int64(text) ?? -1
        case "name": draft.name = text
        case "user_id": draft.account = text
        case "service_id": draft.serviceID = text
        case "server": draft.server = text
        case "enrolled_at": draft.enrolledAt = Int64(text)
        case "expires_at": draft.expiresAt = Int64(text)
        case "default": draft.isDefault = text == "yes"
        // Pictures, counters and what else others may add mean nothing here.
        default: break
        }
        return true
    }

    // MARK: Writing

    /// Writes a list.
    ///
    /// - Parameter tokens: what is in it.
    /// - Returns: a line for each.
    package static func write(_ tokens: [ForeignToken]) -> SecretBytes {
        var text = SecretBuffer(capacity: 256 * max(1, tokens.count))
        for token in tokens {
            append(token, to: &text)
            token.appendOwn(to: &text)
            text.append("\n")
        }
        return text.finish()
    }

    /// Writes one URI as every authenticator reads it.
    ///
    /// - Parameter token: its token.
    /// - Returns: the URI.
    package static func uri(_ token: ForeignToken) -> SecretBytes {
        var text = SecretBuffer()
        append(token, to: &text)
        return text.finish()
    }

    private static func append(_ token: ForeignToken, to text: inout SecretBuffer) {
        text.append("otpauth://totp/")
        PercentEncoding.append(token.issuer, to: &text)
        // Without an issuer, too, or a colon of the account would be taken for this one.
        if !token.issuer.isEmpty || token.account.utf8.contains(UInt8(ascii: ":")) {
            text.append(":")
        }
        PercentEncoding.append(token.account, to: &text)
        text.append("?secret=")
        Base32.append(token.seed.value, to: &text)
        if !token.issuer.isEmpty { text.parameter("issuer", token.issuer) }
        text.parameter("algorithm", token.totp.algorithm.rawValue)
        text.parameter("digits", "\(token.totp.digits)")
        text.parameter("period", "\(token.totp.period)")
    }
}

extension ForeignToken {
    /// What this program adds; others pass over it.
    fileprivate func appendOwn(to text: inout SecretBuffer) {
        if let name { text.parameter("name", name) }
        if !serviceID.isEmpty { text.parameter("service_id", serviceID) }
        // The label may have been trimmed on the way.
        text.parameter("user_id", account)
        if !server.isEmpty { text.parameter("server", server) }
        if let enrolledAt { text.parameter("enrolled_at", "\(enrolledAt)") }
        if let expiresAt { text.parameter("expires_at", "\(expiresAt)") }
        if isDefault { text.parameter("default", "yes") }
        for extra in extras {
            text.append("&")
            PercentEncoding.append(URIList.extraMark + extra.key, to: &text)
            text.append("=")
            extra.value.value.withBytes { PercentEncoding.append($0, to: &text) }
        }
    }
}

extension SecretBuffer {
    fileprivate mutating func parameter(_ name: StaticString, _ value: String) {
        append("&")
        append(name)
        append("=")
        PercentEncoding.append(value, to: &self)
    }
}
