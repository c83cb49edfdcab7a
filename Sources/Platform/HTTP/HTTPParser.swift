internal import Cryptography

/// Reads one HTTP/1.1 message, in pieces as they arrive (RFC 9112).
///
/// Strict: CRLF only, no folded lines, one way to say how long the body is. A request without Content-Length or
/// Transfer-Encoding has no body; a response without them goes on until the connection closes.
package struct HTTPParser: Sendable {
    /// Which kind of message is expected.
    package enum Role: Sendable {
        case request
        case response
    }

    private enum Stage {
        case head
        case body(remaining: Int)
        case untilClose
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd
        case trailer
        case complete
    }

    private let role: Role
    private let limits: HTTPLimits
    private var stage = Stage.head
    private var message = HTTPMessage(.response(status: 0, reason: ""))
    // What has arrived and is not used yet, from `position` on.
    private var pending: [UInt8] = []
    private var position = 0
    private var headCount = 0

    package init(_ role: Role, limits: HTTPLimits = .usual) {
        self.role = role
        self.limits = limits
    }

    /// The same for a message that may be wiped afterwards: its bytes never move, so that none is left behind.
    init(_ role: Role, limits: HTTPLimits, isSecret: Bool) {
        self.init(role, limits: limits)
        guard isSecret else { return }
        pending.reserveCapacity(limits.head + limits.body + 2 * Self.pieceCount)
        message.body.reserveCapacity(limits.body + Self.pieceCount)
    }

    /// As much as arrives at once, at most.
    private static let pieceCount = 16 << 10

    /// Wipes all that has arrived; the parser is of no use afterwards.
    mutating func wipe() {
        pending.wipe()
        message.body.wipe()
    }

    /// A response that is whole.
    var secretAnswer: SecretAnswer {
        guard case .response(let status, _) = message.start else {
            return SecretAnswer(status: 0, mediaType: nil, body: SecretBytes(zeros: 0))
        }
        return SecretAnswer(
            status: status, mediaType: message.mediaType,
            body: SecretBytes(copying: message.body.span))
    }

    /// Takes the next bytes.
    ///
    /// - Parameter bytes: what arrived; anything behind the message is ignored.
    /// - Returns: the message, once it is whole.
    /// - Throws: `HTTPError`; the parser is of no use afterwards.
    package mutating func feed(_ bytes: [UInt8]) throws(HTTPError) -> HTTPMessage? {
        if position > 0 {
            pending.removeFirst(position)
            position = 0
        }
        pending += bytes
        while try advance() {}
        guard case .complete = stage else { return nil }
        return message
    }

    /// Tells that the connection was closed.
    ///
    /// - Returns: the message, if closing is what ends it.
    /// - Throws: `HTTPError.cutShort`.
    package mutating func finish() throws(HTTPError) -> HTTPMessage {
        switch stage {
        case .complete, .untilClose: return message
        default: throw .cutShort
        }
    }

    // One step; false when more bytes are needed or the message is whole.
    private mutating func advance() throws(HTTPError) -> Bool {
        switch stage {
        case .head:
            guard let line = try line(upTo: limits.head - headCount, .headTooLarge) else {
                return false
            }
            headCount += line.utf8.count + 2
            try takeHead(line)
            return true
        case .body(let remaining):
            let taken = take(remaining)
            stage = taken < remaining ? .body(remaining: remaining - taken) : .complete
            return false
        case .untilClose:
            _ = take(.max)
            guard message.body.count <= limits.body else { throw .bodyTooLarge }
            return false
        case .chunkSize:
            guard let line = try line(upTo: 64, .malformed("chunk size")) else { return false }
            // Chunk extensions mean nothing to us and are refused.
            guard let size = Self.number(line, radix: 16) else { throw .malformed("chunk size") }
            guard message.body.count + size <= limits.body else { throw .bodyTooLarge }
            stage = size == 0 ? .trailer : .chunk(remaining: size)
            return true
        case .chunk(let remaining):
            let taken = take(remaining)
            stage = taken < remaining ? .chunk(remaining: remaining - taken) : .chunkEnd
            return taken == remaining
        case .chunkEnd:
            guard let line = try line(upTo: 2, .malformed("chunk")) else { return false }
            guard line.isEmpty else { throw .malformed("chunk") }
            stage = .chunkSize
            return true
        case .trailer:
            guard let line = try line(upTo: limits.head - headCount, .headTooLarge) else {
                return false
            }
            headCount += line.utf8.count + 2
            if line.isEmpty { stage = .complete } else { _ = try Self.field(line) }
            return !line.isEmpty
        case .complete:
            return false
        }
    }

    private mutating func take(_ count: Int) -> Int {
        let taken = min(count, pending.count - position)
        message.body += pending[position..<position + taken]
        position += taken
        return taken
    }

    // The next line without its CRLF, or nil when it is not whole yet.
    private mutating func line(upTo limit: Int, _ excess: HTTPError) throws(HTTPError) -> String? {
        let rest = pending[position...]
        guard let end = rest.firstIndex(of: 0x0A) else {
            if rest.count > limit { throw excess }
            return nil
        }
        guard end - position < limit else { throw excess }
        guard end > position, pending[end - 1] == 0x0D else { throw .malformed("line end") }
        let text = pending[position..<end - 1]
        // Visible ASCII, space and tab. Latin-1 and UTF-8 in field values are of no use to us.
        guard text.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
            throw .malformed("character")
        }
        position = end + 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func takeHead(_ line: String) throws(HTTPError) {
        if case .response(status: 0, _) = message.start {
            message.start = try role == .request ? Self.requestLine(line) : Self.statusLine(line)
        } else if !line.isEmpty {
            guard message.fields.count < limits.fields else { throw .headTooLarge }
            message.fields.append(try Self.field(line))
        } else {
            stage = try bodyStage()
        }
    }

    private mutating func bodyStage() throws(HTTPError) -> Stage {
        if case .response(let status, _) = message.start {
            if (100...199).contains(status) {
                // An interim answer: the real one follows.
                guard status != 101 else { throw .malformed("status") }
                message.start = .response(status: 0, reason: "")
                message.fields = []
                return .head
            }
            if status == 204 || status == 304 { return .complete }
        }
        let lengths = message.fields.filter { $0.name.lowercased() == "content-length" }
        let codings = message.fields.filter { $0.name.lowercased() == "transfer-encoding" }
        // Both at once, or either twice, is how requests are smuggled (RFC 9112, section 6.3).
        guard lengths.count + codings.count <= 1 else { throw .malformed("body length") }
        if let coding = codings.first {
            guard coding.value.lowercased() == "chunked" else {
                throw .malformed("transfer coding")
            }
            return .chunkSize
        }
        if let length = lengths.first {
            guard let count = Self.number(length.value, radix: 10) else {
                throw .malformed("body length")
            }
            guard count <= limits.body else { throw .bodyTooLarge }
            return count == 0 ? .complete : .body(remaining: count)
        }
        return role == .request ? .complete : .untilClose
    }

    private static func requestLine(_ line: String) throws(HTTPError) -> HTTPMessage.Start {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].utf8.allSatisfy(isTokenByte),
            parts[1].hasPrefix("/"), parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0"
        else { throw .malformed("request line") }
        return .request(method: String(parts[0]), target: String(parts[1]))
    }

    private static func statusLine(_ line: String) throws(HTTPError) -> HTTPMessage.Start {
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0",
            parts[1].utf8.count == 3, let status = number(String(parts[1]), radix: 10),
            (100...599).contains(status)
        else { throw .malformed("status line") }
        return .response(status: status, reason: parts.count == 3 ? String(parts[2]) : "")
    }

    private static func field(_ line: String) throws(HTTPError) -> HTTPMessage.Field {
        guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
            line[..<colon].utf8.allSatisfy(isTokenByte)
        else { throw .malformed("header line") }
        let value = line[line.index(after: colon)...]
        let trimmed = value.drop { $0 == " " || $0 == "\t" }
        let end = trimmed.lastIndex { $0 != " " && $0 != "\t" }
        return .init(String(line[..<colon]), end.map { String(trimmed[...$0]) } ?? "")
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    // Digits alone: no sign, no space, and few enough to fit.
    private static func number(_ text: String, radix: Int) -> Int? {
        guard (1...9).contains(text.utf8.count),
            text.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit })
        else { return nil }
        return Int(text, radix: radix)
    }
}
