import Foundation
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct `A store that is not as it was left` {
    let person: Person
    let store: [UInt8]

    /// Somebody who has enrolled twice, so that there is a backup; each test works on a copy.
    private static let template = Result { () throws -> Person in
        let person = try Person()
        let server = try Behaviour().serve(IssuerHalf())
        for _ in 0..<2 {
            let done = try person.enrol(server.url, ["--force"])
            try #require(done.status == 0, "\(done.errors)")
        }
        return person
    }

    init() throws {
        person = try Person(config: nil)
        let template = try Self.template.get().locations.data
        try FileManager.default.copyItem(atPath: template, toPath: person.locations.data)
        store = try PrivateFile.read(person.locations.store, limit: 1 << 16)
    }

    /// Runs a command on the store as it is, and checks that it refuses and touches nothing.
    private func expectRefusal(
        _ words: String, status: Int32 = 5, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try person.folder.files()
        let server = try Behaviour().serve(IssuerHalf())
        let arguments = try person.enrolment(server.url, ["--force"])
        for arguments in [["list"], ["show"], ["watch", "--count", "1"], arguments] {
            let outcome = try Program.run(Program.otptoken, arguments, home: person.home)
            #expect(outcome.status == status, "\(arguments[0])", sourceLocation: sourceLocation)
            #expect(outcome.output == "", sourceLocation: sourceLocation)
            #expect(
                outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: sourceLocation)
        }
        #expect(server.paths.isEmpty, sourceLocation: sourceLocation)
        var after = try person.folder.files()
        after["password"] = before["password"]
        #expect(after == before, sourceLocation: sourceLocation)
    }

    @Test func `opens when nothing is wrong with it`() throws {
        #expect(try person.run("show").status == 0)
    }

    @Test(arguments: [0, 1, 16, 17, 100, 200, -1, -16, -17])
    func `is refused when it is cut`(count: Int) throws {
        let kept = count < 0 ? store.dropLast(-count) : store.prefix(count)
        try PrivateFile.replace(person.locations.store, with: Array(kept))
        try expectRefusal("tokens.bak")
    }

    @Test func `is refused when something stands behind it`() throws {
        try PrivateFile.replace(person.locations.store, with: store + [0])
        try expectRefusal("tokens.bak")
    }

    @Test(arguments: [0o644, 0o640, 0o660, 0o602] as [mode_t])
    func `is refused when others can get at it`(mode: mode_t) throws {
        #expect(unsafe chmod(person.locations.store, mode) == 0)
        try expectRefusal("hint: chmod go= \(person.locations.store)")
        #expect(unsafe chmod(person.locations.store, 0o600) == 0)
        #expect(unsafe chmod(person.locations.deviceKey, mode) == 0)
        try expectRefusal("hint: chmod go= \(person.locations.deviceKey)")
    }

    @Test func `is refused as a symbolic link, a folder, a pipe`() throws {
        let path = person.locations.store
        #expect(unsafe rename(path, path + ".real") == 0)
        #expect(unsafe symlink("tokens.real", path) == 0)
        try expectRefusal("is not a plain file")
        #expect(unsafe unlink(path) == 0 && mkdir(path, 0o700) == 0)
        try expectRefusal("is not a plain file")
        #expect(unsafe rmdir(path) == 0 && mkfifo(path, 0o600) == 0)
        try expectRefusal("is not a plain file")
    }

    @Test func `is refused without this machine's key, or with another`() throws {
        let path = person.locations.deviceKey
        let key = try PrivateFile.read(path, limit: 32)
        #expect(unsafe unlink(path) == 0)
        try expectRefusal("this machine's key is missing")
        try PrivateFile.replace(path, with: key.reversed())
        try expectRefusal("tokens.bak")
        try PrivateFile.replace(path, with: key.dropLast())
        try expectRefusal("device.key is damaged")
        try PrivateFile.replace(path, with: key)
        #expect(try person.run("show").status == 0)
    }

    @Test func `is another one's in a folder that others may write to`() throws {
        #expect(unsafe chmod(person.locations.data, 0o777) == 0)
        let server = try Behaviour().serve(IssuerHalf())
        let outcome = try person.enrol(server.url, ["--force"])
        #expect(outcome.status == 5)
        #expect(outcome.errors.contains("hint: chmod go-w \(person.locations.data)"))
        #expect(try PrivateFile.read(person.locations.store, limit: 1 << 16) == store)
    }

    /// Lets a shell run a second `init` in its own way, and checks what is left.
    private func enrol(_ script: (_ otptoken: String) -> String) throws {
        let server = try Behaviour().serve(IssuerHalf())
        let words = try person.enrolment(server.url, ["--force"]).map { "'\($0)'" }
        let command = "otptoken " + words.joined(separator: " ")
        let before = try person.folder.files()
        let shell = try RunningProgram("/bin/sh", ["-c", script(command)], home: person.home)
        let outcome = try #require(shell.outcome())
        #expect(outcome.output.hasSuffix("status 1\n"), "\(outcome)")
        #expect(outcome.output.contains("cannot use \(person.locations.store)"), "\(outcome)")
        #expect(try person.folder.files() == before)
        #expect(try person.run("show").status == 0)
        // No proof went out for a token that could not be saved.
        #expect(server.paths.count == 1)
    }

    @Test func `survives a limit on the size of files`() throws {
        try enrol { "{ (ulimit -f 0; exec \($0)); echo status $?; } 2>&1 | cat" }
    }

    private static let namespace = geteuid() == 0 ? "-m" : "-rm"

    /// Whether a small file system can be had, seen by one process alone.
    private static let canMount: Bool = {
        let outcome = try? Program.run(
            "unshare", [namespace, "mount", "-t", "tmpfs", "none", "/mnt"], home: "/")
        return outcome?.status == 0
    }()

    @Test(.enabled(if: canMount, "a mount namespace of one's own is forbidden here"))
    func `survives a full disk`() throws {
        let options = Self.namespace
        // The file system has room for what is there and the rest of its second page.
        try enrol { command in
            """
            exec 2>&1; cp -p -r otptoken /tmp/$$; unshare \(options) sh -c '
                mount -t tmpfs -o size=20k,mode=700 none otptoken && cp -p /tmp/'$$'/* otptoken/
                head -c 65536 /dev/zero > otptoken/fill
                "$@"
                status=$?
                cmp /tmp/'$$'/tokens otptoken/tokens && otptoken show > /dev/null && echo status $status
            ' sh \(command)
            rm -r /tmp/$$
            """
        }
    }
}
