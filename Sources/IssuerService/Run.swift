internal import Cryptography
internal import Enrolment
internal import JSON
internal import Platform

/// Runs `otptoken-issuer`.
///
/// - Parameter arguments: without the program's name.
package func run(_ arguments: [String]) -> Never {
    exitNow(status(of: arguments))
}

private func status(of arguments: [String]) -> Int32 {
    do throws(CommandFailure) {
        return try execute(arguments).rawValue
    } catch {
        writeNote(error.text(program: ProgramTable.issuer.name))
        return error.status.rawValue
    }
}

private func execute(_ arguments: [String]) throws(CommandFailure) -> ExitStatus {
    guard let line = try ProgramTable.issuer.answered(arguments) else { return .done }
    do throws(Errno) {
        try Hardening.apply()
    } catch {
        throw .cannotHarden(error)
    }
    let home = try home(line)
    switch line.command {
    case "init": try initialise(line, home)
    case "issue": try issue(line, open(home))
    case "serve": try serve(line, open(home, isBusy: true))
    case "verify": return try verify(line, open(home))
    case "list": try list(line, open(home))
    case "key": try key(line, open(home))
    case "account": try account(line, open(home))
    case "export": try export(line, open(home))
    case "revoke": try revoke(line, open(home))
    case "unlock": try unlock(line, open(home))
    // The parser lets no other command through.
    default: break
    }
    return .done
}

private func home(_ line: Invocation) throws(CommandFailure) -> String {
    if let home = line.value("home"), !home.isEmpty { return home }
    if let home = environmentVariable("OTPTOKEN_ISSUER_HOME"), !home.isEmpty { return home }
    let program = ProgramTable.issuer.name
    guard let home = Locations.data(of: program, environment: environmentVariable) else {
        throw Messages.noHome()
    }
    return home
}

private func open(_ home: String, isBusy: Bool = false) throws(CommandFailure) -> Issuer {
    try Messages.naming { () throws(IssuerError) in try Issuer(home: home, isBusy: isBusy) }
}

private func required(
    _ option: String, _ value: String, _ line: Invocation
) throws(CommandFailure) -> String {
    guard let given = line.value(option) else { throw Messages.missing(option, value) }
    return given
}

private func initialise(_ line: Invocation, _ home: String) throws(CommandFailure) {
    let serviceID = try required("service-id", "ID", line)
    let name = try required("name", "NAME", line)
    let url = try required("url", "URL", line)
    let algorithm = try line.value("algorithm").map { (text) throws(CommandFailure) in
        guard let algorithm = HashAlgorithm(rawValue: text.uppercased()) else {
            throw Messages.badAlgorithm(text)
        }
        return algorithm
    }
    let issuer = try Messages.naming { () throws(IssuerError) in
        try Issuer.create(
            home: home, serviceID: serviceID, name: name, url: url, algorithm: algorithm ?? .sha256,
            random: SecretBytes.random)
    }
    try write(Array(Messages.created(issuer, home).utf8).span, orTell: Messages.createdUnseen())
}

/// Prints the result of something that is done by now; where nobody sees it, what that means takes the hint's place.
func write(_ result: Span<UInt8>, orTell hint: String) throws(CommandFailure) {
    do {
        try writeResult(result)
    } catch {
        throw CommandFailure(error.status, error.message, hints: [hint])
    }
}

/// Prints a secret that was made just now, as the last word of a line: it is told here, and never again.
func write(
    _ secret: borrowing SecretBytes, behind label: String, orTell hint: String
) throws(CommandFailure) {
    var text = SecretBuffer()
    text.append(label)
    secret.withBytes { text.append($0) }
    text.append("\n")
    let line = text.finish()
    try line.withBytes { (text) throws(CommandFailure) in try write(text, orTell: hint) }
}

