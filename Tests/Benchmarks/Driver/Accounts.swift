import Cryptography
import Enrolment
import Glibc
import IssuerService
import Platform

/// Users of an issuer, by number: their secrets come from the number, so that neither side needs a start password.
struct Account: Sendable {
    let number: Int

    var userID: String {
        let digits = String(number)
        return String(repeating: "0", count: 14 - digits.count) + digits + "AA"
    }

    /// What the start password would have been stretched to.
    func secret() throws -> SPAKE2Plus.ProverSecret {
        try SPAKE2Plus.ProverSecret(
            reducing: HKDF.derive(
                from: SecretBytes(zeros: 32), info: Array("\(userID)".utf8), count: 80))
    }

    /// Writes its record as an issuance does, but with no mail, no line of the log and no wait for the disk.
    func issue(by issuer: Issuer, in folder: String) throws {
        let registration = try secret().registration()
        var text = SecretBuffer()
        text.append("user \(userID)\nemail taro@example.jp\nissued_at \(wallClockSeconds())\n")
        text.append("state issued\nw0 ")
        Base64.append(registration.w0, padding: .required, to: &text)
        text.append("\nL \(Base64.encode(registration.l.span, padding: .required))\n")
        guard let record = UserRecord(text.finish()) else { throw BenchmarkError(what: "record") }
        let sealed = try issuer.sealed(record, random: SecretBytes.random)
        let file = unsafe open(
            folder + "/users/" + userID, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw BenchmarkError(what: "users/\(userID)") }
        defer { close(file) }
        try writeAll(sealed, to: file)
    }
}

/// Makes an issuer with so many users, who may enrol.
///
/// - Returns: a key with which codes are verified there.
func makeIssuer(in folder: String, accounts: Int) throws -> String {
    let issuer = try Issuer.create(
        home: folder, serviceID: "10121234", name: "Acme Bank", url: "https://otp.example",
        random: SecretBytes.random)
    try Work.run(count: accounts, threads: 2) {
        try Account(number: $0).issue(by: issuer, in: folder)
    }
    let key = try issuer.addKey(
        name: "benchmark", now: wallClockSeconds(), random: SecretBytes.random)
    return key.withBytes { String(decoding: Array(copying: $0), as: UTF8.self) }
}
