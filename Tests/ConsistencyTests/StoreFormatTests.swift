import Foundation
import TestSupport
import Testing

/// A reader that was written after otptoken-store(5), with other means, reads what the programs write.
struct StoreFormatTests {
    private static let enrolled = Result { try Enrolled(["Example Bank", "銀行 一", "Work: home"]) }
    private static let moment = "1767225600"

    /// A home with three enrolled tokens and a device slot.
    private func home() throws -> StoreHome {
        try StoreHome(Self.enrolled.get().home.path + "/otptoken")
    }

    @Test(arguments: ["0", "59", moment])
    func `a program that follows the manual page reads the store`(time: String) throws {
        let home = try home()
        let outcome = try home.readByDevice(time)
        #expect(outcome.status == 0, Enrolled.needsPython)
        #expect(outcome.errors == "")
        #expect(try outcome.output == home.otptoken("show", "--all", "--at", time))
        #expect(outcome.output.split(separator: "\n").count == 3)
    }

    @Test(arguments: ["tokens", "device.key"])
    func `it refuses a store that was changed`(name: String) throws {
        let home = try home()
        var bytes = try home.bytes(name)
        bytes[bytes.count - 1] &+= 1
        _ = try home.file(bytes, at: "otptoken/\(name)")
        let outcome = try home.readByDevice("0")
        #expect(outcome.status == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(name == "tokens" ? "the body" : "no slot"))
    }

    // MARK: Passphrase

    /// A passphrase as it was set, and as another keyboard may type it.
    private static let passphrases = [
        ("correct horse battery", "correct horse battery"),
        (" spaces count ", " spaces count "),
        // NFKC would make other characters of these.
        ("ﬁne １２３ ｶﾅ", "ﬁne １２３ ｶﾅ"),
        ("Zu\u{308}rich, 8 Uhr fru\u{308}h", "Z\u{FC}rich, 8 Uhr fr\u{FC}h"),
        (
            "長い\u{30D1}スワー\u{30C9}\u{304C}安全",
            "長い\u{30CF}\u{309A}スワー\u{30C8}\u{3099}\u{304B}\u{3099}安全"
        ),
        ("\u{1112}\u{1161}\u{11AB}글", "\u{D55C}글"),
    ]

    @Test(arguments: passphrases)
    func `it reads a store by its passphrase`(set: String, typed: String) throws {
        let home = try home()
        let codes = try home.otptoken("show", "--all", "--at", Self.moment)
        try home.otptoken("passphrase", "set", "--passphrase-file", home.file(set))
        #expect(try home.header()[1].hasPrefix("slot scrypt 17 8 1 "))
        #expect(try home.header().count == 3)
        for text in [set, typed] {
            let outcome = try home.read(
                "--passphrase-file", home.file(text), home.tokens, Self.moment)
            #expect(outcome.output == codes, "\(outcome.errors)")
        }
    }

    /// A passphrase, and what is not the same.
    private static let mistaken = [
        ("correct horse battery", "correct horse battery "),
        ("パスワード１２", "パスワード12"),
        ("パスワード", "ハスワート"),
    ]

    @Test(arguments: mistaken)
    func `it refuses a wrong passphrase`(set: String, typed: String) throws {
        let home = try home()
        try home.otptoken("passphrase", "set", "--passphrase-file", home.file(set))
        let outcome = try home.read("--passphrase-file", home.file(typed), home.tokens, "0")
        #expect(outcome.status == 1 && outcome.output == "")
        #expect(outcome.errors.contains("no slot opens"))
        #expect(try home.attempt(["show", "--passphrase-file", home.file(typed)]).status == 4)
    }

