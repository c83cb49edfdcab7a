import Foundation
import Platform
import TestSupport
import Testing
import TokenStore

/// After each step an answer is lost, or the program killed: there is a way to go on, or it is said who must do what.
@Suite(privacyIDEAIsNeeded) struct `An enrolment at privacyIDEA that is interrupted` {
    private static let twoSteps =
        "totp_2step_clientsize=16, totp_2step_serversize=32, totp_2step_difficulty=10000"

    /// Loses the answer to a step, or kills the program that waits for it.
    private func interrupt(
        _ desk: PrivacyIDEADesk, _ step: PrivacyIDEARelay.Step, killed: Bool, arrives: Bool = true
    ) throws -> Outcome? {
        let password = try desk.newCode()
        guard killed else {
            desk.relay.plan(step, arrives ? .answerLost : .lost)
            let outcome = try desk.enrol(password)
            #expect(outcome.status == 7 && outcome.output == "", "\(outcome.errors)")
            return outcome
        }
        desk.relay.plan(step, arrives ? .answerHeld : .held)
        #expect(try desk.killed(password, after: step))
        return nil
    }

    private func expectDone(_ desk: PrivacyIDEADesk, _ done: Outcome) throws {
        #expect(done.status == 0, "\(done.errors)")
        let check = try desk.check(String(done.output.dropLast()))
        #expect(check.isAccepted, "\(check) \(done.errors)")
        let tokens = try desk.person.tokens()
        #expect(tokens.count == 1 && tokens[0].extras.map(\.key) == ["backend", "serial"])
        #expect(try desk.tokens().map(\.serial) == [desk.serial()])
    }

    @Test(arguments: [false, true])
    func `at the login needs a new registration code, and says so`(killed: Bool) throws {
        let desk = try PrivacyIDEADesk()
        let password = try desk.newCode()
        desk.relay.plan(.login, killed ? .answerHeld : .answerLost)
        if killed {
            #expect(try desk.killed(password, after: .login))
        } else {
            let lost = try desk.enrol(password)
            #expect(lost.status == 7 && lost.errors.contains("the start password may be spent"))
        }
        #expect(try desk.person.tokens().isEmpty)
        let spent = try desk.enrol(password)
        #expect(spent.status == 6 && spent.errors.contains("is spent, or none was issued"))
        #expect(spent.errors.contains("have a new registration code issued"))
        try expectDone(desk, desk.enrol(desk.newCode()))
    }

    @Test(arguments: [false, true], [false, true])
    func `at the making of the token leaves it a name, by which the next run removes it`(
        killed: Bool, arrives: Bool
    ) throws {
        let desk = try PrivacyIDEADesk()
        let lost = try interrupt(desk, .make, killed: killed, arrives: arrives)
        let serial = try desk.serial()
        #expect(serial.contains(#/^OTPT[0-9A-F]{12}$/#))
        #expect(try desk.tokens().map(\.serial) == (arrives ? [serial] : []))
        if let lost {
            #expect(lost.errors.contains("may hold an unusable token \(serial)"), "\(lost.errors)")
            #expect(lost.errors.contains("with a new registration code the same `otptoken init`"))
        }
        try desk.person.expectNoToken()
        // The old one does not do, and the name is told again.
        let spent = try desk.enrol("12345678")
        #expect(spent.status == 6 && spent.errors.contains(serial), "\(spent.errors)")
        // What was not taken is not spent.
        #expect(!spent.errors.contains("the start password is spent:"), "\(spent.errors)")
        #expect(spent.errors.contains("Taking up the enrolment of \(desk.user)"))
        #expect(try desk.serial() == serial)
        try expectDone(desk, desk.enrol(desk.newCode()))
        #expect(try desk.serial() == serial)
    }

