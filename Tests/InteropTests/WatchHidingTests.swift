import Cryptography
import Foundation
import TestSupport
import Testing
import TokenStore

/// `watch` with an app lock, as its time goes by.
@Suite("The live view hides its codes") struct WatchHidingTests {
    private let locked: LockedHome
    private let interposer: Interposer
    private let agePath: String

    init() throws {
        locked = try LockedHome()
        agePath = locked.path + "/age"
        var interposer = Interposer()
        interposer.age = agePath
        interposer.makesReadable = true
        self.interposer = interposer
        try age(0)
    }

    /// Lets so many seconds go by for the program.
    private func age(_ seconds: Int) throws {
        try "\(seconds)".write(toFile: agePath, atomically: true, encoding: .utf8)
    }

    private func started(_ arguments: String = "") throws -> Tmux {
        let terminal = try Tmux(home: locked.folder, columns: 110)
        let variables = try interposer.environment().map { "\($0)='\($1)'" }
        try terminal.type(
            "sh -c 'echo $$ > process; exec env \"$@\"' sh \(variables.joined(separator: " "))"
                + " otptoken watch \(arguments); echo left with $?")
        return terminal
    }

    private func hasCode(_ screen: String) -> Bool { screen.contains(#/[0-9]{4} [0-9]{4}/#) }

    @Test func `after unlock.for, until somebody unlocks the store again`() throws {
        let terminal = try started()
        try terminal.wait { $0.contains("assphrase") }
        try terminal.type(LockedHome.passphrase)
        try terminal.wait { hasCode($0) && $0.contains("> Acme Bank") }
        try age(14 * 60)
        try terminal.wait { hasCode($0) }
        try age(15 * 60 + 1)
        let hidden = try terminal.wait { $0.contains("Hidden after 15m") }
        #expect(!hasCode(hidden) && !hidden.contains("Acme Bank"))
        // Other keys than Enter show nothing.
        for key in ["n", "j", "c", "?"] { try terminal.press(key) }
        try terminal.press("Enter")
        try terminal.wait { $0.contains("assphrase") }
        try terminal.type("wrong")
        try terminal.wait { $0.contains("not the passphrase") || $0.contains("try again") }
        try terminal.type(LockedHome.passphrase)
        try terminal.wait { hasCode($0) && $0.contains("> Acme Bank") }
        // And so on.
        try age(2 * (15 * 60 + 1) + 60)
        try terminal.wait { $0.contains("Hidden after 15m") && !hasCode($0) }
        try terminal.press("q")
        try terminal.wait { $0.contains("left with 0") }
    }

    @Test
    func `after the time that the config sets, and with nobody to unlock it they stay hidden`()
        throws
    {
        try locked.write("otptoken/config", "clock.check = never\nunlock.for = 1h\n")
        let terminal = try started("--passphrase-file passphrase")
        try terminal.wait { hasCode($0) }
        try age(16 * 60)
        try terminal.wait { hasCode($0) }
        try age(3601)
        try terminal.wait { $0.contains("Hidden after 1h") && !hasCode($0) }
        try locked.write("passphrase", "another one")
        try terminal.press("Enter")
        let screen = try terminal.wait { $0.contains("wrong passphrase") }
        #expect(!hasCode(screen) && screen.contains("Enter unlocks"))
        try locked.write("passphrase", LockedHome.passphrase)
        try terminal.press("Enter")
        try terminal.wait { hasCode($0) }
        try terminal.press("q")
        try terminal.wait { $0.contains("left with 0") }
    }

    @Test func `with them the seeds are gone from its memory`() throws {
        // Unlike the user ID.
        let token = StoreMaker.token(
            "Bank of the Search", seed: "q7wLr0tYp4sDf8gHj2kZx6cVb1nMa5Qe")
        try StoreMaker.write([token], home: locked.path, passphrase: LockedHome.passphrase)
        func memory(showing condition: (String) -> Bool, _ prepare: () throws -> Void) throws
            -> ProcessMemory
        {
            let terminal = try started("--passphrase-file passphrase")
            try terminal.wait { hasCode($0) }
            try prepare()
            try terminal.wait(until: condition)
            let pid = try String(contentsOfFile: locked.path + "/process", encoding: .utf8)
            let process = try #require(pid_t(pid.dropLast()))
            defer { kill(process, SIGKILL) }
            return try ProcessMemory(stopping: process)
        }
        let isThere = try memory(showing: hasCode) {}.holds(token.seed.value.exposed)
        #expect(isThere)
        let hidden = try memory(showing: { $0.contains("Hidden after 15m") }) {
            try age(15 * 60 + 1)
        }
        let isLeft = hidden.holdsAPiece(of: token.seed.value.exposed)
        #expect(!isLeft)
    }

    @Test func `without an app lock they stay`() throws {
        let home = try LockedHome(nil)
        let terminal = try Tmux(home: home.folder, columns: 110)
        let variables = try interposer.environment().map { "\($0)='\($1)'" }
        try terminal.type("env \(variables.joined(separator: " ")) otptoken watch")
        try terminal.wait { hasCode($0) }
        try age(24 * 3600)
        try terminal.press("?")
        try terminal.wait { $0.contains("any key goes back") }
        try terminal.press("x")
        try terminal.wait { hasCode($0) && $0.contains("> Acme Bank") }
    }
}
