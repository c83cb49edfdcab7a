import Cryptography
import Foundation
import Platform
import TestSupport
import Testing
import TokenStore

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

    @Test func `is told of the token that stays at another server`() throws {
        let (one, other) = (try StandIn { _ in nil }, try StandIn { _ in nil })
        let person = try Person()
        #expect(try person.enrol(at: one).status == 0)
        let serial = try #require(try person.tokens().first.flatMap(serialNumber))
        let done = try person.enrol(at: other, "--force")
        #expect(done.status == 0 && !done.errors.contains("is deleted"), "\(done.errors)")
        let host = one.url.dropFirst("http://".count)
        #expect(
            done.errors.contains("The former token \(serial) is still valid at \(host): "),
            "\(done.errors)")
        // Nobody there hears of a token of somebody else's.
        #expect(other.paths == ["/auth", "/token/init"])
    }

    @Test func `is told of a token that was begun at another server`() throws {
        let silent = try StandIn { $0.step == .make ? [] : nil }
        let person = try Person()
        #expect(try person.enrol(at: silent).status == 7)
        let serial = try #require(try person.tokens().first.flatMap(serialNumber))
        let done = try person.enrol(at: StandIn { _ in nil })
        #expect(done.status == 0 && done.errors.contains("An unusable token \(serial)"))
        #expect(try person.tokens().count == 1)
    }

    @Test func `is no more where the address is written otherwise`() throws {
        let stage = Switch()
        let server = try StandIn { $0.step == .make && stage.value == 0 ? [] : nil }
        let person = try Person()
        func enrol(_ host: String) throws -> Outcome {
            let url = server.url.replacing("127.0.0.1", with: host)
            return try person.enrol(url, ["--backend", "privacyidea"])
        }
        #expect(try enrol("localhost").status == 7)
        stage.set(1)
        let done = try enrol("LOCALHOST")
        #expect(done.status == 0 && done.errors.contains("Taking up"), "\(done.errors)")
    }

    private func serialNumber(_ token: Token) -> String? {
        token.extras.first { $0.key == "serial" }
            .map { String(decoding: $0.value.value.exposed, as: UTF8.self) }
    }
}

/// Where privacyIDEA takes no code any more, that is what is said, and not how one enrols.
@Suite struct `A token that privacyIDEA does not revoke` {
    private typealias StandIn = PrivacyIDEAStandIn

    private func remove(
        _ step: PrivacyIDEARelay.Step, _ bytes: [UInt8], deletes: Bool = true
    ) throws -> Outcome {
        let stage = Switch()
        let server = try StandIn { request in
            guard stage.value == 1 else { return nil }
            if request.step == step { return bytes }
            return request.step == .delete && !deletes ? answer(403, StandIn.no(303, "no")) : nil
        }
        let person = try Person()
        #expect(try person.enrol(at: server).status == 0)
        stage.set(1)
        let outcome = try person.run("remove", "Bank", "--yes", "--revoke")
        #expect(outcome.status == 6, "\(outcome.errors)")
        #expect(outcome.errors.contains("`otptoken remove --no-revoke Bank`"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("start password"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("registration code"), "\(outcome.errors)")
        #expect(try person.tokens().count == 1)
        return outcome
    }

    @Test(arguments: [
        ("The user has no tokens assigned", "takes no codes of Bank any more"),
        ("Token is disabled", "takes no codes of Bank any more"),
        ("Failcounter exceeded", "has locked Bank"), ("Outside validity period", "has expired"),
    ]) func `is told why`(words: String, said: String) throws {
        let no = answer(401, StandIn.no(4031, "Authentication failed.", words))
        let refused = try remove(.login, no)
        #expect(refused.errors.contains(said), "\(refused.errors)")
    }

    @Test func `is told where there is nothing to disable, or the login is over`() throws {
        let nothing = answer(200, StandIn.yes("0", "{}"))
        let errors = try remove(.disable, nothing, deletes: false).errors
        #expect(errors.contains("takes no codes of Bank any more"), "\(errors)")
        let over = answer(401, StandIn.no(4033, "x"))
        #expect(try remove(.delete, over).errors.contains("the login is over"))
    }
}
