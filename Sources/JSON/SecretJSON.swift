package import Cryptography

/// A JSON text (RFC 8259) that holds secrets: it stays where it is, and only what is asked for is copied.
package struct SecretJSON: Sendable {
    /// More elements than any array has that is read here.
    package static let maximumElements = 100_000

    private let text: Shared<SecretBytes>
    /// Where in the text this value is.
    private let place: Range<Int>

    /// Checks a text; nil for anything but JSON, and for what lies deeper than 32 levels.
    package init?(_ text: Shared<SecretBytes>) {
        let place = text.value.withBytes { bytes -> Range<Int>? in
            var scanner = JSONScanner()
            scanner.skipSpace(bytes)
            let start = scanner.position
            guard scanner.skipValue(bytes, depth: 0) else { return nil }
            let end = scanner.position
            scanner.skipSpace(bytes)
            guard scanner.position == bytes.count, (try? UTF8Span(validating: bytes)) != nil
            else { return nil }
            return start..<end
        }
        guard let place else { return nil }
        self.init(text, place)
    }

    private init(_ text: Shared<SecretBytes>, _ place: Range<Int>) {
        self.text = text
        self.place = place
    }

    /// The value at a path of names; nil when there is none.
    package func value(_ path: StaticString...) -> SecretJSON? {
        text.value.withBytes { range(path, $0) }.map { SecretJSON(text, $0) }
    }

    /// The elements of an array; nil when there is none at this path of names, or more than `maximumElements`.
    package func elements(_ path: StaticString...) -> [SecretJSON]? {
        text.value.withBytes { bytes in
            range(path, bytes).flatMap { JSONScanner.elements(of: $0, bytes) }
        }?.map { SecretJSON(text, $0) }
    }

    /// An array of bytes, which may be written with a sign; nil when there is none at this path of names.
    package func bytes(_ path: StaticString...) -> SecretBytes? {
        text.value.withBytes { text in
            guard let range = range(path, text),
                let elements = JSONScanner.elements(of: range, text)
            else { return nil }
            var buffer = SecretBuffer(capacity: elements.count)
            for element in elements {
                let isNegative = text[element.lowerBound] == UInt8(ascii: "-")
                let digits = isNegative ? element.dropFirst() : element
                guard digits.count <= 3, let number = text.extracting(digits).wholeNumber,
                    let byte = Int16(exactly: isNegative ? -number : number),
                    (-128...255).contains(byte)
                else { return nil }
                buffer.append(UInt8(truncatingIfNeeded: byte))
            }
            return buffer.finish()
        }
    }

    /// A text, to be kept secret; nil when there is none at this path of names.
    package func secret(_ path: StaticString...) -> SecretBytes? {
        text.value.withBytes { bytes in
            guard let range = range(path, bytes), bytes[range.lowerBound] == UInt8(ascii: "\"")
            else { return nil }
            return Self.unescaped(bytes.extracting(range.lowerBound + 1..<range.upperBound - 1))
        }
    }

    /// A text that is no secret.
    package func string(_ path: StaticString...) -> String? {
        text.value.withBytes { bytes -> String? in
            guard let range = range(path, bytes),
                bytes[range.lowerBound] == UInt8(ascii: "\""),
                let text = Self.unescaped(
                    bytes.extracting(range.lowerBound + 1..<range.upperBound - 1))
            else { return nil }
            return text.withBytes { String(validating: Array(copying: $0), as: UTF8.self) }
        }
    }

    /// A number that is not negative, without its fraction.
    package func integer(_ path: StaticString...) -> Int64? {
        text.value.withBytes { bytes in
            range(path, bytes).flatMap { bytes.extracting($0).wholeNumber }
        }
    }

    /// Whether there is a value at this path.
    package func isThere(_ path: StaticString...) -> Bool {
        text.value.withBytes { range(path, $0) != nil }
    }

    /// Whether something is there that is neither false nor null nor zero.
    package func isTrue(_ path: StaticString...) -> Bool {
        text.value.withBytes { bytes in
            guard let range = range(path, bytes) else { return false }
            let noes: [StaticString] = ["false", "null", "0", "\"\""]
            return !noes.contains { bytes.holds($0, in: range) }
        }
    }

    /// Whether this is null.
    package var isNull: Bool { text.value.withBytes { $0.holds("null", in: place) } }

    /// Whether this is an object.
    package var isObject: Bool {
        text.value.withBytes { $0[place.lowerBound] == UInt8(ascii: "{") }
    }

    /// Where the value at a path of names is; nil when there is none, or a name on the way comes twice.
    private func range(_ path: [StaticString], _ bytes: Span<UInt8>) -> Range<Int>? {
        var value = place
        for name in path {
            guard let found = JSONScanner.member(name, of: value, bytes) else { return nil }
            value = found
        }
        return value.isEmpty ? nil : value
    }

    private static func unescaped(_ text: Span<UInt8>) -> SecretBytes? {
        // Nearly always there is nothing to undo.
        guard text.firstIndex(of: UInt8(ascii: "\\")) != nil else {
            return SecretBytes(copying: text)
        }
        var buffer = SecretBuffer(capacity: text.count)
        var index = 0
        func unit(_ start: Int) -> UInt32? {
            guard start + 6 <= text.count, text.holds("\\u", at: start) else { return nil }
            return (start + 2..<start + 6).reduce(0) { number, place in
                number << 4 | UInt32(Character(UnicodeScalar(text[place])).hexDigitValue ?? 0)
            }
        }
        while index < text.count {
            guard text[index] == UInt8(ascii: "\\") else {
                buffer.append(text[index])
                index += 1
                continue
            }
            if var scalar = unit(index) {
                index += 6
                if (0xD800...0xDBFF).contains(scalar) {
                    guard let low = unit(index), (0xDC00...0xDFFF).contains(low) else { return nil }
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
                    index += 6
                }
                guard let scalar = Unicode.Scalar(scalar) else { return nil }
                buffer.append(String(scalar))
                continue
            }
            switch text[index + 1] {
            case UInt8(ascii: "b"): buffer.append(8)
            case UInt8(ascii: "f"): buffer.append(12)
            case UInt8(ascii: "n"): buffer.append(10)
            case UInt8(ascii: "r"): buffer.append(13)
            case UInt8(ascii: "t"): buffer.append(9)
            case let byte: buffer.append(byte)
            }
            index += 2
        }
        return buffer.finish()
    }
}