    @Test func `it takes no scrypt slot of another cost, before it knows a passphrase`() throws {
        let home = try home()
        let secret = try home.file("correct horse battery")
        try home.otptoken("passphrase", "set", "--passphrase-file", secret)
        let locked = try home.bytes()
        let others = [
            "63 8 1", "21 8 1", "13 8 1", "17 16 1", "17 1 1", "17 8 5", "17 8 0", "017 8 1",
            "+17 8 1", "17 08 1",
            "17 8 -1", "17 8 1 1", "17 8", "1e1 8 1", "99999999999999999999 8 1",
        ]
        for cost in others {
            _ = try home.file(locked, at: "otptoken/tokens")
            try home.alterHeader(" 17 8 1 ", to: " \(cost) ")
            let outcome = try home.read(home.tokens, "0")
            #expect(outcome.status == 1 && outcome.output == "")
            #expect(
                outcome.errors.contains("a scrypt slot") || outcome.errors.contains("other fields"),
                "\(cost)")
            #expect(try home.attempt(["show", "--passphrase-file", secret]).status == 5, "\(cost)")
        }
        // These are taken, and do not open what was wrapped under others.
        for cost in ["16 8 1", "17 8 2"] {
            _ = try home.file(locked, at: "otptoken/tokens")
            try home.alterHeader(" 17 8 1 ", to: " \(cost) ")
            let outcome = try home.read("--passphrase-file", secret, home.tokens, "0")
            #expect(outcome.errors.contains("no slot opens"), "\(cost)")
            #expect(try home.attempt(["show", "--passphrase-file", secret]).status == 4, "\(cost)")
        }
    }

    // MARK: Command

    @Test func `it reads a store by what a command prints, less one newline`() throws {
        let home = try home()
        let codes = try home.otptoken("show", "--all", "--at", Self.moment)
        try home.configure(command: #"printf 'a\000b\377\r\n\n'"#)
        try home.otptoken("passphrase", "set", "--command")
        #expect(try home.header()[1].hasPrefix("slot command "))
        #expect(try home.header().count == 3)
        let secret: [UInt8] = [0x61, 0, 0x62, 0xFF, 0x0D]
        for newlines in 0...3 {
            let output = try home.file(secret + [UInt8](repeating: 0x0A, count: newlines))
            let outcome = try home.read("--command-output", output, home.tokens, Self.moment)
            #expect(outcome.output == (newlines == 2 ? codes : ""), "\(newlines)")
            #expect(newlines == 2 || outcome.errors.contains("no slot opens"))
        }
    }

    // MARK: The key that the kernel keeps

    @Test func `it finds the key of an unlocked store in the keyring`() throws {
        let home = try home()
        let codes = try home.otptoken("show", "--all", "--at", Self.moment)
        let secret = try home.file("correct horse battery")
        try home.otptoken("passphrase", "set", "--passphrase-file", secret)
        let unlocked = try home.attempt(["unlock", "--for", "10m", "--passphrase-file", secret])
        guard unlocked.status == 0 else {
            // Containers often do not let programs get at it.
            #expect(unlocked.errors.contains("no kernel keyring"))
            return
        }
        #expect(try home.read("--keyring", home.tokens, Self.moment).output == codes)
        try home.otptoken("lock")
        #expect(try home.read("--keyring", home.tokens, "0").errors.contains("no slot opens"))
    }

    // MARK: Lock

    @Test func `another lock has another key, one slot, and no former store beside it`() throws {
        let home = try home()
        let first = try home.file("first passphrase", at: "first")
        let second = try home.file("second passphrase", at: "second")
        var headers = [try home.header()]
        func expectAnotherLock(_ kind: String) throws {
            let header = try home.header()
            #expect(header.count == 3 && header[1].hasPrefix("slot \(kind) "))
            #expect(!headers.contains(header))
            #expect(try home.bytes("tokens.bak") == home.bytes())
            headers.append(header)
        }
        try home.otptoken("passphrase", "set", "--passphrase-file", first)
        try expectAnotherLock("scrypt")
        #expect(try home.readByDevice().status == 1)
        try home.otptoken(
            "passphrase", "change", "--passphrase-file", first, "--new-passphrase-file", second)
        try expectAnotherLock("scrypt")
        #expect(try home.read("--passphrase-file", first, home.tokens).status == 1)
        #expect(try home.read("--passphrase-file", second, home.tokens).status == 0)
        try home.otptoken("passphrase", "remove", "--passphrase-file", second)
        try expectAnotherLock("device")
        #expect(try home.readByDevice().status == 0)
        // Any other change leaves the header as it is.
        let before = try home.bytes()
        try home.otptoken("rename", "Example Bank", "Another name")
        #expect(try home.header() == headers.last)
        #expect(try home.bytes("tokens.bak") == before)
        #expect(try home.bytes() != before)
    }

    // MARK: Plaintext

    @Test func `it reads a token whose enrolment is not finished`() throws {
        let home = try home()
        let issuer = try RunningIssuer()
        func enrol(_ user: String, _ variables: [String: String]) throws -> Outcome {
            try Program.run(
                Program.otptoken,
                [
                    "init", "--server", issuer.url, "--service-id", RunningIssuer.serviceID,
                    "--user-id", user,
                    "--start-password-file", home.file(RunningIssuer.startPassword),
                ], home: home.folder.path, extra: variables)
        }
        let calls = try Interposer.calls(in: home.store) { variables in
            try #require(try enrol(issuer.issue(), variables).status == 0)
        }
        let saved = try #require(calls.firstIndex(of: "rename tokens.new tokens"))
        var interposer = Interposer(folder: home.store)
        interposer.killsAfter = saved + 1
        let user = try issuer.issue()
        #expect(try enrol(user, interposer.environment()).signal == SIGKILL)

        let codes = try home.readByDevice(Self.moment).output
        #expect(try codes == home.otptoken("show", "--all", "--at", Self.moment))
        #expect(codes.split(separator: "\n").count == 4)

        let plaintext = try home.readByDevice().output
        let lines = plaintext.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.lastIndex(of: "token"))
        let token = lines[(start + 1)...].prefix { $0 != "end" }
        let pairs = token.map {
            $0.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        }
        try #require(pairs.allSatisfy { $0.count == 2 })
        #expect(
            pairs.map { String($0[0]) } == [
                "name", "kind", "state", "secret", "algorithm", "digits", "period", "issuer",
                "service_id", "user_id",
                "server", "enrol_session", "enrol_confirm_p", "enrol_parameters_key",
            ])
        let values = Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) })
        let fixed = [
            "kind": "totp", "state": "pending", "algorithm": "SHA256", "digits": "8",
            "period": "60", "issuer": "",
            "service_id": RunningIssuer.serviceID, "user_id": user, "server": issuer.url,
        ]
        for (key, value) in fixed { #expect(values[key] == value) }
        for key in ["secret", "enrol_confirm_p", "enrol_parameters_key"] {
            #expect(Data(base64Encoded: values[key] ?? "")?.count == 32, "\(key)")
        }
        #expect(values["enrol_session"]?.isEmpty == false)
    }
}
