import Cryptography
import Foundation
import Interchange
import OATH
import TestSupport
import Testing
import TokenStore

/// Somebody with tokens of their own, who hands them to other programs and takes theirs.
private struct Exchange {
    static let password = "correct horse battery"

    /// Seeds of many lengths, all digits, periods and hash functions; names that are hard to write.
    static let tokens: [Token] = [
        token("Example Bank", "4711", .sha256, 8, 60, 32), token("日本銀行", "山田", .sha512, 8, 60, 64),
        token("GitHub", "alice@example.org", .sha1, 6, 30, 20),
        token("A:B & <C>", "d:e", .sha1, 7, 45, 10),
        token("One", "1", .sha256, 6, 3600, 1), token("Long", "l", .sha512, 8, 1, 200),
    ]

    private static func token(
        _ name: String, _ user: String, _ algorithm: HashAlgorithm, _ digits: Int, _ period: Int,
        _ count: Int
    ) -> Token {
        let seed = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
        return Token(
            name: name, state: .active, seed: Shared(SecretBytes(seed)),
            totp: TOTP(digits: digits, period: period, algorithm: algorithm) ?? .rule,
            issuer: name, serviceID: "", userID: user, server: "")
    }

    let person: Person

    init(_ tokens: [Token] = Exchange.tokens) throws {
        person = try Person()
        if !tokens.isEmpty { try StoreMaker.write(tokens, home: person.home) }
        try Self.password.write(
            toFile: person.home + "/password", atomically: true, encoding: .utf8)
    }

    /// Runs a line of sh in the home.
    @discardableResult
    func sh(
        _ line: String, status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try Program.run("/bin/sh", ["-c", line], home: person.home)
        #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
        return outcome
    }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(filePath: person.home + "/" + name))
    }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: person.home + "/" + name)))
    }

    /// What matters of the tokens that are there, for comparing.
    func lines() throws -> [String] { try person.tokens().map(Self.line) }

    static func line(_ token: Token) -> String {
        "\(token.name)|\(token.issuer)|\(token.userID)|\(token.totp)|\(token.seed.value.exposed)"
    }

    static func hex(_ token: Token) -> String { Hex.encode(token.seed.value.exposed.span) }
}

@Suite struct `Tokens that come and go` {
    private static let all = Exchange.tokens.map(Exchange.line)

    @Test(arguments: [
        "--format otpauth --plain", "--plain", "--format aegis --password-file password",
        "--format pskc --plain", "--format pskc --password-file password",
    ])
    func `are the same afterwards`(options: String) throws {
        let (here, there) = (try Exchange(), try Exchange([]))
        try here.sh("otptoken export \(options) >'\(there.person.home)/file'")
        let password = options.contains("--password") ? "--password-file password" : ""
        try there.sh("otptoken import \(password) file")
        #expect(try there.lines() == Self.all)
        // And whoever has them has nothing new.
        let again = try here.sh("otptoken import \(password) '\(there.person.home)/file'")
        #expect(again.errors.components(separatedBy: "Skipped: ").count == Self.all.count + 1)
        #expect(try here.lines() == Self.all)
    }

