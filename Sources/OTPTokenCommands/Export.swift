internal import Cryptography
internal import Interchange
internal import OATH
internal import Platform
internal import TokenStore

/// `export [NAME…]`: hands tokens on to other authenticators.
func exportTokens(_ line: Invocation, _ session: Session) throws(CommandFailure) {
    let format = try ExportFormat(line)
    let isPlain = line.has("plain")
    guard isPlain || format.canBeEncrypted else { throw Messages.onlyPlain(format) }
    if isPlain, line.has("password-file") { throw Messages.excludes("plain", "password-file") }
    let tokens = try chosen(line.operands, session)
    if format == .qr, !isTerminal(1), tokens.count > 1 { throw Messages.onePicture() }
    if isPlain {
        session.note(Messages.plainExport)
        if isTerminal(1), try !confirm(Messages.askPlainExport(tokens.count)) {
            throw Messages.nothingExported()
        }
    }
    if !format.canBeEncrypted, tokens.contains(where: \.isUnusual) {
        session.note(Messages.ignoredElsewhere)
    }
    let outgoing = tokens.map { ForeignToken($0) }
    guard format != .qr else { return try drawCodes(outgoing) }
    let password = isPlain ? nil : Shared(try newPassword(line, Messages.askExportPassword))
    let file: SecretBytes
    do throws(CryptographyError) {
        file = try format.write(outgoing, password)
    } catch {
        throw .cryptography()
    }
    try file.withBytes { (bytes) throws(CommandFailure) in try writeResult(bytes) }
    session.note(Messages.exported(tokens.count))
}

/// What `export` writes.
enum ExportFormat: String, CaseIterable {
    case otpauth, aegis, pskc, qr

    init(_ line: Invocation) throws(CommandFailure) {
        let word = line.value("format") ?? Self.aegis.rawValue
        guard let format = Self(rawValue: word) else {
            throw Messages.badFormat(word, Self.allCases.map(\.rawValue))
        }
        self = format
    }

    /// Whether a password may protect it.
    var canBeEncrypted: Bool { self == .aegis || self == .pskc }

    fileprivate func write(
        _ tokens: [ForeignToken], _ password: Shared<SecretBytes>?
    ) throws(CryptographyError) -> SecretBytes {
        switch self {
        case .otpauth, .qr: return URIList.write(tokens)
        case .pskc:
            return try PSKC.write(tokens, password: password, random: SecretBytes.random)
        case .aegis:
            guard let password else { return try Aegis.write(tokens, random: SecretBytes.random) }
            return try Aegis.write(tokens, password: password.value, random: SecretBytes.random)
        }
    }
}

/// A password for a file that goes out: from its file, or asked for twice.
///
/// - Parameters:
///   - line: the command line.
///   - prompt: the question.
/// - Returns: the password.
/// - Throws: when there is none.
func newPassword(_ line: Invocation, _ prompt: String) throws(CommandFailure) -> SecretBytes {
    let passphrase = try newPassphrase(
        line, "password-file", prompts: (prompt, Messages.askPasswordAgain))
    if passphrase.count < Passphrase.advisedCount {
        writeNote(Messages.weakPassword(passphrase.count))
    }
    return passphrase.bytes.clone()
}

/// The tokens that somebody named, or all of them; those that cannot go out are told.
private func chosen(_ names: [String], _ session: Session) throws(CommandFailure) -> [Token] {
    let tokens = try session.activeTokens()
    var chosen: [Token] = []
    for name in names { chosen.append(try choose(name, from: tokens)) }
    if names.isEmpty { chosen = tokens }
    for token in chosen where !token.isPortable { session.note(Messages.notPortable(token)) }
    let portable = chosen.filter(\.isPortable)
    guard !portable.isEmpty else { throw Messages.nothingPortable() }
    return portable
}

/// Shows QR codes at the terminal, or writes one as a picture elsewhere.
private func drawCodes(_ tokens: [ForeignToken]) throws(CommandFailure) {
    let isScreen = isTerminal(1)
    // A code that a terminal with a dark background shows, too; the frame keeps it apart.
    let words = ["qrencode", "--output=-"] + (isScreen ? ["--type=ANSIUTF8", "--margin=2"] : [])
    for token in tokens {
        let picture: SecretBytes
        do {
            picture = try FilterCommand.run(words, input: URIList.uri(token), limit: 1 << 20)
        } catch {
            throw Messages.drawingFailed(error, package: "qrencode")
        }
        if isScreen { try writeResult("\(printable(token.name ?? token.account))\n") }
        try picture.withBytes { (bytes) throws(CommandFailure) in try writeResult(bytes) }
    }
}

extension Token {
    /// Whether it differs from what every authenticator takes for granted.
    fileprivate var isUnusual: Bool {
        totp.period != 30 || totp.digits != 6 || totp.algorithm != .sha1
    }
}
