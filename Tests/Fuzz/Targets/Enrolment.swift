import Cryptography
import Enrolment
import JSON
import Platform
import TokenStore

private let serviceID = "10121234"
private let userID = "12345678901234DC"

/// The scalars of a start password, without the scrypt that each run would cost.
private func secret() -> SPAKE2Plus.ProverSecret {
    SPAKE2Plus.ProverSecret(w0: steadyKey(0x20), w1: steadyKey(0x21))
}

private func pending() -> PendingEnrolment {
    PendingEnrolment(
        session: "s", confirmation: [UInt8](repeating: 1, count: 32), seed: steadyKey(2),
        parametersKey: steadyKey(3))
}

private func run() -> EnrolmentIssuer.Run {
    EnrolmentIssuer.Run(
        confirmation: [UInt8](repeating: 1, count: 32), seed: steadyKey(2),
        parametersKey: steadyKey(3))
}

/// The answer to the first request.
func fuzzStartReply(_ input: [UInt8]) throws(Broken) -> Bool {
    guard let pending = try receiveStart(input) else { return false }
    let finish = try certain("the second request is one") { () throws(EnrolmentError) in
        try EnrolmentIssuer.Finish(body: pending.finishRequest)
    }
    try require(finish.session == pending.session, "session goes back as it came")
    try require(Token.isValue(pending.session), "session may stand in the store")
    return true
}

private func receiveStart(_ body: [UInt8]) throws(Broken) -> PendingEnrolment? {
    do throws(EnrolmentError) {
        return try EnrolmentClient(
            serviceID: serviceID, userID: userID, secret: secret(), random: steady
        ).receiveStart(status: 200, body: body)
    } catch {
        try checkError(error)
        return nil
    }
}

/// The answer to the second request, and every answer that says no.
func fuzzFinishReply(_ input: [UInt8]) throws(Broken) -> Bool {
    var isTaken = false
    for status in [200, 401, 500] {
        switch receiveFinish(status, input) {
        case .success(let parameters):
            try require(status == 200, "status 200 alone is a yes")
            try checkParameters(parameters)
            isTaken = true
        case .failure(.refused(let refusal, let retryAfter)):
            try require(status == 401 && refusal == .refused, "a refusal is told by its status")
            try require(retryAfter.map { $0 > 0 } ?? true, "time to wait is positive")
            let body = EnrolmentIssuer.reply(refusal, retryAfter: retryAfter)
            try require(
                receiveFinish(401, body) == .failure(.refused(refusal, retryAfter: retryAfter)),
                "a refusal is kept")
            isTaken = true
        case .failure(let error):
            try checkError(error)
        }
    }
    return isTaken
}

private func receiveFinish(
    _ status: Int, _ body: [UInt8]
) -> Result<EnrolmentParameters, EnrolmentError> {
    do throws(EnrolmentError) {
        return .success(try pending().receiveFinish(status: status, body: body))
    } catch {
        return .failure(error)
    }
}

/// The parameters of a token: the input is sealed first.
func fuzzParameters(_ input: [UInt8]) throws(Broken) -> Bool {
    let box = try certain("sealing") { () throws(CryptographyError) in
        try AESGCM.seal(
            SecretBytes(input), key: steadyKey(3), nonce: steady(AESGCM.nonceCount).exposed,
            aad: Array(EnrolmentProtocol.context.utf8))
    }
    let sealed = Base64.encode(box.span, padding: .required)
    let body: JSONValue = ["sealed": .string(sealed)]
    switch receiveFinish(200, body.encoded) {
    case .success(let parameters):
        try checkParameters(parameters)
        return true
    case .failure(let error):
        try checkError(error)
        return false
    }
}

private func checkParameters(_ parameters: EnrolmentParameters) throws(Broken) {
    try require(Token.isName(parameters.issuer), "an issuer's name is fit for a token's")
    try require(parameters.confirmURL.map(Token.isValue) ?? true, "an address steers no terminal")
    for time in [parameters.expiresAt, parameters.time] {
        if let time { try require(moment("\(time)") == time, "a moment is one") }
    }
    let body = try certain("sealing") { () throws(CryptographyError) in
        try run().reply(parameters, random: steady)
    }
    try require(receiveFinish(200, body) == .success(parameters), "parameters are kept")
}

