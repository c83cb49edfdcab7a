import Cryptography
import Enrolment
import OATH
import TestSupport
import Testing

/// The dialog with privacyIDEA: what is asked, kept and concluded, byte by byte.
@Suite struct `The dialog with privacyIDEA` {
    private static let person = Enrolling(serviceID: "10121234", userID: "12345678901234DC")
    private static let login =
        #"{"result":{"status":true,"value":{"token":"aaa.bbb.ccc"}},"time":1700000000.25}"#
    private static let serverPart = "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ"

    /// Always draws 0, 1, 2 and so on.
    private func dialog(_ kept: KeptEnrolment? = nil) throws -> any EnrolmentDialog {
        func random(_ count: Int) throws(CryptographyError) -> SecretBytes {
            SecretBytes((0..<count).map { UInt8($0) })
        }
        guard let kept else { return PrivacyIDEA.enrolment(of: Self.person, random: random) }
        return try #require(PrivacyIDEA.resumption(of: kept, by: Self.person, random: random))
    }

    private func answer(_ body: String, _ status: Int = 200) -> IssuerAnswer {
        IssuerAnswer(
            status: status, mediaType: "application/json", body: SecretBytes(text: body))
    }

    private func made(_ state: String, _ uri: String, _ more: String = "") -> String {
        #"{"detail":{"serial":"TOTP1","rollout_state":"\#(state)","googleurl":{"value":"\#(uri)"}\#(more)},"#
            + #""result":{"status":true,"value":true},"time":1700000060.5}"#
    }

    private func question(
        _ dialog: any EnrolmentDialog, at now: Int64 = 0
    ) throws -> (method: String, path: String, body: String, authorization: String?)? {
        guard case .ask(let question) = try dialog.next(at: now) else { return nil }
        return (
            question.method, question.path, question.body?.value.exposedText ?? "",
            question.authorization?.value.exposedText
        )
    }

    private func kept(_ dialog: any EnrolmentDialog) throws -> KeptEnrolment? {
        guard case .keep(let kept) = try dialog.next(at: 0) else { return nil }
        return kept
    }

    private func marks(_ kept: KeptEnrolment?) -> [String] {
        (kept?.marks ?? []).map { "\($0.key) \($0.value.value.exposedText)" }
    }

