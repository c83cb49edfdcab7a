import Foundation
import TestSupport
import Testing

/// What the transcripts type, once under each of three locales.
struct LocaleTests {
    private static let locales = ["C", "en_US.UTF-8", "ja_JP.UTF-8"]

    /// What a command left behind, without what differs from run to run.
    private struct Answer: Equatable {
        let command: String
        let status: Int32
        let output: String
        let errors: [String]
    }

    @Test(arguments: TranscriptTests.names.filter { $0 != "japanese.txt" })
    func `statuses and results do not depend on the locale, and Japanese is Japanese`(
        name: String
    ) throws {
        let path = "\(TranscriptTests.folder)/\(name)"
        let lines = try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n").map(String.init)
        let answers = try Self.locales.map { try run(lines, locale: $0) }
        #expect(answers[0] == answers[1])
        for (english, japanese) in zip(answers[0], answers[2]) {
            #expect(english.status == japanese.status, "\(english) \(japanese)")
            if english.command.contains(#/otptoken (show|watch|.*--(json|names))/#),
                !english.command.contains("help")
            {
                #expect(english.output == japanese.output)
            } else {
                #expect(english.output.isEmpty == japanese.output.isEmpty)
            }
            #expect(english.errors.count == japanese.errors.count, "\(english) \(japanese)")
            #expect(!english.errors.contains(where: isJapanese), "\(english)")
            for line in japanese.errors where !isJapanese(line) {
                // A hint may be a command alone; the programs that are called beside ours have no Japanese.
                let isForeign = !line.contains(#/^(otptoken|hint: (?!chmod ))/#)
                #expect(isForeign && english.errors.contains(line), "\(line)")
            }
        }
    }

    private func run(_ lines: [String], locale: String) throws -> [Answer] {
        let home = try TemporaryFolder()
        try TranscriptTests.prepare(lines, home: home.path)
        return try lines.filter { $0.hasPrefix("$ ") }.map { line in
            let command = String(line.dropFirst(2))
            let outcome = try Program.run(
                "/bin/sh", ["-c", command], home: home.path,
                extra: ["LC_ALL": "", "LANG": locale])
            func stable(_ text: String) -> String {
                text.replacing(home.path, with: "~").replacing(#/[0-9A-Z]{2,}/#, with: "N")
                    .replacing(#/[0-9]/#, with: "N")
            }
            return Answer(
                command: command, status: outcome.status, output: stable(outcome.output),
                errors: stable(outcome.errors).split(separator: "\n").map(String.init))
        }
    }

    // Names of tokens may be of kanji alone.
    private func isJapanese(_ text: String) -> Bool {
        text.contains(#/[\u{3041}-\u{30FF}]/#)
    }
}
