import Foundation

/// A folder of a test's own, removed when the test lets go of it.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "otptoken-\(UUID())")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        path = url.path
        Leftovers.add(folder: path)
    }

    deinit {
        Leftovers.remove(folder: path)
        try? FileManager.default.removeItem(atPath: path)
    }

    /// All regular files below, by their paths from here.
    package func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            // A folder has no contents.
            files[name] = FileManager.default.contents(atPath: path + "/" + name).map {
                [UInt8]($0)
            }
        }
        return files
    }
}
