import Cryptography
import Foundation
import Platform
import TestSupport
import TokenStore

/// A home whose store has an app lock; what it puts into the kernel's keyring goes with it.
final class LockedHome: Sendable {
    static let passphrase = "correct horse"

    let folder: TemporaryFolder
    var path: String { folder.path }
    var places: Locations { Locations(home: path + "/otptoken") }

    /// Makes a home with two tokens, the first of them with a period of an hour.
    ///
    /// - Parameter passphrase: of the app lock; nil for none.
    /// - Throws: when it cannot be made.
    init(_ passphrase: String? = LockedHome.passphrase) throws {
        folder = try TemporaryFolder()
        try Program.configure(home: folder.path)
        var tokens = [StoreMaker.token("Acme Bank", period: 3600), StoreMaker.token("Work")]
        // Not those of whoever enrols.
        for index in tokens.indices { tokens[index].userID = "98765432109876AB" }
        try StoreMaker.write(tokens, home: path, passphrase: passphrase)
        try write("passphrase", Self.passphrase)
    }

    deinit {
        // Every store that lies here may have been unlocked.
        for name in (try? folder.files().keys.sorted()) ?? [] {
            guard let file = try? file(name), let store = try? SealedStore(file),
                let identity = try? store.identity()
            else { continue }
            _ = try? KernelKeyring.revoke("otptoken:" + Hex.encode(identity.span))
        }
    }

    /// Runs the program, where nobody is there to be asked.
    func run(
        _ arguments: String..., input: String = "", extra: [String: String] = [:]
    ) throws -> Outcome {
        try Program.run(Program.otptoken, arguments, home: path, input: input, extra: extra)
    }

    /// Runs it with the passphrase in a file.
    func runOpen(_ arguments: String...) throws -> Outcome {
        try Program.run(
            Program.otptoken, ["--passphrase-file", "passphrase"] + arguments, home: path)
    }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    /// The bytes of a file, named from the home on.
    func file(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    /// Puts a store in the place of the one that is there.
    func replaceStore(_ file: [UInt8]) throws { try PrivateFile.replace(places.store, with: file) }

    /// Whether a code is shown without anything that opens the store: it has no lock, or is unlocked.
    func isOpen() throws -> Bool {
        let outcome = try run("show")
        if outcome.status == 0 { return outcome.output.count == 9 }
        guard outcome.status == 4, outcome.output.isEmpty else {
            throw RunningIssuer.Failed(outcome)
        }
        return false
    }
}
