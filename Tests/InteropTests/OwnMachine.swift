import Cryptography
import Foundation
import Glibc
import TestSupport
import Testing

/// A network, processes, and a few files of /etc of one's own, in which root may serve at the usual ports
/// without anybody's notice; all of it ends with the terminal.
struct OwnMachine {
    static let password = "hunter2"
    /// Of a token whose codes its servers accept.
    static let seed = "12345678901234567890"

    /// The home of root there, and of the tests' programs.
    let folder: TemporaryFolder
    let terminal: Tmux

    /// Whether one can be had.
    static let isAvailable =
        geteuid() == 0 && areInstalled("unshare", "ip")
        && allows("ip link set lo up && mount -t tmpfs none /run")

    /// Whether a VPN can be had in one.
    static let hasTunnels = isAvailable && allows("ip tuntap add tun0 mode tun")

    private static func allows(_ script: String) -> Bool {
        (try? Program.run("unshare", unshared + ["sh", "-c", script], home: "/"))?.status == 0
    }

    /// Whether Debian's libpam-oath is there.
    static let hasOATH: Bool = {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        return folders.contains {
            FileManager.default.fileExists(atPath: "/usr/lib/\($0)/security/pam_oath.so")
        }
    }()

    private static let unshared = ["-mnp", "--mount-proc", "--fork", "--kill-child"]

    /// Makes one with a user `me`, a password and a token called Work, and opens a terminal in it.
    ///
    /// - Parameters:
    ///   - seed: of the token.
    ///   - files: more files for the home, by their names.
    ///   - setup: lines for a shell that start servers.
    /// - Throws: when it is not ready in time.
    init(seed: String, files: [String: String], setup: String) throws {
        folder = try TemporaryFolder()
        let home = folder.path
        try Program.configure(home: home)
        let work = StoreMaker.token("Work", algorithm: .sha1, seed: seed)
        try StoreMaker.write([StoreMaker.token("Bank"), work], home: home)
        let hash = try Program.run("openssl", ["passwd", "-6", Self.password], home: home).output
        let hexadecimal = Self.seed.utf8.map { String($0, radix: 16) }.joined()
        let own = [
            "passwd": """
            root:x:0:0::\(home):/bin/sh
            me:x:65534:65534::/:/bin/sh
            sshd:x:65533:65534::/:/bin/false

            """,
            "shadow": "me:\(hash.prefix { $0 != "\n" }):19000:0:99999:7:::\n",
            "hosts": """
            127.0.0.1 localhost server.example.com vpn.example.com
            127.0.0.1 \(ProcessInfo.processInfo.hostName)

            """,
            "resolv.conf": "",
            "users.oath": "HOTP/T60/8 me + \(hexadecimal)\n",
            "machine": """
            set -eu
            ip link set lo up
            mount -t tmpfs none /run
            for file in passwd shadow hosts resolv.conf; do mount --bind $file /etc/$file; done
            \(setup)
            echo ready
            exec sh -i
            """,
        ]
        for (name, text) in own.merging(files, uniquingKeysWith: { $1 }) {
            try Self.write(text, home + "/" + name)
        }
        terminal = try Tmux(home: folder, columns: 100, rows: 40)
        let command = (["unshare"] + Self.unshared + ["sh", "machine"]).joined(separator: " ")
        try terminal.type("cd; clear; " + command)
        try terminal.wait { $0.contains(#/(^|\n)ready\n/#) }
    }

    /// Writes a file for its owner alone.
    ///
    /// - Parameters:
    ///   - text: the contents.
    ///   - name: of the file, from the home on.
    ///   - isProgram: whether it is to be run.
    /// - Throws: when it cannot be written.
    func write(_ text: String, _ name: String, isProgram: Bool = false) throws {
        try Self.write(text, folder.path + "/" + name, isProgram: isProgram)
    }

    private static func write(_ text: String, _ path: String, isProgram: Bool = false) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard isProgram else {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            return
        }
        // By another process: while a child of this one, started beside, holds it open for writing, nobody can run it.
        let made = try Program.run(
            "/bin/sh", ["-c", "umask 077; cat >\"$1\" && chmod 700 \"$1\"", "sh", path],
            home: folder.path, input: text)
        try #require(made.status == 0)
    }
}
