import Foundation
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct `The seed` {
    let person: Person
    let seed: [UInt8]

    init() throws {
        person = try Person()
        let server = try Behaviour().serve(IssuerHalf())
        let done = try person.enrol(server.url)
        try #require(done.status == 0, "\(done.errors)")
        seed = try person.seed()
        #expect(!holds(Array((done.output + done.errors).utf8), seed))
    }

    /// A running `watch` that has printed its first code.
    private func watch(_ script: String = "exec otptoken watch") throws -> RunningProgram {
        let program = try RunningProgram("/bin/sh", ["-c", script], home: person.home)
        try #require(poll { program.output.contains("\t") ? true : nil } == true)
        return program
    }

    @Test func `is found in every spelling by this search`() {
        let data = Data(seed)
        let base64 = data.base64EncodedString()
        for text in [
            base64, base64.filter { $0 != "=" }, data.map { String(format: "%02X", $0) }.joined(),
            base64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(
                of: "/", with: "_"),
        ] {
            #expect(holds(Array("x\(text)y".utf8), seed))
        }
        #expect(holds([1, 2] + seed + [3], seed))
        #expect(!holds(Array(base64.dropLast(2).utf8), seed))
    }

    @Test func `stands in no file`() throws {
        for arguments in [["show", "--json"], ["list", "--json"], ["list"], ["show", "--all"]] {
            let outcome = try Program.run(Program.otptoken, arguments, home: person.home)
            #expect(outcome.status == 0)
            #expect(!holds(Array((outcome.output + outcome.errors).utf8), seed))
        }
        // A second run makes a backup of the store.
        let server = try Behaviour().serve(IssuerHalf())
        #expect(try person.enrol(server.url, ["--force"]).status == 0)
        let files = try person.folder.files()
        #expect(files.keys.contains("otptoken/tokens.bak"))
        for (name, bytes) in files {
            #expect(!holds(bytes, seed), "\(name)")
            #expect(!holds(bytes, try person.seed()), "\(name)")
        }
    }

    @Test func `stands in no file while its enrolment is pending`() throws {
        let half = try IssuerHalf()
        let server = try Behaviour(finish: { _, _ in [] }).serve(half)
        let other = try Person()
        #expect(try other.enrol(server.url).status == 7)
        #expect(half.secrets.count == 2)
        for (name, bytes) in try other.folder.files() {
            for secret in half.secrets { #expect(!holds(bytes, secret), "\(name)") }
        }
    }

    @Test func `stands neither in the command line nor in the environment`() throws {
        let program = try watch()
        for name in ["cmdline", "environ"] {
            let bytes = FileManager.default.contents(atPath: "/proc/\(program.processID)/\(name)")
            #expect(bytes?.isEmpty == false)
            #expect(!holds([UInt8](bytes ?? Data()), seed))
        }
        // Its children, if it has any, would inherit them.
        #expect(!holds(Array((program.output + program.errors).utf8), seed))
    }

    @Test func `leaves no core behind`() throws {
        let program = try watch("ulimit -c unlimited && exec otptoken watch")
        let limits = try String(
            contentsOfFile: "/proc/\(program.processID)/limits", encoding: .utf8)
        let line = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(line?.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
        program.signal(SIGABRT)
        let status = try #require(program.waitStatus())
        #expect(status & 0x7F == SIGABRT)
        #expect(status & 0x80 == 0, "dumped core")
        #expect(!(try person.folder.files().keys.contains { $0.hasPrefix("core") }))
    }

    /// Whether this user may become another one who can run the program.
    private static let canBecomeNobody: Bool = {
        let outcome = try? Program.run(
            "setpriv", ["--reuid", "65534", "--clear-groups", Program.otptoken, "--version"],
            home: "/")
        return outcome?.status == 0
    }()

    @Test(.enabled(if: canBecomeNobody, "only root can start it as another user"))
    func `is out of other processes' reach`() throws {
        // Files of a process that is not dumpable belong to root, whoever runs it.
        let script = "chown -R 65534 . && exec setpriv --reuid 65534 --clear-groups otptoken watch"
        let program = try watch(script)
        var status = stat()
        #expect(unsafe stat("/proc/\(program.processID)/mem", &status) == 0)
        #expect(status.st_uid == 0)
    }

    @Test func `lies in files that are one's own, whatever the umask`() throws {
        for umask in ["000", "777"] {
            let other = try Person()
            let server = try Behaviour().serve(IssuerHalf())
            let words = try other.enrolment(server.url, ["--force"])
                .map { "'\($0)'" }.joined(separator: " ")
            for _ in 0..<2 {
                let outcome = try Program.run(
                    "/bin/sh", ["-c", "umask \(umask); exec otptoken \(words)"], home: other.home)
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: other.locations.data)
            #expect(Set(names) == ["config", "tokens", "tokens.bak", "tokens.lock", "device.key"])
            for name in names where name != "tokens.lock" {
                #expect(mode("\(other.locations.data)/\(name)") == 0o600, "\(umask) \(name)")
            }
            #expect(mode(other.locations.lock) & 0o077 == 0)
            #expect(mode(other.locations.data) == 0o700)
        }
    }
}

/// The permission bits of a file.
func mode(_ path: String) -> mode_t {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
}
