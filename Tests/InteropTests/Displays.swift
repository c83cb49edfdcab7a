import Foundation
import Glibc
import TestSupport
import Testing

/// An X display that nobody sees: Xvfb.
final class XDisplay {
    /// What clients need in their environment.
    let environment: [String: String]
    private let program: RunningProgram
    private let home: String

    /// Starts it.
    ///
    /// - Parameter home: the home of its clients.
    /// - Throws: when it does not come up.
    init(home: String) throws {
        let program = try RunningProgram(
            "Xvfb",
            // Else it starts anew when a client was its only one, and may lose the next.
            ["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0", "640x480x24"],
            home: home)
        let number = poll { () -> String? in
            let output = program.output
            return output.hasSuffix("\n") ? String(output.dropLast()) : nil
        }
        environment = ["DISPLAY": ":\(try #require(number, "\(program.errors)"))"]
        (self.program, self.home) = (program, home)
    }

    deinit {
        // Not killed: it takes its socket away.
        program.signal(SIGTERM)
        _ = program.waitStatus(within: 5)
    }

    /// Runs a program there.
    @discardableResult
    func run(_ program: String, _ arguments: String...) throws -> Outcome {
        try Program.run(program, arguments, home: home, extra: environment)
    }

    /// What its clipboard holds.
    func clipboard() throws -> String {
        try run("xclip", "-selection", "clipboard", "-out").output
    }
}

/// A Wayland display that nobody sees: sway, with one program.
final class WaylandDisplay {
    /// What clients need in their environment.
    let environment: [String: String]
    private let program: RunningProgram
    private let home: String

    /// Sway does not run as root; another name for the same user is enough.
    private static let unprivileged =
        geteuid() == 0
        ? ["unshare", "-U", "--map-user=1000", "--map-group=1000"] : ["env"]

    /// Whether it can be had.
    static let isAvailable: Bool = {
        guard areInstalled("sway", "grim", "unshare") else { return false }
        let outcome = try? Program.run(
            unprivileged[0], unprivileged.dropFirst() + ["true"], home: "/")
        return outcome?.status == 0
    }()

    /// Starts it.
    ///
    /// - Parameters:
    ///   - home: the home of its clients.
    ///   - command: a line for sway that starts a program.
    /// - Throws: when there is no room for its files.
    init(home: String, running command: String) throws {
        self.home = home
        try "output HEADLESS-1 mode 640x120\nxwayland disable\nexec \(command)\n"
            .write(toFile: home + "/sway.conf", atomically: true, encoding: .utf8)
        let runtime = home + "/run"
        try FileManager.default.createDirectory(
            atPath: runtime, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        environment = ["XDG_RUNTIME_DIR": runtime, "WAYLAND_DISPLAY": "wayland-1"]
        program = try RunningProgram(
            Self.unprivileged[0], Self.unprivileged.dropFirst() + ["sway", "-c", "sway.conf"],
            home: home,
            extra: [
                "XDG_RUNTIME_DIR": runtime, "WLR_BACKENDS": "headless",
                "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman",
            ])
    }

    deinit {
        program.signal(SIGTERM)
        _ = program.waitStatus(within: 5)
    }

    /// What is to be seen, a byte for each of red, green and blue; empty before anything is.
    func picture() throws -> [[UInt8]] {
        let file = home + "/picture.ppm"
        let outcome = try Program.run(
            "grim", ["-t", "ppm", file], home: home, extra: environment)
        guard outcome.status == 0, let data = FileManager.default.contents(atPath: file) else {
            return []
        }
        // Behind the three lines of the header, each pixel.
        let bytes = [UInt8](data.split(separator: 0x0A, maxSplits: 3).last ?? Data())
        return stride(from: 0, to: bytes.count - 2, by: 3).map { Array(bytes[$0..<$0 + 3]) }
    }

    /// Runs a program there.
    @discardableResult
    func run(_ program: String, _ arguments: [String], input: String = "") throws -> Outcome {
        try Program.run(program, arguments, home: home, input: input, extra: environment)
    }

    /// Waits until it takes clients.
    func start() throws {
        let isUp = poll {
            FileManager.default.fileExists(atPath: home + "/run/wayland-1") ? true : nil
        }
        try #require(isUp == true, "\(errors)")
    }

    /// What its clipboard holds; nil for nothing.
    func clipboard() throws -> String? {
        let outcome = try run("wl-paste", ["--no-newline"])
        return outcome.status == 0 ? outcome.output : nil
    }

    /// What its programs have said.
    var errors: String { program.errors + program.output }
}
