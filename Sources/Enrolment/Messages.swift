internal import Cryptography
internal import FoundationEssentials

// The JSON of otptoken-enrol/1. Unknown fields are ignored; bytes are Base64 with padding.

struct StartRequest: Codable {
    let serviceID: String
    let userID: String
    let shareP: String

    enum CodingKeys: String, CodingKey {
        case serviceID = "service_id"
        case userID = "user_id"
        case shareP = "share_p"
    }
}

struct StartReply: Codable {
    let session: String
    let shareV: String
    let confirmV: String

    enum CodingKeys: String, CodingKey {
        case session
        case shareV = "share_v"
        case confirmV = "confirm_v"
    }
}

struct FinishRequest: Codable {
    let session: String
    let confirmP: String

    enum CodingKeys: String, CodingKey {
        case session
        case confirmP = "confirm_p"
    }
}

struct FinishReply: Codable {
    let sealed: String
}

struct ErrorReply: Codable {
    let error: String
    let retryAfter: Int?

    enum CodingKeys: String, CodingKey {
        case error
        case retryAfter = "retry_after"
    }
}

enum Wire {
    /// The longest session identifier taken, in bytes.
    static let maximumSession = 2048

    static func encode(_ message: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and numbers alone: there is nothing in these messages that could not be encoded.
        return (try? encoder.encode(message)).map { [UInt8]($0) } ?? []
    }

    static func decode<Message: Decodable>(_ type: Message.Type, _ body: [UInt8]) -> Message? {
        try? JSONDecoder().decode(type, from: Data(body))
    }

    static func bytes(_ text: String, count: Int) -> [UInt8]? {
        guard let bytes = Base64.decode(text, padding: .required), bytes.count == count else {
            return nil
        }
        return bytes
    }

    static func text(_ bytes: [UInt8]) -> String { Base64.encode(bytes.span, padding: .required) }

    /// Visible ASCII, not too long: it comes back in a request and stands in the store.
    static func isSession(_ text: String) -> Bool {
        (1...maximumSession).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
