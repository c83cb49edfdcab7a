/// A text between quotation marks, and whose argument it is.
struct Literal: Sendable, CustomStringConvertible {
    let line: Int
    /// What stands there; a piece of code within it is `\()`.
    let text: String
    /// The names in front of the parentheses around it, the innermost last.
    let calls: [Call]

    /// A call that a text is an argument of.
    struct Call: Equatable, Sendable {
        let name: String
        /// Tells two calls of one name apart.
        let number: Int
        /// The label of the argument in which the text stands; empty for none.
        var label = ""
    }

    var description: String { "line \(line): \"\(text)\"" }

    /// All of a Swift source file; those within the code of another one come first.
    static func all(in source: String) -> [Literal] {
        var scanner = Scanner(source)
        scanner.readCode(until: nil)
        return scanner.found
    }

    /// Reads as much of Swift as this project uses: no regular expressions between slashes, no raw texts with `#`.
    private struct Scanner {
        private let characters: [Character]
        private var place = 0
        private var line = 1
        private var calls: [Call] = []
        private var count = 0
        private(set) var found: [Literal] = []

        init(_ source: String) { characters = Array(source) }

        private func at(_ offset: Int) -> Character? {
            place + offset < characters.count ? characters[place + offset] : nil
        }

        private mutating func next() -> Character? {
            guard let character = at(0) else { return nil }
            place += 1
            if character == "\n" { line += 1 }
            return character
        }

        /// Reads code, up to and with the parenthesis that closes a piece within a text.
        mutating func readCode(until closing: Character?) {
            var word = ""
            let depth = calls.count
            while let character = next() {
                switch character {
                case "/" where at(0) == "/": while let other = at(0), other != "\n" { _ = next() }
                case "\"":
                    readText()
                    word = ""
                case "(", "[":
                    count += 1
                    calls.append(Call(name: character == "(" ? word : "[", number: count))
                case ")", "]":
                    if character == closing, calls.count == depth { return }
                    calls.removeLast()
                case ",": if !calls.isEmpty { calls[calls.count - 1].label = "" }
                // Not the colon of a choice within an argument that has its label.
                case ":" where calls.last?.label == "": calls[calls.count - 1].label = word
                default: break
                }
                let continues = character.isLetter || character.isNumber || character == "_"
                if continues { word.append(character) } else if character != " " { word = "" }
                if character == " ", at(0).map({ $0.isLetter }) == true { word = "" }
            }
        }

        private mutating func readText() {
            let start = line
            var quotes = 1
            if at(0) == "\"", at(1) == "\"" {
                quotes = 3
                place += 2
            }
            var text = ""
            while let character = next() {
                if character == "\"" {
                    guard quotes == 3 else { break }
                    if at(0) == "\"", at(1) == "\"" {
                        place += 2
                        break
                    }
                }
                guard character == "\\" else {
                    text.append(character)
                    continue
                }
                if at(0) == "(" {
                    place += 1
                    readCode(until: ")")
                    text += "\\()"
                } else {
                    _ = next()
                    text += " "
                }
            }
            found.append(Literal(line: start, text: text, calls: calls))
        }
    }
}
