import Cryptography
import IssuerService
import Platform

/// What the issuer keeps of a user.
func fuzzRecord(_ input: [UInt8]) throws(Broken) -> Bool {
    guard let record = UserRecord(SecretBytes(input)) else { return false }
    try require(record.encoded.exposed == input, "a record is written as it was read")
    return true
}

/// What the issuer keeps of an account.
func fuzzAccount(_ input: [UInt8]) throws(Broken) -> Bool {
    guard let account = Account(SecretBytes(input)) else { return false }
    try require(account.encoded.exposed == input, "an account is written as it was read")
    return true
}

/// What a browser sends.
func fuzzForm(_ input: [UInt8]) throws(Broken) -> Bool {
    _ = Language(accepting: String(input))
    guard let form = Form(input) else { return false }
    try require(form.names.count <= 16, "fields are few")
    var again = ""
    for name in form.names {
        let value = form.secret(name).exposed
        try require(value.count <= input.count, "a value is no longer than what was sent")
        if let text = form.text(name) {
            try require(Array(text.utf8) == value, "a text is its bytes")
            try require(!text.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a text steers nothing")
        }
        let digits = value.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        again += (again.isEmpty ? "" : "&") + name + "=" + digits
    }
    let read = try unwrap(Form(Array(again.utf8)), "what is written can be read")
    try require(read.names == form.names, "names stay")
    for name in form.names {
        try require(read.secret(name).exposed == form.secret(name).exposed, "values stay")
    }
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