/// Goes over a JSON text without copying any of it.
private struct JSONScanner {
    private static let maximumDepth = 32

    var position = 0

    /// The value of a member of the object in a range of a text that has been checked.
    static func member(
        _ name: StaticString, of object: Range<Int>, _ bytes: Span<UInt8>
    ) -> Range<Int>? {
        var scanner = JSONScanner(position: object.lowerBound)
        guard scanner.take(UInt8(ascii: "{"), bytes) else { return nil }
        var found: Range<Int>?
        repeat {
            scanner.skipSpace(bytes)
            let start = scanner.position
            // Nothing is named in an empty object.
            guard scanner.skipString(bytes) else { return nil }
            let isIt = bytes.holds(name, in: start + 1..<scanner.position - 1)
            scanner.skipSpace(bytes)
            guard scanner.take(UInt8(ascii: ":"), bytes) else { return nil }
            scanner.skipSpace(bytes)
            let value = scanner.position
            guard scanner.skipValue(bytes, depth: 0) else { return nil }
            if isIt {
                // Two readers could choose differently between two values of one name.
                guard found == nil else { return nil }
                found = value..<scanner.position
            }
            scanner.skipSpace(bytes)
        } while scanner.take(UInt8(ascii: ","), bytes)
        return found
    }

    /// Where the elements are of the array in a range of a text that has been checked.
    static func elements(of array: Range<Int>, _ bytes: Span<UInt8>) -> [Range<Int>]? {
        var scanner = JSONScanner(position: array.lowerBound)
        guard scanner.take(UInt8(ascii: "["), bytes) else { return nil }
        var found: [Range<Int>] = []
        scanner.skipSpace(bytes)
        if scanner.take(UInt8(ascii: "]"), bytes) { return found }
        repeat {
            scanner.skipSpace(bytes)
            let start = scanner.position
            guard found.count < SecretJSON.maximumElements, scanner.skipValue(bytes, depth: 0)
            else {
                return nil
            }
            found.append(start..<scanner.position)
            scanner.skipSpace(bytes)
        } while scanner.take(UInt8(ascii: ","), bytes)
        return found
    }

