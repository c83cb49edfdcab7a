internal import Glibc

/// The person's settings: lines `key = value`.
///
/// Blanks around key and value fall away; empty lines, and lines that begin with `#`, say nothing. A comment behind a
/// value there is not, nor a key that comes twice.
package struct Configuration: Equatable, Sendable {
    /// A line that says something.
    package struct Entry: Equatable, Sendable {
        /// Of the characters a–z and the full stop.
        package let key: String
        /// Not empty, without a blank at either end, and without control characters other than tabs.
        package let value: String
        /// The number of the line, from 1.
        package let line: Int
    }

    /// The longest text taken, in bytes.
    package static let maximumCount = 64 << 10

    /// What was set, line by line; whether the keys mean anything is the caller's to say.
    package let entries: [Entry]

    /// Reads a text.
    ///
    /// - Parameter text: UTF-8; its lines end with a line feed, or with carriage return and line feed.
    /// - Throws: `ConfigurationError`, at the first line that is not as it should be.
    package init(parsing text: [UInt8]) throws(ConfigurationError) {
        guard text.count <= Self.maximumCount else { throw .file(.tooLong) }
        var entries: [Entry] = []
        var number = 0
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let content = line.last == 0x0D ? line.dropLast() : line
            do throws(ConfigurationError.Fault) {
                guard let (key, value) = try Self.setting(content) else { continue }
                if let former = entries.first(where: { $0.key == key }) {
                    throw .repeated(key, line: former.line)
                }
                entries.append(Entry(key: key, value: value, line: number))
            } catch {
                throw .line(number, error)
            }
        }
        self.entries = entries
    }

    /// Reads the file.
    ///
    /// It names a program that is run, so that nobody else may be able to write it. A symbolic link is followed: that is how
    /// people keep such files together.
    ///
    /// - Parameter path: where it lies.
    /// - Returns: what it says; nothing at all when there is none.
    /// - Throws: `ConfigurationError`.
    package static func read(_ path: String) throws(ConfigurationError) -> Configuration {
        let text: [UInt8]
        do throws(FileError) {
            text = try contents(path)
        } catch .missing {
            text = []
        } catch {
            throw .file(error)
        }
        return try Configuration(parsing: text)
    }

    /// What was set for a key, or nil.
    package func value(_ key: String) -> String? { entry(key)?.value }

    /// The line that sets a key, or nil.
    package func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

    /// The settings as a text that is read alike, comments apart.
    package var text: String { entries.map { "\($0.key) = \($0.value)\n" }.joined() }

    private static func contents(_ path: String) throws(FileError) -> [UInt8] {
        // Non-blocking: a pipe in its place must not make us wait.
        let file = try FileError.naming { () throws(Errno) in
            try FileDescriptor(open: path, O_RDONLY | O_NONBLOCK)
        }
        let status = try FileError.naming { () throws(Errno) in try file.status() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_uid == geteuid() || status.st_uid == 0 else { throw .foreignOwner }
        guard status.st_mode & 0o022 == 0 else { throw .exposed(mode: status.st_mode & 0o7777) }
        return try FileError.naming { () throws(Errno) in try file.read(upTo: maximumCount + 1) }
    }

    /// Key and value of a line; nil when it says nothing.
    private static func setting(
        _ line: ArraySlice<UInt8>
    ) throws(ConfigurationError.Fault) -> (key: String, value: String)? {
        try checkCharacters(line)
        let content = trimmed(line)
        guard let first = content.first, first != UInt8(ascii: "#") else { return nil }
        guard let sign = content.firstIndex(of: UInt8(ascii: "=")) else { throw .noEqualsSign }
        let key = trimmed(content[..<sign])
        let value = trimmed(content[(sign + 1)...])
        let name = String(decoding: key, as: UTF8.self)
        let isName = key.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: ".") }
        guard isName, !key.isEmpty else { throw .badKey(name) }
        guard !value.isEmpty else { throw .noValue(name) }
        return (name, String(decoding: value, as: UTF8.self))
    }

    private static func checkCharacters(
        _ line: ArraySlice<UInt8>
    ) throws(ConfigurationError.Fault) {
        // Most lines are what they seem, and need no tables of Unicode.
        if line.allSatisfy({ (0x20...0x7E).contains($0) }) { return }
        guard let text = String(validating: line, as: UTF8.self) else { throw .notUTF8 }
        let isPlain = text.unicodeScalars.allSatisfy {
            $0 == "\t" || $0.properties.generalCategory != .control
        }
        guard isPlain else { throw .controlCharacter }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let first = text.firstIndex(where: { !isBlank($0) }),
            let last = text.lastIndex(where: { !isBlank($0) })
        else { return [] }
        return text[first...last]
    }
}

/// Why there are no settings.
package enum ConfigurationError: Error, Equatable {
    /// The file cannot be read, or is not safe to go by.
    case file(FileError)
    /// A line, counted from 1, is not as it should be.
    case line(Int, Fault)

    /// What is wrong with a line.
    package enum Fault: Error, Equatable {
        case notUTF8
        /// Other than a tab.
        case controlCharacter
        /// It is neither `key = value` nor a comment.
        case noEqualsSign
        /// What stands before the sign is not made of a–z and full stops; it may be empty.
        case badKey(String)
        case noValue(String)
        /// The key was set already, in that line.
        case repeated(String, line: Int)
    }
}
