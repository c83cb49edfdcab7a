import Cryptography
import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// A recipe of otptoken(1), as it stands there.
private struct Recipe {
    /// What stores the secret: lines for a shell.
    let script: String
    /// The line for the configuration.
    let setting: String

    /// Reads a subsection of PASSPHRASE COMMAND.
    init(_ title: String) throws {
        let page = try String(contentsOf: Repository.file("man/otptoken.1"), encoding: .utf8)
        let lines = page.components(separatedBy: "\n")
        let start = try #require(lines.firstIndex(of: ".Ss \(title)"))
        var displayed: [String] = []
        var isDisplay = false
        for line in lines[(start + 1)...].prefix(while: { !$0.hasPrefix(".S") }) {
            if line.hasPrefix(".Bd -literal") {
                isDisplay = true
            } else if line == ".Ed" {
                isDisplay = false
            } else if isDisplay {
                displayed.append(line.replacingOccurrences(of: "\\e", with: "\\"))
            }
        }
        let isSetting = { (line: String) in line.hasPrefix("passphrase.command = ") }
        setting = try #require(displayed.first(where: isSetting))
        script = displayed.filter { !isSetting($0) }
            .map { $0.hasPrefix("$ ") ? String($0.dropFirst(2)) : $0 }.joined(separator: "\n")
    }
}

/// Somebody who follows a recipe.
private struct Follower {
    let folder: TemporaryFolder
    let recipe: Recipe
    /// What leads the programs to this test's own keepers.
    var environment: [String: String] = [:]
    /// The secret of the recipe, were it not random.
    let secret: String

