internal import Glibc

/// A moment as a date in this machine's time zone, `2031-11-20`.
package func localDate(_ time: Int64) -> String {
    var seconds = time_t(time)
    var parts = unsafe tm()
    guard unsafe localtime_r(&seconds, &parts) != nil else { return "\(time)" }
    func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
}

/// A moment as date and time of day in this machine's time zone, `2031-11-20 09:05`.
package func localMoment(_ time: Int64) -> String {
    var seconds = time_t(time)
    var parts = unsafe tm()
    guard unsafe localtime_r(&seconds, &parts) != nil else { return "\(time)" }
    let (hour, minute) = unsafe (parts.tm_hour, parts.tm_min)
    return "\(localDate(time)) \(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
}

/// A moment as the Date field of a mail has it (RFC 5322, section 3.3), in UTC.
package func mailDate(_ time: Int64) -> String {
    utc(time, "%a, %d %b %Y %H:%M:%S +0000") ?? ""
}

/// A moment in UTC, as RFC 3339 has it: `2031-11-20T09:05:07Z`.
package func utcMoment(_ time: Int64) -> String { utc(time, "%Y-%m-%dT%H:%M:%SZ") ?? "\(time)" }

/// A moment in UTC by a format of strftime; nil where the calendar ends.
private func utc(_ time: Int64, _ format: String) -> String? {
    var seconds = time_t(time)
    var parts = unsafe tm()
    var text = [CChar](repeating: 0, count: 64)
    // The locale is never set, so that the names are English.
    guard unsafe gmtime_r(&seconds, &parts) != nil,
        unsafe strftime(&text, text.count, format, &parts) > 0
    else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Reads a moment: unix seconds, or RFC 3339 (`2026-01-01T09:00:00+09:00`).
///
/// Strict, since a date that does not exist is more likely a slip than a wish; parts of a second fall away.
///
/// - Parameter text: as it was typed.
/// - Returns: unix seconds, or nil for anything else, before 1970 or after 9999.
package func moment(_ text: String) -> Int64? {
    let latest: Int64 = 253_402_300_799
    if !text.isEmpty, text.utf8.count <= 12, text.utf8.allSatisfy(isDigit) {
        return Int64(text).flatMap { $0 <= latest ? $0 : nil }
    }
    guard text.utf8.count <= 40 else { return nil }
    // RFC 3339 allows small letters, and a space where ISO 8601 has T.
    var rest = Array(text.uppercased().utf8)[...]
    guard let date = fields([4, 2, 2], between: "-", &rest),
        rest.first == 0x54 || rest.first == 0x20
    else { return nil }
    rest = rest.dropFirst()
    guard let time = fields([2, 2, 2], between: ":", &rest) else { return nil }
    if rest.first == UInt8(ascii: ".") {
        let fraction = rest.dropFirst().prefix(while: isDigit)
        guard !fraction.isEmpty else { return nil }
        rest = rest[fraction.endIndex...]
    }
    var offset: Int64 = 0
    if rest.first == UInt8(ascii: "Z") {
        rest = rest.dropFirst()
    } else {
        guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            return nil
        }
        rest = rest.dropFirst()
        guard let parts = fields([2, 2], between: ":", &rest), parts[0] < 24, parts[1] < 60 else {
            return nil
        }
        offset = (parts[0] * 60 + parts[1]) * (sign == UInt8(ascii: "+") ? 60 : -60)
    }
    guard rest.isEmpty, let day = days(year: date[0], month: date[1], day: date[2]),
        time[0] < 24, time[1] < 60, time[2] <= 60
    else { return nil }
    let seconds = day * 86400 + time[0] * 3600 + time[1] * 60 + time[2] - offset
    // A leap second can only be the last one of a day in UTC.
    guard time[2] < 60 || seconds % 86400 == 0 else { return nil }
    return (0...latest).contains(seconds) ? seconds : nil
}

private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

/// Takes numbers of so many digits each, with a sign between them.
private func fields(
    _ counts: [Int], between sign: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>
) -> [Int64]? {
    var numbers: [Int64] = []
    for (index, count) in counts.enumerated() {
        if index > 0 {
            guard rest.first == UInt8(ascii: sign) else { return nil }
            rest = rest.dropFirst()
        }
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
        numbers.append(digits.reduce(0) { $0 * 10 + Int64($1 - 48) })
        rest = rest.dropFirst(count)
    }
    return numbers
}

/// Days since 1970 in the Gregorian calendar; nil for a date that does not exist.
private func days(year: Int64, month: Int64, day: Int64) -> Int64? {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard year > 0, (1...12).contains(month), (1...lengths[Int(month) - 1]).contains(day) else {
        return nil
    }
    let before = year - 1
    return before * 365 + before / 4 - before / 100 + before / 400 - 719_162
        + lengths.prefix(Int(month) - 1).reduce(0, +) + day - 1
}
