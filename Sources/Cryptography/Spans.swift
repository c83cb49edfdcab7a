internal import CShims

/// Looking at text where it is, without a copy: it may hold a secret.
extension Span<UInt8> {
    /// Where a byte stands first.
    ///
    /// - Parameters:
    ///   - byte: the byte.
    ///   - start: where the search begins, at most `count`.
    /// - Returns: its place, or nil when it does not come any more.
    package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        let rest = extracting(start...)
        let found = unsafe rest.withUnsafeBufferPointer { rest in
            unsafe shim_find(byte, rest.baseAddress, rest.count)
        }
        return found < rest.count ? start + found : nil
    }

    /// Whether a word begins at a place.
    package func holds(_ word: StaticString, at start: Int) -> Bool {
        guard start >= 0, word.utf8CodeUnitCount <= count - start else { return false }
        return unsafe extracting(start...).withUnsafeBufferPointer { rest in
            unsafe shim_same(rest.baseAddress, word.utf8Start, word.utf8CodeUnitCount) == 1
        }
    }

    /// Whether other bytes, of which there are some, begin at a place.
    package func holds(_ bytes: Span<UInt8>, at start: Int) -> Bool {
        guard start >= 0, !bytes.isEmpty, bytes.count <= count - start else { return false }
        return bytes.indices.allSatisfy { self[start + $0] == bytes[$0] }
    }

    /// Whether a word, and nothing else, stands in a range.
    package func holds(_ word: StaticString, in range: Range<Int>) -> Bool {
        range.count == word.utf8CodeUnitCount && holds(word, at: range.lowerBound)
    }

    /// The text, when all of it is printable ASCII, else nil.
    package var printableASCII: String? {
        guard indices.allSatisfy({ (0x20...0x7E).contains(self[$0]) }) else { return nil }
        return unsafe String(copying: UTF8Span(unchecked: self, isKnownASCII: true))
    }
}
