import Foundation
import Platform
import TestSupport
import Testing

/// `show --copy` on the clipboards of a real X server, a real tmux and real terminals.
struct ClipboardTests {
    private let home: TemporaryFolder
    private let code: String

    init() throws {
        home = try TemporaryFolder()
        // A period of an hour: the code does not change while the test looks at it.
        try StoreMaker.write([StoreMaker.token("Acme Bank", period: 3600)], home: home.path)
        try Program.configure(home: home.path)
        let shown = try Program.run(Program.otptoken, ["show"], home: home.path)
        try #require(shown.status == 0)
        code = String(shown.output.prefix(8))
    }

    @Test(arguments: ["xclip", "xsel"])
    func `X11 holds the code until it is time, and nothing is printed`(tool: String) throws {
        let display = try XDisplay(home: home.path)
        // Of the two the other one is not to be found.
        let path = home.path + "/bin"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/\(tool)", withDestinationPath: "/usr/bin/\(tool)")
        let extra = display.environment.merging(["PATH": path]) { $1 }
        try Program.configure("clock.check = never\nclipboard.clear = 2", home: home.path)
        let copied = try Program.run(
            Program.otptoken, ["show", "--copy"], home: home.path, extra: extra)
        #expect(copied.status == 0 && copied.output == "", "\(copied)")
        #expect(copied.errors == "Copied to the clipboard (\(tool)); it is cleared in 2 s\n")
        #expect(try display.clipboard() == code)
        #expect(try wait { try display.clipboard() == "" })
    }

    @Test func `what somebody else has copied meanwhile stays`() throws {
        let display = try XDisplay(home: home.path)
        try Program.configure("clock.check = never\nclipboard.clear = 1", home: home.path)
        let copied = try Program.run(
            Program.otptoken, ["show", "--copy", "--print"], home: home.path,
            extra: display.environment)
        #expect(copied.status == 0 && copied.output == "\(code)\n", "\(copied)")
        let other = try Program.run(
            "xclip", ["-selection", "clipboard"], home: home.path, input: "something else",
            extra: display.environment)
        #expect(other.status == 0)
        Thread.sleep(forTimeInterval: 2)
        #expect(try display.clipboard() == "something else")
    }

    @Test(
        .enabled(
            if: WaylandDisplay.isAvailable && areInstalled("wl-copy", "wl-paste"),
            "sway needs user namespaces here"))
    func `Wayland holds the code until it is time, or until somebody copies something else`()
        throws
    {
        let display = try WaylandDisplay(home: home.path, running: "true")
        try display.start()
        try Program.configure("clock.check = never\nclipboard.clear = 2", home: home.path)
        let copied = try display.run(Program.otptoken, ["show", "--copy"])
        #expect(copied.status == 0 && copied.output == "", "\(copied)")
        #expect(copied.errors == "Copied to the clipboard (wl-copy); it is cleared in 2 s\n")
        #expect(try display.clipboard() == code)
        #expect(try wait { try display.clipboard() == nil })
        #expect(try display.run(Program.otptoken, ["show", "--copy"]).status == 0)
        #expect(try display.run("wl-copy", [], input: "something else").status == 0)
        Thread.sleep(forTimeInterval: 3)
        #expect(try display.clipboard() == "something else")
    }

