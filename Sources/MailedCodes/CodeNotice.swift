/// The code that a mail tells, found by the number of its digits and by what stands around it.
package enum CodeNotice {
    /// Where a number stands that may be the code.
    package struct Place: Equatable, Sendable {
        /// From 1 on.
        package let line: Int
        /// That line, without what steers a terminal.
        package let text: String
    }

    /// Why no code is told.
    package enum Failure: Error, Equatable, Sendable {
        /// No number of that many digits is the code.
        case none
        /// Two different numbers may be the code.
        case ambiguous(Place, Place)
    }

    /// Finds the code.
    ///
    /// A number counts when a word for a code stands with it, in its line or, where the line begins with the number,
    /// above it; else when it has a line of its own. Dates, telephone numbers, postcodes, sums, and numbers within words,
    /// addresses or longer numbers do not.
    ///
    /// - Parameters:
    ///   - text: that of a mail.
    ///   - digits: how many digits the code has.
    /// - Returns: the code, in half-width digits.
    /// - Throws: `Failure`; nothing is guessed.
    package static func code(in text: String, digits: Int) throws(Failure) -> String {
        let lines = text.unicodeScalars.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" }
        ).map { NoticeLine($0) }
        var named: [Candidate] = []
        var alone: [Candidate] = []
        for (index, line) in lines.enumerated() where !line.isSteering {
            let codeLine = CodeLine(line)
            for run in codeLine.runs(ofDigits: digits) {
                let candidate = Candidate(
                    code: String(String.UnicodeScalarView(line.scalars[run].filter(isDigit))),
                    place: Place(
                        line: index + 1, text: String(String.UnicodeScalarView(line.scalars))))
                switch codeLine.meaning(of: run) {
                case .code: named.append(candidate)
                case .other: continue
                case .unknown:
                    guard codeLine.begins(with: run) else { continue }
                    let above = lines[..<index].reversed().lazy.filter { !$0.isBlank }.prefix(3)
                    switch meaning(of: above.map(CodeLine.init)) {
                    case .code: named.append(candidate)
                    case .other: continue
                    case .unknown: if codeLine.consists(of: run) { alone.append(candidate) }
                    }
                }
            }
        }
        let found = named.isEmpty ? alone : named
        guard let first = found.first else { throw .none }
        if let second = found.first(where: { $0.code != first.code }) {
            throw .ambiguous(first.place, second.place)
        }
        return first.code
    }

    private struct Candidate {
        let code: String
        let place: Place
    }

    /// What lines above a number say of it, the nearest first: another number's name counts right above it only.
    private static func meaning(of above: [CodeLine]) -> CodeLine.Meaning {
        for (distance, line) in above.enumerated() {
            // A number there has taken its name, and what stands above it.
            if line.hasNumber { return .unknown }
            switch line.meaning {
            case .code: return .code
            case .other where distance == 0: return .other
            default: continue
            }
        }
        return .unknown
    }
}

/// A line in which numbers are looked for.
struct CodeLine {
    enum Meaning { case code, other, unknown }

    private let scalars: [Unicode.Scalar]

    init(_ line: NoticeLine) {
        scalars = line.scalars.map { (0x41...0x5A).contains($0.value) ? smallLetter($0) : $0 }
    }

    /// Whether four digits or more stand together in it.
    var hasNumber: Bool { !numbers.isEmpty }

    private var numbers: [Range<Int>] { digitGroups.filter { $0.count >= 4 } }

    private var digitGroups: [Range<Int>] {
        var groups: [Range<Int>] = []
        var place = 0
        while let start = scalars[place...].firstIndex(where: isDigit) {
            place = scalars[start...].firstIndex { !isDigit($0) } ?? scalars.count
            groups.append(start..<place)
        }
        return groups
    }

    /// Where so many digits stand, in one group or in two of the same size, and are all of a number.
    func runs(ofDigits count: Int) -> [Range<Int>] {
        let groups = digitGroups
        var runs: [Range<Int>] = []
        for (index, group) in groups.enumerated() {
            if group.count == count {
                runs.append(group)
            } else if index + 1 < groups.count, group.count * 2 == count,
                groups[index + 1].count == group.count,
                groups[index + 1].lowerBound == group.upperBound + 1,
                " -".unicodeScalars.contains(scalars[group.upperBound])
            {
                runs.append(group.lowerBound..<groups[index + 1].upperBound)
            }
        }
        return runs.filter(isWhole)
    }

    // MARK: What is no code

    private func at(_ place: Int) -> Unicode.Scalar? {
        scalars.indices.contains(place) ? scalars[place] : nil
    }

