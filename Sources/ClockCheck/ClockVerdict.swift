/// What is to be said of a clock.
package enum ClockVerdict: String, CaseIterable, Sendable {
    /// Codes are right.
    case ok
    /// Codes are right, but the clock is worth a look.
    case note
    /// Codes may be refused.
    case warning
    /// Codes are likely to be refused.
    case error
    /// Nobody can say.
    case unknown

    /// The greatest error bound with which anything is said: with more, 0 and 10 s could not be told apart.
    package static let maximumError: Nanoseconds = 10 * .second

    /// Judges an offset.
    ///
    /// - Parameters:
    ///   - offset: what would have to be added to the clock.
    ///   - error: its bound, at least 0.
    package init(offset: Nanoseconds, error: Nanoseconds) {
        guard error >= 0, error <= Self.maximumError else {
            self = .unknown
            return
        }
        let size = offset.magnitude
        // What it is off at least.
        let least = size > error.magnitude ? size - error.magnitude : 0
        switch least {
        case ..<(2 * .unsignedSecond):
            self = size + error.magnitude < 10 * .unsignedSecond ? .ok : .note
        case ..<(10 * .unsignedSecond): self = .note
        case ..<(30 * .unsignedSecond): self = .warning
        default: self = .error
        }
    }
}

extension UInt64 {
    fileprivate static let unsignedSecond = UInt64(Nanoseconds.second)
}