    mutating func skipSpace(_ bytes: Span<UInt8>) {
        while let byte = peek(bytes), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            position += 1
        }
    }

    /// Goes over a value; false when there is none.
    mutating func skipValue(_ bytes: Span<UInt8>, depth: Int) -> Bool {
        skipSpace(bytes)
        switch peek(bytes) {
        case UInt8(ascii: "{"):
            return skipList(bytes, depth, closedBy: UInt8(ascii: "}")) { scanner in
                scanner.skipSpace(bytes)
                guard scanner.skipString(bytes) else { return false }
                scanner.skipSpace(bytes)
                return scanner.take(UInt8(ascii: ":"), bytes)
            }
        case UInt8(ascii: "["):
            return skipList(bytes, depth, closedBy: UInt8(ascii: "]")) { _ in true }
        case UInt8(ascii: "\""): return skipString(bytes)
        case UInt8(ascii: "t"): return take("true", bytes)
        case UInt8(ascii: "f"): return take("false", bytes)
        case UInt8(ascii: "n"): return take("null", bytes)
        default: return skipNumber(bytes)
        }
    }

    private mutating func skipList(
        _ bytes: Span<UInt8>, _ depth: Int, closedBy end: UInt8,
        _ prefix: (inout JSONScanner) -> Bool
    ) -> Bool {
        guard depth < Self.maximumDepth else { return false }
        position += 1
        skipSpace(bytes)
        if take(end, bytes) { return true }
        repeat {
            guard prefix(&self), skipValue(bytes, depth: depth + 1) else { return false }
            skipSpace(bytes)
        } while take(UInt8(ascii: ","), bytes)
        return take(end, bytes)
    }

    mutating func skipString(_ bytes: Span<UInt8>) -> Bool {
        guard take(UInt8(ascii: "\""), bytes) else { return false }
        while let byte = peek(bytes) {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard let escape = peek(bytes) else { return false }
                position += 1
                if escape == UInt8(ascii: "u") {
                    for _ in 0..<4 {
                        guard let digit = peek(bytes), Character(UnicodeScalar(digit)).isHexDigit
                        else { return false }
                        position += 1
                    }
                } else if !"\"\\/bfnrt".utf8.contains(escape) {
                    return false
                }
            case 0..<0x20: return false
            default: break
            }
        }
        return false
    }

    private mutating func skipNumber(_ bytes: Span<UInt8>) -> Bool {
        _ = take(UInt8(ascii: "-"), bytes)
        let startsWithZero = peek(bytes) == UInt8(ascii: "0")
        let count = skipDigits(bytes)
        guard count > 0, count == 1 || !startsWithZero else { return false }
        if take(UInt8(ascii: "."), bytes), skipDigits(bytes) == 0 { return false }
        if take(UInt8(ascii: "e"), bytes) || take(UInt8(ascii: "E"), bytes) {
            if !take(UInt8(ascii: "+"), bytes) { _ = take(UInt8(ascii: "-"), bytes) }
            guard skipDigits(bytes) > 0 else { return false }
        }
        return true
    }

    private mutating func skipDigits(_ bytes: Span<UInt8>) -> Int {
        let start = position
        while let byte = peek(bytes), (48...57).contains(byte) { position += 1 }
        return position - start
    }

    mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard peek(bytes) == byte else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: StaticString, _ bytes: Span<UInt8>) -> Bool {
        guard bytes.holds(word, at: position) else { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    private func peek(_ bytes: Span<UInt8>) -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }
}

extension Span<UInt8> {
    /// A number that is not negative, without its fraction.
    fileprivate var wholeNumber: Int64? {
        guard !isEmpty else { return nil }
        var number: Int64 = 0
        for index in indices {
            if self[index] == UInt8(ascii: "."), index > 0 { break }
            guard (48...57).contains(self[index]), number < Int64.max / 16 else { return nil }
            number = number * 10 + Int64(self[index] - 48)
        }
        return number
    }
}
