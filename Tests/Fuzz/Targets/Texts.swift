import Cryptography
import Enrolment
import OATH
import Platform
import TokenStore

/// What people type.
func fuzzTyped(_ input: [UInt8]) throws(Broken) -> Bool {
    let text = String(input)
    var isTaken = false
    if let time = moment(text) {
        try require(moment("\(time)") == time, "a moment in seconds")
        try require(moment(written(time)) == time, "a moment as a date")
        try require(localDate(time).utf8.count >= 10 && !mailDate(time).isEmpty, "dates exist")
        isTaken = true
    }
    if let seconds = duration(text) {
        try require(
            (1...30 * 86400).contains(seconds), "a length of time is one of 30 days at most")
        try require(duration("\(seconds)s") == seconds || seconds > 9_999_999, "in seconds")
        isTaken = true
    }
    if let id = Identifier.read(text) {
        try require(Identifier.isValid(id), "an ID is valid")
        try require(Identifier.read(id) == id, "reading an ID is a fixpoint")
        isTaken = true
    }
    try require(!Identifier.isValid(text) || Identifier.read(text) != nil, "valid IDs are taken")
    if let password = StartPassword(SecretBytes(input)) {
        let digits = password.digits.exposed
        try require(StartPassword.lengths.contains(digits.count), "4 to 8 digits")
        try require(digits.allSatisfy { (48...57).contains($0) }, "a start password is of digits")
        let again = try unwrap(StartPassword(SecretBytes(digits)), "digits are taken")
        try require(again.digits.exposed == digits, "reading a start password is a fixpoint")
        isTaken = true
    }
    return isTaken
}

/// A passphrase: its form is what the standard library makes of the whole text.
func fuzzPassphrase(_ input: [UInt8]) throws(Broken) -> Bool {
    let text = String(validating: input, as: UTF8.self)
    guard let passphrase = Passphrase(SecretBytes(input)) else {
        try require(text?.isEmpty ?? true, "every text but the empty one is taken")
        return false
    }
    let form = composed(try unwrap(text, "a passphrase is UTF-8"))
    try require(passphrase.bytes.exposed.elementsEqual(form.utf8), "the form is NFC")
    try require(passphrase.count == form.unicodeScalars.count, "characters are counted")
    let again = try unwrap(Passphrase(passphrase.bytes), "the form is a passphrase")
    try require(again.bytes.equals(passphrase.bytes), "reading a passphrase is a fixpoint")
    return true
}

private func composed(_ text: String) -> String {
    // Two marks in one, whose order the library does not see to.
    let pairs: [Unicode.Scalar: String] = [
        "\u{F73}": "\u{F71}\u{F72}", "\u{F75}": "\u{F71}\u{F74}", "\u{F81}": "\u{F71}\u{F80}",
    ]
    var form: [UInt8] = []
    text.unicodeScalars.map { pairs[$0] ?? String($0) }.joined()._withNFCCodeUnits {
        form.append($0)
    }
    return String(form)
}

/// A moment as RFC 3339 has it, by other arithmetic than the reader's: year by year.
private func written(_ time: Int64) -> String {
    func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }
    var days = time / 86400
    var year: Int64 = 1970
    while days >= (isLeap(year) ? 366 : 365) {
        days -= isLeap(year) ? 366 : 365
        year += 1
    }
    var month = 1
    for length: Int64 in [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        guard days >= length else { break }
        days -= length
        month += 1
    }
    func digits(_ number: Int64, _ count: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: count - text.utf8.count) + text
    }
    let second = time % 86400
    return "\(digits(year, 4))-\(digits(Int64(month), 2))-\(digits(days + 1, 2))T"
        + "\(digits(second / 3600, 2)):\(digits(second / 60 % 60, 2)):\(digits(second % 60, 2))Z"
}

/// A text from outside: on its way to a terminal, and as a token's name.
func fuzzText(_ input: [UInt8]) throws(Broken) -> Bool {
    let text = String(input)
    let shown = printable(text)
    try require(shown.unicodeScalars.allSatisfy(isHarmless), "what is printed steers no terminal")
    let width = displayWidth(shown)
    for wish in [0, 1, 2, 7, 40, 80] {
        try require(displayWidth(clipped(shown, to: wish)) <= wish, "clipped to \(wish) cells")
        try require(
            displayWidth(padded(shown, to: wish)) == max(width, wish), "padded to \(wish) cells")
    }
    guard Token.isName(text) else { return false }
    try require(Token.isValue(text), "a name may stand in the store")
    var tokens: [Token] = []
    for _ in 0..<3 {
        let name = tokens.freeName(like: text)
        try require(Token.isName(name), "a free name is a name")
        try require(tokens.index(named: name) == nil, "a free name is free")
        tokens.append(
            Token(
                name: name, state: .active, seed: Shared(steadyKey(1)), totp: .rule, issuer: "",
                serviceID: "", userID: "", server: ""))
    }
    return true
}
