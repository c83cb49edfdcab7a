internal import Platform

/// Sends mails, each beside everything else: nobody waits for sendmail.
package struct Mailer: Sendable {
    private let issuer: Issuer
    private let sendmail: Sendmail
    private let report: @Sendable (IssuerError) -> Void

    /// Sends nothing yet.
    ///
    /// - Parameters:
    ///   - issuer: whose mails.
    ///   - sendmail: what hands them on.
    ///   - report: is told of mails that were not sent; they stay in the outbox.
    package init(
        _ issuer: Issuer, _ sendmail: Sendmail, report: @escaping @Sendable (IssuerError) -> Void
    ) {
        self.issuer = issuer
        self.sendmail = sendmail
        self.report = report
    }

    /// Sends a mail of the outbox.
    func send(_ path: String) {
        beside(orReport: .notSent(path: path)) { () throws(IssuerError) in
            try issuer.sendMail(at: path, with: sendmail)
        }
    }

    /// Sends a mail that lies on no disk, since there is a code in it.
    func send(_ mail: Mail) {
        let failure = IssuerError.codeNotSent(mail.recipient)
        beside(orReport: failure) { () throws(IssuerError) in
            guard sendmail.send(Array(mail.text.utf8)) else { throw failure }
        }
    }

    private func beside(
        orReport failure: IssuerError, _ work: @escaping @Sendable () throws(IssuerError) -> Void
    ) {
        do throws(Errno) {
            try Thread.start {
                do throws(IssuerError) { try work() } catch { report(error) }
            }
        } catch {
            report(failure)
        }
    }
}
