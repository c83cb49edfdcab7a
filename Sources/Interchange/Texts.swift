internal import Cryptography

extension Span<UInt8> {
    /// Whether a word begins at a place, in either case; the word is in lower case.
    func holdsIgnoringCase(_ word: StaticString, at start: Int) -> Bool {
        let letters = Array(word.description.utf8)
        guard start >= 0, letters.count <= count - start else { return false }
        return letters.indices.allSatisfy { index in
            let byte = self[start + index]
            return ((65...90).contains(byte) ? byte + 32 : byte) == letters[index]
        }
    }

    /// Where a text begins: behind the byte order mark that some put there.
    var textStart: Int { holds("\u{FEFF}", at: 0) ? 3 : 0 }

    /// The first place from `start` on that is no white space.
    func skippingSpace(from start: Int) -> Int {
        var index = start
        while index < count, Self.isSpace(self[index]) { index += 1 }
        return index
    }

    /// What is left of a range without white space at both ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, Self.isSpace(self[start]) { start += 1 }
        while end > start, Self.isSpace(self[end - 1]) { end -= 1 }
        return start..<end
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// The same with one byte for another.
    func replacing(_ byte: UInt8, with other: UInt8) -> SecretBytes {
        SecretBytes(count: count) { out in
            for index in indices { out[index] = self[index] == byte ? other : self[index] }
        }
    }

    /// Base64 as others write it: with padding or without, with line ends, in either alphabet.
    var lenientBase64: SecretBytes? {
        var symbols = SecretBuffer(capacity: count)
        var padding = 0
        for index in indices {
            switch self[index] {
            case let byte where Self.isSpace(byte): continue
            case UInt8(ascii: "="): padding += 1
            case UInt8(ascii: "-"): symbols.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): symbols.append(UInt8(ascii: "/"))
            case let byte: symbols.append(padding == 0 ? byte : UInt8(ascii: "="))
            }
        }
        guard padding < 3 else { return nil }
        return symbols.withBytes { Base64.decode($0, padding: .none) }
    }
}

extension String {
    /// Without spaces at both ends.
    var trimmed: String {
        var rest = self[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}

extension SecretBytes {
    /// The bytes, which are no secret any more: ciphertexts, nonces and salts.
    var open: [UInt8] { withBytes { Array(copying: $0) } }
}
