import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// Links and locks where the program keeps its files.
@Suite struct `Where the files are to be` {
    let person: Person

    init() throws {
        person = try Person()
        try StoreMaker.write([StoreMaker.token("Acme Bank")], home: person.home)
    }

    /// Moves a file away and puts a symbolic link to it in its place.
    private func link(_ path: String) {
        #expect(unsafe rename(path, path + ".real") == 0 && symlink(path + ".real", path) == 0)
    }

    private func isLink(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    private func expectRefusal(_ path: String, _ outcome: Outcome) {
        #expect(outcome.status == 5)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("\(path) is not a plain file"), "\(outcome.errors)")
        #expect(outcome.errors.contains("symbolic links are refused"), "\(outcome.errors)")
    }

    @Test func `a link for the store or the device key is refused`() throws {
        for path in [person.locations.store, person.locations.deviceKey] {
            link(path)
            let before = try person.folder.files()
            for arguments in [["show"], ["list"], ["watch", "--count", "1"]] {
                expectRefusal(
                    path, try Program.run(Program.otptoken, arguments, home: person.home))
            }
            let server = try Behaviour().serve(IssuerHalf())
            expectRefusal(path, try person.enrol(server.url, ["--force"]))
            #expect(server.paths.isEmpty)
            #expect(isLink(path))
            var after = try person.folder.files()
            after["password"] = nil
            #expect(after == before)
            #expect(unsafe unlink(path) == 0 && rename(path + ".real", path) == 0)
            try FileManager.default.removeItem(atPath: person.home + "/password")
        }
        #expect(try person.run("show").status == 0)
    }

    @Test func `a link for the lock is refused, and nothing is made behind it`() throws {
        let path = person.locations.lock
        let server = try Behaviour().serve(IssuerHalf())
        for target in ["nowhere", "tokens"] {
            #expect(unsafe symlink(target, path) == 0)
            expectRefusal(path, try person.enrol(server.url, ["--force"]))
            #expect(unsafe unlink(path) == 0)
        }
        #expect(server.paths.isEmpty)
        #expect(unsafe access(person.locations.data + "/nowhere", F_OK) != 0)
    }

    @Test func `a link for the backup gives way, and what it leads to is left alone`() throws {
        let victim = person.home + "/victim"
        try "precious".write(toFile: victim, atomically: false, encoding: .utf8)
        let former = try PrivateFile.read(person.locations.store, limit: 1 << 20)
        for path in [person.locations.backup, person.locations.backup + ".new"] {
            #expect(unsafe symlink(victim, path) == 0)
        }
        let server = try Behaviour(finish: { _, _ in answer(401, #"{"error":"x"}"#) })
            .serve(IssuerHalf())
        #expect(try person.enrol(server.url, ["--force"]).status == 6)
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "precious")
        #expect(!isLink(person.locations.backup))
        #expect(try PrivateFile.read(person.locations.backup, limit: 1 << 20) == former)
    }

    @Test func `a lock that is never let go of is an error that says so`() throws {
        let holder = try RunningProgram(
            "flock", [person.locations.lock, "sh", "-c", "echo held; exec sleep 90"], home: "/")
        #expect(poll { holder.output == "held\n" ? true : nil } == true)
        let before = try person.folder.files()
        let server = try Behaviour().serve(IssuerHalf())
        let outcome = try person.enrol(server.url, ["--force"])
        #expect(outcome.status == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.hasPrefix("waiting for another otptoken"), "\(outcome.errors)")
        #expect(outcome.errors.contains("another otptoken holds \(person.locations.lock)"))
        #expect(outcome.errors.contains("hint: `lslocks`"), "\(outcome.errors)")
        #expect(server.paths.isEmpty)
        var after = try person.folder.files()
        after["password"] = nil
        #expect(after == before)
        // Who only reads needs no lock.
        #expect(try person.run("show").status == 0)
    }
}
