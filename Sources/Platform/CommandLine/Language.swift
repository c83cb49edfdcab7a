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
/// - Returns: one of them; the other one is not even made.
package func localized(
    _ english: @autoclosure () -> String, ja japanese: @autoclosure () -> String
) -> String {
    switch Language.current {
    case .english: english()
    case .japanese: japanese()
    }
}
