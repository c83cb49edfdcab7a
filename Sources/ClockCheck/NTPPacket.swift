/// The header of an NTP packet (RFC 5905, section 7.3).
package struct NTPPacket: Equatable, Sendable {
    /// The length of the header in bytes; extension fields may follow.
    package static let headerCount = 48
    /// The port that servers listen on.
    package static let port: UInt16 = 123

    /// 3 is "not synchronised".
    package let leap: UInt8
    package let version: UInt8
    /// 3 is a client, 4 a server.
    package let mode: UInt8
    package let stratum: UInt8
    /// log2 of the clock's precision in seconds.
    package let precision: Int8
    /// Seconds, 16.16.
    package let rootDelay: UInt32
    /// Seconds, 16.16.
    package let rootDispersion: UInt32
    /// At stratum 0 the four letters of a kiss code.
    package let referenceID: UInt32
    package let origin: NTPTimestamp
    package let receive: NTPTimestamp
    package let transmit: NTPTimestamp

    /// Reads the header.
    ///
    /// - Parameter bytes: a datagram; nil when it is shorter than a header.
    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= Self.headerCount else { return nil }
        func number(_ start: Int, _ count: Int) -> UInt64 {
            var number: UInt64 = 0
            for index in start..<start + count { number = number << 8 | UInt64(bytes[index]) }
            return number
        }
        leap = bytes[0] >> 6
        version = bytes[0] >> 3 & 7
        mode = bytes[0] & 7
        stratum = bytes[1]
        precision = Int8(bitPattern: bytes[3])
        rootDelay = UInt32(number(4, 4))
        rootDispersion = UInt32(number(8, 4))
        referenceID = UInt32(number(12, 4))
        origin = NTPTimestamp(bits: number(24, 8))
        receive = NTPTimestamp(bits: number(32, 8))
        transmit = NTPTimestamp(bits: number(40, 8))
    }

    /// The header of a request; it tells nothing of this machine but that somebody asks.
    ///
    /// - Parameter nonce: 64 random bits in the place of the transmit timestamp, which the server sends back.
    /// - Returns: 48 bytes.
    package static func request(nonce: UInt64) -> [UInt8] {
        let head: [UInt8] = [4 << 3 | 3] + [UInt8](repeating: 0, count: 39)
        return head + (0..<8).map { UInt8(truncatingIfNeeded: nonce >> (56 - 8 * $0)) }
    }

    /// Half the root delay and the root dispersion: how far the server may be from its source of time.
    package var rootDistance: Nanoseconds {
        Self.nanoseconds(rootDelay) / 2 + Self.nanoseconds(rootDispersion)
    }

    private static func nanoseconds(_ short: UInt32) -> Nanoseconds {
        (Int64(short) * .second) >> 16
    }
}
