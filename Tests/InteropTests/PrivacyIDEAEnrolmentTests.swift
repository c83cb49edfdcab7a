import Cryptography
import Foundation
import OATH
import Platform
import TestSupport
import Testing
import TokenStore

/// Why tests with a real privacyIDEA may be skipped.
let privacyIDEAIsNeeded: ConditionTrait = .enabled(
    if: RunningPrivacyIDEA.isInstalled,
    "privacyIDEA is needed, which scripts/privacyidea installs from PyPI")

@Suite(privacyIDEAIsNeeded) struct `An enrolment at privacyIDEA` {
    private func code(_ outcome: Outcome) -> String { String(outcome.output.dropLast()) }

    @Test func `gives a token whose codes are taken once`() throws {
        let desk = try PrivacyIDEADesk()
        let password = try desk.newCode()
        let done = try desk.enrol(password)
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.output.contains(#/^[0-9]{8}\n$/#))
        #expect(done.errors.contains("Enrolled as privacyIDEA: 8 digits, a new code every 60 s."))
        #expect(done.errors.contains("takes its codes from now on"))
        #expect(try desk.check(code(done)).isAccepted)
        let again = try desk.check(code(done))
        #expect(!again.isAccepted && again.message.contains("used again"), "\(again)")
        #expect(try !desk.check("00000000").isAccepted)
        // What the server calls it is kept, and nothing of the exchange.
        let token = try desk.person.tokens()[0]
        #expect(token.extras.map(\.key) == ["backend", "serial"])
        #expect(try desk.tokens().map(\.serial) == [desk.serial()])
        #expect(token.totp == .rule && token.issuer == "privacyIDEA")
        #expect(desk.relay.steps == [.login, .make])
        for (name, bytes) in try desk.person.folder.files() where name != "password" {
            #expect(!holds(bytes, token.seed.value.exposed), "\(name)")
            #expect(Data(bytes).range(of: Data(password.utf8)) == nil, "\(name)")
        }
    }

    @Test func `is of another kind than one at otptoken-issuer, and says so`() throws {
        let desk = try PrivacyIDEADesk()
        let elsewhere = try Program.run(
            Program.otptoken,
            [
                "init", "--backend", "privacyidea", "--server", "http://otp.example.com",
                "--service-id", desk.realm, "--user-id", desk.user, "--allow-http",
            ], home: desk.person.home)
        #expect(elsewhere.status == 2 && elsewhere.errors.contains("is not protected by TLS"))
        #expect(elsewhere.errors.contains("the start password and the seed travel"))
        let unknown = try desk.enrol("12345678", "--backend", "radius")
        #expect(unknown.status == 2, "\(unknown.errors)")
    }

    @Test(arguments: [true, false])
    func `takes what the server decided, whatever was asked for`(isFixed: Bool) throws {
        let rights = "enrollTOTP, totp_otplen=6, totp_timestep=30, totp_hashlib=sha1"
        let desk = try PrivacyIDEADesk(rights: isFixed ? rights : "enrollTOTP")
        let done = try desk.enrol(desk.newCode())
        #expect(done.status == 0, "\(done.errors)")
        #expect(try desk.check(code(done)).isAccepted)
        let wanted = isFixed ? TOTP(digits: 6, period: 30, algorithm: .sha1) : .rule
        let totp = try desk.person.tokens()[0].totp
        #expect(totp == wanted)
    }

    @Test func `has its issuer's name from the server`() throws {
        let desk = try PrivacyIDEADesk(rights: nil, ("enrollment", "tokenissuer=Müller & Söhne"))
        let done = try desk.enrol(desk.newCode())
        #expect(done.status == 0, "\(done.errors)")
        #expect(try desk.person.run("list", "--names").output == "Müller & Söhne\n")
    }

    @Test func `is verified with a code where the server wants it, which is used up then`() throws {
        let desk = try PrivacyIDEADesk(rights: nil, ("enrollment", "verify_enrollment=totp"))
        let done = try desk.enrol(desk.newCode())
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.errors.contains("The current code is used up"))
        #expect(desk.relay.steps == [.login, .make, .verify])
        #expect(try desk.tokens().map(\.rolloutState) == ["enrolled"])
        #expect(try desk.check(code(done)).isAccepted)
        #expect(try desk.person.tokens()[0].extras.map(\.key) == ["backend", "serial"])
    }

