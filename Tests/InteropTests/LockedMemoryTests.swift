import Cryptography
import Foundation
import Glibc
import TestSupport
import Testing
import TokenStore

/// Where a running `watch` keeps the seed.
@Suite struct `The memory of secrets` {
    let home: TemporaryFolder
    let seed: [UInt8]

    init() throws {
        home = try TemporaryFolder()
        try Program.configure(home: home.path)
        var token = StoreMaker.token("Acme Bank")
        token.seed = Shared(try SecretBytes.random(count: 32))
        seed = token.seed.value.exposed
        try StoreMaker.write([token], home: home.path)
    }

    /// Lets a shell start `watch` behind these words; it has shown its first code.
    private func watch(_ words: String = "exec") throws -> RunningProgram {
        let program = try RunningProgram(
            "/bin/sh", ["-c", "\(words) otptoken watch"], home: home.path)
        let code = try #require(poll { program.output.contains("\n") ? program.output : nil })
        #expect(code.hasPrefix("Acme Bank\t"), "\(code)")
        return program
    }

    /// A line of /proc/PID/status.
    private static func status(_ process: String, _ name: String) throws -> String {
        let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) } ?? ""
    }

    @Test func `is not swapped`() throws {
        let program = try watch()
        let locked = try Self.status("\(program.processID)", "VmLck")
        #expect(locked.hasSuffix(" kB") && locked != "0 kB", "\(locked)")
    }

    /// Runs a program without root's right to lock as much as it likes.
    private static let asUser =
        geteuid() == 0 ? "setpriv --reuid 65534 --clear-groups" : "env"

    private static let canBecomeUser: Bool = {
        let outcome = try? Program.run(
            "/bin/sh", ["-c", "exec \(asUser) otptoken --version"], home: "/")
        return outcome?.status == 0
    }()

    @Test(
        .enabled(if: canBecomeUser, "root, whom no limit binds, cannot become another user here"),
        .enabled(if: sysconf(Int32(_SC_PAGESIZE)) == 4096, "the figures are those of 4 KiB pages"),
        arguments: [(0, "0 kB"), (3, "0 kB"), (8, "8 kB"), (64, "64 kB"), (1024, "1024 kB")])
    func `is locked as far as the limit allows, and works in any case`(
        limit: Int, locked: String
    ) throws {
        let owner = geteuid() == 0 ? "chown -R 65534 . &&" : ""
        let program = try watch("\(owner) ulimit -l \(limit) && exec \(Self.asUser)")
        #expect(try Self.status("\(program.processID)", "VmLck") == locked)
    }

    /// A part of a process's memory.
    private struct Mapping {
        let range: Range<UInt64>
        let flags: [Substring]
        let isReadable: Bool
    }

    private static func mappings(_ process: pid_t) throws -> [Mapping] {
        var mappings: [Mapping] = []
        var range: Range<UInt64> = 0..<0
        var isReadable = false
        // Foundation takes the first page of such a file for all of it.
        let text = try Program.run("cat", ["/proc/\(process)/smaps"], home: "/").output
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words[0] == "VmFlags:" {
                mappings.append(Mapping(range: range, flags: Array(words), isReadable: isReadable))
            } else if let dash = words[0].firstIndex(of: "-"),
                let start = UInt64(words[0][..<dash], radix: 16),
                let end = UInt64(words[0][words[0].index(after: dash)...], radix: 16)
            {
                range = start..<end
                isReadable = words[1].hasPrefix("r")
            }
        }
        return mappings
    }

    /// CAP_SYS_PTRACE.
    private static let seesAll =
        ((try? status("self", "CapEff")).flatMap { UInt64($0, radix: 16) } ?? 0) & 1 << 19 != 0

    @Test(.enabled(if: seesAll, "only root may look into a process whose memory is private"))
    func `is the only one that holds the seed, and is not dumped`() throws {
        let program = try watch()
        let memory = unsafe open("/proc/\(program.processID)/mem", O_RDONLY | O_CLOEXEC)
        try #require(memory >= 0)
        defer { close(memory) }
        var found = 0
        for mapping in try Self.mappings(program.processID) where mapping.isReadable {
            var bytes = [UInt8](repeating: 0, count: mapping.range.count)
            let count = unsafe pread(memory, &bytes, bytes.count, off_t(mapping.range.lowerBound))
            guard count > 0, Data(bytes).range(of: Data(seed)) != nil else { continue }
            found += 1
            #expect(mapping.flags.contains("lo") && mapping.flags.contains("dd"), "\(mapping)")
        }
        #expect(found == 1)
    }
}
