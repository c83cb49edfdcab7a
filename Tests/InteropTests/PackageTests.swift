import Foundation
import Glibc
import TestSupport
import Testing

/// What the recipes put in place: files and folders below a folder, each with its mode, links not followed.
private func modes(_ folder: String) throws -> [String: mode_t] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
    return Dictionary(uniqueKeysWithValues: names.map { ($0, mode("\(folder)/\($0)")) })
}

/// The regular files among them.
private func files(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
        var status = stat()
        return unsafe lstat("\(folder)/\(name)", &status) == 0
            && status.st_mode & S_IFMT == S_IFREG
    }
}

/// The manual pages of the sources, and where they belong below share/man.
private func pages(_ source: String) throws -> [String: String] {
    let names = try files("\(source)/man")
    return Dictionary(
        uniqueKeysWithValues: names.map { name in
            let parts = name.split(separator: "/")
            let section = name.suffix(1)
            let folder = (parts.dropLast().map(String.init) + ["man\(section)"])
            return ("man/\(name)", "\(folder.joined(separator: "/"))/\(parts.last ?? "")")
        })
}

/// `make install` and `make uninstall`, in folders of the test's own.
@Suite struct `What is installed` {
    private let folder: TemporaryFolder
    /// What the recipes read, so that whatever they would write beside it is seen.
    private let source: String
    private let destination: String
    /// A folder that no machine has.
    private let prefix = "/opt/otptoken-\(UUID())"

    init() throws {
        folder = try TemporaryFolder()
        source = folder.path + "/source"
        // Whoever has a blank in the name of a folder is served as well.
        destination = folder.path + "/the destination"
        let manager = FileManager.default
        try manager.createDirectory(atPath: source, withIntermediateDirectories: false)
        for name in ["Makefile", "man", "completions", "scripts"] {
            try manager.copyItem(
                atPath: Repository.file(name).path, toPath: "\(source)/\(name)")
        }
        // A page in another language, whether there is one or not.
        let japanese = "\(source)/man/ja"
        try manager.createDirectory(atPath: japanese, withIntermediateDirectories: true)
        if !manager.fileExists(atPath: japanese + "/otptoken.1") {
            try manager.copyItem(
                atPath: "\(source)/man/otptoken.1", toPath: japanese + "/otptoken.1")
        }
    }

    /// Runs make with a umask that would keep everybody else out.
    private func make(_ arguments: String...) throws -> Outcome {
        try Program.run(
            "/bin/sh", ["-c", "umask 077; exec make -C \"$0\" \"$@\"", source] + arguments,
            home: folder.path)
    }

    private func install(_ goal: String = "install") throws {
        let outcome = try make(
            goal, "BIN=\(Program.folder)", "PREFIX=\(prefix)", "DESTDIR=\(destination)")
        try #require(outcome.status == 0, "\(outcome)")
    }

    /// Each file that belongs below the prefix, and its mode.
    private func expected() throws -> [String: mode_t] {
        var files: [String: mode_t] = [:]
        for name in ["otptoken", "otptoken-issuer"] {
            files["bin/\(name)"] = 0o755
            files["share/bash-completion/completions/\(name)"] = 0o644
            files["share/zsh/site-functions/_\(name)"] = 0o644
            files["share/fish/vendor_completions.d/\(name).fish"] = 0o644
        }
        for place in try pages(source).values { files["share/man/\(place)"] = 0o644 }
        return files
    }

    @Test func `lies where it belongs, open to everybody, and nowhere else`() throws {
        let sources = try modes(source)
        try #require(pages(source)["man/ja/otptoken.1"] == "ja/man1/otptoken.1")
        // A second time finds everything there already.
        for _ in 0..<2 {
            try install()
            let root = destination + prefix
            let installed = try modes(root)
            let names = try files(root)
            #expect(installed.filter { names.contains($0.key) } == (try expected()))
            let folders = installed.filter { !names.contains($0.key) }
            #expect(folders.values.allSatisfy { $0 == 0o755 }, "\(folders)")
            #expect(try files(destination).count == names.count)
        }
        #expect(try modes(source) == sources)
        #expect(!FileManager.default.fileExists(atPath: prefix))
        #expect(
            try Set(FileManager.default.contentsOfDirectory(atPath: folder.path))
                == ["source", "the destination"])
    }

    @Test func `runs, and its manual pages are found`() throws {
        try install()
        let root = destination + prefix
        for name in ["otptoken", "otptoken-issuer"] {
            let version = try Program.run("\(root)/bin/\(name)", ["--version"], home: folder.path)
            let built = try Program.run("\(Program.folder)/\(name)", ["--version"], home: "/")
            #expect(version.status == 0 && version.output == built.output)
        }
        for place in try pages(source).values {
            let parts = place.split(separator: "/").map(String.init)
            let name = parts[parts.count - 1]
            let language = parts.dropLast(2).map { "/\($0)" }.joined()
            let page = try Program.run(
                "man",
                [
                    "-M", "\(root)/share/man\(language)", "-w", String(name.suffix(1)),
                    String(name.dropLast(2)),
                ], home: folder.path)
            #expect(page.output == "\(root)/share/man/\(place)\n", "\(page)")
        }
    }

    @Test func `goes when it is not wanted any more`() throws {
        try install()
        let other = "\(destination)\(prefix)/bin/other"
        try "".write(toFile: other, atomically: true, encoding: .utf8)
        try install("uninstall")
        #expect(try files(destination).map { "\(destination)/\($0)" } == [other])
    }

    @Test func `is built first, unless there are programs already`() throws {
        for goal in ["install", "deb"] {
            #expect(try make("-n", goal).output.contains("swift build"))
            #expect(!(try make("-n", goal, "BIN=/bin")).output.contains("swift build"))
        }
    }
}

