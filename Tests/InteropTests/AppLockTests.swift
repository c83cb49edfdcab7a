import Cryptography
import Foundation
import Glibc
import Platform
import TestSupport
import Testing
import TokenStore

@Suite struct `The app lock` {
    /// What opens a store, or opened it once.
    private struct Opener {
        let kind: KeySlot.Kind
        let secret: Shared<SecretBytes>

        init(_ kind: KeySlot.Kind, _ text: String) {
            self.kind = kind
            secret = Shared(SecretBytes(text: text))
        }

        init(device places: Locations) throws {
            kind = .device
            let key = try PrivateFile.read(places.deviceKey, limit: 32)
            secret = Shared(SecretBytes(key + machineIdentity()))
        }

        func opens(_ store: SealedStore) throws -> Bool {
            try store.opens(with: kind, secret.value)
        }
    }

    /// Every store in a home, whatever the file is called.
    private func stores(_ home: LockedHome) throws -> [String: SealedStore] {
        try home.folder.files().compactMapValues { try? SealedStore($0) }
    }

    @Test func `ends what opened the store and its backup before`() throws {
        let home = try LockedHome(nil)
        let deviceKey = try home.file("otptoken/device.key")
        var openers = [try Opener(device: home.places)]
        func change(_ arguments: [String], to opener: Opener) throws {
            // What saves that were cut short have left behind holds the tokens, too.
            for name in ["tokens.new", "tokens.bak.new"] {
                try Data(home.file("otptoken/tokens")).write(
                    to: URL(fileURLWithPath: home.path + "/otptoken/" + name))
            }
            let outcome = try Program.run(
                Program.otptoken, ["--quiet", "passphrase"] + arguments, home: home.path)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output + outcome.errors == "")
            let stores = try stores(home)
            #expect(stores.keys.sorted() == ["otptoken/tokens", "otptoken/tokens.bak"])
            for (name, store) in stores {
                #expect(store.slots.count == 1)
                #expect(try opener.opens(store), "\(name)")
                for former in openers { #expect(try !former.opens(store), "\(name)") }
            }
            openers.append(opener)
            #expect(try home.file("otptoken/device.key") == deviceKey)
        }
        try home.write("one", "the first one")
        try home.write("two", "the second one")
        try home.write("secret", "what a command prints")
        try home.write("otptoken/config", "passphrase.command = cat secret\n")
        try change(
            ["set", "--passphrase-file", "one"], to: Opener(.scrypt, "the first one"))
        try change(
            ["change", "--passphrase-file", "one", "--new-passphrase-file", "two"],
            to: Opener(.scrypt, "the second one"))
        try change(
            ["change", "--passphrase-file", "two", "--command"],
            to: Opener(.command, "what a command prints"))
        // The device key opened it once already, but not with this salt and this store key.
        openers.removeFirst()
        try change(["remove"], to: try Opener(device: home.places))
        #expect(try StoreMaker.read(home: home.path).map(\.name) == ["Acme Bank", "Work"])
    }

    @Test func `lets a copy of the store open on another machine, which no device slot does`()
        throws
    {
        let machine = try LockedHome(nil)
        let other = try LockedHome(nil)
        try other.replaceStore(machine.file("otptoken/tokens"))
        let foreign = try other.run("show")
        #expect(foreign.status == 5)
        #expect(foreign.errors.contains("does not open with this machine's key"))
        // It is found out before anybody thinks of a passphrase.
        let lock = try other.run("passphrase", "set")
        #expect(lock.status == 5)
        #expect(!lock.errors.contains("terminal"))

        #expect(try machine.runOpen("passphrase", "set").status == 0)
        let copy = try machine.file("otptoken/tokens")
        for name in ["tokens", "device.key"] {
            try FileManager.default.removeItem(atPath: "\(other.path)/otptoken/\(name)")
        }
        try other.replaceStore(copy)
        let code = try other.runOpen("show")
        #expect(code.status == 0, "\(code.errors)")
        #expect(try code.output == machine.runOpen("show").output)
        // Without its lock it is the other machine's own.
        #expect(try other.runOpen("passphrase", "remove").status == 0)
        #expect(try other.isOpen())
        try machine.replaceStore(other.file("otptoken/tokens"))
        #expect(try machine.run("show").status == 5)
    }

    @Test func `keeps an enrolment from the issuer until the store is open`() throws {
        let home = try LockedHome()
        let half = try IssuerHalf()
        let server = try Behaviour().serve(half)
        try home.write("password", RunningIssuer.startPassword)
        func enrol(_ more: String..., input: String = "") throws -> Outcome {
            try Program.run(
                Program.otptoken,
                [
                    "init", "--server", server.url, "--service-id", Person.serviceID,
                    "--user-id", Person.userID, "--start-password-file", "password",
                ] + more, home: home.path, input: input)
        }
        #expect(try enrol().status == 4)
        #expect(try enrol("--passphrase-file", "password").status == 4)
        #expect(server.paths == [])
        // A pipe is read once, though the store is opened and saved twice.
        let done = try enrol("--passphrase-file", "-", input: LockedHome.passphrase + "\n")
        #expect(done.status == 0, "\(done.errors)")
        #expect(try !home.isOpen())
        let names = try home.runOpen("list", "--names").output
        #expect(names.hasPrefix("Acme Bank\nWork\n") && names.split(separator: "\n").count == 3)
    }
}

@Suite struct `A command that opens the store` {
    @Test func `that does not end is given up`() throws {
        let home = try LockedHome(nil)
        try home.write("otptoken/config", "passphrase.command = echo 0123456789abcdef\n")
        #expect(try home.run("passphrase", "set", "--command").status == 0)
        #expect(try home.isOpen())
        // Time goes by a hundred times as fast, but not for the command.
        try home.write(
            "otptoken/config", "passphrase.command = env -u LD_PRELOAD sh -c 'sleep 60; echo'\n")
        let outcome = try Program.run(
            "faketime", ["-f", "+0 x100", Program.otptoken, "show"], home: home.path)
        #expect(outcome.status == 4)
        #expect(outcome.output == "")
        #expect(
            outcome.errors
                == """
                otptoken: passphrase.command (env) did not end within 30 s: the store stays locked
                hint: run it by hand: what does it say?

                """)
    }

    @Test func `is run once for what opens and saves`() throws {
        let home = try LockedHome(nil)
        try home.write(
            "otptoken/config",
            "passphrase.command = sh -c 'echo run >>runs; echo 0123456789abcdef'\n")
        #expect(try home.run("passphrase", "set", "--command").status == 0)
        for arguments in [
            ["show"], ["list"], ["rename", "Work", "Office"], ["remove", "Office", "--yes"],
        ] {
            try home.write("runs", "")
            let outcome = try Program.run(Program.otptoken, arguments, home: home.path)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try home.file("runs") == Array("run\n".utf8), "\(arguments)")
        }
        // Nobody asks for what is not needed.
        try home.write("runs", "")
        _ = try home.run("help")
        _ = try home.run("list", "--names", "--passphrase-file", "/dev/null")
        _ = try home.run("lock")
        #expect(try home.file("runs") == [])
    }
}
