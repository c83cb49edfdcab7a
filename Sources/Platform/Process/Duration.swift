/// Reads a length of time: `30s`, `15m`, `8h` or `7d`.
///
/// - Parameter text: as it was typed.
/// - Returns: seconds, from 1 to those of 30 days; nil for anything else.
package func duration(_ text: String) -> Int? {
    let digits = text.utf8.dropLast()
    guard let first = digits.first, first != 48, digits.count <= 7,
        digits.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    let unit: Int
    switch text.utf8.last {
    case UInt8(ascii: "s"): unit = 1
    case UInt8(ascii: "m"): unit = 60
    case UInt8(ascii: "h"): unit = 3600
    case UInt8(ascii: "d"): unit = 86400
    default: return nil
    }
    let seconds = digits.reduce(0) { $0 * 10 + Int($1 - 48) } * unit
    return seconds <= 30 * 86400 ? seconds : nil
}