    /// Goes on until the token is asked for.
    private func begun() throws -> any EnrolmentDialog {
        let dialog = try dialog()
        guard case .password(.beginning) = try dialog.next(at: 0) else {
            throw EnrolmentError.malformed("no password is asked for")
        }
        try dialog.take(password("39801035"))
        let login = try #require(try question(dialog))
        #expect(login.method == "POST" && login.path == "/auth" && login.authorization == nil)
        #expect(
            login.body
                == #"{"username":"12345678901234DC","realm":"10121234","password":"39801035"}"#)
        #expect(dialog.loss == .password(serials: []))
        try dialog.receive(answer(Self.login))
        #expect(dialog.loss == .token(serials: ["OTPT000102030405"]))
        let first = try kept(dialog)
        #expect(marks(first) == ["serial OTPT000102030405", "enrol_need token"])
        #expect(first?.seed.value.exposed == [0])
        let make = try #require(try question(dialog))
        #expect(make.path == "/token/init" && make.authorization == "aaa.bbb.ccc")
        #expect(
            make.body
                == #"{"type":"totp","genkey":1,"serial":"OTPT000102030405","otplen":8,"timeStep":60,"hashlib":"sha256"}"#
        )
        return dialog
    }

    private func token(_ dialog: any EnrolmentDialog) throws -> EnrolledToken? {
        guard case .done(let token) = try dialog.next(at: 0) else { return nil }
        return token
    }

    @Test func `ends with what the server decided`() throws {
        let dialog = try begun()
        try dialog.receive(
            answer(
                made("enrolled", "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=6&issuer=A%20B")))
        let token = try #require(try token(dialog))
        #expect(token.parameters.issuer == "A B" && token.parameters.time == 1_700_000_060)
        #expect(token.parameters.totp == TOTP(digits: 6, period: 30, algorithm: .sha1))
        #expect(token.seed.value.exposed == Array("1234567890".utf8))
        #expect(token.marks.map { $0.value.value.exposedText } == ["TOTP1"])
        #expect(token.spentStep == nil)
        // The former token can be deleted with the same login.
        let old = Mark("serial", Shared(SecretBytes(text: "OLD1")))
        #expect(dialog.retirement(of: [old])?.path == "/token/OLD1")
        #expect(dialog.retirement(of: []) == nil)
        let foreign = Mark("serial", Shared(SecretBytes(text: "../x")))
        #expect(dialog.retirement(of: [foreign]) == nil)
    }

    @Test func `makes the seed in two steps as computed by hand`() throws {
        let dialog = try begun()
        let sizes = #","2step_salt":16,"2step_output":32,"2step_difficulty":10000"#
        let uri = "otpauth://totp/x?secret=\(Self.serverPart)&algorithm=SHA256&period=60&digits=8"
        try dialog.receive(answer(made("clientwait", uri, sizes)))
        let seed = hex("3cc64d7f0b9e4451639b6a600d48a7c29346ca27752f3028aa6edb1d57bad556")
        let first = try #require(try kept(dialog))
        #expect(
            marks(first) == [
                "serial TOTP1", "enrol_need contribution", "enrol_issuer 10121234",
                "enrol_part AAAQEAYEAUDAOCAJBIFQYDIOB4",
            ])
        #expect(first.seed.value.exposed == seed)
        let body = try #require(try question(dialog)).body
        let part = "KYLYXBQAAEBAGBAFAYDQQCIKBMGA2DQP"
        #expect(
            body
                == #"{"type":"totp","serial":"TOTP1","otpkeyformat":"base32check","otpkey":"\#(part)"}"#
        )
        #expect(dialog.loss == .unfinished(serial: "TOTP1"))
        // The server has come to another seed: somebody is between.
        let other = made("enrolled", "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ")
        #expect(throws: EnrolmentError.seedsDiffer) { try dialog.receive(answer(other)) }

        // Taken up: the code of the seed first, then the same part with another start password.
        let resumed = try self.dialog(first)
        let code = try TOTP.rule.code(key: SecretBytes(seed), step: 2)
        #expect(try question(resumed, at: 120)?.body.contains(code) == true)
        try resumed.receive(
            answer(#"{"result":{"status":false,"error":{"code":4031}},"detail":{}}"#, 401))
        guard case .password(.spent) = try resumed.next(at: 0) else {
            Issue.record("no password is asked for")
            return
        }
        try resumed.take(password("11112222"))
        #expect(try question(resumed)?.path == "/auth")
        try resumed.receive(answer(Self.login))
        #expect(try question(resumed)?.body == body)
        try resumed.receive(
            answer(
                #"{"result":{"status":true,"value":true},"detail":{"rollout_state":"enrolled"}}"#))
        #expect(try token(resumed)?.seed.value.exposed == seed)
    }

    @Test func `does not contribute again to a token that waits for its verification`() throws {
        let seed = Shared(SecretBytes(text: "12345678901234567890"))
        let kept = KeptEnrolment(
            seed: seed, totp: .rule,
            marks: [("serial", "S1"), ("enrol_need", "contribution"), ("enrol_part", "GEZDGNBV")]
                .map { Mark($0.0, Shared(SecretBytes(text: $0.1))) })
        let dialog = try dialog(kept)
        _ = try question(dialog, at: 120)
        try dialog.receive(
            answer(#"{"result":{"status":false,"error":{"code":4031}},"detail":{}}"#, 401))
        try dialog.take(password("11112222"))
        #expect(dialog.loss == .password(serials: ["S1"]))
        try dialog.receive(answer(Self.login))
        let no = answer(#"{"result":{"status":false,"error":{"code":905,"message":"x"}}}"#, 400)
        #expect(try question(dialog)?.body.contains("otpkeyformat") == true)
        try dialog.receive(no)
        #expect(marks(try self.kept(dialog)) == ["serial S1", "enrol_need verification"])
        let code = try TOTP.rule.code(key: seed.value, step: 2)
        #expect(try question(dialog, at: 120)?.body.contains(#""verify":"\#(code)""#) == true)
        try dialog.receive(
            answer(
                #"{"result":{"status":true,"value":true},"detail":{"rollout_state":"enrolled"}}"#))
        #expect(try token(dialog)?.seed.value.equals(seed.value) == true)
        // Whoever has contributed nothing before hears what the server says.
        let first = try begun()
        #expect(throws: EnrolmentError.privacyIDEA(.other(905, "x"))) { try first.receive(no) }
    }

    @Test(arguments: [
        #","2step_salt":4,"2step_output":32,"2step_difficulty":10000"#,
        #","2step_salt":16,"2step_output":8,"2step_difficulty":10000"#,
        #","2step_salt":16,"2step_output":32,"2step_difficulty":1"#,
        #","2step_salt":16,"2step_output":32,"2step_difficulty":99999999"#, "",
    ]) func `takes no bounds of a second step that are none`(sizes: String) throws {
        let dialog = try begun()
        let reply = answer(made("clientwait", "otpauth://totp/x?secret=\(Self.serverPart)", sizes))
        #expect(throws: EnrolmentError.unacceptable("2step")) { try dialog.receive(reply) }
    }

    @Test func `verifies with the code of the minute, and once with the next`() throws {
        let dialog = try begun()
        try dialog.receive(
            answer(made("verify", "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=60")))
        #expect(marks(try kept(dialog)).contains("enrol_need verification"))
        let first = try #require(try question(dialog, at: 119)).body
        let no = answer(#"{"result":{"status":false,"error":{"code":905,"message":"x"}}}"#, 400)
        try dialog.receive(no)
        guard case .wait(until: 120) = try dialog.next(at: 119) else {
            Issue.record("it does not wait")
            return
        }
        let second = try #require(try question(dialog, at: 120)).body
        #expect(first != second && second.contains(#""serial":"TOTP1","verify":""#))
        #expect(throws: EnrolmentError.privacyIDEA(.notVerified)) { try dialog.receive(no) }
        try dialog.receive(
            answer(
                #"{"result":{"status":true,"value":true},"detail":{"rollout_state":"enrolled"}}"#))
        #expect(try token(dialog)?.spentStep == 2)
    }

    @Test func `is taken up by a code that was used already`() throws {
        let kept = KeptEnrolment(
            seed: Shared(SecretBytes(text: "12345678901234567890")), totp: .rule,
            marks: [
                Mark("serial", Shared(SecretBytes(text: "S1"))),
                Mark("enrol_need", Shared(SecretBytes(text: "verification"))),
                Mark("enrol_issuer", Shared(SecretBytes(text: "Bank"))),
            ])
        for (serial, isDone) in [("S1", true), ("S2", false)] {
            let dialog = try dialog(kept)
            _ = try question(dialog, at: 600)
            let words = "wrong otp value. previous otp used again"
            try dialog.receive(
                answer(
                    #"{"result":{"status":false,"error":{"code":4031}},"detail":{"message":"\#(words)","serial":"\#(serial)"}}"#,
                    401))
            if isDone {
                #expect(try token(dialog)?.spentStep == 10)
            } else if case .password(.spent) = try dialog.next(at: 600) {
            } else {
                Issue.record("another token's code shows nothing")
            }
        }
    }

    @Test func `takes nothing up that it has not kept`() {
        let rows: [[String: String]] = [
            [:], ["serial": "S1"], ["serial": "../", "enrol_need": "token"],
        ]
        for marks in rows {
            let kept = KeptEnrolment(
                seed: Shared(SecretBytes(text: "a")), totp: .rule,
                marks: marks.map { Mark($0.key, Shared(SecretBytes(text: $0.value))) })
            let dialog = PrivacyIDEA.resumption(
                of: kept, by: Self.person, random: SecretBytes.random)
            #expect(dialog == nil)
        }
    }

    @Test(arguments: [
        #"{"detail":{"serial":"a/b","googleurl":{"value":"otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ"}},"#,
        #"{"detail":{"serial":"S1","googleurl":{"value":"otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ"}},"#,
        #"{"detail":{"serial":"S1","googleurl":{"value":"otpauth://totp/x?secret=GEZDGNBVGY3TQOI"}},"#,
        #"{"detail":{"rollout_state":5,"serial":"S1","googleurl":{"value":"otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ"}},"#,
        #"{"detail":{"serial":"S1"},"#, #"{"detail":null,"#,
        #"{"detail":{"rollout_state":"odd","serial":"S1","googleurl":{"value":"otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ"}},"#,
    ]) func `takes no token that is none`(start: String) throws {
        let dialog = try begun()
        #expect(throws: EnrolmentError.self) {
            try dialog.receive(answer(start + #""result":{"status":true,"value":true}}"#))
        }
    }

    @Test func `takes a yes for nothing else`() throws {
        for body in [
            #"{"result":{"status":true,"value":false}}"#,
            #"{"result":{"status":false,"value":true}}"#,
            #"{"result":{"status":true}}"#,
        ] {
            let dialog = try dialog()
            try dialog.take(password("39801035"))
            #expect(throws: EnrolmentError.self) { try dialog.receive(answer(body)) }
        }
        let dialog = try dialog()
        try dialog.take(password("39801035"))
        let why = #"{"result":{"status":true,"value":false},"detail":{"message":"so"}}"#
        #expect(throws: EnrolmentError.privacyIDEA(.other(0, "so"))) {
            try dialog.receive(answer(why))
        }
        #expect(throws: EnrolmentError.privacyIDEA(.other(0, ""))) {
            try dialog.receive(answer(Self.login, 500))
        }
        // What would end a line of the header goes nowhere.
        let bad = #"{"result":{"status":true,"value":{"token":"a\r\nb"}}}"#
        #expect(throws: EnrolmentError.unexpected("token")) { try dialog.receive(answer(bad)) }
    }

    @Test(arguments: [
        ("", "10121234"), ("ACME%20", "ACME"), ("%20%20", "10121234"), ("A%1B", "10121234"),
        (String(repeating: "A", count: 70), "10121234"), ("M%C3%BCller", "Müller"),
    ]) func `knows the issuer by the realm where it has no name`(issuer: String, name: String)
        throws
    {
        let dialog = try begun()
        let uri = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&issuer=" + issuer
        try dialog.receive(answer(made("enrolled", uri)))
        #expect(try token(dialog)?.parameters.issuer == name)
    }

    @Test func `takes no verification of something else, and no token after token`() throws {
        let uri = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=60"
        func verifying() throws -> any EnrolmentDialog {
            let dialog = try begun()
            try dialog.receive(answer(made("verify", uri)))
            _ = try kept(dialog)
            #expect(try question(dialog)?.body.contains("verify") == true)
            return dialog
        }
        for detail in [
            #""rollout_state":"verify","serial":"TOTP1""#, #""rollout_state":7"#,
            #""rollout_state":"enrolled","serial":"OTHER""#,
        ] {
            let body = #"{"result":{"status":true,"value":true},"detail":{\#(detail)}}"#
            #expect(throws: EnrolmentError.self) { try verifying().receive(answer(body)) }
        }
        // One that was deleted meanwhile is made again, once.
        let dialog = try verifying()
        try dialog.receive(answer(made("verify", uri)))
        _ = try kept(dialog)
        _ = try question(dialog)
        #expect(throws: EnrolmentError.unexpected("googleurl")) {
            try dialog.receive(answer(made("verify", uri)))
        }
    }

    /// A refusal, with status 403.
    private func notPermitted(_ words: String) -> IssuerAnswer {
        answer(#"{"result":{"status":false,"error":{"code":303,"message":"\#(words)"}}}"#, 403)
    }

    @Test func `leaves a token behind that is neither finished nor deleted`() throws {
        let stuck = "You are not allowed to roll over this token!"
        func mark(_ key: String, _ value: String) -> Mark {
            Mark(key, Shared(SecretBytes(text: value)))
        }
        let seed = Shared(SecretBytes(text: "12345678901234567890"))
        let kept = KeptEnrolment(
            seed: seed, totp: .rule,
            marks: [mark("serial", "S1"), mark("enrol_need", "verification")])
        let dialog = try dialog(kept)
        _ = try question(dialog, at: 60)
        try dialog.receive(
            answer(#"{"result":{"status":false,"error":{"code":4031}},"detail":{}}"#, 401))
        try dialog.take(password("11112222"))
        try dialog.receive(answer(Self.login))
        #expect(try question(dialog)?.body.contains(#""verify""#) == true)
        try dialog.receive(notPermitted(stuck))
        // It is enrolled, but nobody knows whether rightly: it is to be deleted.
        #expect(marks(try self.kept(dialog)) == ["serial S1", "enrol_need token"])
        #expect(try question(dialog)?.path == "/token/S1")
        try dialog.receive(notPermitted("no"))
        #expect(try question(dialog)?.body.contains(#""serial":"S1""#) == true)
        try dialog.receive(notPermitted(stuck))
        // That is not done either: another name.
        let again = try #require(try self.kept(dialog))
        let name = "OTPT000102030405"
        #expect(marks(again) == ["serial \(name)", "enrol_need token", "enrol_left S1"])
        #expect(dialog.loss == .token(serials: ["S1", name]))
        #expect(try question(dialog)?.path == "/token/\(name)")
        try dialog.receive(answer(#"{"result":{"status":false,"error":{"code":601}}}"#, 404))
        #expect(try question(dialog)?.body.contains(name) == true)
        #expect(throws: EnrolmentError.privacyIDEA(.notPermitted("limited"))) {
            try dialog.receive(notPermitted("limited"))
        }
        // Who takes that up knows of it.
        let resumed = try self.dialog(again)
        try resumed.take(password("33334444"))
        #expect(resumed.loss == .password(serials: ["S1", name]))
    }
}

extension SecretBytes {
    fileprivate var exposedText: String { String(decoding: exposed, as: UTF8.self) }
}
