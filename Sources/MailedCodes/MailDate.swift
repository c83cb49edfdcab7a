/// The moment that a date of a mail names (RFC 5322, section 3.3, and its obsolete forms).
///
/// - Parameter text: such as `Thu, 13 Feb 2025 23:31:30 +0900 (JST)`.
/// - Returns: unix seconds; nil for what is no date.
package func mailDate(_ text: some StringProtocol) -> Int64? {
    var words = withoutComments(text).split { " \t,".unicodeScalars.contains($0) }.map(String.init)
    if let first = words.first, first.utf8.first.map({ !(48...57).contains($0) }) ?? true {
        // The day of the week says nothing that the date does not.
        words.removeFirst()
    }
    guard (4...5).contains(words.count), let day = number(words[0], 1...2),
        let month = months.firstIndex(of: words[1].lowercased()),
        var year = number(words[2], 2...4)
    else { return nil }
    // RFC 5322, section 4.3.
    if words[2].utf8.count < 4 { year += words[2].utf8.count == 2 && year < 50 ? 2000 : 1900 }
    let time = words[3].split(separator: ":", omittingEmptySubsequences: false)
        .map { number(String($0), 1...2) }
    guard (2...3).contains(time.count), let hour = time[0], let minute = time[1],
        let second = time.count == 3 ? time[2] : 0, hour < 24, minute < 60, second <= 60,
        (1...days(of: month, year)).contains(day),
        let zone = words.count == 5 ? offset(of: words[4]) : 0
    else { return nil }
    let days = daysSince1970(year: year, month: month + 1, day: day)
    return Int64(days) * 86400 + Int64(hour * 3600 + minute * 60 + second) - Int64(zone)
}

private let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
]

private func days(of month: Int, _ year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 1 ? (isLeap ? 29 : 28) : [3, 5, 8, 10].contains(month) ? 30 : 31
}

/// Seconds east of UTC; a name that says nothing certain counts as UTC.
private func offset(of zone: String) -> Int? {
    if zone.hasPrefix("+") || zone.hasPrefix("-") {
        guard let digits = number(String(zone.dropFirst()), 4...4), digits % 100 < 60 else {
            return nil
        }
        return (zone.hasPrefix("-") ? -1 : 1) * (digits / 100 * 3600 + digits % 100 * 60)
    }
    let hours = [
        "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
        "jst": 9,
    ]
    return hours[zone.lowercased(), default: 0] * 3600
}

private func number(_ text: String, _ counts: ClosedRange<Int>) -> Int? {
    guard counts.contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
        return nil
    }
    return Int(text)
}

/// In the proleptic Gregorian calendar; years are counted from March on, so that a leap day ends one.
private func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let monthFromMarch = (month + 9) % 12
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
}

/// A value of a header field without its comments, which nest (RFC 5322, section 3.2.2).
func withoutComments(_ text: some StringProtocol) -> String.UnicodeScalarView {
    var rest = text.unicodeScalars[...]
    var left = String.UnicodeScalarView()
    var depth = 0
    var isQuoted = false
    while let scalar = rest.popFirst() {
        switch scalar {
        case "\\" where isQuoted || depth > 0:
            let next = rest.popFirst()
            if depth == 0 { left += [scalar] + (next.map { [$0] } ?? []) }
        case "\"" where depth == 0:
            isQuoted.toggle()
            left.append(scalar)
        case "(" where !isQuoted: depth += 1
        case ")" where depth > 0: depth -= 1
        default: if depth == 0 { left.append(scalar) }
        }
    }
    return left
}
