import Cryptography
import Interchange
import OATH

/// A file of another program, without a password.
///
/// Keys from passwords would take too long, and what they protect is read
/// by the same code as what is plain.
func fuzzInterchange(_ format: InterchangeFormat, _ input: [UInt8]) throws(Broken) -> Bool {
    // Whatever it looks like, looking does no harm.
    _ = InterchangeFormat.recognised(in: Shared(SecretBytes(input)))
    guard let harvest = try read(input, format) else { return false }
    for token in harvest.tokens {
        try require(token.seed.value.count > 0, "a token has a seed")
        try require(HOTP.digits.contains(token.totp.digits), "digits have bounds")
        try require(TOTP.periods.contains(token.totp.period), "periods have bounds")
    }
    let list = URIList.write(harvest.tokens)
    try requireSame(list, as: harvest, .otpauth) { URIList.write($0) }
    let vault = try certain("a vault") { () throws(CryptographyError) in
        try Aegis.write(harvest.tokens, random: steady)
    }
    let back = try unwrap(read(vault.exposed, .aegis), "a vault that is written is read")
    try require(
        back.tokens.elementsEqual(harvest.tokens) {
            $0.issuer == $1.issuer && $0.account == $1.account && $0.totp == $1.totp
                && $0.seed.value.equals($1.seed.value)
        }, "a vault keeps its tokens")
    if format == .pskc {
        func write(_ tokens: [ForeignToken]) throws(Broken) -> SecretBytes {
            try certain("a container") { () throws(CryptographyError) in
                try PSKC.write(tokens, password: nil, random: steady)
            }
        }
        try requireSame(write(harvest.tokens), as: harvest, .pskc, write)
    }
    return !harvest.tokens.isEmpty
}

/// The message of a migration URI, whose Base64 mutations would mostly break.
func fuzzMigration(_ input: [UInt8]) throws(Broken) -> Bool {
    var uri = SecretBuffer()
    uri.append("otpauth-migration://offline?data=")
    PercentEncoding.append(Base64.encode(input.span, padding: .required), to: &uri)
    return try fuzzInterchange(.otpauth, uri.finish().exposed)
}

private func read(
    _ input: [UInt8], _ format: InterchangeFormat
) throws(Broken) -> Harvest? {
    do throws(InterchangeError) {
        return try format.read(Shared(SecretBytes(input)), password: nil)
    } catch {
        if case .cryptography(let error) = error { throw Broken("libcrypto: \(error)") }
        return nil
    }
}

/// What is written is read, and written alike again.
private func requireSame(
    _ file: borrowing SecretBytes, as harvest: Harvest, _ format: InterchangeFormat,
    _ write: ([ForeignToken]) throws(Broken) -> SecretBytes
) throws(Broken) {
    let back = try unwrap(read(file.exposed, format), "what is written is read")
    try require(back.unusable.isEmpty, "what is written can be used")
    try require(back.tokens.count == harvest.tokens.count, "nothing is lost")
    let again = try write(back.tokens)
    try require(again.equals(file), "writing and reading is a fixpoint")
}
