internal import MailedCodes
internal import OATH
internal import Platform
internal import TokenStore

/// Where the codes of one token arrive, and what lies there.
struct MailBox {
    /// How far back is looked for a code that does not hold any more, in seconds, to say so.
    private static let lookingBack: Int64 = 86400
    /// The time of a file may be a little before that of the mail in it.
    private static let slack: Int64 = 3600
    /// The most mails that are opened: of those not seen yet, and of the others.
    private static let maximumCount = 1000
    /// Enough for the header of a mail.
    private static let startCount = 32 << 10
    /// How much of an mbox is read, from its end.
    private static let mboxCount = 4 << 20
    /// By how much a mail's clock may differ from this one.
    static let clockTolerance: Int64 = 120

    /// The newest mail with a code.
    struct Mail {
        let text: String
        /// Unix seconds: when it came.
        let time: Int64
        /// By how many seconds its date lies in the future; 0 when it does not.
        let lead: Int64
        /// Nil where it is no file of its own.
        let file: Maildir.File?
    }

    let token: Token
    let mailed: MailedToken
    private let rule: CodeMailRule
    private let hosts: [String]
    /// Mails that were passed over are told once.
    private let warn: (String) -> Void

    /// - Throws: when the store keeps something that is not understood, or nobody may vouch for a signature.
    init(_ token: Token, _ session: Session) throws(CommandFailure) {
        self.token = token
        mailed = try MailedToken(token)
        rule = mailed.rule(for: token)
        hosts = try session.settings.read().believedMailHosts()
        if mailed.requiresSignature, hosts.isEmpty {
            throw Messages.noMailHosts(session.locations.config)
        }
        var told: Set<String> = []
        warn = { if told.insert($0).inserted { session.note($0) } }
    }

    /// The folders in which something happens when a mail arrives.
    var folders: [String] {
        switch mailed.source {
        case .maildir(let path): ["\(path)/new", "\(path)/cur"]
        case .mbox(let path): [PrivateFile.parent(of: path)]
        case .command: []
        }
    }

    /// Tells whether it is worth looking again; nil where only a look tells.
    var trace: MailTrace? {
        switch mailed.source {
        case .maildir: MailTrace(folders)
        case .mbox(let path): MailTrace([path])
        case .command: nil
        }
    }

    /// The newest mail with a code; nil when there is none lately.
    ///
    /// - Parameters:
    ///   - now: unix seconds.
    ///   - isPast: whether what came after that moment does not count.
    /// - Returns: the mail.
    /// - Throws: when the box is out of reach.
    func newest(at now: Int64, isPast: Bool = false) throws(CommandFailure) -> Mail? {
        var newest: Mail?
        let start = now - max(Int64(token.totp.period), Self.lookingBack) - Self.slack
        func look(_ bytes: [UInt8], _ file: Maildir.File?) throws(CommandFailure) {
            guard let mail = try fitting(bytes, now, isPast, file), mail.time >= start else {
                return
            }
            if mail.time > newest?.time ?? .min { newest = mail }
        }
        switch mailed.source {
        case .maildir(let path):
            let files = try reaching(path) { () throws(FileError) in
                try Maildir.files(in: path, since: start, limit: Self.maximumCount)
            }
            for file in files {
                // What is gone was moved by another program, which then is a change that is told.
                guard var bytes = try? Maildir.read(file, upTo: Self.startCount), rule.mayFit(bytes)
                else { continue }
                if bytes.count == Self.startCount {
                    guard let all = try? Maildir.read(file, upTo: MailMessage.maximumCount + 1)
                    else { continue }
                    bytes = all
                }
                try look(bytes, file)
            }
        case .mbox(let path):
            let bytes = try reaching(path) { () throws(FileError) in
                try Mbox.readEnd(path, upTo: Self.mboxCount)
            }
            for mail in mailsOfMbox(bytes).suffix(Self.maximumCount).reversed()
            where rule.mayFit(Array(mail.prefix(Self.startCount))) {
                try look(Array(mail), nil)
            }
        case .command(let command):
            let bytes = try output(of: command)
            if rule.mayFit(bytes) { try look(bytes, nil) }
        }
        return newest
    }

    /// Looks whether mails could be got at; reads none, and runs nothing.
    func probe() throws(CommandFailure) {
        switch mailed.source {
        case .maildir(let path):
            _ = try reaching(path) { () throws(FileError) in
                try Maildir.files(in: path, since: .max, limit: 1)
            }
        case .mbox(let path):
            _ = try reaching(path) { () throws(FileError) in try Mbox.readEnd(path, upTo: 0) }
        case .command(let command):
            let program = try words(of: command)[0]
            guard isProgram(program, path: environmentVariable("PATH") ?? "") else {
                throw Messages.mailCommand(.notFound, program)
            }
        }
    }

    /// A mail that fits, and that may be believed as far as that is asked for.
    private func fitting(
        _ bytes: [UInt8], _ now: Int64, _ isPast: Bool, _ file: Maildir.File?
    ) throws(CommandFailure) -> Mail? {
        guard let mail = try? MailMessage(bytes, decoding: { decoded($0, charset: $1) }),
            rule.fits(mail)
        else { return nil }
        switch MailAuthentication(of: mail, believing: hosts, sender: mailed.sender) {
        case .passed: break
        case .failed:
            warn(Messages.forgedMail(token))
            return nil
        case .otherDomain(let domain):
            warn(Messages.foreignMail(token, domain))
            return nil
        case .unknown:
            guard !mailed.requiresSignature else {
                warn(Messages.unsignedMail(token))
                return nil
            }
        }
        guard let arrival = mail.arrival else {
            guard let file else { throw Messages.mailWithoutDate(token) }
            warn(Messages.mailDatedByFile(token))
            return Mail(text: mail.text, time: file.time, lead: 0, file: file)
        }
        let lead = arrival - now
        guard lead > Self.clockTolerance else {
            return isPast && lead > 0
                ? nil : Mail(text: mail.text, time: arrival, lead: 0, file: file)
        }
        guard !isPast else { return nil }
        // It has come by now, whatever it says.
        return Mail(text: mail.text, time: min(file?.time ?? now, now), lead: lead, file: file)
    }

    private func reaching<Result>(
        _ path: String, _ body: () throws(FileError) -> Result
    ) throws(CommandFailure) -> Result {
        do { return try body() } catch { throw Messages.mailOutOfReach(error, path, token) }
    }

    private func output(of command: String) throws(CommandFailure) -> [UInt8] {
        let words = try words(of: command)
        do {
            return try SecretCommand.runPlain(words, limit: MailMessage.maximumCount)
        } catch {
            throw Messages.mailCommand(error, words[0])
        }
    }

    private func words(of command: String) throws(CommandFailure) -> [String] {
        do { return try commandWords(command) } catch { throw Messages.badMailCommand(error) }
    }

    /// The code that a mail tells.
    ///
    /// - Throws: when it tells none, or two.
    func code(of mail: Mail) throws(CommandFailure) -> String {
        do {
            return try CodeNotice.code(in: mail.text, digits: token.totp.digits)
        } catch {
            throw Messages.mail(error, token)
        }
    }

    /// When the code of a mail lapses.
    func end(of mail: Mail) -> Int64 { mail.time + Int64(token.totp.period) }
}
