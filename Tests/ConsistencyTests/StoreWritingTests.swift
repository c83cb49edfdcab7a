import Foundation
import TestSupport
import Testing

/// A writer that was made after otptoken-store(5), with other means, makes stores that the real program takes.
struct StoreWritingTests {
    /// How a store is opened.
    enum Opening: Sendable {
        case device
        case passphrase(String)
        case command(String)
    }

    /// Slots as write_store.py takes them, and what opens one of them.
    struct Case: Sendable, CustomTestStringConvertible {
        let slots: [String]
        let opening: Opening
        var testDescription: String { slots.joined(separator: " | ") }

        init(_ slots: [String], _ opening: Opening) {
            self.slots = slots
            self.opening = opening
        }
    }

    private static let future = #"tpm2-pcr7 3 sha256 AAAA ~!@#$%^&*()\"#
    private static let cases = [
        Case(["device"], .device),
        Case(["scrypt 14 8 1 correct horse battery"], .passphrase("correct horse battery")),
        // Locked with what was typed in NFD.
        Case(
            ["scrypt 15 8 4 長いハ\u{309A}スワート\u{3099}"],
            .passphrase("長い\u{30D1}スワー\u{30C9}")),
        Case(["command from a keeper"], .command(#"printf 'from a keeper\n'"#)),
        Case([future, "device", "9 x", "device-2 y"], .device),
        Case(
            ["scrypt 14 8 1 the other one", future, "scrypt 14 8 2 this one", "z 0"],
            .passphrase("this one")),
        Case(["command another", future, "command this"], .command("printf this")),
        Case(["scrypt 14 8 1 a passphrase", "device", "command this"], .device),
        Case([future, "command this", "scrypt 14 8 1 a passphrase"], .command("printf this")),
        Case([future, "command this", "scrypt 14 8 1 a passphrase"], .passphrase("a passphrase")),
        // As many as there may be, and the longest line.
        Case(["device"] + (2...16).map { "future \($0)" }, .device),
        Case(["device", "future " + String(repeating: "x", count: 499)], .device),
    ]

    @Test(arguments: cases)
    func
        `the real program opens what was written after the manual page, and keeps what it does not know`(
            made: Case
        ) throws
    {
        let home = try StoreHome()
        try home.write(made.slots, Plaintext.made)
        let (real, page) = try options(made.opening, home)
        for (time, codes) in Plaintext.codes {
            #expect(try home.otptoken(["show", "--all", "--at", time] + real) == codes)
        }
        let (header, file) = (try home.header(), try home.bytes())
        try home.otptoken(["rename", "銀行 二五六", Plaintext.newName] + real)
        #expect(try home.header() == header)
        #expect(try home.bytes("tokens.bak") == file)
        let outcome = try home.read(page + [home.tokens])
        #expect(outcome.output == Plaintext.renamed, "\(outcome.errors)")
    }

    /// Slots that are no store, by the bounds of the page.
    private static let faulty = [
        [future], ["device"] + (2...17).map { "future \($0)" },
        ["device", "future " + String(repeating: "x", count: 500)], ["device", "future"],
        ["device", "Future 1"], ["device", "future  1"], ["device", "future 1 "],
        ["device", "future ü"], ["device", "future 1\t2"], ["device", "device x y"],
    ]

    @Test(arguments: faulty)
    func `what the manual page excludes is damage`(slots: [String]) throws {
        let home = try StoreHome()
        try home.write(slots, Plaintext.made)
        let file = try home.bytes()
        #expect(try home.attempt(["show", "--all"]).status == 5)
        let outcome = try home.read(home.tokens)
        #expect(outcome.status == 1 && !outcome.errors.contains("no slot opens"))
        #expect(!outcome.errors.contains("Traceback"))
        #expect(try home.bytes() == file)
    }

    @Test func `a lock takes the place of all slots`() throws {
        let home = try StoreHome()
        try home.write(["device", Self.future, "scrypt 14 8 1 former"], Plaintext.made)
        let passphrase = try home.file("from now on")
        try home.otptoken("passphrase", "set", "--passphrase-file", passphrase)
        #expect(try home.header().count == 3)
        let tokens = try home.read("--passphrase-file", passphrase, home.tokens).output
        #expect(tokens.hasPrefix(Plaintext.token1Written + Plaintext.token2Written(Plaintext.name)))
    }

    /// The options that open a store with the real program, and with read_store.py.
    private func options(
        _ opening: Opening, _ home: StoreHome
    ) throws -> (real: [String], page: [String]) {
        switch opening {
        case .device: return ([], ["--device-key", home.store + "/device.key"])
        case .passphrase(let text):
            let options = ["--passphrase-file", try home.file(text)]
            return (options, options)
        case .command(let command):
            try home.configure(command: command)
            let output = try Program.run("sh", ["-c", command], home: home.folder.path).output
            return ([], ["--command-output", try home.file(output)])
        }
    }
}

/// The tokens of RFC 6238, appendix B, and one that is pending.
private enum Plaintext {
    static let name = "銀行 二五六"
    static let newName = "New 名前"

    /// Written in all the ways that a reader takes.
    static let made = token1 + token2 + others
    /// As the real program writes it, with another name for the second token.
    static let renamed = token1Written + token2Written(newName) + others

    /// The codes of appendix B at some of its times.
    static let codes = [
        ("59", lines("94287082", "46119246", "90693936")),
        ("1111111109", lines("07081804", "68084774", "25091201")),
        ("20000000000", lines("65353130", "77737706", "47863826")),
    ]

    private static func lines(_ first: String, _ second: String, _ third: String) -> String {
        "RFC 6238 SHA1\t\(first)\n\(name)\t\(second)\nRFC 6238 SHA512\t\(third)\n"
    }

    // The space behind a key is there even when no value is.
    private static let token1 = """
        token
        name RFC 6238 SHA1
        kind totp
        state active
        secret MTIzNDU2Nzg5MDEyMzQ1Njc4OTA
        algorithm SHA1
        digits 8
        period 30
        issuer\u{20}
        service_id s
        user_id u
        server\u{20}
        end

        """
    static let token1Written = token1.replacing("4OTA\n", with: "4OTA=\n")

    private static let token2 = """
        token
        colour blue  and green\u{20}
        default yes
        expires_at 1952904864
        enrolled_at 1795224864
        server https://bank.example/otp
        user_id 55473237907796LL
        service_id 10121234
        issuer Example Bank & Söhne
        period 30
        digits 8
        algorithm SHA256
        secret MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=
        state active
        kind totp
        name \(name)
        note\u{20}
        end

        """

    static func token2Written(_ name: String) -> String {
        """
        token
        name \(name)
        kind totp
        state active
        secret MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=
        algorithm SHA256
        digits 8
        period 30
        issuer Example Bank & Söhne
        service_id 10121234
        user_id 55473237907796LL
        server https://bank.example/otp
        enrolled_at 1795224864
        expires_at 1952904864
        default yes
        colour blue  and green\u{20}
        note\u{20}
        end

        """
    }

    private static let others = """
        token
        name RFC 6238 SHA512
        kind totp
        state active
        secret \(Data(seed512.utf8).base64EncodedString())
        algorithm SHA512
        digits 8
        period 30
        issuer x
        service_id s
        user_id u
        server\u{20}
        end
        token
        name 12345678901234DC
        kind totp
        state pending
        secret gG0en+B00btMxxHPPFargqssm/oGYxSVh3wXai4LlTE=
        algorithm SHA256
        digits 8
        period 60
        issuer\u{20}
        service_id 10121234
        user_id 12345678901234DC
        server http://127.0.0.1:8080
        enrol_session a/b+c==
        enrol_confirm_p gG0en+B00btMxxHPPFargqssm/oGYxSVh3wXai4LlTE=
        enrol_parameters_key gG0en+B00btMxxHPPFargqssm/oGYxSVh3wXai4LlTE=
        end
        token
        name hellowork
        kind mailed
        state active
        digits 6
        period 1800
        issuer ハローワーク
        service_id\u{20}
        user_id taro@example.jp
        server\u{20}
        mail_from system@mail.hellowork.mhlw.go.jp
        mail_subject 【ハローワーク】ワンタイムパスワード通知
        mail_source maildir /nowhere/Maildir
        mail_skip_days 90
        mail_dkim required
        trust 1795224864 1803000864 Firefox, laptop
        trust 1795224864 1803000864 端末 2
        end

        """

    private static let seed512 = String(repeating: "1234567890", count: 6) + "1234"
}
