package import Cryptography

/// The keys of one key exchange, for the way there and the way back.
package struct NTSKeys: ~Copyable, Sendable {
    let clientToServer: SecretBytes
    let serverToClient: SecretBytes

    /// Takes over both keys, 32 bytes each.
    package init(clientToServer: consuming SecretBytes, serverToClient: consuming SecretBytes) {
        self.clientToServer = clientToServer
        self.serverToClient = serverToClient
    }
}

/// A request with NTS extension fields, and the check of its answer (RFC 8915, section 5).
package struct NTSQuery: ~Copyable, Sendable {
    private static let uniqueIdentifier: UInt16 = 0x0104
    private static let cookie: UInt16 = 0x0204
    private static let authenticator: UInt16 = 0x0404
    private static let identifierCount = 32
    private static let nonceCount = 16
    private static let nak = "NTSN"

    private let keys: NTSKeys
    private let identifier: [UInt8]
    /// The datagram.
    package let request: [UInt8]

    /// Seals a request.
    ///
    /// - Parameters:
    ///   - query: its nonce is the request's.
    ///   - cookie: one that was not used yet.
    ///   - keys: of the same key exchange.
    ///   - random: where identifier and nonce come from.
    /// - Throws: `CryptographyError`.
    package init(
        _ query: NTPQuery, cookie: [UInt8], keys: consuming NTSKeys, random: RandomSource
    ) throws(CryptographyError) {
        let identifier = try publicRandom(count: Self.identifierCount, from: random)
        let nonce = try publicRandom(count: Self.nonceCount, from: random)
        let head =
            NTPPacket.request(nonce: query.nonce)
            + Self.field(Self.uniqueIdentifier, identifier) + Self.field(Self.cookie, cookie)
        let sealed = try AESSIV.seal(
            [], key: keys.clientToServer, associated: [head, nonce])
        let body = Self.number(Self.nonceCount) + Self.number(sealed.count) + nonce + sealed
        request = head + Self.field(Self.authenticator, body)
        self.identifier = identifier
        self.keys = keys
    }

    /// What a datagram turned out to be.
    package enum Answer: Equatable, Sendable {
        /// Nothing that this server must have sent: go on listening.
        case none
        /// Somebody, perhaps the server, says that it does not know the cookie any more. Forgeable: go on listening.
        case unknownCookie
        /// The server's own answer.
        case authentic
    }

    /// Checks the extension fields of a datagram.
    ///
    /// - Parameters:
    ///   - datagram: as it came.
    ///   - header: its header, whose origin fits the request.
    /// - Returns: whose it is.
    /// - Throws: `CryptographyError.libraryFailed`.
    package func check(
        _ datagram: [UInt8], header: NTPPacket
    ) throws(CryptographyError) -> Answer {
        var position = NTPPacket.headerCount
        var isOurs = false
        while datagram.count - position >= 16 {
            let type = UInt16(Self.number(datagram, position))
            let count = Self.number(datagram, position + 2)
            guard count >= 16, count % 4 == 0, position + count <= datagram.count else {
                return .none
            }
            let body = Array(datagram[position + 4..<position + count])
            if type == Self.uniqueIdentifier {
                guard !isOurs, constantTimeEqual(body, identifier) else { return .none }
                isOurs = true
            } else if type == Self.authenticator {
                guard isOurs else { return .none }
                return try isAuthentic(body, Array(datagram[..<position])) ? .authentic : .none
            }
            position += count
        }
        return isOurs && header.kissCode == Self.nak ? .unknownCookie : .none
    }

    private func isAuthentic(
        _ body: [UInt8], _ head: [UInt8]
    ) throws(CryptographyError) -> Bool {
        let nonceCount = Self.number(body, 0)
        let sealedCount = Self.number(body, 2)
        let nonceEnd = 4 + (nonceCount + 3) / 4 * 4
        guard nonceCount > 0, sealedCount >= AESSIV.tagCount, nonceEnd + sealedCount <= body.count
        else { return false }
        let nonce = Array(body[4..<4 + nonceCount])
        do throws(CryptographyError) {
            // The cookies inside are for later requests; this program makes one.
            _ = try AESSIV.open(
                Array(body[nonceEnd..<nonceEnd + sealedCount]), key: keys.serverToClient,
                associated: [head, nonce])
            return true
        } catch .notAuthentic {
            return false
        }
    }

    private static func field(_ type: UInt16, _ body: [UInt8]) -> [UInt8] {
        let padding = [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        return number(Int(type)) + number(4 + body.count + padding.count) + body + padding
    }

    private static func number(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    private static func number(_ bytes: [UInt8], _ start: Int) -> Int {
        Int(bytes[start]) << 8 | Int(bytes[start + 1])
    }
}
