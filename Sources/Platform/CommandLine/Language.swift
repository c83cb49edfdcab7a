/// The languages in which the programs speak to people.
package enum Language: Sendable {
    case english
    case japanese

    /// The one of this process; the environment is looked at when the first message is made, and not before.
    package static let current = Language(environment: environmentVariable)

    /// The language of a locale (POSIX, Base Definitions 8.2): LC_ALL decides, else LC_MESSAGES, else LANG.
    ///
    /// - Parameter environment: gives the value of a variable, or nil.
    package init(environment: (String) -> String?) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap(environment)
            .first { !$0.isEmpty }
        // As in ja, ja_JP, ja_JP.UTF-8 and ja@modifier.
        let name = locale?.prefix { $0 != "_" && $0 != "." && $0 != "@" }
        self = name == "ja" ? .japanese : .english
    }
}

/// A text in the person's language: every message is written in both, side by side.
///
/// - Parameters:
///   - english: the text in English.
///   - japanese: the same in Japanese.
///   - language: another one than the person's, for what programs read.
/// - Returns: one of them; the other one is not even made.
package func localized(
    _ english: @autoclosure () -> String, ja japanese: @autoclosure () -> String,
    in language: Language = .current
) -> String {
    switch language {
    case .english: english()
    case .japanese: japanese()
    }
}

/// A fixed text in both languages; one of them is chosen when it is read.
struct LocalizedText: Equatable, Sendable {
    private let english: String
    private let japanese: String

    init(_ english: String, ja japanese: String) {
        self.english = english
        self.japanese = japanese
    }

    var text: String { localized(english, ja: japanese) }
}
