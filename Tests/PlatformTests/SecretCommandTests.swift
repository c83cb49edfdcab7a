import Cryptography
import Foundation
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct `Words of a command` {
    @Test(arguments: [
        ("pass", ["pass"]), ("  pass\tshow  otp ", ["pass", "show", "otp"]),
        ("a 'b  c' d", ["a", "b  c", "d"]),
        (#"a "b \" \\ \n $x `y` 'z'" c"#, ["a", #"b " \ \n $x `y` 'z'"#, "c"]),
        (#"a 'b \' c\ d \\ \' \" \x"#, ["a", #"b \"#, "c d", #"\"#, "'", "\"", "x"]),
        (#"a '' "" x''y"" "#, ["a", "", "", "xy"]),
        (#"a'b'"c"\d"#, ["abcd"]),
        ("sh -c 'pass show x | head -n 1'", ["sh", "-c", "pass show x | head -n 1"]),
        (
            "a $HOME ~ *.c `b` $(c) | > # ; & a=b \u{3000}",
            ["a", "$HOME", "~", "*.c", "`b`", "$(c)", "|", ">", "#", ";", "&", "a=b", "\u{3000}"]
        ),
        ("鍵 'é' \\🔑x", ["鍵", "é", "🔑x"]),
        ("a '\u{301}b'", ["a", "\u{301}b"]),
    ]) func `are taken apart`(text: String, words: [String]) throws {
        #expect(try commandWords(text) == words)
    }

    @Test(
        arguments: [
            ("", .empty), (" \t ", .empty), ("'' a", .empty), ("\"\"", .empty),
            ("a 'b", .openQuote("'")), ("a 'b\\'c'd", .openQuote("'")),
            ("a \"b", .openQuote("\"")),
            (#"a "b\""#, .openQuote("\"")), (#"a "b\"#, .openQuote("\"")), ("'", .openQuote("'")),
            ("a \\", .openBackslash), ("\\", .openBackslash),
        ] as [(String, CommandWordsError)])
    func `are refused`(text: String, reason: CommandWordsError) {
        #expect(throws: reason) { try commandWords(text) }
    }
}

@Suite struct `A command that gives a secret` {
    private func secret(_ words: String...) throws -> [UInt8] {
        try SecretCommand.run(words).exposed
    }

    private func text(_ words: String...) throws -> String {
        String(decoding: try SecretCommand.run(words).exposed, as: UTF8.self)
    }

    private func shell(_ script: String, patience: Int = 30) throws(SecretCommandFailure) -> String
    {
        let output = try SecretCommand.run(["sh", "-c", script], patience: patience)
        return String(decoding: output.exposed, as: UTF8.self)
    }

    private func failure(_ words: [String], patience: Int = 30) -> SecretCommandFailure? {
        do throws(SecretCommandFailure) {
            _ = try SecretCommand.run(words, patience: patience)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("s3cret", "s3cret"), (#"s3cret\n"#, "s3cret"), (#"s3cret\n\n"#, "s3cret\n"),
        (#"\ns3cret\n"#, "\ns3cret"), (#"\n\n"#, "\n"), (#"s3cret\r\n"#, "s3cret\r"),
        (#" a b "#, " a b "), (#"\0\001\n\377\0\n"#, "\0\u{1}\n\u{FF}\0"),
    ]) func `loses one line end`(format: String, secret: String) throws {
        #expect(try self.secret("printf", format) == secret.unicodeScalars.map { UInt8($0.value) })
    }

    @Test func `has every byte`() throws {
        let folder = try TemporaryFolder()
        let all = (0...255).map { UInt8($0) } + [0x0A]
        try Data(all).write(to: URL(fileURLWithPath: folder.path + "/all"))
        #expect(try secret("cat", folder.path + "/all") == all.dropLast())
    }

    @Test func `comes in pieces`() throws {
        #expect(try shell("printf a; sleep 0.1; printf b; sleep 0.1; echo c") == "abc")
    }

    @Test func `gives 1 to 4096 bytes`() throws {
        #expect(try secret("head", "-c", "4096", "/dev/zero") == bytes(0, 4096))
        #expect(failure(["head", "-c", "4097", "/dev/zero"]) == .tooLong)
        #expect(failure(["yes"]) == .tooLong)
        #expect(failure(["true"]) == .noOutput)
        #expect(failure(["echo"]) == .noOutput)
        #expect(try secret("printf", "x") == [120])
    }

    @Test func `gets its words as they are`() throws {
        #expect(try secret("cat", "/proc/self/cmdline") == Array("cat\0/proc/self/cmdline\0".utf8))
        #expect(
            try text("printf", "<%s>", "", " a  b ", "$HOME", "*", "é") == "<>< a  b ><$HOME><*><é>"
        )
        #expect(failure(["printf", "a\0b"]) == .cannotRun(Errno(EINVAL)))
        #expect(failure([]) == .cannotRun(Errno(EINVAL)))
    }

    @Test func `has an empty standard input`() throws {
        #expect(try shell("cat; readlink /proc/self/fd/0") == "/dev/null")
    }

    @Test func `has this process's environment`() throws {
        let path = try #require(environmentVariable("PATH"))
        #expect(try text("printenv", "PATH") == path)
    }

    @Test func `has this process's standard error`() throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/2")
        #expect(try shell("readlink /proc/self/fd/2") == own)
    }

    @Test func `gets no other descriptor`() throws {
        // Without close-on-exec: what this process was started with is not the command's either.
        let open = unsafe open("/dev/null", O_RDONLY)
        defer { close(open) }
        try #require(open > 2)
        // The fourth is the folder that is listed.
        #expect(try text("ls", "/proc/self/fd") == "0\n1\n2\n3")
    }

    @Test func `has no signal blocked, and none ignored that this process ignores`() throws {
        // As the program does: see Hardening.
        Hardening.ignoreBrokenPipes()
        let former = signal(SIGXFSZ, SIG_IGN)
        defer { _ = signal(SIGXFSZ, former) }
        let signals = try SignalDescriptor()
        let status = try withExtendedLifetime(signals) { try text("cat", "/proc/self/status") }
        func mask(_ name: String) throws -> UInt64 {
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name) })
            return try #require(UInt64(line.suffix(16), radix: 16))
        }
        #expect(try mask("SigBlk:") == 0)
        // Others may have been ignored before these tests were started.
        #expect(try mask("SigIgn:") & (1 << (SIGPIPE - 1) | 1 << (SIGXFSZ - 1)) == 0)
    }

    @Test func `is in the process group of the terminal's foreground`() throws {
        #expect(try shell("ps -o pgid= -p $$ | tr -d ' '") == "\(getpgrp())")
    }

    @Test func `that is not there`() throws {
        let folder = try TemporaryFolder()
        #expect(failure(["otptoken-no-such-program"]) == .notFound)
        #expect(failure(["/no/such/program"]) == .notFound)
        #expect(failure([""]) == .notFound)
        #expect(failure([folder.path]) == .cannotRun(Errno(EACCES)))
        let path = folder.path + "/script"
        try "echo secret".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(failure([path]) == .cannotRun(Errno(EACCES)))
        // No shell takes it up for want of anything better.
        #expect(unsafe chmod(path, 0o700) == 0)
        #expect(failure([path]) == .cannotRun(Errno(ENOEXEC)))
    }

    @Test func `that fails`() {
        #expect(failure(["false"]) == .exited(status: 1))
        #expect(failure(["sh", "-c", "echo secret; exit 42"]) == .exited(status: 42))
        #expect(failure(["sh", "-c", "exit 255"]) == .exited(status: 255))
        #expect(
            failure(["sh", "-c", "echo secret; kill -KILL $$"]) == .killed(signal: Int(SIGKILL)))
        #expect(failure(["sh", "-c", "kill -PIPE $$"]) == .killed(signal: Int(SIGPIPE)))
    }

    /// The process that a script has written down.
    private func pid(_ folder: TemporaryFolder, _ name: String = "pid") -> pid_t? {
        poll {
            (try? String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)).flatMap {
                pid_t($0.dropLast())
            }
        }
    }

    private func isGone(_ process: pid_t) -> Bool {
        poll(within: 5) { kill(process, 0) != 0 ? true : nil } == true
    }

    // Patience enough for what the scripts do first, on a busy machine too.

    @Test func `that takes too long is stopped`() throws {
        let folder = try TemporaryFolder()
        let script = "echo $$ >\(folder.path)/pid; echo secret; exec sleep 60"
        #expect(failure(["sh", "-c", script], patience: 3) == .timedOut(seconds: 3))
        #expect(isGone(try #require(pid(folder))))
    }

    @Test func `that does not heed that is killed`() throws {
        let folder = try TemporaryFolder()
        let script = "trap '' TERM; echo $$ >\(folder.path)/pid; exec sleep 60"
        #expect(failure(["sh", "-c", script], patience: 3) == .timedOut(seconds: 3))
        #expect(isGone(try #require(pid(folder))))
    }

    @Test func `may tidy up when it is stopped`() throws {
        let folder = try TemporaryFolder()
        let script = "trap 'echo >\(folder.path)/tidy; exit 0' TERM; while :; do sleep 0.1; done"
        #expect(failure(["sh", "-c", script], patience: 3) == .timedOut(seconds: 3))
        #expect(FileManager.default.fileExists(atPath: folder.path + "/tidy"))
    }

    @Test func `that closes its output still has to end`() throws {
        #expect(
            failure(["sh", "-c", "echo a; exec >&-; exec sleep 60"], patience: 1)
                == .timedOut(seconds: 1))
        #expect(failure(["sh", "-c", "echo a; exec >&-; sleep 0.1; exit 3"]) == .exited(status: 3))
        #expect(try shell("echo a; exec >&-; sleep 0.1") == "a")
    }

    @Test func `is done when it has ended, whoever holds its output open`() throws {
        let folder = try TemporaryFolder()
        let agent = "sleep 20 & echo $! >\(folder.path)/pid"
        #expect(try shell("\(agent); echo secret") == "secret")
        // Had it been waited for, it would be gone.
        let process = try #require(pid(folder))
        #expect(kill(process, 0) == 0)
        kill(process, SIGKILL)
    }

    @Test func `is not waited for longer because of what it has started`() throws {
        let folder = try TemporaryFolder()
        let script = "sleep 60 & echo $! >\(folder.path)/pid; wait"
        #expect(failure(["sh", "-c", script], patience: 3) == .timedOut(seconds: 3))
        kill(try #require(pid(folder)), SIGKILL)
    }
}
