import Foundation
import Glibc

/// A real time server, chronyd, on a free loopback port; it never touches this machine's clock.
package final class RunningChronyd: Sendable {
    /// The certificate of a server that speaks NTS.
    package enum Certificate: String, CaseIterable, Sendable {
        case good
        case expired
        /// For another name than the server's.
        case wrongName = "wrong-name"
    }

    /// Where it answers, on its address and, where there is one, ::1.
    package let port: UInt16
    /// Where it agrees upon keys, on the same addresses; nil without NTS.
    package let keyExchangePort: UInt16?
    /// 127.0.0.1, unless that is somebody else's.
    package let host: String
    private let folder: TemporaryFolder
    private let program: RunningProgram

    /// The URL to give to clients.
    package var url: String {
        let name = host == "127.0.0.1" ? "localhost" : host
        return keyExchangePort.map { "nts://\(name):\($0)" } ?? "ntp://\(host):\(port)"
    }

    /// Starts a server and waits until it answers.
    ///
    /// - Parameters:
    ///   - seconds: how far its clock is ahead of this machine's; negative for behind.
    ///   - stratum: how many servers stand between it and a clock, as it says.
    ///   - certificate: makes it speak NTS.
    ///   - host: an address of the loopback.
    ///   - proxy: a port on 127.0.0.1 that it sends its clients to for the time; it is at the same port of `host`.
    /// - Throws: when it does not come up.
    package init(
        ahead seconds: Int = 0, stratum: Int = 3, certificate: Certificate? = nil,
        host: String = "127.0.0.1", behind proxy: UInt16? = nil
    ) throws {
        var errors = ""
        // Between the search for a free port and its use somebody else may take it.
        for _ in 0..<5 {
            let port = try proxy ?? ScriptedTimeServer.deadPort()
            let keyExchangePort = try certificate.map { _ in try ScriptedServer.deadPort() }
            let folder = try TemporaryFolder()
            try Self.configure(
                folder.path, host, port, stratum, keyExchangePort, certificate,
                server: proxy.map { _ in "127.0.0.1" })
            let command =
                try Self.owned(by: Self.servant, folder.path) + Self.serverClock(ahead: seconds)
                + ["chronyd", "-d", "-x", "-U", "-F", "0", "-f", folder.path + "/chrony.conf"]
                + (Self.servant.map { ["-u", $0] } ?? [])
            let program = try RunningProgram(
                command[0], Array(command.dropFirst()), home: folder.path)
            let isUp = poll { () -> Bool? in
                if program.waitStatus(within: 0) != nil { return false }
                let isReady =
                    ScriptedTimeServer.answers(port, on: host)
                    && keyExchangePort.map { ScriptedServer.listens($0, on: host) } ?? true
                return isReady ? true : nil
            }
            // An answer may have come from whoever took the port.
            if isUp == true, program.waitStatus(within: 0) == nil {
                (self.host, self.port, self.keyExchangePort) = (host, port, keyExchangePort)
                (self.folder, self.program) = (folder, program)
                return
            }
            errors = program.output + program.errors
        }
        throw Failed(errors: errors)
    }

    deinit {
        // Not killed: libfaketime clears its semaphore away when the program ends by itself.
        program.signal(SIGTERM)
        _ = program.waitStatus(within: 5)
    }

    /// The authority that the servers' certificates are of.
    package static func authority() throws -> String { try certificates.get().authority }

    /// The files of a certificate and its key, in PEM form.
    package static func files(of certificate: Certificate) throws -> (
        certificate: String, key: String
    ) {
        let certificates = try certificates.get()
        let name = certificate.rawValue
        return (certificates.path(name + ".pem"), certificates.path(name + ".key"))
    }

    /// The beginning of a command whose clock is wrong, but not what it measures time with.
    ///
    /// - Parameter seconds: how far it is ahead of this machine's; negative for behind.
    /// - Returns: a program and its arguments.
    package static func clock(ahead seconds: Int) -> [String] {
        guard seconds != 0 else { return ["env"] }
        // Otherwise libfaketime ends waits of the monotonic clock at once.
        return ["env", "FAKETIME_FORCE_MONOTONIC_FIX=0", "faketime", "-m", "--exclude-monotonic"]
            + ["-f", "\(seconds < 0 ? "" : "+")\(seconds)s"]
    }

    /// The same without the program `faketime`, which would stand between a server and its signals.
    private static func serverClock(ahead seconds: Int) throws -> [String] {
        guard seconds != 0 else { return ["env"] }
        return try faking() + ["FAKETIME=\(seconds < 0 ? "" : "+")\(seconds)s"]
    }

    /// The beginning of a command whose clock is wrong by what a file says, at each moment anew.
    ///
    /// - Parameter file: a text such as `-90s`.
    /// - Returns: a program and its arguments.
    /// - Throws: when libfaketime is not there.
    package static func clock(from file: String) throws -> [String] {
        try faking() + [
            "FAKETIME_TIMESTAMP_FILE=\(file)", "FAKETIME_NO_CACHE=1",
            "FAKETIME_FORCE_MONOTONIC_FIX=0",
        ]
    }

    private static func faking() throws -> [String] {
        let folders = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib")
        let libraries = folders.map { "/usr/lib/\($0)/faketime/libfaketimeMT.so.1" }
        guard let library = libraries.first(where: FileManager.default.fileExists) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return [
            "env", "LD_PRELOAD=\(library)",
            // The same under its former name and its present one.
            "DONT_FAKE_MONOTONIC=1", "FAKETIME_DONT_FAKE_MONOTONIC=1",
        ]
    }

    /// Lets chronyd measure what would have to be added to this machine's clock, in seconds.
    ///
    /// - Parameter port: the server's, on 127.0.0.1.
    /// - Returns: what it says, to the microsecond.
    /// - Throws: when it does not measure.
    package static func measure(port: UInt16) throws -> Double {
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            "chronyd",
            ["-Q", "-t", "10", "-U"] + (servant.map { ["-u", $0] } ?? [])
                + ["server 127.0.0.1 port \(port) iburst maxsamples 1"], home: folder.path)
        let mark = "clock wrong by "
        guard let start = outcome.errors.range(of: mark)?.upperBound,
            let offset = Double(outcome.errors[start...].prefix { $0 != " " })
        else { throw RunningIssuer.Failed(outcome) }
        return offset
    }

    /// A server that did not come up, and what it said.
    package struct Failed: Error {
        package let errors: String
    }

    /// Who serves in place of root.
    private static let servant: String? = geteuid() == 0 ? "nobody" : nil

    /// Gives a folder to a user; the beginning of a command that runs as that user.
    private static func owned(by user: String?, _ folder: String) throws -> [String] {
        guard let user else { return ["env"] }
        let outcome = try Program.run("chown", ["-R", user, folder], home: folder)
        guard outcome.status == 0 else { throw RunningIssuer.Failed(outcome) }
        return ["setpriv", "--reuid", user, "--clear-groups", "--no-new-privs"]
    }

    private static func configure(
        _ folder: String, _ host: String, _ port: UInt16, _ stratum: Int,
        _ keyExchangePort: UInt16?, _ certificate: Certificate?, server: String?
    ) throws {
        // No socket but these two, and none of its usual files.
        var lines = ["port \(port)", "cmdport 0", "bindcmdaddress /", "pidfile \(folder)/pid"]
        lines += ["bindaddress \(host)", "bindaddress ::1", "allow 127.0.0.1", "allow ::1"]
        lines.append("local stratum \(stratum)")
        if let server { lines.append("ntsntpserver \(server)") }
        if let keyExchangePort, let certificate {
            let files = try files(of: certificate)
            for (use, file) in [
                ("ntsservercert", files.certificate), ("ntsserverkey", files.key),
            ] {
                let copy = "\(folder)/\(use)"
                try FileManager.default.copyItem(atPath: file, toPath: copy)
                lines.append("\(use) \(copy)")
            }
            lines.append("ntsport \(keyExchangePort)")
        }
        try lines.joined(separator: "\n").appending("\n")
            .write(toFile: folder + "/chrony.conf", atomically: true, encoding: .utf8)
    }

    /// Made when first asked for, once a run.
    private static let certificates = Result {
        let certificates = try Certificates()
        let names = "DNS:localhost,DNS:ntp.test,IP:127.0.0.1,IP:127.0.0.2,IP:0:0:0:0:0:0:0:1"
        try certificates.issue(Certificate.good.rawValue, for: names)
        try certificates.issue(Certificate.expired.rawValue, for: names, at: "-60d")
        try certificates.issue(Certificate.wrongName.rawValue, for: "DNS:other.example")
        return certificates
    }
}
