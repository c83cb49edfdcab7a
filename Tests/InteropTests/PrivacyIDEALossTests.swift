import Foundation
import Platform
import TestSupport
import Testing

/// Where an enrolment ends before its end, it is said what is lost by it, and no more than that.
@Suite struct `What an enrolment at privacyIDEA that fails costs` {
    private typealias StandIn = PrivacyIDEAStandIn

    private static let spent = "the start password is spent:"
    private static let maybe = "the start password may be spent"
    private static let leftover = "may hold an unusable token OTPT"

    @Test func `is no start password where a later login is refused, or reaches nobody`() throws {
        let stage = Switch()
        let server = try StandIn { request in
            switch (request.step, stage.value) {
            case (.make, 0): []
            case (.login, 1): answer(401, StandIn.no(4031, "Authentication failed.", "wrong otp"))
            case (.login, 2): []
            default: nil
            }
        }
        let person = try Person()
        let first = try person.enrol(at: server).errors
        #expect(first.contains(Self.spent) && first.contains(Self.leftover), "\(first)")
        stage.set(1)
        let refused = try person.enrol(at: server).errors
        #expect(refused.contains("wrong start password") && refused.contains(Self.leftover))
        #expect(!refused.contains(Self.spent) && !refused.contains(Self.maybe), "\(refused)")
        stage.set(2)
        let lost = try person.enrol(at: server).errors
        #expect(lost.contains(Self.maybe) && lost.contains(Self.leftover), "\(lost)")
        #expect(!lost.contains(Self.spent), "\(lost)")
        stage.set(3)
        #expect(try person.enrol(at: server).status == 0)
    }

    @Test func `is a token where its seed cannot be kept`() throws {
        let person = try Person()
        let store = person.locations.store
        let server = try StandIn { request in
            guard request.step == .make else { return nil }
            try? "damaged".write(toFile: store, atomically: true, encoding: .utf8)
            return answer(200, StandIn.token("TOTP7"))
        }
        let outcome = try person.enrol(at: server)
        #expect(outcome.status == 5 && outcome.output == "", "\(outcome)")
        #expect(outcome.errors.contains("an unusable token TOTP7"), "\(outcome.errors)")
        #expect(outcome.errors.contains(Self.spent), "\(outcome.errors)")
    }

    @Test func `is a token where it cannot be kept that it is to be verified`() throws {
        let person = try Person()
        let store = person.locations.store
        let server = try StandIn { request in
            guard request.step == .make else { return nil }
            try? "damaged".write(toFile: store, atomically: true, encoding: .utf8)
            return answer(200, StandIn.token("TOTP7", state: #""verify""#))
        }
        let outcome = try person.enrol(at: server)
        #expect(outcome.errors.contains("an unusable token TOTP7"), "\(outcome.errors)")
        #expect(!server.paths.dropFirst(2).contains("/token/init"))
    }
}
