/// An HTTP/1.1 message (RFC 9112) with its whole body, as either side sends it.
package struct HTTPMessage: Equatable, Sendable {
    /// The first line.
    package enum Start: Equatable, Sendable {
        case request(method: String, target: String)
        case response(status: Int, reason: String)
    }

    package var start: Start
    /// Field lines in order; names as they were sent.
    package var fields: [Field]
    package var body: [UInt8]

    /// One field line.
    package struct Field: Equatable, Sendable {
        package let name: String
        package let value: String
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(_ start: Start, fields: [Field] = [], body: [UInt8] = []) {
        self.start = start
        self.fields = fields
        self.body = body
    }

    /// The value of a field, its name in any case; nil when there is none or more than one.
    package func value(of name: String) -> String? {
        let found = fields.filter { $0.name.lowercased() == name }
        return found.count == 1 ? found[0].value : nil
    }

    /// The media type in lower case, without its parameters.
    package var mediaType: String? {
        value(of: "content-type").map {
            $0.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        }
    }

    /// The bytes to send.
    ///
    /// Content-Length is added; the caller adds the other fields.
    package var encoded: [UInt8] {
        var head: String
        switch start {
        case .request(let method, let target): head = "\(method) \(target) HTTP/1.1\r\n"
        case .response(let status, let reason): head = "HTTP/1.1 \(status) \(reason)\r\n"
        }
        for field in fields { head += "\(field.name): \(field.value)\r\n" }
        head += "Content-Length: \(body.count)\r\n\r\n"
        return Array(head.utf8) + body
    }
}

/// How much of a message is taken.
package struct HTTPLimits: Sendable {
    package let head: Int
    package let fields: Int
    package let body: Int

    package init(head: Int, fields: Int, body: Int) {
        self.head = head
        self.fields = fields
        self.body = body
    }

    /// 16 KiB of head in 64 fields, and 64 KiB of body.
    package static let usual = HTTPLimits(head: 16 << 10, fields: 64, body: 64 << 10)
}

/// Why bytes are no message that is taken.
package enum HTTPError: Error, Equatable {
    case headTooLarge
    case bodyTooLarge
    /// The connection ended in the middle of the message.
    case cutShort
    /// What is wrong with it, in a few words.
    case malformed(String)
}