    @Test(
        .enabled(
            if: WaylandDisplay.isAvailable && areInstalled("wl-copy", "wl-paste"),
            "sway needs user namespaces here"))
    func `where nothing else is set, a code leaves the clipboard when it ends`() throws {
        let display = try WaylandDisplay(home: home.path, running: "true")
        try display.start()
        try StoreMaker.write([StoreMaker.token("Short", period: 5)], home: home.path)
        let copied = try display.run(Program.otptoken, ["show", "--copy", "--print"])
        #expect(copied.status == 0, "\(copied)")
        #expect(
            copied.errors.contains(
                #/^Copied to the clipboard \(wl-copy\); it is cleared in [0-5] s\n$/#), "\(copied)")
        // Only what it held before it ended is of interest, and it may have ended by now.
        let held = try display.clipboard()
        #expect(held == nil || held == String(copied.output.dropLast()))
        #expect(try wait { try display.clipboard() == nil })
        // Later than the end, not before it.
        let now = Date().timeIntervalSince1970
        let code = try Program.run(
            Program.otptoken, ["show", "--at", "\(Int(now))"], home: home.path)
        #expect(code.output != copied.output)
    }

    @Test func `GNU screen hands the code on to the terminal around it`() throws {
        let tmux = try Tmux(home: home, columns: 100)
        try tmux.command(["set-option", "-g", "set-clipboard", "on"])
        let sockets = home.path + "/screens"
        try FileManager.default.createDirectory(
            atPath: sockets, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        try tmux.type("SCREENDIR=\(sockets) screen -c /dev/null -S copying")
        // Its shell has a prompt of its own.
        try tmux.type("otptoken show --copy; echo $STY")
        let screen = try tmux.wait { $0.contains("cannot be cleared") && $0.contains(".copying") }
        #expect(screen.contains("Sent to the terminal's clipboard"))
        #expect(try wait { (try? tmux.command(["show-buffer"])) == code })
        try tmux.type("exit")
        try tmux.wait { $0.contains("[screen is terminating]") }
    }

    @Test func `tmux gets it where there is no other clipboard`() throws {
        try Program.configure("clock.check = never\nclipboard.clear = 2", home: home.path)
        let tmux = try Tmux(home: home, columns: 100)
        // The shell of the window has been told of no tmux: it is now.
        try tmux.type("TMUX=\(tmux.socket),0,0 otptoken show --copy")
        try tmux.wait { $0.contains("Copied to tmux's buffer; it is cleared in 2 s") }
        func buffers() throws -> String {
            try tmux.command(["list-buffers", "-F", "#{buffer_sample}"])
        }
        #expect(try buffers() == "\(code)\n")
        #expect(try wait { try buffers() == "" })
    }

    @Test func `else the terminal gets it, and it is said that it stays there`() throws {
        let tmux = try Tmux(home: home, columns: 100)
        try tmux.command(["set-option", "-g", "set-clipboard", "on"])
        try tmux.type("otptoken show --copy")
        let screen = try tmux.wait { $0.contains("cannot be cleared") }
        #expect(
            screen.contains("Sent to the terminal's clipboard, which cannot be cleared from here"))
        #expect(try tmux.command(["show-buffer"]) == code)
    }

    @Test func `where there is none, that is a failure, and the code is not printed`() throws {
        let failed = try Program.run(Program.otptoken, ["show", "--copy"], home: home.path)
        #expect(failed.status == 1 && failed.output == "")
        #expect(
            failed.errors.hasPrefix(
                "otptoken: the code was not copied: no clipboard is to be found"))
    }

    @Test func `doctor says which one there is`() throws {
        let none = try Program.run(Program.otptoken, ["doctor", "--offline"], home: home.path)
        #expect(none.output.contains("note     clipboard: none that `show --copy` could use\n"))
        let some = try Program.run(
            Program.otptoken, ["doctor", "--offline"], home: home.path, extra: ["DISPLAY": ":0"])
        #expect(some.output.contains("ok       clipboard: by xclip\n"))
    }

    @Test func `what is no order of this program's clears nothing`() throws {
        for arguments in [["clear-clipboard"], ["clear-clipboard", "xclip", "soon"]] {
            let refused = try Program.run(Program.otptoken, arguments, home: home.path)
            #expect(refused.status == 2)
            #expect(refused.errors.hasPrefix("otptoken: no such command: clear-clipboard"))
        }
    }

    @Test func `screen and tmux hand the sequence on`() {
        let text = Array("12345678".utf8)
        let plain = "\u{1B}]52;c;MTIzNDU2Nzg=\u{07}"
        #expect(Clipboard.sequence(text) { _ in nil } == plain)
        #expect(
            Clipboard.sequence(text) { $0 == "STY" ? "1.pts" : nil }
                == "\u{1B}P\(plain)\u{1B}\\")
        #expect(
            Clipboard.sequence(text) { $0 == "TMUX" ? "/tmp/t,1,0" : nil }
                == "\(plain)\u{1B}Ptmux;\u{1B}\(plain)\u{1B}\\")
    }

    @Test func `the order fits the session`() {
        func candidates(_ variables: [String: String], terminal: Bool = true) -> [Clipboard] {
            Clipboard.candidates(environment: { variables[$0] }, hasTerminal: terminal)
        }
        #expect(
            candidates(["WAYLAND_DISPLAY": "w", "DISPLAY": ":0", "TERM": "xterm"])
                == [.wayland, .xclip, .xsel, .macOS, .windows, .terminal])
        #expect(
            candidates(["SSH_TTY": "/dev/pts/1", "TMUX": "t", "TERM": "tmux"])
                == [.tmux, .terminal])
        #expect(candidates(["TERM": "dumb"]) == [.macOS, .windows])
        #expect(candidates(["TERM": "xterm"], terminal: false) == [.macOS, .windows])
    }

    // MARK: Looking

    private func wait(until condition: () throws -> Bool) throws -> Bool {
        for _ in 0..<200 {
            if try condition() { return true }
            Thread.sleep(forTimeInterval: 0.05)
        }
        return false
    }
}
