/// A device and browser on which the service asks for no code for a time, as it remembers by a cookie there.
package struct Trust: Equatable, Sendable {
    /// How long before the end its person is told, in seconds.
    package static let noticeTime: Int64 = 7 * day
    private static let day: Int64 = 86400

    /// What the person calls it.
    package let device: String
    /// Unix seconds: when the box was ticked.
    package let since: Int64
    /// Unix seconds: from when on the service asks again.
    package let until: Int64

    package init(device: String, since: Int64, until: Int64) {
        self.device = device
        self.since = since
        self.until = until
    }

    /// Reads what `text` has written.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let since = Int64(parts[0]), let until = Int64(parts[1]),
            "\(since) \(until)" == "\(parts[0]) \(parts[1])", since <= until,
            Self.isDevice(String(parts[2]))
        else { return nil }
        self.init(device: String(parts[2]), since: since, until: until)
    }

    /// The record in one line.
    package var text: String { "\(since) \(until) \(device)" }

    /// Whether a text may name a device: 1 to 64 characters that steer no terminal, no space at either end.
    package static func isDevice(_ text: String) -> Bool {
        (1...64).contains(text.count) && text.utf8.count <= 1024 && text.first != " "
            && text.last != " "
            && text.unicodeScalars.allSatisfy {
                ![.control, .lineSeparator, .paragraphSeparator].contains(
                    $0.properties.generalCategory)
            }
    }

    /// How near the end is.
    package enum State: Equatable, Sendable {
        case holds
        /// Within `noticeTime`.
        case endsSoon
        case ended
    }

    package func state(at time: Int64) -> State {
        guard time < until else { return .ended }
        return time < until - Self.noticeTime ? .holds : .endsSoon
    }

    /// The days that are left, with one that has begun: 90 of them just after the box was ticked.
    package func days(at time: Int64) -> Int {
        Int((max(0, until - time) + Self.day - 1) / Self.day)
    }
}
