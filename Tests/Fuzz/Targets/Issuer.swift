import Cryptography
import IssuerService

/// What the issuer keeps of a user.
func fuzzRecord(_ input: [UInt8]) throws(Broken) -> Bool {
    guard let record = UserRecord(SecretBytes(input)) else { return false }
    try require(record.encoded.exposed == input, "a record is written as it was read")
    return true
}

/// What travels with the client: the input is sealed first.
func fuzzSession(_ input: [UInt8]) throws(Broken) -> Bool {
    try require(Session(String(input), key: steadyKey(4)) == nil, "a session cannot be forged")
    let box = try certain("sealing") { () throws(CryptographyError) in
        try AESGCM.seal(
            SecretBytes(input), key: steadyKey(4), nonce: steady(AESGCM.nonceCount).exposed,
            aad: Array("otptoken-issuer/1 session".utf8))
    }
    guard
        let session = Session(Base64.encode(box.span, padding: .required), key: steadyKey(4))
    else { return false }
    let written = try seal(session)
    let again = try unwrap(Session(written, key: steadyKey(4)), "what is written can be read")
    try require(try seal(again) == written, "reading and writing is a fixpoint")
    return true
}

private func seal(_ session: borrowing Session) throws(Broken) -> String {
    do throws(CryptographyError) {
        return try Session.seal(
            userID: session.userID, expiresAt: session.expiresAt, isDecoy: session.isDecoy,
            run: session.run, key: steadyKey(4), random: steady)
    } catch {
        throw Broken("sealing: \(error)")
    }
}