private func issue(_ line: Invocation, _ issuer: Issuer) throws(CommandFailure) {
    let email = try required("email", "ADDRESS", line)
    let language = try mailLanguage(line)
    let sendmail = try sendmail(line)
    let issued: Issued
    if let file = line.value("start-password-file") {
        let typed: SecretBytes
        do {
            typed = try SecretInput.read(file)
        } catch {
            throw .file(error, file)
        }
        guard let password = StartPassword(typed) else { throw .badStartPassword() }
        issued = try issue(issuer, email, password, language)
    } else {
        issued = try issue(issuer, email, nil, language)
    }
    // The IDs are told in any case: they count from now on.
    var failure: CommandFailure?
    if let sendmail {
        do throws(IssuerError) {
            try issuer.sendMail(at: issued.mailPath, with: sendmail)
        } catch {
            failure = Messages.issuer(error)
        }
    }
    // The one who chose the start password knows it; one that was made is told here, once.
    var text = SecretBuffer()
    text.append(Messages.issued(issuer.serviceID, issued.userID))
    if line.value("start-password-file") == nil {
        text.append(Messages.startPasswordLabel)
        issued.startPassword.withBytes { text.append($0) }
        text.append("\n")
    }
    text.append(
        sendmail == nil || failure != nil
            ? Messages.mailLine(issued.mailPath) : Messages.sentLine(email))
    let hint = Messages.issuedUnseen(
        issued.userID, knowsPassword: line.value("start-password-file") != nil)
    try text.withBytes { (text) throws(CommandFailure) in try write(text, orTell: hint) }
    if let failure { throw failure }
}

private func issue(
    _ issuer: Issuer, _ email: String, _ password: consuming StartPassword?, _ language: Language
) throws(CommandFailure) -> Issued {
    do {
        return try issuer.issue(
            email: email, password: password, now: wallClockSeconds(), random: SecretBytes.random,
            in: language)
    } catch {
        throw Messages.issuer(error)
    }
}

private func mailLanguage(_ line: Invocation) throws(CommandFailure) -> Language {
    guard let text = line.value("language") else { return .current }
    guard let language = Language(tag: text) else { throw Messages.badLanguage(text) }
    return language
}

/// What sends the mail; nil when it stays in the outbox.
private func sendmail(_ line: Invocation) throws(CommandFailure) -> Sendmail? {
    guard let command = line.value("sendmail") else { return line.has("send") ? .system : nil }
    guard let words = try? commandWords(command) else { throw Messages.badSendmail() }
    return Sendmail(words: words)
}

private func serve(_ line: Invocation, _ issuer: Issuer) throws(CommandFailure) {
    let (address, port) = try listenAddress(line.value("listen") ?? "127.0.0.1:8080")
    let sendmail = try sendmail(line)
    let certificate: Issuer.Certificate?
    switch (line.value("tls-cert"), line.value("tls-key")) {
    case (let chain?, let key?): certificate = .init(chain: chain, key: key)
    case (nil, nil): certificate = nil
    case (nil, _): throw Messages.missing("tls-cert", "PEM")
    case (_, nil): throw Messages.missing("tls-key", "PEM")
    }
    let stop: SignalDescriptor
    do {
        stop = try SignalDescriptor()
    } catch {
        throw .cannotHarden(error)
    }
    do {
        try issuer.serve(
            address: address, port: port, certificate: certificate,
            proxies: line.values("trust-proxy"), sendmail: sendmail, until: stop,
            listening: { port in
                let scheme = certificate == nil ? "http" : "https"
                writeNote(Messages.listening("\(scheme)://\(address):\(port)"))
            }, report: { writeNote(Messages.issuer($0).message) })
    } catch {
        throw Messages.issuer(error)
    }
}

private func listenAddress(_ text: String) throws(CommandFailure) -> (String, UInt16) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { throw Messages.badListen(text) }
    var address = String(text[..<colon])
    if address.hasPrefix("["), address.hasSuffix("]") {
        address = String(address.dropFirst().dropLast())
    }
    guard !address.isEmpty else { throw Messages.badListen(text) }
    return (address, port)
}

