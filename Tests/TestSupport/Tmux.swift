import Foundation
import Synchronization

/// A real terminal: tmux with a server of its own, and a shell in it.
package final class Tmux: Sendable {
    private let home: TemporaryFolder
    /// Where its server listens.
    package let socket: String
    private static let count = Atomic(0)

    /// Opens a window in which sh waits for commands.
    ///
    /// - Parameters:
    ///   - home: the home of the shell; the programs under test are in its PATH.
    ///   - columns: the width of the window.
    ///   - rows: its height.
    /// - Throws: when tmux does not start.
    package init(home: TemporaryFolder, columns: Int = 60, rows: Int = 16) throws {
        self.home = home
        // One of its own: the server of a terminal before it in this home may still be about to end.
        socket = "\(home.path)/tmux-\(Self.count.wrappingAdd(1, ordering: .relaxed).newValue)"
        let variables = Program.environment(home: home.path).merging(
            ["TERM": "xterm-256color", "PS1": "% ", "ENV": ""]) { $1 }
        let assignments = variables.flatMap { ["-e", "\($0)=\($1)"] }
        try command(
            ["-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)"]
                + assignments + ["env", "-u", "TMUX", "/bin/sh", "-i"])
        try command(["set-option", "-g", "status", "off"])
        _ = try wait { $0.contains("%") }
    }

    deinit { _ = try? command(["kill-server"]) }

    /// Types a line and presses Enter.
    package func type(_ line: String) throws {
        try command(["send-keys", "-l", "--", line])
        try press("Enter")
    }

    /// Presses a key, by tmux's name for it.
    package func press(_ key: String) throws { try command(["send-keys", key]) }

    /// Gives the window another size.
    package func resize(columns: Int, rows: Int) throws {
        try command(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    /// What is on the screen now, without blanks at the ends of lines.
    package func screen() throws -> String { try command(["capture-pane", "-p"]) }

    /// What is on the screen now, with its colours.
    package func colouredScreen() throws -> String { try command(["capture-pane", "-p", "-e"]) }

    /// Whether the cursor is to be seen.
    package func showsCursor() throws -> Bool {
        try command(["display-message", "-p", "#{cursor_flag}"]).hasPrefix("1")
    }

    /// Waits until the screen is as it should be, or for at most `seconds`.
    ///
    /// - Parameters:
    ///   - seconds: the patience.
    ///   - condition: looks at the screen.
    /// - Returns: the screen.
    /// - Throws: `NeverShown` with the last screen.
    @discardableResult
    package func wait(
        seconds: Double = 20, until condition: (String) -> Bool
    ) throws -> String {
        let end = Date().addingTimeInterval(seconds)
        while true {
            let now = try screen()
            if condition(now) { return now }
            guard Date() < end else { throw NeverShown(screen: now) }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }

    /// What a test waited for did not come.
    package struct NeverShown: Error {
        package let screen: String
    }

    /// Has tmux do something in this window.
    ///
    /// - Parameter arguments: a command of tmux.
    /// - Returns: what it printed.
    /// - Throws: `NeverShown` when it did not do it.
    @discardableResult
    package func command(_ arguments: [String]) throws -> String {
        let outcome = try Program.run("tmux", ["-S", socket] + arguments, home: home.path)
        guard outcome.status == 0 else { throw NeverShown(screen: outcome.errors) }
        return outcome.output
    }
}
