import Foundation

/// The answer of an NTP server (RFC 5905, section 7.3), each field of which a test may make wrong.
package struct TimeAnswer: Sendable {
    package var leap: UInt8 = 0
    package var version: UInt8 = 4
    package var mode: UInt8 = 4
    package var stratum: UInt8 = 2
    package var precision: Int8 = -20
    /// Seconds.
    package var rootDelay = 0.01
    /// Seconds.
    package var rootDispersion = 0.01
    package var referenceID: [UInt8] = [127, 0, 0, 1]
    /// What the client sent for its transmit timestamp.
    package var origin: [UInt8]
    /// Unix seconds; nil for a stamp of zero.
    package var receive: Double?
    /// Unix seconds; nil for a stamp of zero.
    package var transmit: Double?

    /// The right answer of a server.
    ///
    /// - Parameters:
    ///   - request: 48 bytes or more.
    ///   - seconds: how far the server's clock is ahead of this machine's.
    package init(to request: [UInt8], ahead seconds: Double = 0) {
        origin = Array(request.dropFirst(40).prefix(8))
        let now = Date().timeIntervalSince1970 + seconds
        (receive, transmit) = (now, now)
    }

    /// The 48 bytes.
    package var bytes: [UInt8] {
        let short = { (seconds: Double) in UInt32(seconds * 65_536).bytes }
        let head = [leap << 6 | version << 3 | mode, stratum, 6, UInt8(bitPattern: precision)]
        return head + short(rootDelay) + short(rootDispersion) + referenceID
            + [UInt8](repeating: 0, count: 8) + origin + Self.stamp(receive) + Self.stamp(transmit)
    }

    /// Seconds since 1900 modulo 2^32, and a fraction.
    private static func stamp(_ time: Double?) -> [UInt8] {
        guard let time else { return [UInt8](repeating: 0, count: 8) }
        let seconds = time.rounded(.down)
        let fraction = UInt32((time - seconds) * 4_294_967_296)
        return UInt32(truncatingIfNeeded: Int64(seconds) + 2_208_988_800).bytes + fraction.bytes
    }
}

extension UInt32 {
    fileprivate var bytes: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) }
    }
}
