/// Goes over a message of Protocol Buffers, field by field, without copying any of it.
struct ProtobufReader {
    private var position: Int
    private let end: Int

    /// A field's value.
    enum Value {
        case number(UInt64)
        /// A text, bytes or a message; where they are.
        case bytes(Range<Int>)
    }

    /// A message that lies in a range of some bytes.
    init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// Whether nothing is left.
    var isAtEnd: Bool { position == end }

    /// The next field; nil when what is there is none.
    mutating func next(_ bytes: Span<UInt8>) -> (field: UInt64, value: Value)? {
        guard let key = number(bytes), key >> 3 > 0 else { return nil }
        switch key & 7 {
        case 0: return number(bytes).map { (key >> 3, .number($0)) }
        case 2:
            guard let count = number(bytes), count <= UInt64(end - position) else { return nil }
            let range = position..<position + Int(count)
            position = range.upperBound
            return (key >> 3, .bytes(range))
        // Numbers of fixed length and groups: no message that is read here has any.
        default: return nil
        }
    }

    private mutating func number(_ bytes: Span<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < end else { return nil }
            let byte = UInt64(bytes[position])
            position += 1
            // The tenth byte has room for one bit.
            guard shift < 63 || byte < 2 else { return nil }
            number |= (byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }
}
