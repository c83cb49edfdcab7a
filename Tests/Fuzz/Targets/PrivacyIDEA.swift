import Cryptography
import Enrolment
import JSON
import OATH
import TokenStore

private let login = #"{"result":{"status":true,"value":{"token":"aaa.bbb.ccc"}}}"#

private func answer(_ body: [UInt8]) -> IssuerAnswer {
    IssuerAnswer(status: 200, mediaType: "application/json", body: SecretBytes(body))
}

/// The answer to the making of a token, and whatever follows it.
func fuzzPrivacyIDEA(_ input: [UInt8]) throws(Broken) -> Bool {
    let person = Enrolling(serviceID: "10121234", userID: "12345678901234DC")
    let dialog = PrivacyIDEA.enrolment(of: person, random: steady)
    let password = try unwrap(StartPassword(SecretBytes(Array("39801035".utf8))), "a password")
    try certain("the login") { () throws(EnrolmentError) in
        try dialog.take(password)
        try dialog.receive(answer(Array(login.utf8)))
        _ = try dialog.next(at: 0)
    }
    do throws(EnrolmentError) {
        try dialog.receive(answer(input))
    } catch {
        if case .cryptography(let error) = error { throw Broken("libcrypto: \(error)") }
        return false
    }
    let step = try certain("the next step") { () throws(EnrolmentError) in
        try dialog.next(at: 0)
    }
    switch step {
    case .keep(let kept):
        try require(kept.seed.value.count > 0, "a seed is kept")
        try requireMarks(kept.marks)
        try require(
            PrivacyIDEA.resumption(of: kept, by: person, random: steady) != nil,
            "what is kept can be taken up")
        guard
            case .ask = try certain(
                "a question", { () throws(EnrolmentError) in try dialog.next(at: 0) })
        else { throw Broken("what is kept is followed by a question") }
    case .done(let token):
        try require(token.seed.value.count > 0, "there is a seed")
        try require(Token.isName(token.parameters.issuer), "an issuer's name is fit for a token's")
        try requireMarks(token.marks)
    case .password, .ask, .wait: throw Broken("a token is kept or done")
    }
    return true
}

private func requireMarks(_ marks: Marks) throws(Broken) {
    for mark in marks {
        try require(
            Token.isValue(mark.key) && Token.isValue(String(mark.value.value.exposed)),
            "a mark may stand in the store")
    }
}

/// JSON that is read where it is: what is taken by the other reader is taken, and means the same.
func fuzzSecretJSON(_ input: [UInt8]) throws(Broken) -> Bool {
    let json = SecretJSON(Shared(SecretBytes(input)))
    guard let value = JSONValue(input) else { return json != nil }
    let other = try unwrap(json, "what is JSON is JSON")
    try require(other.string("a") == value["a"]?.string, "texts are the same")
    try require(other.string("a", "b") == value["a"]?["b"]?.string, "and those below")
    // Minus zero is one number less here: it has a sign.
    if case .integer(let number)? = value["a"], (1..<1_000_000).contains(number) {
        try require(other.integer("a") == number, "numbers are the same")
    }
    return true
}

/// A token as a URI.
func fuzzKeyURI(_ input: [UInt8]) throws(Broken) -> Bool {
    guard let uri = KeyURI(input.span) else { return false }
    try require(input.allSatisfy { (0x21...0x7E).contains($0) }, "a URI is ASCII")
    try require(uri.seed.value.count > 0, "a token has a seed")
    try require(HOTP.digits.contains(uri.totp.digits), "digits have bounds")
    return true
}