    private func isWhole(_ run: Range<Int>) -> Bool {
        !isJoined(at: run.lowerBound - 1, step: -1) && !isJoined(at: run.upperBound, step: 1)
            && !isCounted(run) && !isInAddress(run)
    }

    /// Whether a word or a number goes on at the edge of a run.
    private func isJoined(at place: Int, step: Int) -> Bool {
        guard let edge = at(place) else { return false }
        if isLetterOrDigit(edge) || edge == "_" { return true }
        let beyond = at(place + step)
        // "Code:123456" is none, "12:123456" is.
        if edge == ":" || edge == "=" { return beyond.map(isDigit) ?? false }
        // Groups of digits with blanks between them are a telephone number, a bank account, or a sum.
        if edge == " " { return beyond.map(isDigit) ?? false }
        return "-./,+@&?#%~\\'*".unicodeScalars.contains(edge)
            && (beyond.map(isLetterOrDigit) ?? false)
    }

    /// Whether a sign or a word at a run says that it counts something.
    private func isCounted(_ run: Range<Int>) -> Bool {
        if let before = at(run.lowerBound - 1), "+¥￥\\$€£〒#№".unicodeScalars.contains(before) {
            return true
        }
        var place = run.upperBound
        if at(place) == " " { place += 1 }
        guard let after = at(place) else { return false }
        if "円年月日時分秒人件号番回名%％".unicodeScalars.contains(after) { return true }
        return ["yen", "jpy", "usd", "eur"].contains {
            scalars[place...].starts(with: $0.unicodeScalars)
        }
    }

    private func isInAddress(_ run: Range<Int>) -> Bool {
        func isPart(_ scalar: Unicode.Scalar) -> Bool { (0x21...0x7E).contains(scalar.value) }
        let start = scalars[..<run.lowerBound].lastIndex { !isPart($0) }.map { $0 + 1 } ?? 0
        let end = scalars[run.upperBound...].firstIndex { !isPart($0) } ?? scalars.count
        let word = scalars[start..<end]
        return word.contains("@") || holds(word, "://") || holds(word, "www.")
    }

    // MARK: What stands around

    private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
        !isLetterOrDigit(scalar) && !scalar.properties.isAlphabetic
    }

    /// Whether nothing but signs stands in front of a run.
    func begins(with run: Range<Int>) -> Bool { scalars[..<run.lowerBound].allSatisfy(Self.isSign) }

    /// Whether nothing but signs stands beside a run, which is no date either.
    func consists(of run: Range<Int>) -> Bool {
        begins(with: run) && scalars[run.upperBound...].allSatisfy(Self.isSign) && !isDate(run)
    }

    private func isDate(_ run: Range<Int>) -> Bool {
        guard run.count == 8 else { return false }
        let digits = scalars[run].map { Int($0.value) - 0x30 }
        let (month, day) = (digits[4] * 10 + digits[5], digits[6] * 10 + digits[7])
        return [19, 20].contains(digits[0] * 10 + digits[1]) && (1...12).contains(month)
            && (1...31).contains(day)
    }

    /// What the line says of a run: what stands in front of it counts more than what stands behind.
    func meaning(of run: Range<Int>) -> Meaning {
        let others = numbers.filter { !$0.overlaps(run) }
        let start = others.last { $0.upperBound <= run.lowerBound }?.upperBound ?? 0
        let end = others.first { $0.lowerBound >= run.upperBound }?.lowerBound ?? scalars.count
        let before = scalars[start..<run.lowerBound]
        let after = scalars[run.upperBound..<end]
        let sentence = before[(before.indices.last(where: isEnd).map { $0 + 1 } ?? start)...]
        let rest = after[..<(after.indices.first(where: isEnd) ?? end)]
        let meaning = CodeWords.meaning(of: sentence)
        // "123456 is your code": but of another number the name stands in front.
        if meaning != .unknown || others.contains(where: { $0.lowerBound >= end }) {
            return meaning
        }
        return CodeWords.meaning(of: rest) == .code ? .code : .unknown
    }

    /// What the line says of a number below it.
    var meaning: Meaning { CodeWords.meaning(of: scalars[...]) }

    /// Whether a sentence ends here.
    private func isEnd(_ place: Int) -> Bool {
        switch scalars[place] {
        case "。", "!", "?": true
        case ".": at(place + 1).map { $0 == " " } ?? true
        default: false
        }
    }
}

private func holds(_ text: ArraySlice<Unicode.Scalar>, _ part: String) -> Bool {
    text.indices.contains { text[$0...].starts(with: part.unicodeScalars) }
}

private func smallLetter(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    Unicode.Scalar(scalar.value + 0x20) ?? scalar
}

func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

private func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    isDigit(scalar) || (0x61...0x7A).contains(scalar.value | 0x20)
}
