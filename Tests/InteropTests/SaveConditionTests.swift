import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// Where there is no room, no folder, no right to write, or no turn yet.
@Suite struct `A save that must not succeed yet` {
    let person: Person
    let before: [String: [UInt8]]

    init() throws {
        person = try Person()
        try StoreMaker.write([StoreMaker.token("first")], home: person.home)
        try #require(person.run("rename", "first", "old").status == 0)
        before = try person.folder.files()
    }

    /// Lets a shell say `rename old new` in its own way, and checks that nothing else happens.
    private func expectRefusal(_ script: String, _ reason: String) throws {
        let shell = try RunningProgram("/bin/sh", ["-c", script], home: person.home)
        let outcome = try #require(shell.outcome())
        #expect(outcome.output.hasSuffix("status 1\n"), "\(outcome)")
        #expect(outcome.output.contains("otptoken: cannot use \(person.locations.data)/"))
        #expect(outcome.output.contains(reason), "\(outcome)")
        #expect(outcome.output.contains("hint: nothing was changed"), "\(outcome)")
        #expect(try person.folder.files() == before)
        #expect(try person.run("rename", "old", "new").status == 0)
    }

    @Test func `is refused by a limit on the size of files`() throws {
        try expectRefusal(
            "{ (ulimit -f 0; exec otptoken rename old new); echo status $?; } 2>&1 | cat",
            "File too large")
    }

    private static let isRoot = geteuid() == 0

    /// Whether a file system of one process alone can be had.
    private static let canMount: Bool = {
        let outcome = try? Program.run(
            "unshare", [isRoot ? "-m" : "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], home: "/")
        return outcome?.status == 0
    }()

    private static let unshare = "unshare \(isRoot ? "-m" : "-rm") sh -c"

    @Test(.enabled(if: canMount, "a mount namespace of one's own is forbidden here"))
    func `is refused by a full disk`() throws {
        // The copy lies in a file system that has room for what is there, and for nothing more.
        try expectRefusal(
            """
            exec 2>&1; cp -p -r otptoken copy; \(Self.unshare) '
                mount -t tmpfs -o size=20k,mode=700 none otptoken && cp -p copy/* otptoken/
                head -c 65536 /dev/zero > otptoken/fill
                otptoken rename old new
                status=$?
                rm otptoken/fill
                diff -r copy otptoken && [ $(otptoken list --names) = old ] &&
                    otptoken rename old new && echo status $status
            '
            rm -r copy
            """, "No space left on device")
    }

    @Test(.enabled(if: canMount, "a mount namespace of one's own is forbidden here"))
    func `is refused by a read-only file system, where everything can be read`() throws {
        try expectRefusal(
            """
            exec 2>&1; \(Self.unshare) '
                mount --bind otptoken otptoken && mount -o remount,bind,ro otptoken
                otptoken rename old new
                status=$?
                [ $(otptoken list --names) = old ] && otptoken show > /dev/null && echo status $status
            '
            """, "Read-only file system")
    }

    /// Whether this user can run the program as somebody whom modes bind, or is bound by them already.
    private static let canBeBound: Bool = {
        guard isRoot else { return true }
        let outcome = try? Program.run(
            "setpriv", ["--reuid", "65534", "--clear-groups", Program.otptoken, "--version"],
            home: "/")
        return outcome?.status == 0
    }()

    @Test(.enabled(if: canBeBound, "the programs lie where only root can read them"))
    func `is refused by a folder without write permission`() throws {
        let bound = Self.isRoot ? "setpriv --reuid 65534 --clear-groups" : ""
        let owner = Self.isRoot ? "chown -R 65534 ." : ":"
        try expectRefusal(
            """
            exec 2>&1; \(owner); chmod 500 otptoken
            \(bound) otptoken rename old new
            status=$?
            [ $(\(bound) otptoken list --names) = old ] && echo status $status
            chmod 700 otptoken; \(Self.isRoot ? "chown -R 0 ." : ":")
            """, "Permission denied")
    }

    @Test func `makes no folder where there is none`() throws {
        let other = try Person(config: nil)
        #expect(try other.run("rename", "old", "new").status == 3)
        #expect(try other.folder.files().isEmpty)
    }

    @Test func `makes the folders that an enrolment needs, for their owner alone`() throws {
        let other = try Person()
        let server = try Behaviour().serve(IssuerHalf())
        let arguments = try other.enrolment(server.url)
        let variables = [
            "OTPTOKEN_HOME": "", "XDG_DATA_HOME": other.home + "/a/b",
            "XDG_STATE_HOME": other.home + "/c/d", "XDG_CONFIG_HOME": other.home,
        ]
        func run(_ arguments: [String]) throws -> Outcome {
            try Program.run(Program.otptoken, arguments, home: other.home, extra: variables)
        }
        // Nothing is asked of an issuer before they are there.
        try Data().write(to: URL(filePath: other.home + "/c"))
        let refused = try run(arguments)
        #expect(refused.status == 1 && refused.errors.contains("Not a directory"), "\(refused)")
        #expect(server.paths.isEmpty)
        try FileManager.default.removeItem(atPath: other.home + "/c")
        #expect(try run(arguments).status == 0)
        #expect(try run(["rename", "Acme Bank", "new"]).status == 0)
        for folder in ["a", "a/b", "a/b/otptoken", "c", "c/d", "c/d/otptoken"] {
            #expect(mode("\(other.home)/\(folder)") == 0o700, "\(folder)")
        }
        #expect(mode("\(other.home)/c/d/otptoken/device.key") == 0o600)
    }

    /// Somebody else who holds the lock.
    private func holder() throws -> RunningProgram {
        let holder = try RunningProgram(
            "flock", [person.locations.lock, "sh", "-c", "echo held; sleep 60"], home: "/")
        try #require(poll { holder.output == "held\n" ? true : nil } == true)
        return holder
    }

    @Test func `waits for a lock that somebody else holds, and says so`() throws {
        var holder: RunningProgram? = try holder()
        let waiting = try RunningProgram(
            Program.otptoken, ["rename", "old", "new"], home: person.home)
        let notice = poll { waiting.errors.contains("waiting for another otptoken") ? true : nil }
        #expect(notice == true)
        // Who reads waits for nobody.
        #expect(try person.run("list", "--names").output == "old\n")
        #expect(try person.run("show").errors == "")
        #expect(try person.folder.files() == before)
        _ = holder
        holder = nil
        #expect(waiting.outcome()?.status == 0)
        #expect(try person.run("list", "--names").output == "new\n")
    }

    @Test func `gives up when the lock is never free`() async throws {
        let holder = try holder()
        let waiting = try RunningProgram(
            Program.otptoken, ["rename", "old", "new"], home: person.home)
        let outcome = try #require(try await apart { waiting.outcome(within: 60) })
        #expect(outcome.status == 1 && outcome.output == "")
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count == 3, "\(outcome)")
        #expect(lines[0].hasPrefix("waiting for another otptoken"), "\(outcome)")
        #expect(lines[1].hasPrefix("otptoken: ") && lines[1].contains("tokens.lock"), "\(outcome)")
        #expect(lines[2].hasPrefix("hint: "), "\(outcome)")
        #expect(try person.folder.files() == before)
        withExtendedLifetime(holder) {}
    }
}