/// The first request.
func fuzzStartRequest(_ input: [UInt8]) throws(Broken) -> Bool {
    let start: EnrolmentIssuer.Start
    do throws(EnrolmentError) {
        start = try EnrolmentIssuer.Start(body: input)
    } catch {
        try checkError(error)
        return false
    }
    try require(
        Identifier.isValid(start.serviceID) && Identifier.isValid(start.userID), "IDs are valid")
    let registration = try certain("registering") { () throws(CryptographyError) in
        try secret().registration()
    }
    let answer: EnrolmentIssuer.Answer
    do throws(EnrolmentError) {
        answer = try EnrolmentIssuer.Answer(to: start, secret: registration, random: steady)
    } catch {
        try checkError(error)
        return false
    }
    let reply = try unwrap(JSONValue(answer.reply(session: "s")), "an answer is JSON")
    try require(reply["session"]?.string == "s", "an answer names its session")
    return true
}

/// The second request.
func fuzzFinishRequest(_ input: [UInt8]) throws(Broken) -> Bool {
    let finish: EnrolmentIssuer.Finish
    do throws(EnrolmentError) {
        finish = try EnrolmentIssuer.Finish(body: input)
    } catch {
        try checkError(error)
        return false
    }
    let text = try unwrap(JSONValue(input)?["confirm_p"]?.string, "a confirmation is a text")
    let confirmation = try unwrap(Base64.decode(text, padding: .required), "and Base64")
    let pending = PendingEnrolment(
        session: finish.session, confirmation: confirmation, seed: steadyKey(2),
        parametersKey: steadyKey(3))
    let again = try certain("what is written can be read") { () throws(EnrolmentError) in
        try EnrolmentIssuer.Finish(body: pending.finishRequest)
    }
    try require(again.session == finish.session, "session is kept")
    let run = EnrolmentIssuer.Run(
        confirmation: confirmation, seed: steadyKey(2), parametersKey: steadyKey(3))
    try require(run.confirms(finish) && run.confirms(again), "confirmation is kept")
    return true
}

/// A revocation.
func fuzzRevocationRequest(_ input: [UInt8]) throws(Broken) -> Bool {
    let request: EnrolmentIssuer.Revocation
    do throws(EnrolmentError) {
        request = try EnrolmentIssuer.Revocation(body: input)
    } catch {
        try checkError(error)
        return false
    }
    try require(
        Identifier.isValid(request.serviceID) && Identifier.isValid(request.userID), "IDs are valid"
    )
    try require(
        (6...8).contains(request.code.utf8.count) && UInt64(request.code) != nil, "a code is digits"
    )
    let again = try certain("what is written can be read") { () throws(EnrolmentError) in
        try EnrolmentIssuer.Revocation(
            body: RevocationClient.request(
                serviceID: request.serviceID, userID: request.userID, code: request.code))
    }
    try require(
        again.serviceID == request.serviceID && again.userID == request.userID
            && again.code == request.code, "a revocation is kept")
    return true
}

/// The answer to a revocation, as one of several statuses.
func fuzzRevocationReply(_ input: [UInt8]) throws(Broken) -> Bool {
    var isTaken = false
    for status in [200, 401, 503] {
        let answer: RevocationClient.Answer
        do throws(EnrolmentError) {
            answer = try RevocationClient.receive(status: status, body: input)
        } catch {
            try checkError(error)
            continue
        }
        switch answer {
        case .revoked:
            try require(status == 200, "status 200 alone is a yes")
            try require(JSONValue(input)?["result"]?.string == "revoked", "a yes says so")
        case .refused: try require(status == 401, "a no is told by its status")
        case .notOffered: throw Broken("404 alone says that it is not offered")
        }
        isTaken = true
    }
    return isTaken
}

/// No input makes libcrypto fail.
private func checkError(_ error: EnrolmentError) throws(Broken) {
    if case .cryptography(let error) = error { throw Broken("libcrypto: \(error)") }
}
