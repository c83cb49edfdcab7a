/// A moment as XML has it (`xs:dateTime`): `2031-11-20T09:05:07Z`, with a fraction or an offset.
///
/// - Parameter text: the moment; one without an offset counts as UTC.
/// - Returns: unix seconds; nil for what is no moment.
func xmlDate(_ text: String) -> Int64? {
    let bytes = Array(text.trimmed.utf8)
    /// The number that a few digits make, and the character behind it.
    func number(_ start: Int, _ count: Int, endedBy mark: Unicode.Scalar? = nil) -> Int64? {
        guard start + count + (mark == nil ? 0 : 1) <= bytes.count,
            mark.map({ UInt32(bytes[start + count]) == $0.value }) ?? true
        else { return nil }
        var number: Int64 = 0
        for byte in bytes[start..<start + count] {
            guard (48...57).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - 48)
        }
        return number
    }
    guard let year = number(0, 4, endedBy: "-"), let month = number(5, 2, endedBy: "-"),
        let day = number(8, 2, endedBy: "T"), let hour = number(11, 2, endedBy: ":"),
        let minute = number(14, 2, endedBy: ":"), let second = number(17, 2),
        (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    var rest = bytes[19...]
    if rest.first == UInt8(ascii: ".") {
        let digits = rest.dropFirst().prefix { (48...57).contains($0) }
        guard !digits.isEmpty else { return nil }
        rest = rest[digits.endIndex...]
    }
    var offset: Int64 = 0
    if let sign = rest.first, sign != UInt8(ascii: "Z") || rest.count != 1 {
        guard rest.count == 6, "+-".utf8.contains(sign),
            let hours = number(rest.startIndex + 1, 2, endedBy: ":"),
            let minutes = number(rest.startIndex + 4, 2), hours <= 14, minutes < 60
        else { return nil }
        offset = (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
    // In the Gregorian calendar, whose years are counted from March on, so that a leap day ends one.
    let marchYear = month > 2 ? year : year - 1
    let days =
        365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400
        + (153 * ((month + 9) % 12) + 2) / 5 + day - 719_469
    return days * 86400 + hour * 3600 + minute * 60 + second - offset
}
