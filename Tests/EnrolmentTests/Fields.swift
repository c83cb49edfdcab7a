import Cryptography
import Enrolment
import Foundation
import TestSupport

/// A message of the protocol as a table of fields, to be spoiled one at a time.
///
/// JSON comes from Foundation, not from the encoder that is tested.
struct Fields {
    private var fields: [String: Any]

    init(_ fields: [String: Any]) { self.fields = fields }

    /// Reads a message that the code under test wrote.
    init(parsing body: [UInt8]) throws {
        fields = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:]
    }

    var names: [String] { fields.keys.sorted() }

    func text(_ name: String) -> String? { fields[name] as? String }

    func number(_ name: String) -> Int? { fields[name] as? Int }

    /// The bytes of a field in Base64, decoded by Foundation.
    func bytes(_ name: String) -> [UInt8]? {
        text(name).flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
    }

    /// The same message with another value in one field; nil takes the field away.
    func with(_ name: String, _ value: Any?) -> Fields {
        var copy = self
        copy.fields[name] = value
        return copy
    }

    var body: [UInt8] {
        get throws { [UInt8](try JSONSerialization.data(withJSONObject: fields)) }
    }

    /// Values that are of no type that a field has which holds a text.
    static var noTexts: [Any?] { [nil, NSNull(), 1, true, ["x"], ["x": "x"]] }

    /// Bodies that are no JSON object at all.
    static let noMessages: [[UInt8]] = [
        [], Array("x".utf8), Array("null".utf8), Array("[]".utf8), Array("\"\"".utf8),
        Array("{".utf8),
        Array("{}".utf8), [0xFF, 0xFE], Array("<html></html>".utf8),
        Array(String(repeating: "[", count: 60_000).utf8),
        Array((String(repeating: "{\"a\":", count: 10_000)).utf8),
    ]

    /// Texts that are no Base64 with padding in its one form, for bytes that need padding.
    static func noBase64(_ bytes: [UInt8]) -> [String] {
        precondition(bytes.count % 3 != 0)
        let good = base64(bytes)
        // The last symbol before the padding with a bit set that belongs to no byte.
        var symbols = Array(good.utf8)
        let last = symbols.lastIndex { $0 != UInt8(ascii: "=") } ?? 0
        symbols[last] += 1
        return [
            "!", "=", good + "\n", " " + good, good.replacingOccurrences(of: "=", with: ""),
            good + "A", good + "====", "é" + good.dropFirst(), "-_" + good.dropFirst(2),
            String(decoding: symbols, as: UTF8.self),
        ]
    }
}

/// Base64 with padding, by Foundation.
func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

/// A start password that is known to be one; a constant that is none ends the test run.
func password(_ digits: String) -> StartPassword {
    guard let password = StartPassword(SecretBytes(text: digits)) else {
        preconditionFailure("no start password: \(digits)")
    }
    return password
}
