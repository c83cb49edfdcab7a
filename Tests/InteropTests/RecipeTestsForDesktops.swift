import Foundation
import TestSupport
import Testing

/// Somebody with three tokens, whose codes change as seldom as can be, but one.
private struct Owner {
    let person: Person
    var home: String { person.home }

    init(_ name: String = "Work", period: Int = 3600) throws {
        person = try Person(config: "clock.check = never\nclipboard.clear = never")
        let others = ["Bank", "-odd"].map {
            StoreMaker.token($0, period: 3600, seed: "the seed of \($0), long enough")
        }
        try StoreMaker.write(others + [StoreMaker.token(name, period: period)], home: home)
    }

    func code(_ name: String) throws -> String {
        try person.run("show", "--", name).output.trimmingCharacters(in: .newlines)
    }

    /// The codes of a token with a period of 2 seconds that were current in the last 20 seconds.
    func recentCodes(_ name: String) throws -> Set<String> {
        let now = Int(Date().timeIntervalSince1970)
        return try Set(
            stride(from: now - 20, through: now + 1, by: 1).map {
                try person.run("show", "--at", "\($0)", name).output
                    .trimmingCharacters(in: .newlines)
            })
    }

    /// Whether the programs of a recipe have ended, or do so soon.
    func isAlone(within seconds: Double = 20) throws -> Bool {
        try poll(within: seconds) {
            let isThere = try FileManager.default.contentsOfDirectory(atPath: "/proc").contains {
                let folder = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\($0)/cwd")
                let command = FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data()
                let program = command.prefix { $0 != 0 }
                return folder == home
                    && ["otptoken", "jq"].contains(String(decoding: program, as: UTF8.self))
            }
            return isThere ? nil : true
        } ?? false
    }

    func write(_ text: String, _ name: String) throws {
        try text.write(toFile: home + "/" + name, atomically: true, encoding: .utf8)
    }

    /// The script of a recipe, for a shell.
    func recipe(_ title: String) throws -> String {
        try write(RecipeBook.blocks(title)[0], "recipe")
        return "sh recipe"
    }
}

@Suite(.enabled(if: areInstalled("fzf"), "Debian's fzf is needed"))
struct `A recipe for fzf` {
    @Test func `shows the code of the token that is chosen`() throws {
        let owner = try Owner()
        let terminal = try Tmux(home: owner.person.folder)
        try terminal.type(owner.recipe("fzf"))
        try terminal.wait { $0.contains("3/3") }
        for key in ["o", "d"] { try terminal.press(key) }
        try terminal.wait { $0.contains("1/3") }
        try terminal.press("Enter")
        let code = try owner.code("-odd")
        try #require(code.count == 8)
        try terminal.wait { $0.contains("\n\(code)\n") }
    }

    @Test func `shows nothing when none is chosen`() throws {
        let owner = try Owner()
        let terminal = try Tmux(home: owner.person.folder)
        try terminal.type(owner.recipe("fzf") + "; echo left with $?")
        try terminal.wait { $0.contains("3/3") }
        try terminal.press("Escape")
        let screen = try terminal.wait { $0.contains("left with 130") }
        #expect(!screen.contains(#/[0-9]{8}/#), "\(screen)")
    }
}

@Suite(
    .enabled(
        if: areInstalled("rofi", "Xvfb", "xdotool", "xclip"),
        "Debian's rofi, xvfb, xdotool and xclip are needed"))
struct `A recipe for rofi` {
    @Test func `copies the code of the token that is chosen`() throws {
        let owner = try Owner()
        let display = try XDisplay(home: owner.home)
        _ = try owner.recipe("rofi")
        let code = try owner.code("-odd")
        #expect(code.count == 8)
        // On a busy machine a key may come before rofi listens.
        let isCopied = try (0..<3).contains { _ in
            let menu = try RunningProgram(
                "sh", ["recipe"], home: owner.home, extra: display.environment)
            let isSeen = try poll {
                let search = try display.run(
                    "xdotool", "search", "--onlyvisible", "--class", "rofi")
                return search.status == 0 ? true : nil
            }
            try #require(isSeen == true, "\(menu.errors)")
            try display.run("xdotool", "type", "odd")
            try display.run("xdotool", "key", "Return")
            let outcome = try #require(menu.outcome())
            #expect(outcome.status == 0 && outcome.output == "", "\(outcome)")
            return try display.clipboard() == code
        }
        #expect(isCopied)
    }
}

