import Foundation
import Platform
import TestSupport
import Testing

/// Seeds of an issuer, in the hands of other servers.
struct ExportTests {
    private let person: Person

    init() throws { person = try Person() }

    /// An issuer with an enrolled user, one who has not come, and one who is revoked.
    private func issuer(_ algorithm: String) throws -> (issuer: RunningIssuer, user: String) {
        let issuer = try RunningIssuer(making: ["--algorithm", algorithm])
        let user = try issuer.issue()
        #expect(try person.enrol(issuer.url, user: user).status == 0)
        _ = try issuer.issue()
        let revoked = try issuer.issue()
        let other = try Person()
        #expect(try other.enrol(issuer.url, user: revoked).status == 0)
        #expect(try issuer.run("revoke", [revoked]).status == 0)
        return (issuer, user)
    }

    private func code() throws -> String {
        String(try person.run("show", "--min-remaining", "5").output.dropLast())
    }

    @Test(
        .enabled(
            if: OwnMachine.isAvailable && OwnMachine.hasOATH && areInstalled("pamtester"),
            "only root can have files of /etc of its own"))
    func `pam_oath accepts a code of the exported token once`() throws {
        let (issuer, user) = try issuer("sha1")
        let export = try issuer.run("export", ["--format", "usersfile"])
        #expect(export.status == 0 && export.errors == "", "\(export)")
        #expect(export.output.split(separator: "\n").count == 1)
        let file = person.home + "/users.oath"
        try export.output.write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        let script = """
            set -e
            mount -t tmpfs none /etc/pam.d
            echo "auth required pam_oath.so usersfile=$1 window=2 digits=8" >/etc/pam.d/export
            for code in $3; do echo "$code" | pamtester export "$2" authenticate || true; done
            """
        let code = try code()
        let wrong = code == "00000000" ? "11111111" : "00000000"
        let outcome = try Program.run(
            "unshare", ["-m", "sh", "-c", script, "sh", file, user, "\(wrong) \(code) \(code)"],
            home: person.home)
        let answers = (outcome.output + outcome.errors).split(separator: "\n")
        #expect(answers.count { $0.contains("successfully authenticated") } == 1, "\(outcome)")
        #expect(answers.count { $0.contains("Authentication failure") } == 2, "\(outcome)")
    }

    @Test func `privacyIDEA's format has serial, seed, kind, digits and period`() throws {
        let (issuer, user) = try issuer("SHA256")
        let export = try issuer.run("export", ["--format", "oath-csv"])
        #expect(export.status == 0 && export.errors == "", "\(export)")
        let fields = export.output.dropLast().split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        try #require(fields.count == 5)
        #expect(fields[0] == user && fields[2...] == ["totp", "8", "60"])
        // The hash function goes by the length of the seed: 64 digits are SHA-256.
        #expect(fields[1].count == 64)
        let code = try code()
        let computed = try Program.run(
            "oathtool", ["--totp=sha256", "--digits=8", "--time-step-size=60s", "-"],
            home: person.home, input: fields[1] + "\n")
        #expect(computed.output == "\(code)\n")
    }

    @Test(
        .enabled(
            if: RunningPrivacyIDEA.isInstalled,
            "privacyIDEA is needed, which scripts/privacyidea installs from PyPI"))
    func `privacyIDEA takes over from the issuer, and nobody enrols anew`() throws {
        let (issuer, user) = try issuer("SHA256")
        let export = try issuer.run("export", ["--format", "oath-csv"])
        #expect(export.status == 0, "\(export)")
        let server = try RunningPrivacyIDEA.shared.get()
        #expect(try server.load(export.output, as: "OATH CSV") == 1)
        let code = try code()
        let wrong = code == "00000000" ? "11111111" : "00000000"
        #expect(try !server.check(wrong, serial: user).isAccepted)
        let first = try server.check(code, serial: user)
        #expect(first.isAccepted, "\(first)")
        let second = try server.check(code, serial: user)
        #expect(second.status == 200 && !second.isAccepted, "\(second)")
        #expect(second.message.contains("previous otp used again"), "\(second)")

        // Once it is somebody's there, services ask for the person.
        let (realm, owner) = (try server.makeRealm(), server.takeUser())
        try server.administer(
            "POST", "/token/assign", ["serial": user, "user": owner, "realm": realm])
        let next = try person.run("show", "--at", "\(wallClockSeconds() + 60)").output.dropLast()
        let third = try server.check(String(next), of: owner, in: realm)
        #expect(third.isAccepted, "\(third)")
    }

    @Test func `a format that does not know the hash function leaves the token out, and says so`()
        throws
    {
        let (issuer, _) = try issuer("SHA512")
        for format in ["usersfile", "oath-csv"] {
            let export = try issuer.run("export", ["--format", format])
            #expect(export.status == 0 && export.output == "")
            #expect(export.errors.hasPrefix("1 token left out: \(format) is for SHA"), "\(export)")
        }
        #expect(try issuer.run("export", ["--format", "pskc"]).status == 2)
        #expect(try issuer.run("export").status == 2)
    }
}
