import Foundation
import TestSupport
import Testing

/// Somebody who means no good answers in the place of privacyIDEA.
@Suite struct `A privacyIDEA that is none` {
    typealias StandIn = PrivacyIDEAStandIn

    /// A text that would move the cursor, turn the direction, and never end, as JSON has it.
    private static let evil =
        #"\u001b[2J\u009b31m\u202eabc\ue000\r"# + String(repeating: #"e\u0301"#, count: 9)
        + "e" + String(repeating: #"\u0301"#, count: 4000)

    /// Every text of the server's that may come to be shown.
    static let places: [(PrivacyIDEARelay.Step, [UInt8])] = [
        (.login, answer(401, StandIn.no(4031, evil, evil))),
        (.login, answer(401, StandIn.no(4031, "Authentication failed.", evil))),
        (.login, answer(403, StandIn.no(303, evil))), (.login, answer(500, StandIn.no(77, evil))),
        (.login, answer(200, StandIn.yes("false", #"{"message":"\#(evil)"}"#))),
        (
            .login,
            answer(
                200, "\u{1B}[2J\u{202E}" + String(repeating: "e\u{301}", count: 9999),
                type: "text/html")
        ),
        (.make, answer(200, StandIn.token("S1", state: #""\#(evil)""#))),
        (.make, answer(200, StandIn.token(evil))),
        (
            .make,
            answer(
                200,
                StandIn.token("S1", more: "&issuer=\(String(repeating: "%1B%5B2J", count: 99))"))
        ),
        (
            .make,
            answer(
                200,
                StandIn.token("S1", more: "&issuer=e\(String(repeating: "%CC%81", count: 400))"))
        ),
        (.make, answer(400, StandIn.no(905, evil))),
    ]

    @Test(arguments: places.indices, ["C", "ja_JP.UTF-8"])
    func `steers no terminal`(place: Int, language: String) throws {
        let (step, bytes) = Self.places[place]
        let server = try StandIn { $0.step == step ? bytes : nil }
        let person = try Person()
        let outcome = try Program.run(
            Program.otptoken, person.enrolment(server.url, ["--backend", "privacyidea"]),
            home: person.home, extra: ["LC_ALL": language])
        let shown = outcome.output + outcome.errors
        #expect(outcome.status != 0 || step == .make)
        #expect(
            shown.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control: scalar == "\n"
                case .format, .privateUse, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }, "\(shown.debugDescription)")
        #expect(shown.unicodeScalars.count < 3000, "\(shown.unicodeScalars.count)")
    }

    /// Answers that are not privacyIDEA's, or not taken for its own, with secrets in them.
    static let leaks: [(PrivacyIDEARelay.Step, @Sendable (StandIn.Request) -> [UInt8])] = [
        (.make, { answer(200, StandIn.token($0.serial), type: "text/json") }),
        (.make, { answer(502, "<pre>" + StandIn.token($0.serial), type: "text/html") }),
        (.make, { _ in answer(502, "<p>" + StandIn.secret, type: "text/html") }),
        (.login, { _ in answer(200, StandIn.yes("1", StandIn.login), type: "text/plain") }),
        (.login, { _ in answer(500, "token = " + StandIn.login, type: "text/plain") }),
        (.login, { answer(502, "<p>\n\n<pre>" + $0.body, type: "text/html") }),
        (.login, { answer(502, "you said: " + $0.body, type: "text/html") }),
    ]

    @Test(arguments: leaks.indices) func `has none of the secrets shown`(leak: Int) throws {
        let (step, bytes) = Self.leaks[leak]
        let server = try StandIn { $0.step == step ? bytes($0) : nil }
        let person = try Person()
        let outcome = try person.enrol(at: server)
        #expect(outcome.status == 7 && outcome.output == "")
        #expect(outcome.errors.contains("is not privacyIDEA's"), "\(outcome.errors)")
        for secret in [StandIn.secret, String(StandIn.login.prefix(10)), Person.startPassword] {
            #expect(!outcome.errors.contains(secret), "\(outcome.errors)")
        }
    }

    @Test func `hears nothing where localhost is somewhere else`() throws {
        let server = try StandIn { _ in nil }
        let person = try Person()
        let url = server.url.replacing("127.0.0.1", with: "localhost")
        var interposer = Interposer()
        interposer.peer = "192.0.2.1"
        let outcome = try Program.run(
            Program.otptoken, person.enrolment(url, ["--backend", "privacyidea"]),
            home: person.home, extra: interposer.environment())
        #expect(
            outcome.status == 7
                && outcome.errors.contains("is 192.0.2.1, which is not this machine"))
        #expect(server.paths.isEmpty)
        #expect(try person.enrol(url, ["--backend", "privacyidea"]).status == 0)
    }
}
