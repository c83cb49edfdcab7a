/// A secret that grows: what is outgrown is wiped.
package struct SecretBuffer: ~Copyable, Sendable {
    private var storage: SecretBytes
    private var used = 0

    /// An empty buffer with room for `capacity` bytes.
    package init(capacity: Int = 256) {
        storage = SecretBytes(zeros: max(capacity, 1))
    }

    /// The number of bytes so far.
    package var count: Int { used }

    /// Appends one byte.
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        storage.withMutableBytes { $0[used] = byte }
        used += 1
    }

    /// Appends bytes.
    package mutating func append(_ bytes: Span<UInt8>) {
        reserve(bytes.count)
        storage.replace(at: used, with: bytes)
        used += bytes.count
    }

    /// Appends the UTF-8 of a text.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(unsafe $0.span) }
    }

    /// Appends a word that stands in the program.
    package mutating func append(_ word: StaticString) {
        word.withUTF8Buffer { append(unsafe $0.span) }
    }

    /// Takes the last byte off again, if there is one.
    package mutating func removeLast() {
        guard used > 0 else { return }
        used -= 1
        let index = used
        storage.withMutableBytes { $0[index] = 0 }
    }

    /// Lends the bytes so far for the length of `body`.
    ///
    /// - Parameter body: must not keep what it sees.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withBytes { (all) throws(Failure) in try body(all.extracting(0..<used)) }
    }

    /// What was gathered.
    package consuming func finish() -> SecretBytes { storage.slice(0..<used) }

    private mutating func reserve(_ more: Int) {
        guard used + more > storage.count else { return }
        var larger = SecretBytes(zeros: max(storage.count * 2, used + more))
        storage.withBytes { larger.replace(at: 0, with: $0.extracting(0..<used)) }
        storage = larger
    }
}