@Suite(.enabled(if: areInstalled("jq"), "Debian's jq is needed"))
struct `A recipe for tmux` {
    @Test func `shows each new code in the status line`() throws {
        let owner = try Owner(period: 2)
        try owner.write(RecipeBook.blocks("tmux")[0], "tmux.conf")
        // What is around the windows is seen from another tmux.
        let terminal = try Tmux(home: owner.person.folder)
        try terminal.type("tmux -S inner -f tmux.conf new-session")
        var shown: [String] = []
        try terminal.wait { screen in
            let status = screen.split(separator: "\n").last ?? ""
            if let code = status.firstMatch(of: #/ ([0-9]{8})$/#).map({ String($0.1) }),
                shown.last != code
            {
                shown.append(code)
            }
            return shown.count == 3
        }
        #expect(try owner.recentCodes("Work").isSuperset(of: shown))
        #expect(try !owner.isAlone(within: 0))
        try terminal.type("tmux kill-server")
        try terminal.wait { $0.contains("[server exited]") }
        #expect(try owner.isAlone())
    }
}

@Suite(.enabled(if: areInstalled("jq"), "Debian's jq is needed"))
struct `A recipe for waybar` {
    /// What stands in a block, less the name of the module.
    private func module(_ index: Int) throws -> [String: Any] {
        let text = try "{" + RecipeBook.blocks("waybar")[index] + "}"
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return try #require(object?["custom/otptoken"] as? [String: Any])
    }

    @Test func `gives it what it reads: an object a line, with texts and Pango's markup`() throws {
        let owner = try Owner("R&D <x>", period: 2)
        let module = try module(0)
        #expect(module["return-type"] as? String == "json")
        let command = try #require(module["exec"] as? String)
            .replacingOccurrences(of: "Work", with: "'R&D <x>'")
        let running = try RunningProgram("sh", ["-c", command], home: owner.home)
        let lines = try #require(
            poll { () -> [String]? in
                let lines = running.output.components(separatedBy: "\n").dropLast()
                return lines.count >= 2 ? Array(lines) : nil
            }, "\(running.errors)")
        let codes = try owner.recentCodes("R&D <x>")
        for line in lines {
            let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
            #expect(Set(object.keys) == ["text", "tooltip", "class"])
            #expect(codes.contains(object["text"] ?? ""), "\(line)")
            #expect(object["tooltip"] == "R&amp;D &lt;x&gt;")
            #expect(object["class"] == "unknown")
        }
        #expect(lines[0] != lines[1])
    }

    @Test(
        .enabled(
            if: WaylandDisplay.isAvailable && areInstalled("waybar"),
            "Debian's waybar, sway and grim are needed, and a user namespace for root"))
    func `is seen in it, by each new code, in the colour of the clock`() throws {
        let owner = try Owner(period: 2)
        let block = try RecipeBook.blocks("waybar")[0]
        try owner.write(
            #"{"height": 40, "modules-center": ["custom/otptoken"], \#(block)}"#, "config.jsonc")
        try owner.write(
            """
            * { font-size: 20px; }
            #custom-otptoken { color: #0000ff; }
            #custom-otptoken.unknown { background: #ff0000; }

            """, "style.css")
        var display: WaylandDisplay? = try WaylandDisplay(
            home: owner.home, running: "waybar -c config.jsonc -s style.css")
        var seen: [[UInt8]] = []
        for _ in 0..<2 {
            let next = try poll { () -> [[UInt8]]? in
                let picture = try display?.picture() ?? []
                let isShown = picture.contains([255, 0, 0]) && picture.contains([0, 0, 255])
                return isShown && picture != seen ? picture : nil
            }
            seen = try #require(next, "\(display?.errors ?? "")")
        }
        #expect(try !owner.isAlone(within: 0))
        display = nil
        #expect(try owner.isAlone())
    }

    @Test(.enabled(if: areInstalled("Xvfb", "xclip"), "Debian's xvfb and xclip are needed"))
    func `copies the code`() throws {
        let owner = try Owner()
        let display = try XDisplay(home: owner.home)
        let command = try #require(module(1)["on-click"] as? String)
        let outcome = try display.run("sh", "-c", command)
        #expect(outcome.status == 0 && outcome.output == "", "\(outcome)")
        let code = try owner.code("Work")
        #expect(code.count == 8)
        #expect(try display.clipboard() == code)
    }
}
