package import Platform

extension Language {
    /// As RFC 5646 has it.
    var tag: String { self == .japanese ? "ja" : "en" }

    /// The language of a tag; nil for others than these two.
    init?(tag: String) {
        switch tag {
        case "en": self = .english
        case "ja": self = .japanese
        default: return nil
        }
    }

    /// Its name in itself, for those who read no other.
    var ownName: String { self == .japanese ? "日本語" : "English" }

    /// The one that somebody likes best of those there are (RFC 9110, section 12.5.4).
    package init(accepting field: String) {
        var best = (language: Language.english, weight: 0.0)
        for range in field.split(separator: ",").prefix(32) {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let tag = parts.first?.split(separator: "-").first?.lowercased(),
                let language = Language(tag: tag)
            else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
                .map { Double($0.dropFirst(2)) ?? 0 }
            if weight ?? 1 > best.weight { best = (language, weight ?? 1) }
        }
        self = best.language
    }
}