    init(_ title: String) throws {
        folder = try TemporaryFolder()
        recipe = try Recipe(title)
        let random = try SecretBytes.random(count: 32).exposed
        try Data(random).write(to: URL(fileURLWithPath: folder.path + "/random"))
        secret = Base64.encode(random.span, padding: .required)
        let path = try config()
        try PrivateFolder.ensure(PrivateFile.parent(of: path))
        let setting = recipe.setting.replacingOccurrences(of: "/home/me", with: folder.path)
        try (setting + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// Stores the secret.
    ///
    /// - Parameter change: another wording of the script.
    /// - Throws: when a program does not do its part.
    func store(_ change: (String) -> String = { $0 }) throws {
        try #require(recipe.script.contains("head -c 32 /dev/urandom | base64 |"))
        let script = change(recipe.script)
            .replacingOccurrences(of: "/dev/urandom", with: folder.path + "/random")
        let outcome = try Program.run(
            "sh", ["-e", "-c", script], home: folder.path, extra: environment)
        try #require(outcome.status == 0, "\(outcome.errors)")
    }

    /// Runs the command that is configured.
    func fetch() throws(SecretCommandFailure) -> String {
        let words: [String]
        do {
            let configuration = try Configuration.read(config())
            words = try commandWords(configuration.value("passphrase.command") ?? "")
        } catch {
            Issue.record(error)
            return ""
        }
        let settings = Program.environment(home: folder.path).merging(environment) { $1 }
        // What goes to standard error is looked at when something is wrong, and not otherwise.
        let quietly = ["sh", "-c", "exec \"$@\" 2>>\"$HOME/errors\"", "sh"]
        let secret = try SecretCommand.run(
            ["env", "-i"] + settings.map { "\($0)=\($1)" } + quietly + words)
        return String(decoding: secret.exposed, as: UTF8.self)
    }

    /// What the programs have said.
    var errors: String {
        (try? String(contentsOfFile: folder.path + "/errors", encoding: .utf8)) ?? ""
    }

    private func config() throws -> String {
        let home = folder.path
        return try #require(Locations { $0 == "HOME" ? home : nil }).config
    }
}

/// A TPM in software, with a state that outlives it.
private final class SoftwareTPM {
    private let folder: TemporaryFolder
    private var program: RunningProgram
    // Each has an address of its own, and so its two ports.
    private let host =
        "127." + (0..<3).map { _ in "\(Int.random(in: 1...254))" }.joined(separator: ".")

    /// How tpm2-tools and systemd find it.
    var address: String { "swtpm:host=\(host),port=2321" }

    init() throws {
        folder = try TemporaryFolder()
        program = try Self.start(folder, host)
        try wait()
    }

    func restart() throws {
        stop()
        program = try Self.start(folder, host)
        try wait()
    }

    func stop() {
        program.signal(SIGTERM)
        #expect(program.outcome()?.status == 0, "\(program.errors)")
    }

    /// Runs one of tpm2-tools.
    func run(_ tool: String, _ arguments: String...) throws -> Outcome {
        try Program.run(
            tool, arguments, home: folder.path, extra: ["TPM2TOOLS_TCTI": address])
    }

    private static func start(_ folder: TemporaryFolder, _ host: String) throws -> RunningProgram {
        try RunningProgram(
            "swtpm",
            [
                "socket", "--tpm2", "--tpmstate", "dir=\(folder.path)",
                "--server", "type=tcp,port=2321,bindaddr=\(host)",
                "--ctrl", "type=tcp,port=2322,bindaddr=\(host)",
                "--flags", "not-need-init,startup-clear",
            ], home: folder.path)
    }

    private func wait() throws {
        let ready = try poll { try run("tpm2_flushcontext", "-t").status == 0 ? true : nil }
        try #require(ready == true, "\(program.errors)")
    }
}

/// A session of a desktop: its bus, and an open keyring.
private struct Desktop {
    let address: String
    private let session: RunningProgram
    private let home: String

    init(home: String) throws {
        self.home = home
        let script = """
            echo login | gnome-keyring-daemon --unlock --components=secrets &&
            echo "at $DBUS_SESSION_BUS_ADDRESS" && until rm end 2>&-; do sleep 0.05; done
            """
        let session = try RunningProgram(
            "dbus-run-session", ["--", "sh", "-c", script], home: home)
        let address = poll { () -> String? in
            let lines = session.output.components(separatedBy: "\n").dropLast()
            return lines.first { $0.hasPrefix("at ") }.map { String($0.dropFirst(3)) }
        }
        self.address = try #require(address, "\(session.errors)")
        self.session = session
    }

    /// Ends it as somebody who logs out does; its socket goes with it.
    func end() throws {
        try Data().write(to: URL(fileURLWithPath: home + "/end"))
        #expect(session.outcome()?.status == 0, "\(session.errors)")
    }
}

@Suite struct `A recipe for the passphrase command` {
    private static let hasTPM = areInstalled("swtpm", "tpm2_unseal")

    @Test(.enabled(if: hasTPM, "Debian's swtpm and tpm2-tools are needed"))
    func `keeps the secret in a TPM`() throws {
        let tpm = try SoftwareTPM()
        var follower = try Follower("TPM")
        follower.environment = ["TPM2TOOLS_TCTI": tpm.address]
        #expect(throws: SecretCommandFailure.exited(status: 1)) { try follower.fetch() }
        // The kernel does it behind /dev/tpmrm0: what one program has loaded does not stay for the next.
        try follower.store {
            $0.replacingOccurrences(of: "\ntpm2_", with: "\ntpm2_flushcontext -t\ntpm2_")
        }
        #expect(try follower.fetch() == follower.secret, "\(follower.errors)")
        try tpm.restart()
        #expect(try follower.fetch() == follower.secret, "\(follower.errors)")
        #expect(try follower.folder.files().keys.allSatisfy { !$0.hasSuffix(".ctx") })
        tpm.stop()
        #expect(throws: SecretCommandFailure.exited(status: 1)) { try follower.fetch() }
    }

    @Test(
        .enabled(
            if: hasTPM && areInstalled("systemd-creds"),
            "Debian's swtpm, tpm2-tools and systemd are needed"))
    func `keeps the secret in a file that the TPM encrypts`() throws {
        let tpm = try SoftwareTPM()
        var follower = try Follower("systemd-creds")
        follower.environment = ["SYSTEMD_TPM2_DEVICE": tpm.address]
        #expect(throws: SecretCommandFailure.exited(status: 1)) { try follower.fetch() }
        try follower.store()
        #expect(try follower.fetch() == follower.secret, "\(follower.errors)")
        // As Secure Boot does, when it starts something else.
        let digest = String(repeating: "11", count: 32)
        #expect(try tpm.run("tpm2_pcrextend", "7:sha256=\(digest)").status == 0)
        #expect(throws: SecretCommandFailure.exited(status: 1)) { try follower.fetch() }
        try tpm.restart()
        #expect(try follower.fetch() == follower.secret, "\(follower.errors)")
        tpm.stop()
        #expect(throws: SecretCommandFailure.exited(status: 1)) { try follower.fetch() }
    }

    @Test(.enabled(if: areInstalled("systemd-creds"), "Debian's systemd is needed"))
    func `keeps the secret in a file that a key of this host encrypts`() throws {
        var follower = try Follower("systemd-creds")
        // Where the key lies; the place of this very host is root's, and none of a test's business.
        follower.environment = ["SYSTEMD_CREDENTIAL_SECRET": follower.folder.path + "/host.key"]
        try follower.store {
            $0.replacingOccurrences(of: "--with-key=tpm2", with: "--with-key=host")
        }
        #expect(try follower.fetch() == follower.secret, "\(follower.errors)")
        follower.environment["SYSTEMD_CREDENTIAL_SECRET"]? += ".other"
        #expect(throws: SecretCommandFailure.exited(status: 1)) { try follower.fetch() }
    }

    @Test(
        .enabled(
            if: areInstalled("dbus-run-session", "gnome-keyring-daemon", "secret-tool"),
            "Debian's dbus-daemon, gnome-keyring and libsecret-tools are needed"))
    func `keeps the secret in the desktop's keyring`() throws {
        var follower = try Follower("Secret Service")
        let desktop = try Desktop(home: follower.folder.path)
        follower.environment = ["DBUS_SESSION_BUS_ADDRESS": desktop.address]
        #expect(throws: SecretCommandFailure.exited(status: 1)) { try follower.fetch() }
        try follower.store()
        #expect(try follower.fetch() == follower.secret, "\(follower.errors)")
        try desktop.end()
        #expect(throws: SecretCommandFailure.exited(status: 1)) { try follower.fetch() }
        // The next session has the same keyring.
        let next = try Desktop(home: follower.folder.path)
        follower.environment = ["DBUS_SESSION_BUS_ADDRESS": next.address]
        #expect(try follower.fetch() == follower.secret, "\(follower.errors)")
        try next.end()
    }

    @Test(.enabled(if: areInstalled("pass", "gpg"), "Debian's pass is needed"))
    func `keeps the secret in a password store`() throws {
        let follower = try Follower("pass")
        let home = follower.folder.path
        let made = try Program.run("sh", ["-e", "-c", RecipeBook.passwordStore], home: home)
        // The agent that gpg has started is in a session of its own.
        defer { _ = try? Program.run("gpgconf", ["--kill", "all"], home: home) }
        try #require(made.status == 0, "\(made.errors)")
        #expect(throws: SecretCommandFailure.exited(status: 1)) { try follower.fetch() }
        try follower.store()
        #expect(try follower.fetch() == follower.secret, "\(follower.errors)")
    }

    @Test func `is not written down in vain`() throws {
        let page = try String(contentsOf: Repository.file("man/otptoken.1"), encoding: .utf8)
        let section = page.components(separatedBy: ".Sh PASSPHRASE COMMAND\n").last?
            .components(separatedBy: "\n.Sh ").first
        let titles = section?.components(separatedBy: "\n").filter { $0.hasPrefix(".Ss ") }
        #expect(titles == [".Ss TPM", ".Ss systemd-creds", ".Ss Secret Service", ".Ss pass"])
    }
}
