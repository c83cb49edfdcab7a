import Foundation
import TestSupport

/// A file below Sources, as lines without comments and texts: what is left is code.
struct SourceFile: Sendable, CustomStringConvertible {
    /// Its place below Sources.
    let path: String
    /// How many lines the file has.
    let lineCount: Int
    /// Its lines, without comments and what stands between quotation marks.
    let code: [String]

    var description: String { path }

    /// The target that it belongs to.
    var module: String { String(path.prefix { $0 != "/" }) }

    init(path: String, text: String) {
        self.path = path
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lineCount = lines.last == "" ? lines.count - 1 : lines.count
        var inText = false
        code = lines.map { line in
            // A text of several lines is passed over, up to and with the line that ends it.
            let quotes = line.ranges(of: "\"\"\"").count
            defer { if quotes % 2 == 1 { inText.toggle() } }
            return inText ? "" : Self.code(line)
        }
    }

    /// A line without its comment and its texts, but with what is interpolated into these.
    private static func code(_ line: String) -> String {
        var code: [UInt8] = []
        var inText = false
        // The open parentheses of each interpolation that the place lies in.
        var open: [Int] = []
        var rest = Array(line.utf8)[...]
        while let byte = rest.popFirst() {
            switch (byte, inText) {
            case (UInt8(ascii: "\\"), true):
                guard rest.popFirst() == UInt8(ascii: "(") else { continue }
                open.append(0)
                inText = false
                code.append(UInt8(ascii: "("))
                continue
            case (UInt8(ascii: "\""), _):
                inText.toggle()
            case (_, true):
                continue
            case (UInt8(ascii: "/"), false) where rest.first == byte:
                return String(decoding: code, as: UTF8.self)
            case (UInt8(ascii: "("), false) where !open.isEmpty:
                open[open.count - 1] += 1
            case (UInt8(ascii: ")"), false) where !open.isEmpty:
                open[open.count - 1] -= 1
                if open.last == -1 {
                    open.removeLast()
                    inText = true
                }
            default:
                break
            }
            code.append(byte)
        }
        return String(decoding: code, as: UTF8.self)
    }

    /// The modules that it imports.
    var imports: Set<String> {
        Set(
            code.compactMap { line in
                let words = line.split(whereSeparator: \.isWhitespace)
                guard let keyword = words.firstIndex(of: "import") else { return nil }
                // `import struct Module.Name` names a declaration of a module.
                let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let"]
                let module = words[(keyword + 1)...].first { !kinds.contains(String($0)) }
                return module.map { String($0.prefix { $0 != "." }) }
            })
    }

    /// The lines that hold one of these words, with their numbers.
    func lines(with words: [String]) -> [String] {
        zip(1..., code).compactMap { number, line in
            let found = words.contains { word in
                line.ranges(of: word).contains { range in
                    let before = line[..<range.lowerBound].last
                    let after = line[range.upperBound...].first
                    return ![before, after].contains { $0.map(Self.continuesWord) ?? false }
                }
            }
            return found ? "\(path):\(number): \(line)" : nil
        }
    }

    /// The lines that hold one of these texts anywhere, with their numbers.
    func lines(containing texts: [String]) -> [String] {
        zip(1..., code).compactMap { number, line in
            texts.contains { line.contains($0) } ? "\(path):\(number): \(line)" : nil
        }
    }

    private static func continuesWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    /// Every file below Sources whose name ends so.
    static func all(_ ending: String) throws -> [SourceFile] {
        let sources = Repository.file("Sources").path
        let names = try FileManager.default.subpathsOfDirectory(atPath: sources)
        return try names.filter { $0.hasSuffix(ending) }.sorted().map { name in
            let text = try String(contentsOfFile: "\(sources)/\(name)", encoding: .utf8)
            return SourceFile(path: name, text: text)
        }
    }
}