/// What `make deb` makes.
///
/// What is built for debugging wants the toolchain's own libraries.
@Suite(.enabled(if: !Program.folder.hasSuffix("/debug"), "made of the release programs"))
struct `The Debian package` {
    private static let folder = Result { try TemporaryFolder() }
    /// Made once.
    private static let built = Result {
        let place = try folder.get().path
        let outcome = try Program.run(
            Repository.file("scripts/deb").path, [Program.folder, place], home: place)
        try #require(outcome.status == 0, "\(outcome)")
        return outcome.output.trimmingCharacters(in: .newlines)
    }

    private let package: String
    private let person: Person

    init() async throws {
        package = try await apart { try Self.built.get() }
        person = try Person()
    }

    private func field(_ name: String) throws -> String {
        let field = try Program.run("dpkg-deb", ["-f", package, name], home: person.home)
        return field.output.trimmingCharacters(in: .newlines)
    }

    @Test func `is one that lintian has no error for`() async throws {
        let outcome = try await apart { [package, person] in
            try Program.run("lintian", ["--no-cfg", package], home: person.home)
        }
        #expect(outcome.status == 0, "\(outcome)")
        #expect(!outcome.output.split(separator: "\n").contains { $0.hasPrefix("E:") })
    }

    @Test func `has the version of the programs, and says what they are linked with`() throws {
        let version = try person.run("--version").output.split(whereSeparator: \.isWhitespace).last
        #expect(try field("Version") == "\(version ?? "")-1")
        let depends = try field("Depends").components(separatedBy: ", ")
        #expect(depends.contains { $0.hasPrefix("libssl3") })
        // Packed relocations are not a function that dpkg-shlibdeps would see.
        let needs = try Program.run("readelf", ["-V", Program.otptoken], home: person.home)
        let packed = needs.output.contains("GLIBC_ABI_DT_RELR")
        #expect(depends.contains("libc6 (>= 2.36)") || !packed)
    }

    /// A dpkg that keeps to folders of its own.
    ///
    /// - Parameters:
    ///   - packages: those that it is to take for installed, in the form of /var/lib/dpkg/status.
    ///   - arguments: what it is to do.
    /// - Returns: what it said.
    /// - Throws: when it does not start.
    private func dpkg(knowing packages: Data, _ arguments: String...) throws -> Outcome {
        let manager = FileManager.default
        let admin = "\(person.home)/admin"
        if !manager.fileExists(atPath: admin) {
            for name in ["root", "admin/info", "admin/updates", "admin/triggers"] {
                try manager.createDirectory(
                    atPath: "\(person.home)/\(name)", withIntermediateDirectories: true)
            }
            try packages.write(to: URL(filePath: admin + "/status"))
        }
        return try Program.run(
            "dpkg",
            [
                "--instdir=\(person.home)/root", "--admindir=\(admin)", "--force-not-root",
                "--log=\(person.home)/log", "--path-include=/usr/share/*",
            ] + arguments, home: person.home)
    }

    @Test func `needs what it says`() throws {
        let outcome = try dpkg(knowing: Data(), "--install", package)
        #expect(outcome.status == 1 && outcome.errors.contains("depends on libssl3"), "\(outcome)")
    }

    @Test func `installs here, runs, and is purged without a trace`() throws {
        let here = try Data(contentsOf: URL(filePath: "/var/lib/dpkg/status"))
        let root = "\(person.home)/root"
        let installed = try dpkg(knowing: here, "--install", package)
        #expect(installed.status == 0, "\(installed)")

        try StoreMaker.write([StoreMaker.token("packaged")], home: person.home)
        let arguments = ["show", "--at", "1795224900"]
        let program = "\(root)/usr/bin/otptoken"
        #expect(
            try Program.run(program, ["--version"], home: person.home).output
                == person.run("--version").output)
        let code = try Program.run(program, arguments, home: person.home)
        #expect(code.status == 0 && code.output.wholeMatch(of: /[0-9]{8}\n/) != nil)
        #expect(try person.run("show", "--at", "1795224900").output == code.output)

        for place in try pages(Repository.root.path).values {
            let page = "\(root)/usr/share/man/\(place).gz"
            #expect(try Program.run("mandoc", [page], home: person.home).output.count > 500)
        }
        // Where the shells of this distribution look; it has another place for zsh than zsh itself.
        let paths = try Program.run("zsh", ["-fc", "print -l $fpath"], home: person.home)
        let places =
            paths.output.components(separatedBy: "\n") + ["/usr/share/bash-completion/completions"]
        for name in ["_otptoken", "_otptoken-issuer", "otptoken", "otptoken-issuer"] {
            #expect(
                places.contains { FileManager.default.fileExists(atPath: "\(root)\($0)/\(name)") },
                "\(name)")
        }

        let purged = try dpkg(knowing: here, "--purge", "otptoken")
        #expect(purged.status == 0, "\(purged)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: root) == [])
        #expect(FileManager.default.contents(atPath: "\(person.home)/admin/status") == here)
        #expect(try files("\(person.home)/admin/info") == ["format"])
    }
}
