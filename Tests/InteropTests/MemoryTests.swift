import Cryptography
import Enrolment
import Foundation
import Glibc
import Platform
import TestSupport
import Testing
import TokenStore

/// What is left in the memory of a program once it has used a secret; read from outside, as a debugger would.
@Suite struct `The memory of a program` {
    let person: Person
    let readable: [String: String]

    init() throws {
        person = try Person()
        var interposer = Interposer()
        interposer.makesReadable = true
        readable = try interposer.environment()
    }

    /// Checks that none of the keys on the way to the tokens is there.
    ///
    /// - Parameters:
    ///   - memory: of the program.
    ///   - secret: what opens the store; nil for this machine's key.
    /// - Throws: when the store does not open.
    private func expectNoKey(_ memory: ProcessMemory, secret: [UInt8]? = nil) throws {
        let store = try PrivateFile.read(person.locations.store, limit: 1 << 16)
        let device = try PrivateFile.read(person.locations.deviceKey, limit: 32)
        let keys = try StoreKeys(store, secret ?? device + machineIdentity())
        for (name, key) in [
            ("device key", device), ("key of the slot", keys.slot),
            ("key of the store", keys.store), ("key of the header", try keys.header),
            ("key of the body", try keys.body),
        ] {
            let isThere = memory.holdsAPiece(of: key, step: 8)
            #expect(!isThere, "\(name)")
        }
    }

    @Test func `holds no key once watch shows codes`() throws {
        let token = StoreMaker.token("Bank of the Search")
        try StoreMaker.write([token], home: person.home)
        let watch = try RunningProgram(
            Program.otptoken, ["watch"], home: person.home, extra: readable)
        try #require(poll { watch.output.contains("\t") ? true : nil } == true)
        let memory = try ProcessMemory(stopping: watch.processID)
        // What it works with is there, or this search finds nothing at all.
        let isSearched =
            memory.holds(Array(token.name.utf8)) && memory.holds(token.seed.value.exposed)
        #expect(isSearched)
        try expectNoKey(memory)
    }

    /// A passphrase as a Mac keyboard would type it: its accents are characters of their own.
    private static let typed = "zq7Ka\u{302}-Wd0pa\u{308}rX-9vLm"

    /// Puts a token behind the app lock.
    private func lock() throws -> (token: Token, file: String) {
        let token = StoreMaker.token("Bank of the Search")
        try StoreMaker.write([token], home: person.home)
        let file = person.home + "/passphrase"
        try Self.typed.write(toFile: file, atomically: true, encoding: .utf8)
        let done = try person.run("passphrase", "set", "--passphrase-file", file)
        try #require(done.status == 0, "\(done.errors)")
        return (token, file)
    }

    private func expectNoPassphrase(_ memory: ProcessMemory, _ token: Token) throws {
        let isSearched =
            memory.holds(Array(token.name.utf8)) && memory.holds(token.seed.value.exposed)
        #expect(isSearched)
        let composed = Self.typed.precomposedStringWithCanonicalMapping
        for text in [Self.typed, composed] {
            let isThere = memory.holdsAPiece(of: Array(text.utf8))
            #expect(!isThere)
        }
        try expectNoKey(memory, secret: Array(composed.utf8))
    }

    @Test(arguments: [false, true])
    func `holds no passphrase from a file once watch shows codes`(_ isPipe: Bool) throws {
        var (token, file) = try lock()
        var writer: RunningProgram?
        if isPipe {
            // It comes in two pieces.
            file = person.home + "/pipe"
            try #require(unsafe mkfifo(file, 0o600) == 0)
            writer = try RunningProgram(
                "/bin/sh", ["-c", "{ head -c 11; sleep 0.2; cat; } < passphrase > pipe"],
                home: person.home)
        }
        let watch = try RunningProgram(
            Program.otptoken, ["watch", "--passphrase-file", file], home: person.home,
            extra: readable)
        try #require(poll { watch.output.contains("\t") ? true : nil } == true)
        withExtendedLifetime(writer) {}
        try expectNoPassphrase(ProcessMemory(stopping: watch.processID), token)
    }

