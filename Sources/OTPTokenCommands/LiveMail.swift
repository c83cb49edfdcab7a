internal import ClockCheck
internal import OATH
internal import Platform
internal import TokenStore

/// The mailed code of one token as `watch` shows it: it looks again when something has come.
final class LiveMail {
    /// How often it is looked although nothing seems to have come, in seconds: another machine may have put it there.
    private static let interval: Int64 = 10
    /// The same where only a command can tell.
    private static let commandInterval: Int64 = 30

    private let box: MailBox
    private var trace: MailTrace?
    private var nextLook = Int64.min
    private var mail: (mail: MailBox.Mail, code: String)?
    /// Why there is no code, though a mail may be there.
    private(set) var problem: String?

    init(_ token: Token, _ session: Session) throws(CommandFailure) {
        box = try MailBox(token, session)
    }

    /// What is to be shown at a moment: the code of the newest mail, or that one is waited for.
    ///
    /// - Parameter now: unix seconds.
    /// - Returns: a report; its code is empty while there is none.
    func report(at now: Int64) -> CodeReport {
        look(at: now)
        guard let mail, case let end = box.end(of: mail.mail), now < end else {
            var report = CodeReport(box.token, code: "", validFrom: 0, validUntil: .max, at: now)
            report.waiting = problem
            return report
        }
        return CodeReport(
            box.token, code: mail.code, validFrom: mail.mail.time, validUntil: end, at: now)
    }

    private func look(at now: Int64) {
        let trace = box.trace
        if trace == nil || trace == self.trace, now < nextLook { return }
        // A moment earlier: what comes from now on is seen the next time.
        self.trace = trace
        nextLook = now + (trace == nil ? Self.commandInterval : Self.interval)
        do throws(CommandFailure) {
            problem = nil
            guard let newest = try box.newest(at: now) else { return mail = nil }
            let end = box.end(of: newest)
            if now < end {
                mail = (newest, try box.code(of: newest))
            } else {
                mail = nil
                problem = Messages.mailedCodeLapsed(box.token, at: end).message
            }
        } catch {
            mail = nil
            problem = error.message
        }
    }
}

extension [Token] {
    /// What looks for the mailed codes of these tokens: one for each, nil for a token that computes its codes.
    func liveMails(_ session: Session) throws(CommandFailure) -> [LiveMail?] {
        var mails: [LiveMail?] = []
        for token in self {
            mails.append(token.kind == .mailed ? try LiveMail(token, session) : nil)
        }
        return mails
    }
}

/// Mailed codes for `watch` without a screen: each once, and a note when one lapses soon.
struct MailedLines {
    private let mails: [LiveMail?]
    private let session: Session
    /// By the place of the token: the mail whose code was printed last, and the last that was said of it.
    private var printed: [Int: (validFrom: Int64, code: String)] = [:]
    private var told: [Int: String] = [:]

    init(_ tokens: [Token], _ session: Session) throws(CommandFailure) {
        self.session = session
        mails = try tokens.liveMails(session)
    }

    /// Whether no code is mailed.
    var isEmpty: Bool { mails.allSatisfy { $0 == nil } }

    /// The code of a token, unless it has been printed.
    mutating func newReport(_ index: Int, at now: Int64) -> CodeReport? {
        guard let mail = mails[index] else { return nil }
        let report = mail.report(at: now)
        if let problem = mail.problem { tell(problem, index) }
        guard !report.code.isEmpty else { return nil }
        if now >= report.endingTime {
            tell(Messages.mailedCodeEnds(report), index, once: report.code)
        }
        if let former = printed[index], former == (report.validFrom, report.code) { return nil }
        printed[index] = (report.validFrom, report.code)
        return report
    }

    private mutating func tell(_ text: String, _ index: Int, once mark: String? = nil) {
        guard told[index] != mark ?? text else { return }
        told[index] = mark ?? text
        session.note(text)
    }
}