    @Test func `waits for the next code where one was not taken`() throws {
        let desk = try PrivacyIDEADesk(rights: nil, ("enrollment", "verify_enrollment=totp"))
        let no =
            #"{"result":{"status":false,"error":{"code":905,"message":"ERR905"}},"detail":null}"#
        desk.relay.plan(.verify, .answered(answer(400, no)))
        let age = desk.person.home + "/age"
        try "0".write(toFile: age, atomically: true, encoding: .utf8)
        var interposer = Interposer()
        interposer.age = age
        let program = try RunningProgram(
            Program.otptoken, desk.arguments(desk.newCode()), home: desk.person.home,
            extra: interposer.environment())
        let waits = poll { program.errors.contains("waiting for the next one") ? true : nil }
        #expect(waits == true)
        // A minute goes by at once.
        try "60".write(toFile: age, atomically: true, encoding: .utf8)
        let done = try #require(program.outcome())
        #expect(done.status == 0, "\(done.errors)")
        let codes = desk.relay.said.filter { $0.step == .verify }
            .compactMap { $0.request.firstMatch(of: #/"verify":"([0-9]+)"/#)?.1 }
        #expect(codes.count == 2 && codes.first != codes.last)
        #expect(try desk.check(code(done)).isAccepted)
    }

    @Test func `is refused where no code is taken`() throws {
        let desk = try PrivacyIDEADesk(rights: nil, ("enrollment", "verify_enrollment=totp"))
        let no = answer(
            400,
            #"{"result":{"status":false,"error":{"code":905,"message":"ERR905"}},"detail":null}"#)
        desk.relay.plan(.verify, .answered(no), .answered(no))
        let age = desk.person.home + "/age"
        try "0".write(toFile: age, atomically: true, encoding: .utf8)
        var interposer = Interposer()
        interposer.age = age
        let program = try RunningProgram(
            Program.otptoken, desk.arguments(desk.newCode()), home: desk.person.home,
            extra: interposer.environment())
        _ = poll { program.errors.contains("waiting for the next one") ? true : nil }
        try "60".write(toFile: age, atomically: true, encoding: .utf8)
        let refused = try #require(program.outcome())
        #expect(refused.status == 6 && refused.output == "")
        #expect(refused.errors.contains("does not take the codes of the new token"))
        try desk.person.expectNoToken()
    }

    @Test(arguments: [false, true])
    func `makes the seed together with the server where that is wanted`(isVerified: Bool) throws {
        let rights = "enrollTOTP, totp_2step=force"
        let sizes =
            "totp_2step_clientsize=16, totp_2step_serversize=32, totp_2step_difficulty=10000"
        let desk = try PrivacyIDEADesk(
            rights: rights, ("enrollment", sizes),
            ("enrollment", isVerified ? "verify_enrollment=totp" : "tokenissuer=Two"))
        let done = try desk.enrol(desk.newCode())
        #expect(done.status == 0, "\(done.errors)")
        #expect(try desk.check(code(done)).isAccepted, "\(desk.relay.said)")
        #expect(desk.relay.steps.prefix(3) == [.login, .make, .contribute])
        // The server's part alone is not the seed.
        let first = try #require(desk.relay.said.first { $0.step == .make }?.answer)
        let part = try #require(first.firstMatch(of: #/seed://([0-9a-f]+)/#)?.1)
        let seed = try desk.person.seed()
        #expect(Hex.encode(seed.span) != part)
    }

    @Test func `is followed by a resynchronisation that costs a code`() throws {
        let desk = try PrivacyIDEADesk()
        #expect(try desk.enrol(desk.newCode()).status == 0)
        let start = wallClockSeconds() + 1800
        func codeAt(_ minute: Int64) throws -> String {
            let shown = try desk.person.run("show", "--at", "\(start + 60 * minute)")
            return String(shown.output.dropLast())
        }
        let serial = try desk.serial()
        try desk.server.administer(
            "POST", "/token/resync",
            ["serial": serial, "otp1": codeAt(0), "otp2": codeAt(1)])
        #expect(try !desk.check(codeAt(2)).isAccepted)
        #expect(try desk.check(codeAt(3)).isAccepted)
    }

    @Test func `in the place of a token has the server forget that one`() throws {
        let desk = try PrivacyIDEADesk()
        #expect(try desk.enrol(desk.newCode()).status == 0)
        let former = try desk.serial()
        #expect(try desk.enrol(desk.newCode()).status == 1)
        let done = try desk.enrol(desk.newCode(), "--force")
        #expect(done.status == 0 && done.errors.contains("former token is deleted"))
        #expect(try desk.tokens().map(\.serial) == [desk.serial()])
        #expect(try desk.serial() != former)
    }

    @Test func `says where the former token stays`() throws {
        let desk = try PrivacyIDEADesk(rights: "enrollTOTP")
        #expect(try desk.enrol(desk.newCode()).status == 0)
        let former = try desk.serial()
        let done = try desk.enrol(desk.newCode(), "--force")
        #expect(done.status == 0)
        #expect(done.errors.contains("The former token \(former) is still valid at"))
        #expect(try desk.tokens().count == 2)
    }

    @Test func `on another device needs no more than a code of the first one`() throws {
        let desk = try PrivacyIDEADesk()
        let first = try desk.enrol(desk.newCode())
        let other = try PrivacyIDEADeskForAnother(desk)
        let done = try other.enrol(code(first))
        #expect(done.status == 0, "\(done.errors)")
        #expect(try desk.tokens().count == 2)
        #expect(try desk.check(code(done)).isAccepted)
        // The first device has its own removed, by a code that is left.
        let removed = try desk.person.run("remove", "privacyIDEA", "--yes", "--revoke")
        #expect(removed.status == 0, "\(removed.errors)")
        #expect(try desk.tokens().count == 1)
    }
}

/// The same person with another home.
private struct PrivacyIDEADeskForAnother {
    let desk: PrivacyIDEADesk
    let person: Person

    init(_ desk: PrivacyIDEADesk) throws {
        self.desk = desk
        person = try Person()
    }

    func enrol(_ password: String) throws -> Outcome {
        try Program.run(Program.otptoken, desk.arguments(password), home: person.home)
    }
}

@Suite(privacyIDEAIsNeeded) struct `A token of privacyIDEA that is removed` {
    private func remove(_ desk: PrivacyIDEADesk, _ options: String...) throws -> Outcome {
        try Program.run(
            Program.otptoken, ["remove", "privacyIDEA", "--yes"] + options, home: desk.person.home)
    }

    @Test func `is deleted there, too`() throws {
        let desk = try PrivacyIDEADesk()
        #expect(try desk.enrol(desk.newCode()).status == 0)
        let done = try remove(desk, "--revoke")
        #expect(done.status == 0 && done.errors.contains("Revoked privacyIDEA"), "\(done.errors)")
        #expect(try desk.tokens().isEmpty && desk.person.tokens().isEmpty)
    }

    @Test func `is disabled where it may not be deleted`() throws {
        let desk = try PrivacyIDEADesk(rights: "enrollTOTP, disable")
        #expect(try desk.enrol(desk.newCode()).status == 0)
        #expect(try remove(desk, "--revoke").status == 0)
        #expect(try desk.tokens().map(\.isActive) == [false])
        #expect(desk.relay.steps.suffix(3) == [.login, .delete, .disable])
    }

    @Test func `stays where neither is allowed, and says so`() throws {
        let desk = try PrivacyIDEADesk(rights: "enrollTOTP")
        #expect(try desk.enrol(desk.newCode()).status == 0)
        let refused = try remove(desk, "--revoke")
        #expect(refused.status == 6, "\(refused.errors)")
        #expect(refused.errors.contains("does not let tokens be revoked from here"))
        #expect(try desk.person.tokens().count == 1)
        #expect(try remove(desk, "--no-revoke").status == 0)
    }

    @Test func `is gone there already where somebody has deleted it`() throws {
        let desk = try PrivacyIDEADesk()
        #expect(try desk.enrol(desk.newCode()).status == 0)
        let serial = try desk.serial()
        try desk.server.administer("POST", "/token/disable", ["serial": serial])
        let refused = try remove(desk, "--revoke")
        #expect(refused.status == 6 && refused.errors.contains("is disabled"), "\(refused.errors)")
        #expect(try desk.person.tokens().count == 1)
    }
}
