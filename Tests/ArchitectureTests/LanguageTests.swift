import Foundation
import TestSupport
import Testing

/// Each message is written in English and in Japanese, and none outside of the catalogue.
@Suite struct LanguageTests {
    /// The modules that people read something of.
    private static let modules: Set = [
        "OTPTokenCommands", "IssuerService", "Platform", "otptoken", "otptoken-issuer",
    ]

    /// The calls that the compiler lets nobody make without both.
    private static let bilingual: Set = [
        "localized", "LocalizedText", "OptionEntry", "CommandEntry", "ProgramTable",
    ]

    /// A file with its texts.
    private struct File {
        let path: String
        let literals: [Literal]
        var isCatalogue: Bool { path.hasSuffix("Messages.swift") }
    }

    private let files: [File]

    init() throws {
        let sources = Repository.file("Sources").path
        let names = try FileManager.default.subpathsOfDirectory(atPath: sources)
        files = try names.filter { name in
            name.hasSuffix(".swift") && Self.modules.contains(String(name.prefix { $0 != "/" }))
        }.sorted().map { name in
            let text = try String(contentsOfFile: "\(sources)/\(name)", encoding: .utf8)
            return File(path: name, literals: Literal.all(in: text))
        }
        // A scanner that finds nothing would let every rule pass.
        try #require(files.flatMap(\.literals).count { Self.call(of: $0) != nil } > 400)
    }

    /// The bilingual call that a text is an argument of.
    private static func call(of literal: Literal) -> Literal.Call? {
        literal.calls.last { bilingual.contains($0.name) }
    }

    /// Where there is prose that is no message, and why.
    private static let exceptions = [
        "Platform/CommandLine/BashCompletion.swift": "a script",
        "Platform/CommandLine/ZshCompletion.swift": "a script",
        "Platform/CommandLine/FishCompletion.swift": "a script",
        "Platform/HTTP/HTTPParser.swift": "names of RFC 9112, for those who debug a server",
        "Platform/Network/TLS.swift": "details beside those of libssl, which has no other language",
        "IssuerService/IssuanceMail.swift": "its reader is not who sits at this terminal",
    ]

    /// Whether a text is a sentence, or a piece of one: two words of small letters beside each other, which are no code.
    private static func isProse(_ text: String) -> Bool {
        text.replacing(#/`[^`]*`|chmod \S+/#, with: "")
            .contains(#/(^|[^\w.\/-])[a-z]{2,} [a-z]{2,}($|[^\w=.\/-])/#)
    }

    /// Whether a text means the same to everybody: a command, an option, a key, an acronym, or the mark of a hint.
    private static func isCode(_ text: String) -> Bool {
        let text = text.replacing("hint: ", with: "").replacing(#/\\\(\)/#, with: "")
        return text.hasPrefix("otptoken ")
            || text.split(separator: " ").allSatisfy {
                $0.wholeMatch(of: #/--[a-z-]+|[a-z]+[-._][a-z-]+|NTS|[A-Za-z]|[^A-Za-z]+/#) != nil
            }
    }

    private static func isJapanese(_ text: String) -> Bool {
        text.contains(#/[\p{Hiragana}\p{Katakana}\p{Han}]/#)
    }

    @Test func `no sentence stands outside of the catalogue`() {
        for file in files where Self.exceptions[file.path] == nil {
            for literal in file.literals
            where Self.isProse(literal.text) && !Self.isCode(literal.text) {
                #expect(Self.call(of: literal) != nil, "\(file.path), \(literal)")
            }
        }
    }

    @Test func `no word of the catalogue has one language alone`() {
        for file in files where file.isCatalogue {
            for literal in file.literals where !Self.isCode(literal.text) {
                #expect(Self.call(of: literal) != nil, "\(file.path), \(literal)")
            }
        }
    }

    @Test func `what is said in English is Japanese in Japanese`() {
        for file in files {
            var texts: [Int: (english: String, japanese: String, literal: Literal)] = [:]
            for literal in file.literals {
                guard let call = Self.call(of: literal) else { continue }
                var entry = texts[call.number] ?? ("", "", literal)
                if call.label == "ja" {
                    entry.japanese += literal.text
                } else {
                    entry.english += literal.text
                }
                texts[call.number] = entry
            }
            for (english, japanese, literal) in texts.values where !Self.isCode(english) {
                #expect(Self.isJapanese(japanese), "\(file.path), \(literal)")
                #expect(!Self.isProse(japanese), "\(file.path), \(literal): \(japanese)")
            }
        }
    }
}