    @Test func `at the making of a token that may not be deleted leaves that behind, and says so`()
        throws
    {
        let desk = try PrivacyIDEADesk(rights: "enrollTOTP")
        _ = try interrupt(desk, .make, killed: false)
        let serial = try desk.serial()
        let done = try desk.enrol(desk.newCode())
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.errors.contains("An unusable token \(serial) may be left"), "\(done.errors)")
        // An administrator does what was said.
        try desk.server.administer("DELETE", "/token/\(serial)")
        try expectDone(desk, done)
        #expect(try desk.serial() != serial)
    }

    @Test(arguments: [false, true])
    func `at the verification is finished with a code, without a start password`(killed: Bool)
        throws
    {
        let desk = try PrivacyIDEADesk(rights: nil, ("enrollment", "verify_enrollment=totp"))
        let lost = try interrupt(desk, .verify, killed: killed)
        if let lost {
            #expect(lost.errors.contains("it may need a new registration code"))
            #expect(try lost.errors.contains(desk.serial()))
        }
        try desk.person.expectNoToken()
        try expectDone(desk, desk.enrol(nil))
    }

    @Test(arguments: [false, true])
    func `before the verification is finished with a new registration code`(killed: Bool) throws {
        let desk = try PrivacyIDEADesk(rights: nil, ("enrollment", "verify_enrollment=totp"))
        _ = try interrupt(desk, .verify, killed: killed, arrives: false)
        let serial = try desk.serial()
        let unasked = try desk.enrol(nil)
        #expect(unasked.status == 2 && unasked.errors.contains("takes a new registration code"))
        try expectDone(desk, desk.enrol(desk.newCode()))
        #expect(try desk.serial() == serial)
    }

    @Test(arguments: [false, true])
    func `at the second step is finished with a code, without a start password`(killed: Bool) throws
    {
        let desk = try PrivacyIDEADesk(
            rights: "enrollTOTP, totp_2step=force", ("enrollment", Self.twoSteps))
        _ = try interrupt(desk, .contribute, killed: killed)
        try expectDone(desk, desk.enrol(nil))
    }

    @Test(arguments: [false, true])
    func `before the second step is finished with a new registration code`(killed: Bool) throws {
        let desk = try PrivacyIDEADesk(
            rights: "enrollTOTP, totp_2step=force", ("enrollment", Self.twoSteps))
        _ = try interrupt(desk, .contribute, killed: killed, arrives: false)
        let serial = try desk.serial()
        try expectDone(desk, desk.enrol(desk.newCode()))
        #expect(try desk.serial() == serial)
    }

    @Test(arguments: [false, true], [false, true])
    func `at the second step of a token that is verified too is finished`(
        killed: Bool, arrives: Bool
    ) throws {
        let desk = try PrivacyIDEADesk(
            rights: "enrollTOTP, totp_2step=force", ("enrollment", Self.twoSteps),
            ("enrollment", "verify_enrollment=totp"))
        _ = try interrupt(desk, .contribute, killed: killed, arrives: arrives)
        let serial = try desk.serial()
        try expectDone(desk, desk.enrol(desk.newCode()))
        #expect(try desk.serial() == serial)
    }

    @Test func `in the place of a token is finished, and has the server forget that one`() throws {
        let desk = try PrivacyIDEADesk(rights: nil, ("enrollment", "verify_enrollment=totp"))
        #expect(try desk.enrol(desk.newCode()).status == 0)
        desk.relay.plan(.verify, .answerLost)
        #expect(try desk.enrol(desk.newCode(), "--force").status == 7)
        // Who does not say it again keeps what there is.
        #expect(try desk.enrol(nil).status == 1)
        #expect(try desk.person.tokens().count == 2)
        let done = try desk.enrol(desk.newCode(), "--force")
        #expect(done.errors.contains("former token is deleted"), "\(done.errors)")
        try expectDone(desk, done)
    }

    @Test func `is not taken up as one of another kind`() throws {
        let desk = try PrivacyIDEADesk()
        _ = try interrupt(desk, .make, killed: false)
        let other = try Program.run(
            Program.otptoken,
            desk.arguments("48151623").filter { $0 != "--backend" && $0 != "privacyidea" },
            home: desk.person.home)
        #expect(other.status == 7 && !other.errors.contains("Taking up"), "\(other.errors)")
        #expect(try desk.serial() != "")
    }

    @Test func `leaves nothing of its secrets in a file`() throws {
        let desk = try PrivacyIDEADesk(
            rights: "enrollTOTP, totp_2step=force", ("enrollment", Self.twoSteps))
        _ = try interrupt(desk, .contribute, killed: false)
        let seed = try desk.person.seed()
        let made = try #require(desk.relay.said.first { $0.step == .make }?.answer)
        let login = try #require(desk.relay.said.first { $0.step == .login }?.answer)
        let theirs = try #require(made.firstMatch(of: #/seed://([0-9a-f]+)/#)?.1)
        let token = try #require(login.firstMatch(of: #/"token":\s*"([^"]+)"/#)?.1)
        for (name, bytes) in try desk.person.folder.files() {
            #expect(!holds(bytes, seed) && !holds(bytes, hex(String(theirs))), "\(name)")
            #expect(Data(bytes).range(of: Data(token.utf8)) == nil, "\(name)")
        }
    }
}
