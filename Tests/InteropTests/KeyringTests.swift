import Foundation
import Platform
import TestSupport
import Testing

@Suite(.enabled(if: Keyring.isAvailable, "this system keeps programs from the kernel's keyring"))
struct `A store that is unlocked` {
    let home: LockedHome

    init() throws { home = try LockedHome() }

    private func unlock(_ more: String..., sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        let outcome = try Program.run(
            Program.otptoken, ["unlock", "--passphrase-file", "passphrase"] + more, home: home.path)
        #expect(outcome.status == 0, "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.output == "", sourceLocation: sourceLocation)
    }

    private func keyring(_ arguments: String...) throws {
        let outcome = try Keyring.run(arguments, home: home.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private var store: String { home.places.store }

    @Test func `opens without asking until it is locked`() throws {
        #expect(try !home.isOpen())
        try unlock()
        #expect(try home.isOpen())
        for arguments in [
            ["list"], ["list", "--json"], ["show", "--all"], ["watch", "--count", "1"],
            ["rename", "Work", "Office"], ["default", "Office"], ["remove", "Office", "--yes"],
        ] {
            let outcome = try Program.run(Program.otptoken, arguments, home: home.path)
            #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
        }
        #expect(try home.isOpen())
        let locked = try home.run("lock")
        #expect(locked.status == 0 && locked.errors == "The store is locked.\n")
        #expect(try !home.isOpen())
        #expect(try Keyring.key(home: home.path) == nil)
        #expect(try home.run("lock").status == 0)
    }

    @Test func `has its key where processes of this user find it and nobody else`() throws {
        try unlock()
        // By the name that Python makes of the header.
        let key = try #require(try Keyring.key(home: home.path))
        #expect(key.permissions == "3f000000")
        #expect(["14m", "15m"].contains(key.left))
        // With a session keyring that leads nowhere.
        let show = try Keyring.run(["session", Program.otptoken, "show"], home: home.path)
        #expect(show.status == 0, "\(show.errors)")
        let lock = try Keyring.run(["session", Program.otptoken, "lock"], home: home.path)
        #expect(lock.status == 0, "\(lock.errors)")
        #expect(try !home.isOpen())
        let unlock = try Keyring.run(
            ["session", Program.otptoken, "unlock", "--passphrase-file", "passphrase"],
            home: home.path)
        #expect(unlock.status == 0, "\(unlock.errors)")
        #expect(try home.isOpen())
    }

    @Test func `is locked when its time is over`() throws {
        try unlock("--for", "1s")
        #expect(poll { (try? home.isOpen()) == false ? true : nil } == true)
        #expect(try Keyring.key(home: home.path) == nil)
    }

    @Test func `stays so for as long as the config says, or the option`() throws {
        try home.write("otptoken/config", "unlock.for = 8h\n")
        try unlock()
        #expect(["7h", "8h"].contains(try Keyring.key(home: home.path)?.left))
        // A second time is another time, shorter or longer.
        try unlock("--for", "3m")
        #expect(["2m", "3m"].contains(try Keyring.key(home: home.path)?.left))
        let asked = try home.run("unlock")
        #expect(asked.status == 4, "whoever wants more time shows who they are")
        #expect(try home.isOpen())
    }

    @Test(arguments: [
        ["change", "--new-passphrase-file", "other"], ["change", "--command"], ["remove"],
    ])
    func `is locked when its app lock changes`(arguments: [String]) throws {
        try home.write("other", "battery staple")
        try home.write("otptoken/config", "passphrase.command = echo 0123456789abcdef\n")
        try unlock()
        let former = try home.file("otptoken/tokens")
        let change = try Program.run(
            Program.otptoken, ["passphrase"] + arguments + ["--passphrase-file", "passphrase"],
            home: home.path)
        #expect(change.status == 0, "\(change.errors)")
        try FileManager.default.removeItem(atPath: home.path + "/otptoken/config")
        #expect(try home.isOpen() == (arguments == ["remove"]))
        #expect(try Keyring.key(home: home.path) == nil)
        // The former store, too, if somebody has kept it.
        try home.replaceStore(former)
        #expect(try Keyring.key(home: home.path) == nil)
        #expect(try !home.isOpen())
    }

    @Test func `is meant alone: another in its place is locked`() throws {
        let former = try home.file("otptoken/tokens")
        #expect(try home.runOpen("rename", "Work", "Office").status == 0)
        try unlock()
        // The same lock: the store before its last change.
        #expect(try home.file("otptoken/tokens.bak") == former)
        try home.replaceStore(former)
        #expect(try home.isOpen())
        // The same passphrase, in another store; and back.
        let other = try LockedHome()
        try home.replaceStore(other.file("otptoken/tokens"))
        #expect(try !home.isOpen())
        #expect(try home.runOpen("show").status == 0)
        try home.replaceStore(former)
        #expect(try home.isOpen())
    }

    @Test func `stays unlocked when tokens come and go`() throws {
        try unlock()
        let server = try Behaviour().serve(IssuerHalf())
        let done = try home.run(
            "init", "--server", server.url, "--service-id", Person.serviceID,
            "--user-id", Person.userID, "--start-password-file", "-",
            input: RunningIssuer.startPassword)
        #expect(done.status == 0, "\(done.errors)")
        #expect(try home.run("remove", "Work", "--yes").status == 0)
        #expect(try home.isOpen())
    }

    @Test func `is nothing that somebody else can make up`() throws {
        for count in ["32", "31", "33", "1"] {
            try keyring("put", store, count)
            #expect(try !home.isOpen(), "\(count)")
        }
        #expect(try home.runOpen("show").status == 0)
        // In the place of the garbage.
        try unlock()
        #expect(try home.isOpen())
    }

    @Test func `is not hindered by a key that cannot be read`() throws {
        // To be seen, and no more.
        try keyring("put", store, "32", "01000000")
        #expect(try !home.isOpen())
        let lock = try home.run("lock")
        #expect(lock.status == 1)
        #expect(lock.errors.contains("the kernel keyring keeps the key"))
        // What is done is not called a failure because of it.
        try home.write("other", "battery staple")
        let former = try home.file("otptoken/tokens")
        let change = try home.runOpen("passphrase", "change", "--new-passphrase-file", "other")
        #expect(change.status == 0)
        #expect(change.errors == "The passphrase is changed.\n")
        try home.replaceStore(former)
        try unlock()
        #expect(try home.isOpen())
    }

    @Test func `serves fifty at once`() async throws {
        try unlock()
        let home = home
        try await apart {
            let programs = try (0..<50).map { _ in
                try RunningProgram(Program.otptoken, ["show"], home: home.path)
            }
            let outcomes = try programs.map { try #require($0.outcome(within: 60)) }
            #expect(outcomes.allSatisfy { $0.status == 0 && $0.errors == "" })
            #expect(Set(outcomes.map(\.output)).count <= 2, "codes of one period, or of two")
        }
    }
}

@Suite struct `Where there is no keyring` {
    @Test(arguments: ["ENOSYS", "EPERM"])
    func `unlock says so, and everything else works`(reason: String) throws {
        let home = try LockedHome()
        func run(_ arguments: String...) throws -> Outcome {
            try Keyring.run(["without", reason, Program.otptoken] + arguments, home: home.path)
        }
        let unlock = try run("unlock", "--passphrase-file", "passphrase")
        #expect(unlock.status == 1)
        #expect(
            unlock.errors
                == """
                otptoken: this system has no kernel keyring to keep the store unlocked in
                hint: codes ask for the passphrase each time, or take --passphrase-file FILE

                """)
        #expect(try run("show").status == 4)
        let show = try run("show", "--passphrase-file", "passphrase")
        #expect(show.status == 0 && show.errors == "", "\(show.errors)")
        let lock = try run("lock")
        #expect(lock.status == 0 && lock.errors == "The store is locked.\n")
        let remove = try run("passphrase", "remove", "--passphrase-file", "passphrase")
        #expect(remove.status == 0, "\(remove.errors)")
        #expect(try run("show").status == 0)
    }
}
