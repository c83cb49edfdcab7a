import Foundation
import TestSupport
import Testing
import TokenStore

/// Runs the transcripts: what a person would type, and what the built programs answer.
///
/// `$ ` begins a command for sh, `2| ` a line of standard error, `! ` a status other than 0; every other line is
/// standard output. `{…}` stands for what differs from run to run. OTPTOKEN_RECORD=1 writes them anew, and fails.
/// In front of the first command, `@ ` is the name of a token that is there, and `@? ` the user ID of a pending one.
struct TranscriptTests {
    static let folder = Program.root + "/Tests/TranscriptTests/Transcripts"

    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".txt") }.sorted()

    @Test func `there are transcripts`() { #expect(!Self.names.isEmpty) }

    @Test(arguments: names) func `the programs answer as recorded`(name: String) throws {
        let path = "\(Self.folder)/\(name)"
        let expected = try String(contentsOfFile: path, encoding: .utf8)
        let home = try TemporaryFolder()
        var actual: [String] = []
        var command: [String] = []
        var recorded: [String] = []
        let lines = expected.split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        try Self.prepare(lines, home: home.path)
        for line in lines {
            if line.hasPrefix("#") || line.hasPrefix("$ ") {
                try flush(&command, &recorded, &actual, home.path)
            }
            if line.hasPrefix("#") || line.hasPrefix("@") {
                actual.append(line)
            } else if line.hasPrefix("$ ") {
                command = [line]
            } else {
                recorded.append(line)
            }
        }
        try flush(&command, &recorded, &actual, home.path)
        while actual.last == "" { actual.removeLast() }
        let text = actual.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["OTPTOKEN_RECORD"] != nil {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("\(name) was recorded anew: read the difference")
        } else {
            #expect(text == expected)
        }
    }

    static func prepare(_ lines: [String], home: String) throws {
        let tokens = lines.compactMap { line -> Token? in
            if line.hasPrefix("@ ") { return StoreMaker.token(String(line.dropFirst(2))) }
            if line.hasPrefix("@? ") { return StoreMaker.pending(String(line.dropFirst(3))) }
            return nil
        }
        if !tokens.isEmpty { try StoreMaker.write(tokens, home: home) }
    }

    private func flush(
        _ command: inout [String], _ recorded: inout [String], _ actual: inout [String],
        _ home: String
    ) throws {
        defer {
            command = []
            recorded = []
        }
        guard let line = command.first else { return }
        let outcome = try Program.run("/bin/sh", ["-c", String(line.dropFirst(2))], home: home)
        var answer = lines(outcome.output)
        answer += lines(outcome.errors).map { "2| \($0)" }
        if outcome.status != 0 { answer.append("! \(outcome.status)") }
        answer = answer.map { $0.replacingOccurrences(of: home, with: "{home}") }
        let former = recorded.filter { !$0.isEmpty }
        // A recorded line with a placeholder stands for every line that fits it.
        actual.append(line)
        for (index, text) in answer.enumerated() {
            let wanted = index < former.count ? former[index] : ""
            actual.append(fits(text, wanted) ? wanted : text)
        }
        actual.append("")
    }

    private func lines(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines.map { $0.isEmpty ? "." : $0 }
    }

    private func fits(_ text: String, _ wanted: String) -> Bool {
        guard wanted.contains("{") else { return text == wanted }
        var pattern = NSRegularExpression.escapedPattern(for: wanted)
        for (name, expression) in ["code": "[0-9]{8}", "number": "[0-9]+", "date": "[0-9-]{10}"] {
            pattern = pattern.replacingOccurrences(of: "\\{\(name)\\}", with: expression)
        }
        return text.range(of: "^\(pattern)$", options: .regularExpression) != nil
    }
}