    @Test func `holds no passphrase that was typed once watch shows codes`() throws {
        let (token, _) = try lock()
        let terminal = try Tmux(home: person.folder, columns: 120)
        let process = try start("watch", in: terminal)
        try terminal.wait { $0.contains("assphrase") }
        try terminal.type(Self.typed)
        try terminal.wait { $0.contains(token.name) }
        try expectNoPassphrase(ProcessMemory(stopping: process()), token)
    }

    /// Starts the program in a terminal, and tells its process ID once it runs.
    private func start(_ words: String, in terminal: Tmux) throws -> () throws -> pid_t {
        let variables = readable.map { "\($0)='\($1)'" }.joined(separator: " ")
        let shell = #"sh -c 'echo $$ > process; exec env "$@"' sh"#
        try terminal.type("\(shell) \(variables) otptoken \(words)")
        return {
            let number = try String(contentsOfFile: person.home + "/process", encoding: .utf8)
            return try #require(pid_t(number.dropLast()))
        }
    }

    @Test func `holds neither seeds nor keys while doctor asks an issuer`() throws {
        let server = try ScriptedServer { _ in nil }
        var token = StoreMaker.token("Bank of the Search")
        // Not that of other tests, whose digits are in the user ID, too.
        token.seed = Shared(try SecretBytes.random(count: 32))
        token.server = server.url
        try StoreMaker.write([token], home: person.home)
        // The backup holds the seed, too.
        #expect(try person.run("rename", token.name, "Search Bank").status == 0)
        let doctor = try RunningProgram(
            Program.otptoken, ["doctor"], home: person.home, extra: readable)
        try #require(poll { server.paths.isEmpty ? nil : true } == true)
        let memory = try ProcessMemory(stopping: doctor.processID)
        let isSearched = memory.holds(Array("Search Bank".utf8))
        #expect(isSearched)
        let isThere = memory.holdsAPiece(of: token.seed.value.exposed, step: 8)
        #expect(!isThere)
        try expectNoKey(memory)
    }

    /// Stops `init` while it waits for the answer to its proof.
    private func stopped(_ start: (_ url: String) throws -> pid_t) throws -> ProcessMemory {
        let server = try Behaviour(finish: { _, _ in nil }).serve(IssuerHalf())
        let process = try start(server.url)
        let proof = poll { server.paths.contains(EnrolmentProtocol.finishPath) ? true : nil }
        try #require(proof == true)
        return try ProcessMemory(stopping: process)
    }

    private func expectNoStartPassword(_ memory: ProcessMemory) throws {
        let isSearched =
            try memory.holds(Array(Person.userID.utf8)) && memory.holds(person.seed())
        #expect(isSearched)
        let isThere = memory.holds(Array(Person.startPassword.utf8))
        #expect(!isThere)
        // What was made of it gives it away after a search through all of them.
        let givesItAway = try memory.holdsAPiece(of: IssuerHalf.w0(), step: 8)
        #expect(!givesItAway)
        try expectNoKey(memory)
    }

    @Test func `holds no start password from a file once init has used it`() throws {
        var program: RunningProgram?
        let memory = try stopped { url in
            let started = try RunningProgram(
                Program.otptoken, person.enrolment(url), home: person.home, extra: readable)
            program = started
            return started.processID
        }
        withExtendedLifetime(program) {}
        try expectNoStartPassword(memory)
    }

    @Test func `holds no start password that was typed once init has used it`() throws {
        let terminal = try Tmux(home: person.folder, columns: 120)
        let memory = try stopped { url in
            let words = try person.enrolment(url, password: nil).joined(separator: " ")
            let process = try start(words, in: terminal)
            try terminal.wait { $0.contains("Start password") }
            try terminal.type(Person.startPassword)
            return try process()
        }
        try expectNoStartPassword(memory)
    }
}
