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
        do throws(Errno) {
            try Thread.start { [self] in
                do throws(IssuerError) {
                    try issuer.sendMail(at: path, with: sendmail)
                } catch {
                    report(error)
                }
            }
        } catch {
            report(.notSent(path: path))
        }
    }
}
