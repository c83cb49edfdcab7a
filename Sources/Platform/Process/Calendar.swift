internal import FoundationEssentials
internal import Glibc

/// A moment as a date in this machine's time zone, `2031-11-20`.
package func localDate(_ time: Int64) -> String {
    var seconds = time_t(time)
    var parts = unsafe tm()
    guard unsafe localtime_r(&seconds, &parts) != nil else { return "\(time)" }
    func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
}

/// A moment as the Date field of a mail has it (RFC 5322, section 3.3), in UTC.
package func mailDate(_ time: Int64) -> String {
    var seconds = time_t(time)
    var parts = unsafe tm()
    var text = [CChar](repeating: 0, count: 64)
    // The locale is never set, so that the names are English.
    guard unsafe gmtime_r(&seconds, &parts) != nil,
        unsafe strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S +0000", &parts) > 0
    else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Reads a moment: unix seconds, or RFC 3339 (`2026-01-01T09:00:00+09:00`).
///
/// - Parameter text: as it was typed.
/// - Returns: unix seconds, or nil for anything else, before 1970 or after 9999.
package func moment(_ text: String) -> Int64? {
    let latest: Int64 = 253_402_300_799
    if !text.isEmpty, text.utf8.count <= 12, text.utf8.allSatisfy({ (48...57).contains($0) }) {
        return Int64(text).flatMap { $0 <= latest ? $0 : nil }
    }
    guard text.utf8.count <= 40 else { return nil }
    // RFC 3339 allows small letters and a space where ISO 8601 has T.
    var iso = text.uppercased()
    if let space = iso.firstIndex(of: " ") { iso.replaceSubrange(space...space, with: "T") }
    for fraction in [false, true] {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: fraction)
        guard let date = try? style.parse(iso) else { continue }
        let seconds = date.timeIntervalSince1970.rounded(.down)
        return seconds >= 0 && seconds <= Double(latest) ? Int64(seconds) : nil
    }
    return nil
}
