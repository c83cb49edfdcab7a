import Platform

/// The person's settings, and the command in each of them.
func fuzzConfig(_ input: [UInt8]) throws(Broken) -> Bool {
    guard let configuration = try? Configuration(parsing: input) else { return false }
    let written = configuration.text
    let again = try certain("what is written can be read") { () throws(ConfigurationError) in
        try Configuration(parsing: Array(written.utf8))
    }
    try require(again.text == written, "reading and writing is a fixpoint")
    try require(again.entries.count == configuration.entries.count, "settings are kept")
    for (index, entry) in configuration.entries.enumerated() {
        try require(
            (again.entries[index].key, again.entries[index].value) == (entry.key, entry.value),
            "settings are kept in order")
        try require(configuration.value(entry.key) == entry.value, "a setting is found")
        try require(
            !entry.value.isEmpty
                && entry.value.unicodeScalars.allSatisfy {
                    $0 == "\t" || $0.properties.generalCategory != .control
                }, "a value is one line of text")
        try checkWords(entry.value)
    }
    return true
}

private func checkWords(_ text: String) throws(Broken) {
    guard let words = try? commandWords(text) else { return }
    let quoted = words.map(quoted).joined(separator: " ")
    let again = try certain("quoted words are a command") { () throws(CommandWordsError) in
        try commandWords(quoted)
    }
    try require(again == words, "words are kept: \(quoted)")
}

/// A word as it stands for itself.
private func quoted(_ word: String) -> String {
    // Scalar by scalar: a mark that combines with the quote must not hide it.
    "'" + word.unicodeScalars.map { $0 == "'" ? #"'\''"# : String($0) }.joined() + "'"
}
