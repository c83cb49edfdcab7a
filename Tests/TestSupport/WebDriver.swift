import Foundation

/// A session of W3C WebDriver.
struct WebDriver: Sendable {
    private let port: UInt16
    private let session: String

    /// Starts one.
    ///
    /// - Parameters:
    ///   - port: the driver's, on 127.0.0.1.
    ///   - wishes: the capabilities that it must have.
    /// - Throws: `Browser.Failed`.
    init(port: UInt16, wishes: [String: Any]) throws {
        let made = try Self.ask(
            port, "POST", "/session", ["capabilities": ["alwaysMatch": wishes]])
        guard let session = (made as? [String: Any])?["sessionId"] as? String else {
            throw Browser.Failed(error: "no session", description: "\(made)")
        }
        (self.port, self.session) = (port, session)
    }

    /// Gets a value.
    func get(_ path: String) throws -> Any { try ask("GET", path) }

    /// Gets a text.
    func text(_ path: String) throws -> String { try get(path) as? String ?? "" }

    /// Gives a command.
    @discardableResult
    func post(_ path: String, _ body: [String: Any]) throws -> Any { try ask("POST", path, body) }

    /// Takes something away.
    func delete(_ path: String, within seconds: Int = 120) throws {
        _ = try Self.ask(port, "DELETE", "/session/\(session)\(path)", nil, within: seconds)
    }

    /// Asks for something of the session.
    func ask(_ method: String, _ path: String, _ body: [String: Any]? = nil) throws -> Any {
        try Self.ask(port, method, "/session/\(session)\(path)", body)
    }

    /// The name of an element that a value stands for.
    static func element(_ value: Any) -> String? {
        (value as? [String: Any])?["element-6066-11e4-a52e-4f735466cecf"] as? String
    }

    private static func ask(
        _ port: UInt16, _ method: String, _ path: String, _ body: [String: Any]?,
        within seconds: Int = 120
    ) throws -> Any {
        let answer = try PlainHTTP.send(method, path, port: port, json: body, within: seconds)
        guard answer.status != 200 else { return answer["value"] ?? NSNull() }
        let message = answer["value", "message"] as? String ?? answer.text
        throw Browser.Failed(
            error: answer["value", "error"] as? String ?? "unknown error",
            description: String(message.prefix { $0 != "\n" }))
    }
}

extension Browser {
    /// What the driver could not do, in its own words.
    package struct Failed: Error, CustomStringConvertible {
        /// The name of the error in the standard.
        package let error: String
        package let description: String
    }
}
