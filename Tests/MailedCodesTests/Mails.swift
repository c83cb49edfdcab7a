import Enrolment
import Foundation
import MailedCodes
import Platform
import TestSupport

/// A mail with LF or CRLF, read with the charsets of the C library.
func mail(_ bytes: some Sequence<UInt8>) throws(MailError) -> MailMessage {
    try MailMessage(Array(bytes)) { decoded($0, charset: $1) }
}

func mail(_ text: String) throws(MailError) -> MailMessage { try mail(text.utf8) }

/// What the client makes of a text.
func notice(_ text: String) -> IssuanceNotice {
    IssuanceNotice(text, server: { ServerURL($0)?.text }, id: Identifier.read)
}

extension IssuanceNotice {
    /// Server, service ID and user ID.
    var values: [String?] {
        get throws { try [value(of: .server), value(of: .serviceID), value(of: .userID)] }
    }
}

/// The mails of mails.py, by their names.
func pythonMails() throws -> [String: [UInt8]] {
    let folder = try TemporaryFolder()
    let script = Repository.file("Tests/MailedCodesTests/mails.py").path
    let outcome = try Program.run("python3", [script, folder.path], home: folder.path)
    guard outcome.status == 0 else { throw RunningIssuer.Failed(outcome) }
    return try folder.files()
}
