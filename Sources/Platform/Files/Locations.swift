internal import Glibc

/// Where the program's files lie (XDG Base Directory Specification).
package struct Locations: Equatable, Sendable {
    /// The folder of the store.
    package let data: String
    /// The folder of the device key.
    package let state: String
    /// The person's settings; a file that need not be there.
    package let config: String

    /// One folder for everything.
    package init(home: String) {
        data = home
        state = home
        config = home + "/config"
    }

    /// The folders that the environment names; nil when neither XDG_… nor HOME is there.
    ///
    /// - Parameter variable: reads one environment variable.
    package init?(environment variable: (String) -> String?) {
        if let home = variable("OTPTOKEN_HOME"), !home.isEmpty {
            data = home
            state = home
            config = home + "/config"
            return
        }
        guard let data = Self.data(of: "otptoken", environment: variable),
            let state = Self.folder("XDG_STATE_HOME", "/.local/state", "otptoken", variable),
            let config = Self.folder("XDG_CONFIG_HOME", "/.config", "otptoken", variable)
        else { return nil }
        self.data = data
        self.state = state
        self.config = config + "/config"
    }

    /// The folder in which a program of this project keeps its data; nil when neither XDG_… nor HOME is there.
    ///
    /// - Parameters:
    ///   - program: its name.
    ///   - variable: reads one environment variable.
    /// - Returns: the folder.
    package static func data(
        of program: String, environment variable: (String) -> String?
    ) -> String? {
        folder("XDG_DATA_HOME", "/.local/share", program, variable)
    }

    // A relative XDG path is invalid and to be ignored, says the specification.
    private static func folder(
        _ name: String, _ fallback: String, _ program: String, _ variable: (String) -> String?
    ) -> String? {
        if let path = variable(name), path.hasPrefix("/") { return "\(path)/\(program)" }
        guard let home = variable("HOME"), !home.isEmpty else { return nil }
        return "\(home)\(fallback)/\(program)"
    }

    /// Whether a path lies in one of these folders, by whatever name.
    package func holds(_ path: String) -> Bool {
        let folder = PrivateFile.parent(of: path)
        return [data, state, PrivateFile.parent(of: config)].contains { isSameFolder(folder, $0) }
    }

    /// The store.
    package var store: String { data + "/tokens" }
    /// The store before its last change.
    package var backup: String { data + "/tokens.bak" }
    /// The lock of whoever changes the store or makes the device key.
    package var lock: String { data + "/tokens.lock" }
    /// What the last check of the clock found, and which time server was asked when; no secret.
    package var clock: String { state + "/clock" }
    /// The lock of whoever changes that.
    package var clockLock: String { state + "/clock.lock" }
    /// This machine's part of the key to the store.
    package var deviceKey: String { state + "/device.key" }
}

/// One environment variable, or nil.
package func environmentVariable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}

/// The text of /etc/machine-id without its newline, or nothing.
package func machineIdentity() -> [UInt8] {
    do {
        let file = try FileDescriptor(open: "/etc/machine-id", O_RDONLY | O_NONBLOCK)
        var text = try file.read(upTo: 4096)
        if text.last == UInt8(ascii: "\n") { text.removeLast() }
        return text
    } catch {
        return []
    }
}

/// A path from the root on.
///
/// - Parameter path: perhaps one from the working folder on.
/// - Returns: the same place; nil when the working folder is gone.
package func absolutePath(_ path: String) -> String? {
    guard !path.hasPrefix("/") else { return path }
    guard let folder = unsafe getcwd(nil, 0) else { return nil }
    defer { unsafe free(folder) }
    return unsafe "\(String(cString: folder))/\(path)"
}