    @Test func `give the codes that oathtool gives`() throws {
        let exchange = try Exchange()
        for token in Exchange.tokens {
            let ours = try exchange.sh(
                "otptoken show --at 1234567890 \"$(printf '\(token.name)')\"")
            let totp = token.totp
            let theirs = try exchange.sh(
                "oathtool --totp=\(totp.algorithm.rawValue) --digits=\(totp.digits)"
                    + " --time-step-size=\(totp.period)s --now=@1234567890 \(Exchange.hex(token))")
            #expect(ours.output == theirs.output)
        }
        // A list from here is what oathtool takes its secrets from.
        let list = try exchange.sh("otptoken export --format otpauth --plain 'Example Bank'").output
        let secret = try #require(
            list.split(separator: "secret=").last?.split(separator: "&").first)
        let theirs = try exchange.sh(
            "oathtool --totp=sha256 -d 8 -s 60s -N @1234567890 -b \(secret)")
        let ours = try exchange.sh("otptoken show --at 1234567890 'Example Bank'")
        #expect(ours.output == theirs.output)
    }

    @Test func `are read by pskctool`() throws {
        let exchange = try Exchange()
        let said = try exchange.sh(
            "otptoken export --format pskc --plain >keys.xml && pskctool --info keys.xml"
        ).output
        for token in Exchange.tokens {
            let key = try #require(
                said.components(separatedBy: "KeyPackage ").first {
                    $0.contains("FriendlyName: \(token.name)\n")
                })
            let secret = Data(token.seed.value.exposed).base64EncodedString()
            #expect(key.contains("Key Secret (base64): \(secret)\n"))
            #expect(key.contains("Key TimeInterval: \(token.totp.period)\n"))
            #expect(key.contains("Response Format Length: \(token.totp.digits)\n"))
            #expect(
                key.contains("Id: \(token.userID)\n") && key.contains("Issuer: \(token.issuer)\n"))
        }
    }

    /// Reads a file with python-pskc, and prints what it finds.
    private static let readPSKC = """
        import sys
        from pskc import PSKC
        container = PSKC('keys.xml')
        container.encryption.derive_key(open('password').read())
        for key in container.keys:
            assert key.check() if hasattr(key, 'check') else True
            print(key.friendly_name, key.issuer, key.id, key.secret.hex(), key.response_length, key.time_interval,
                  (key.algorithm_suite or 'HMAC-SHA1')[5:], sep='|')
        """

    @Test func `are read by python-pskc, with their password`() throws {
        let exchange = try Exchange()
        try exchange.sh("otptoken export --format pskc --password-file password >keys.xml")
        try exchange.write(Array(Self.readPSKC.utf8), "read.py")
        let said = try exchange.sh("PYTHONIOENCODING=utf-8 /usr/bin/python3 read.py").output
        let wanted = Exchange.tokens.map { token in
            "\(token.name)|\(token.issuer)|\(token.userID)|\(Exchange.hex(token))|\(token.totp.digits)"
                + "|\(token.totp.period)|\(token.totp.algorithm.rawValue)"
        }
        #expect(said.split(separator: "\n").map(String.init) == wanted)
        #expect(!holds(try exchange.read("keys.xml"), Exchange.tokens[0].seed.value.exposed))
    }

    @Test func `come from python-pskc, with its password`() throws {
        let exchange = try Exchange([])
        let script = """
            import sys
            from pskc import PSKC
            container = PSKC()
            for name, suite, digits, period, seed in [('a', 'SHA256', 8, 60, b'x' * 32), ('b', 'HMAC-SHA1', 6, 30, b'y' * 20)]:
                container.add_key(id=name, issuer='Issuer ' + name, secret=seed, time_interval=period, algorithm='totp',
                                  algorithm_suite=suite, response_length=digits, response_encoding='DECIMAL')
            if sys.argv[1:]:
                container.encryption.setup_pbkdf2(open('password').read(), algorithm=sys.argv[1], iterations=5000,
                                                  key_length=int(sys.argv[2]))
            container.write(sys.stdout.buffer)
            """
        try exchange.write(Array(script.utf8), "write.py")
        let wanted = ["Issuer a|Issuer a|a|", "Issuer b|Issuer b|b|"]
        for options in ["", "aes128-cbc 16", "aes192-cbc 24", "aes256-cbc 32"] {
            try exchange.sh("/usr/bin/python3 write.py \(options) >keys.xml")
            try exchange.sh(
                "rm -rf otptoken/tokens*; otptoken import keys.xml --password-file password")
            let tokens = try exchange.person.tokens()
            #expect(zip(tokens.map(Exchange.line), wanted).allSatisfy { $0.hasPrefix($1) })
            #expect(tokens.map { $0.seed.value.exposed } == [bytes(0x78, 32), bytes(0x79, 20)])
            #expect(tokens.map(\.totp.period) == [60, 30])
            #expect(tokens.map(\.totp.algorithm) == [.sha256, .sha1])
        }
    }

    /// Opens a vault as the documentation of Aegis tells, with nothing of ours.
    private static let openAegis = """
        import base64, hashlib, json
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        vault = json.load(open('vault.json'))
        slot = vault['header']['slots'][0]
        key = hashlib.scrypt(open('password', 'rb').read(), salt=bytes.fromhex(slot['salt']), n=slot['n'], r=slot['r'],
                             p=slot['p'], dklen=32, maxmem=1 << 27)
        def opened(key, text, box):
            return AESGCM(key).decrypt(bytes.fromhex(box['nonce']), text + bytes.fromhex(box['tag']), None)
        master = opened(key, bytes.fromhex(slot['key']), slot['key_params'])
        content = json.loads(opened(master, base64.b64decode(vault['db'], validate=True), vault['header']['params']))
        assert content['version'] == 3
        for entry in content['entries']:
            info = entry['info']
            seed = base64.b32decode(info['secret'] + '=' * (-len(info['secret']) % 8)).hex()
            print(entry['issuer'], entry['name'], seed, info['digits'], info['period'], info['algo'], sep='|')
        """

    @Test func `open as Aegis opens its vaults`() throws {
        let exchange = try Exchange()
        try exchange.sh("otptoken export --password-file password >vault.json")
        try exchange.write(Array(Self.openAegis.utf8), "open.py")
        let said = try exchange.sh("PYTHONIOENCODING=utf-8 /usr/bin/python3 open.py").output
        let wanted = Exchange.tokens.map { token in
            "\(token.issuer)|\(token.userID)|\(Exchange.hex(token))|\(token.totp.digits)"
                + "|\(token.totp.period)|\(token.totp.algorithm.rawValue)"
        }
        #expect(said.split(separator: "\n").map(String.init) == wanted)
    }
}

