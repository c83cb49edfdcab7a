internal import Cryptography
import Foundation
internal import Platform

/// The kernel's keyring, as a test looks at it: keyring.py, with system calls of its own.
package enum Keyring {
    private static let script = Program.root + "/Tests/TestSupport/keyring.py"

    /// Whether this system has one; containers often do not let programs get at it.
    package static let isAvailable: Bool = {
        let name = "otptoken-tests:\(UUID())"
        do {
            try KernelKeyring.keep(SecretBytes(text: "test"), as: name, seconds: 60)
            return try KernelKeyring.revoke(name)
        } catch {
            return false
        }
    }()

    /// Runs the script.
    ///
    /// - Parameters:
    ///   - arguments: what it does.
    ///   - home: the folder that programs take for their home.
    /// - Returns: what it left behind, or what the program did that it ran.
    /// - Throws: when it does not start.
    package static func run(_ arguments: [String], home: String) throws -> Outcome {
        try Program.run("python3", [script] + arguments, home: home)
    }

    /// Permissions and time left of the key of a store, as /proc/keys has them; nil when none is kept.
    ///
    /// - Parameter home: the home of the store.
    /// - Returns: both.
    /// - Throws: when there is no Python.
    package static func key(home: String) throws -> (permissions: String, left: String)? {
        let outcome = try run(["look", home + "/otptoken/tokens"], home: home)
        guard outcome.status == 0 else { throw RunningIssuer.Failed(outcome) }
        let words = outcome.output.split(separator: " ").map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return words.count == 2 ? (words[0], words[1]) : nil
    }
}