private func verify(_ line: Invocation, _ issuer: Issuer) throws(CommandFailure) -> ExitStatus {
    let user = Identifier.read(line.operands[0]) ?? line.operands[0]
    // People type codes in groups, and with a Japanese keyboard in full width.
    let code = Identifier.read(line.operands[1]) ?? line.operands[1]
    let verdict: Verdict
    do {
        verdict = try issuer.verify(
            userID: user, code: code, now: wallClockSeconds(), random: SecretBytes.random)
    } catch {
        throw Messages.issuer(error)
    }
    switch verdict {
    case .accepted:
        try writeResult("accepted\n")
        return .done
    case .rejected(let reason):
        try writeResult("rejected: \(Messages.reason(reason))\n")
        return .failure
    }
}

private func list(_ line: Invocation, _ issuer: Issuer) throws(CommandFailure) {
    let users = try Messages.naming { () throws(IssuerError) in
        try issuer.list(now: wallClockSeconds())
    }
    if line.has("json") {
        try writeResult(JSONValue.array(users.map(\.json)).text + "\n")
    } else if !users.isEmpty {
        let rows = users.map { user in
            [
                user.userID, user.email, Messages.state(user),
                localDate(user.issuedAt), user.expiresAt.map(localDate) ?? "-",
                user.lastUsed.map(localDate) ?? "-",
            ]
        }
        try writeResult(alignedTable([Messages.listHeader] + rows))
    }
}

/// `export --format FORMAT`: the result is full of secrets, and goes to standard output alone.
private func export(_ line: Invocation, _ issuer: Issuer) throws(CommandFailure) {
    let text = try required("format", "FORMAT", line)
    guard let format = Export.Format(rawValue: text) else { throw Messages.badFormat(text) }
    let export: Export
    do {
        export = try issuer.export(format, now: wallClockSeconds())
    } catch {
        throw Messages.issuer(error)
    }
    if export.leftOut > 0 { writeNote(Messages.leftOut(export.leftOut, format)) }
    try export.text.withBytes { (text) throws(CommandFailure) in try writeResult(text) }
}

/// `key add NAME`, `key list`, `key remove NAME`.
private func key(_ line: Invocation, _ issuer: Issuer) throws(CommandFailure) {
    let (action, name) = (line.operands[0], line.operands.dropFirst().first)
    switch (action, name) {
    case ("add", let name?):
        let bearer = try Messages.naming { () throws(IssuerError) in
            try issuer.addKey(name: name, now: wallClockSeconds(), random: SecretBytes.random)
        }
        try write(bearer, behind: Messages.keyLabel, orTell: Messages.keyUnseen(name))
    case ("list", nil):
        let keys = try Messages.naming { () throws(IssuerError) in try issuer.keys() }
        guard !keys.isEmpty else { return }
        try writeResult(
            alignedTable([Messages.keyHeader] + keys.map { [$0.name, localDate($0.createdAt)] }))
    case ("remove", let name?):
        try Messages.naming { () throws(IssuerError) in try issuer.removeKey(name: name) }
        writeNote(Messages.keyRemoved(name))
    default: throw Messages.badKeyAction(line.operands.joined(separator: " "))
    }
}

private func revoke(_ line: Invocation, _ issuer: Issuer) throws(CommandFailure) {
    let user = Identifier.read(line.operands[0]) ?? line.operands[0]
    try Messages.naming { () throws(IssuerError) in
        try issuer.revoke(userID: user, now: wallClockSeconds(), random: SecretBytes.random)
    }
    writeNote(Messages.revoked(user))
}

private func unlock(_ line: Invocation, _ issuer: Issuer) throws(CommandFailure) {
    let user = Identifier.read(line.operands[0]) ?? line.operands[0]
    try Messages.naming { () throws(IssuerError) in
        try issuer.unlock(userID: user, now: wallClockSeconds(), random: SecretBytes.random)
    }
    writeNote(Messages.unlocked(user))
}

extension UserSummary {
    /// An entry of `list --json`.
    var json: JSONValue {
        [
            "user_id": .string(userID), "email": .string(email), "state": .string(state.rawValue),
            "locked": .bool(isLocked), "issued_at": .integer(issuedAt),
            "expires_at": .optional(expiresAt), "last_used": .optional(lastUsed),
        ]
    }
}
