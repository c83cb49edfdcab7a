/// The records of NTS Key Establishment (RFC 8915, section 4).
package enum NTSKeyExchange {
    /// The protocol's name in TLS's ALPN.
    package static let alpn = "ntske/1"
    package static let port: UInt16 = 4460
    /// The label of TLS's exporter for the keys (section 5.1).
    package static let exporterLabel = "EXPORTER-network-time-security"
    /// The length of each key: AEAD_AES_SIV_CMAC_256.
    package static let keyCount = 32
    /// The longest answer read.
    package static let maximumCount = 16 << 10

    private static let ntpv4: UInt16 = 0
    private static let aesSIVCMAC256: UInt16 = 15
    private static let maximumCookies = 8
    private static let maximumCookieCount = 256
    private static let critical: UInt16 = 0x8000

    private enum RecordType: UInt16 {
        case end = 0
        case nextProtocol, error, warning, algorithm, cookie, server, port
    }

    /// The context of TLS's exporter for one of the keys.
    package static func exporterContext(isClientToServer: Bool) -> [UInt8] {
        [0, UInt8(ntpv4), 0, UInt8(aesSIVCMAC256), isClientToServer ? 0 : 1]
    }

    /// The request: NTPv4 with AEAD_AES_SIV_CMAC_256, nothing else.
    package static let request: [UInt8] =
        record(.nextProtocol, [0, UInt8(ntpv4)]) + record(.algorithm, [0, UInt8(aesSIVCMAC256)])
        + record(.end, [])

    private static func record(_ type: RecordType, _ body: [UInt8]) -> [UInt8] {
        let head = critical | type.rawValue
        return [UInt8(head >> 8), UInt8(head & 0xFF), 0, UInt8(body.count)] + body
    }

    /// Why a key exchange gives no keys.
    package enum Failure: Error, Equatable, Sendable {
        /// It is not made of records as it should be, or lacks one; which, in a few words.
        case malformed(String)
        /// The server's error code (section 4.1.3).
        case refused(UInt16)
        /// A warning, which is no answer either.
        case warned(UInt16)
        /// The server speaks neither NTPv4 nor this AEAD.
        case nothingInCommon
        /// A critical record that this program does not know.
        case unknownRecord(UInt16)
    }

    /// What the server gives.
    package struct Answer: Equatable, Sendable {
        /// Each is used once; 1 to 8.
        package let cookies: [[UInt8]]
        /// The NTP server; nil for the one that was asked.
        package let server: String?
        package let port: UInt16
    }

    /// Whether an answer is complete: its last record is there.
    ///
    /// - Parameter bytes: what has come so far.
    /// - Returns: false when more is to be read.
    package static func isComplete(_ bytes: [UInt8]) -> Bool {
        var records = RecordReader(bytes[...])
        while let record = records.next() {
            if record.type == RecordType.end.rawValue { return true }
        }
        return false
    }

    /// Reads an answer.
    ///
    /// - Parameter bytes: at most `maximumCount`.
    /// - Returns: cookies and server.
    /// - Throws: `Failure`.
    package static func read(_ bytes: [UInt8]) throws(Failure) -> Answer {
        guard bytes.count <= maximumCount else { throw .malformed("too long") }
        var records = RecordReader(bytes[...])
        var cookies: [[UInt8]] = []
        var hasProtocol = false
        var hasAlgorithm = false
        var server: String?
        var port: UInt16?
        while let record = records.next() {
            let body = Array(record.body)
            let number = body.count == 2 ? UInt16(body[0]) << 8 | UInt16(body[1]) : nil
            switch RecordType(rawValue: record.type) {
            case .end:
                guard body.isEmpty else { throw .malformed("end") }
                guard hasProtocol, hasAlgorithm else { throw .nothingInCommon }
                guard !cookies.isEmpty else { throw .malformed("no cookie") }
                return Answer(
                    cookies: cookies, server: server, port: port ?? NTPPacket.port)
            case .nextProtocol:
                guard !hasProtocol, body.count % 2 == 0 else { throw .malformed("protocol") }
                guard number == ntpv4 else { throw .nothingInCommon }
                hasProtocol = true
            case .algorithm:
                guard !hasAlgorithm, body.count % 2 == 0 else { throw .malformed("algorithm") }
                guard number == aesSIVCMAC256 else { throw .nothingInCommon }
                hasAlgorithm = true
            case .error: throw .refused(number ?? .max)
            case .warning: throw .warned(number ?? .max)
            case .cookie:
                guard !body.isEmpty, body.count <= maximumCookieCount, body.count % 4 == 0 else {
                    throw .malformed("cookie")
                }
                if cookies.count < maximumCookies { cookies.append(body) }
            case .server:
                guard server == nil, (1...255).contains(body.count),
                    body.allSatisfy({ (0x21...0x7E).contains($0) })
                else { throw .malformed("server") }
                server = String(decoding: body, as: UTF8.self)
            case .port:
                guard port == nil, let number, number > 0 else { throw .malformed("port") }
                port = number
            case nil:
                guard !record.isCritical else { throw .unknownRecord(record.type) }
            }
        }
        throw .malformed("no end")
    }

    private struct RecordReader {
        private var rest: ArraySlice<UInt8>

        init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

        /// The next record; nil when what is left is no whole one.
        mutating func next() -> (type: UInt16, isCritical: Bool, body: ArraySlice<UInt8>)? {
            guard rest.count >= 4 else { return nil }
            let head = Array(rest.prefix(4)).map(UInt16.init)
            let count = Int(head[2] << 8 | head[3])
            guard rest.count >= 4 + count else { return nil }
            let type = head[0] << 8 | head[1]
            let body = rest.dropFirst(4).prefix(count)
            rest = rest.dropFirst(4 + count)
            return (type & ~critical, type & critical != 0, body)
        }
    }
}
