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
        "Platform/Terminal/TextWidth.swift": "where a line of Japanese may end",
        "MailedCodes/CodeWords.swift": "words in the mails of others",
        "MailedCodes/CodeNotice.swift": "signs in the mails of others",
        "MailedCodes/MailProfile.swift": "what services call themselves",
        "IssuerService/Pages/Stylesheet.swift": "a stylesheet",
        "IssuerService/Languages.swift": "names of languages, each in itself",
        "OTPTokenCommands/Questions.swift": "answers, which are taken in either language",
    ]

    /// Whether a text is a sentence, or a piece of one: two words of small letters beside each other, which are no code.
    private static func isProse(_ text: String) -> Bool {
        text.replacing(#/`[^`]*`/#, with: "")
            .contains(#/(^|[^\w.\/-])[a-z]{2,} [a-z]{2,}($|[^\w=.\/-])/#)
    }

    /// Whether a text means the same to everybody: a command, an option, a key, an acronym, or the mark of a hint.
    private static func isCode(_ text: String) -> Bool {
        if isJapanese(text) { return false }
        let text = text.replacing("hint: ", with: "").replacing(#/\\\(\)/#, with: "")
        return ["otptoken ", "otptoken-issuer ", "chmod ", "chown "].contains { text.hasPrefix($0) }
            || text.split(separator: " ").allSatisfy {
                $0.wholeMatch(
                    of: #/--[a-z-]+|[a-z]+[-._][a-z-]+|NTS|SHA[0-9]+|[A-Za-z]|[^A-Za-z]+/#) != nil
            }
    }

    private static func isJapanese(_ text: String) -> Bool {
        text.contains(#/[\u{3001}-\u{30FF}\u{4E00}-\u{9FFF}]/#)
    }

    /// Whether a text is given to what speaks to people.
    private static func isSaid(_ literal: Literal) -> Bool {
        literal.calls.contains { ["CommandFailure", "writeNote"].contains($0.name) }
    }

    @Test func `no sentence stands outside of the catalogue`() {
        for file in files where Self.exceptions[file.path] == nil {
            for literal in file.literals where !Self.isCode(literal.text) {
                let text = literal.text
                guard Self.isProse(text) || Self.isJapanese(text) || Self.isSaid(literal) else {
                    continue
                }
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

    @Test func `what is said in one language is said in the other`() {
        for file in files {
            var texts: [Int: (english: String, japanese: String, literal: Literal)] = [:]
            for literal in file.literals {
                guard let call = Self.call(of: literal) else { continue }
                var entry = texts[call.number] ?? ("", "", literal)
                if call.label == "ja" {
                    entry.japanese += literal.text
                    // Each branch of a choice stands for itself.
                    let text = literal.text
                    #expect(
                        Self.isJapanese(text) || Self.isCode(text) && !text.isEmpty,
                        "\(file.path), \(literal)")
                } else {
                    entry.english += literal.text
                }
                texts[call.number] = entry
            }
            for (english, japanese, literal) in texts.values where !Self.isCode(english) {
                #expect(Self.isJapanese(japanese), "\(file.path), \(literal)")
                #expect(!Self.isProse(japanese), "\(file.path), \(literal): \(japanese)")
            }
            for (english, japanese, literal) in texts.values where !japanese.isEmpty {
                // In parentheses stands what the issuer's page calls it.
                let rest = english.replacing(#/\([^()]*\)/#, with: "")
                #expect(!english.isEmpty && !Self.isJapanese(rest), "\(file.path), \(literal)")
            }
        }
    }
}

/// The rules above are only as good as what they see.
@Suite struct LiteralTests {
    private let literals = Literal.all(
        in: """
            let plain = "one \\" text" // "a comment"
            let said = localized("\\(isOn ? "on" : "off")", ja: isOn ? "入" : "切")
            let failure = CommandFailure(.usage, nested([localized("a: b", ja: "c")], "raw"))
            """)

    @Test func `texts are seen, comments are not`() {
        let texts = [
            "one   text", "on", "off", "\\()", "入", "切", "a: b", "c", "raw",
        ]
        #expect(literals.map(\.text) == texts)
        #expect(literals.map(\.line) == [1, 2, 2, 2, 2, 2, 3, 3, 3])
    }

    @Test func `each belongs to its call, and to one argument of it`() {
        let labels = literals.map { literal in
            literal.calls.last { $0.name == "localized" }?.label
        }
        #expect(labels == [nil, "", "", "", "ja", "ja", "", "ja", nil])
        #expect(literals[8].calls.map(\.name) == ["CommandFailure", "nested"])
    }
}
