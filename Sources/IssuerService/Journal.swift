internal import JSON
internal import Platform

/// Who changes something, as the log names it.
package enum Actor: Equatable, Sendable {
    /// Somebody at the issuer's command line.
    case administrator
    /// The client of the user.
    case client
    /// A service with a key.
    case service(String)
    /// Somebody who has signed in, by mail address.
    case account(String)
    /// The time that has gone by.
    case time

    var text: String {
        switch self {
        case .administrator: "administrator"
        case .client: "client"
        case .service(let name): "service \(name)"
        case .account(let email): "account \(email)"
        case .time: "time"
        }
    }
}

/// What becomes of a token.
package enum Event: String, Sendable {
    case issued, enrolled, activated, locked, unlocked, revoked, expired, lapsed
}

extension Issuer {
    private var journalPath: String { home + "/log" }

    /// Writes a change into the log, an object a line, before it is made: what has happened is never missing there.
    ///
    /// The caller holds the lock of the user's record.
    ///
    /// - Parameters:
    ///   - event: the change.
    ///   - userID: whose token.
    ///   - actor: who makes it.
    ///   - now: unix seconds.
    /// - Throws: `IssuerError.file`; then the change must not be made.
    func log(
        _ event: Event, _ userID: String, by actor: Actor, now: Int64
    ) throws(IssuerError) {
        let entry: JSONValue = [
            "time": .string(utcMoment(now)), "event": .string(event.rawValue),
            "user_id": .string(userID), "actor": .string(actor.text),
        ]
        try IssuerError.naming(journalPath) { () throws(FileError) in
            try PrivateFile.append(to: journalPath, entry.encoded + [0x0A])
        }
    }
}
