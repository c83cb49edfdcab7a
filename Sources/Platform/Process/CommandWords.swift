/// Why a text is no command.
package enum CommandWordsError: Error, Equatable {
    /// There is no word, or the first one, which names the program, is empty.
    case empty
    /// A `'` or `"` is not closed.
    case openQuote(Character)
    /// A backslash stands at the end, with nothing to quote.
    case openBackslash
}

/// Takes a command apart as a shell would that knows nothing but words: nothing is expanded, and no sign has a meaning
/// other than these.
///
/// Blanks separate words. `'…'` holds whatever it holds; in `"…"` a backslash quotes `"` and `\` only; outside of both it
/// quotes the character that follows.
///
/// - Parameter text: what was configured.
/// - Returns: the program and its arguments, at least one word.
/// - Throws: `CommandWordsError`.
package func commandWords(_ text: String) throws(CommandWordsError) -> [String] {
    let backslash = UInt8(ascii: "\\")
    let double = UInt8(ascii: "\"")
    let single = UInt8(ascii: "'")
    var words: [String] = []
    var word: [UInt8]?
    var quote: UInt8?
    // Bytes: a mark that combines with a quote does not make it another sign.
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == quote {
            quote = nil
        } else if byte == backslash, quote != single {
            if quote == nil {
                guard let next = rest.popFirst() else { throw .openBackslash }
                word = (word ?? []) + [next]
            } else if let next = rest.first, next == double || next == backslash {
                rest = rest.dropFirst()
                word?.append(next)
            } else {
                word?.append(byte)
            }
        } else if quote != nil {
            word?.append(byte)
        } else if byte == single || byte == double {
            quote = byte
            word = word ?? []
        } else if byte == 0x20 || byte == 0x09 {
            if let word { words.append(String(decoding: word, as: UTF8.self)) }
            word = nil
        } else {
            word = (word ?? []) + [byte]
        }
    }
    if let quote { throw .openQuote(Character(Unicode.Scalar(quote))) }
    if let word { words.append(String(decoding: word, as: UTF8.self)) }
    guard let program = words.first, !program.isEmpty else { throw .empty }
    return words
}