@Suite struct `QR codes` {
    @Test func `of qrencode are read back by zbarimg, and by this program`() throws {
        let (here, there) = (try Exchange(), try Exchange([]))
        for token in Exchange.tokens {
            let name = "'\(token.name)'"
            try here.sh("otptoken export --format qr --plain \(name) >code.png")
            let read = try here.sh("zbarimg --quiet --nodbus --raw code.png").output
            let list = try here.sh("otptoken export --format otpauth --plain \(name)").output
            #expect(list.hasPrefix(String(read.dropLast()) + "&"))
            try there.sh("otptoken import '\(here.person.home)/code.png'")
        }
        #expect(try there.lines() == Exchange.tokens.map(Exchange.line))
    }

    @Test func `of somebody else come in through a pipe, too`() throws {
        let exchange = try Exchange([])
        try exchange.sh(
            "printf 'otpauth://totp/GitHub:alice?secret=GEZDGNBVGY3TQOJQ' | qrencode -o - | otptoken import"
        )
        #expect(try exchange.lines().map { $0.prefix(19) } == ["GitHub|GitHub|alice"])
        let other = try exchange.sh(
            "echo hello | qrencode -o hello.png; otptoken import hello.png", status: 1)
        #expect(other.errors.contains("the QR code in hello.png is not a token's"))
        // zbarimg has words of its own for that, and its files' names in them.
        let cut = try exchange.sh(
            "head -c 40 hello.png >cut.png; otptoken import cut.png", status: 1)
        #expect(cut.errors.hasPrefix("otptoken: no QR code is seen in cut.png\n"), "\(cut)")
        #expect(cut.errors.split(separator: "\n").count == 2)
        #expect(try exchange.lines().count == 1)
    }

    /// What stands in for qrencode notes what it is told, and how.
    @Test func `are drawn from standard input: no secret is an argument`() throws {
        let exchange = try Exchange([Exchange.tokens[0]])
        try exchange.sh(
            """
            mkdir bin && cat >bin/qrencode <<'.' && chmod +x bin/qrencode
            #!/bin/sh
            echo "$0 $*" >told; tr '\\0' '\\n' </proc/$$/environ >>told; cat >input
            .
            PATH=$PWD/bin:$PATH otptoken export --format qr --plain
            """)
        let seed = Exchange.tokens[0].seed.value.exposed
        #expect(holds(try exchange.read("input"), seed))
        #expect(!holds(try exchange.read("told"), seed))
    }

    @Test func `need their programs, and say so`() throws {
        let exchange = try Exchange([Exchange.tokens[0]])
        let line = "PATH=${PATH%%:*} otptoken export --format qr --plain"
        #expect(try exchange.sh(line, status: 1).errors.contains("qrencode"))
    }
}
