package import Foundation

/// Where the package's own files are, found from this one.
package enum Repository {
    /// The folder of Package.swift.
    package static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file of the package.
    package static func file(_ path: String) -> URL { root.appending(path: path) }
}

/// A file of worked values: names and texts, most of them hexadecimal.
package struct Vectors {
    private let object: [String: Any]

    /// Reads a file of Tests/Vectors.
    ///
    /// - Parameter name: the file's name.
    /// - Throws: when it cannot be read or is no JSON object.
    package init(_ name: String) throws {
        let data = try Data(contentsOf: Repository.file("Tests/Vectors/\(name)"))
        guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw CocoaError(.propertyListReadCorrupt)
        }
        self.object = object
    }

    /// A text; a name that the file does not hold ends the test run.
    package func text(_ name: String) -> String {
        guard let text = object[name] as? String else { preconditionFailure("no \(name)") }
        return text
    }

    /// The UTF-8 of a text.
    package func utf8(_ name: String) -> [UInt8] { Array(text(name).utf8) }

    /// Bytes that are written in hexadecimal.
    package subscript(_ name: String) -> [UInt8] { hex(text(name)) }

    /// A table within the file.
    package func table(_ name: String) -> [String: String] {
        object[name] as? [String: String] ?? [:]
    }
}
