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
    private func expectNoKey(_ memory: ProcessMemory) throws {
        let store = try PrivateFile.read(person.locations.store, limit: 1 << 16)
        let device = try PrivateFile.read(person.locations.deviceKey, limit: 32)
        let keys = try StoreKeys(store, device + machineIdentity())
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
            let variables = readable.map { "\($0)='\($1)'" }.joined(separator: " ")
            try terminal.type(
                "sh -c 'echo $$ > process; exec env \"$@\"' sh \(variables) otptoken \(words)")
            try terminal.wait { $0.contains("Start password") }
            try terminal.type(Person.startPassword)
            let process = try String(contentsOfFile: person.home + "/process", encoding: .utf8)
            return try #require(pid_t(process.dropLast()))
        }
        try expectNoStartPassword(memory)
    }
}
