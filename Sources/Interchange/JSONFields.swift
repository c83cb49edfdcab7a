internal import Cryptography
internal import JSON
internal import OATH

extension SecretJSON {
    /// A text, or none.
    func text(_ name: StaticString) -> String { string(name) ?? "" }

    /// A number, or what is meant when it is not there; -1 for what is no number.
    func number(_ name: StaticString, default standard: Int64) -> Int64 {
        guard let value = value(name), !value.isNull else { return standard }
        return value.integer() ?? value.string().flatMap { Int64($0) } ?? -1
    }

    /// A secret in Base32.
    func base32(_ name: StaticString) -> SecretBytes? {
        secret(name)?.withBytes(Base32.decode)
    }

    /// What is no secret, in hexadecimal digits; nil for another count of bytes.
    func hex(_ name: StaticString, count: ClosedRange<Int>) -> [UInt8]? {
        guard let bytes = string(name).flatMap(Hex.decode), count.contains(bytes.count) else {
            return nil
        }
        return bytes
    }
}

extension SecretBuffer {
    /// Appends a text that is no secret as JSON.
    mutating func append(json text: String) { append(JSONValue.string(text).text) }

    /// Appends a member that is no secret, and the comma behind it.
    mutating func member(_ name: StaticString, _ text: String) {
        append("\"")
        append(name)
        append("\":")
        append(json: text)
        append(",")
    }
}
