internal import Cryptography
internal import JSON

// The JSON of otptoken-enrol/1. Unknown members are ignored; bytes are Base64 with padding.

struct StartRequest {
    let serviceID: String
    let userID: String
    let shareP: String
}

extension StartRequest: WireMessage {
    init?(_ json: JSONValue) {
        guard let serviceID = json["service_id"]?.string, let userID = json["user_id"]?.string,
            let shareP = json["share_p"]?.string
        else { return nil }
        self.init(serviceID: serviceID, userID: userID, shareP: shareP)
    }

    var json: JSONValue {
        [
            "service_id": .string(serviceID), "user_id": .string(userID),
            "share_p": .string(shareP),
        ]
    }
}

struct StartReply {
    let session: String
    let shareV: String
    let confirmV: String
}

extension StartReply: WireMessage {
    init?(_ json: JSONValue) {
        guard let session = json["session"]?.string, let shareV = json["share_v"]?.string,
            let confirmV = json["confirm_v"]?.string
        else { return nil }
        self.init(session: session, shareV: shareV, confirmV: confirmV)
    }

    var json: JSONValue {
        [
            "session": .string(session), "share_v": .string(shareV),
            "confirm_v": .string(confirmV),
        ]
    }
}

struct FinishRequest {
    let session: String
    let confirmP: String
}

extension FinishRequest: WireMessage {
    init?(_ json: JSONValue) {
        guard let session = json["session"]?.string, let confirmP = json["confirm_p"]?.string
        else { return nil }
        self.init(session: session, confirmP: confirmP)
    }

    var json: JSONValue { ["session": .string(session), "confirm_p": .string(confirmP)] }
}

struct FinishReply {
    let sealed: String
}

extension FinishReply: WireMessage {
    init?(_ json: JSONValue) {
        guard let sealed = json["sealed"]?.string else { return nil }
        self.init(sealed: sealed)
    }

    var json: JSONValue { ["sealed": .string(sealed)] }
}

struct ErrorReply {
    let error: String
    let retryAfter: Int64?
}

extension ErrorReply: WireMessage {
    init?(_ json: JSONValue) {
        guard let error = json["error"]?.string else { return nil }
        self.init(error: error, retryAfter: json["retry_after"]?.integer)
    }

    var json: JSONValue {
        guard let retryAfter else { return ["error": .string(error)] }
        return ["error": .string(error), "retry_after": .integer(retryAfter)]
    }
}

/// One of the messages above.
protocol WireMessage {
    init?(_ json: JSONValue)
    var json: JSONValue { get }
}

enum Wire {
    /// The longest session identifier taken, in bytes.
    static let maximumSession = 2048

    static func encode(_ message: some WireMessage) -> [UInt8] { message.json.encoded }

    static func decode<Message: WireMessage>(_ type: Message.Type, _ body: [UInt8]) -> Message? {
        JSONValue(body).flatMap { Message($0) }
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
