internal import CShims

/// Bytes that nobody else may see: keys, seeds, passwords.
///
/// A value has one owner, cannot be copied, printed or encoded, and is wiped when it goes out of scope, on error
/// paths too. Everything that reads it borrows a span for the length of a closure.
@safe package struct SecretBytes: ~Copyable, @unchecked Sendable {
    // Sendable: nobody writes to the memory after the initialiser, and the one owner frees it.
    private let memory: UnsafeMutableBufferPointer<UInt8>

    /// Where the bytes are, for calls of the C shim while this value is borrowed.
    @unsafe var address: UnsafeMutablePointer<UInt8>? { unsafe memory.baseAddress }

    /// The number of bytes.
    package var count: Int { unsafe memory.count }

    /// Makes `count` zero bytes and lets `body` fill them.
    ///
    /// - Parameters:
    ///   - count: how many bytes, at least 0.
    ///   - body: fills the bytes in place; what it throws is passed on, and the bytes are wiped.
    /// - Throws: what `body` throws.
    package init<Failure: Error>(
        count: Int, fill body: (inout MutableSpan<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var made = SecretBytes(zeros: count)
        try made.withMutableBytes(body)
        self = made
    }

    /// Makes `count` zero bytes.
    package init(zeros count: Int) {
        guard let start = unsafe shim_secret_allocate(count) else {
            // The allocator has no memory left for a few hundred bytes: nothing can go on from here.
            fatalError("out of memory")
        }
        unsafe memory = UnsafeMutableBufferPointer(start: start, count: count)
    }

    /// Takes over a copy of `bytes`; wiping the original is the caller's part.
    package init(copying bytes: Span<UInt8>) {
        self.init(zeros: bytes.count)
        replace(at: 0, with: bytes)
    }

    deinit { unsafe shim_secret_free(memory.baseAddress, memory.count) }

    /// Lends the bytes for the length of `body`.
    ///
    /// - Parameter body: must not keep or copy what it sees into ordinary memory.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe memory.span)
    }

    /// Lends the bytes for changing in place.
    ///
    /// - Parameter body: must not keep or copy what it sees into ordinary memory.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package mutating func withMutableBytes<Result: ~Copyable, Failure: Error>(
        _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = unsafe memory.mutableSpan
        return try body(&span)
    }

    /// Overwrites the bytes from `start`, all at once.
    mutating func replace(at start: Int, with bytes: Span<UInt8>) {
        precondition(start >= 0 && start + bytes.count <= count)
        unsafe bytes.withUnsafeBufferPointer { bytes in
            _ = unsafe memory.extracting(start...).update(fromContentsOf: bytes)
        }
    }

    /// A second owner of the same bytes.
    package func clone() -> SecretBytes { withBytes { SecretBytes(copying: $0) } }

    /// The bytes from `range`, as a secret of their own.
    ///
    /// - Parameter range: within `0..<count`.
    /// - Returns: the copy.
    package func slice(_ range: Range<Int>) -> SecretBytes {
        withBytes { SecretBytes(copying: $0.extracting(range)) }
    }

    /// Whether both hold the same bytes; takes the same time wherever they differ.
    package func equals(_ other: borrowing SecretBytes) -> Bool {
        withBytes { mine in other.withBytes { constantTimeEqual(mine, $0) } }
    }
}

extension SecretBytes {
    /// `count` bytes of the system's random generator.
    ///
    /// - Parameter count: how many.
    /// - Returns: the bytes.
    /// - Throws: `CryptographyError.libraryFailed` when the generator does.
    package static func random(count: Int) throws(CryptographyError) -> SecretBytes {
        let bytes = SecretBytes(zeros: count)
        guard unsafe shim_random(bytes.address, count) == 1 else { throw .libraryFailed }
        return bytes
    }
}

/// Where random bytes come from: `SecretBytes.random`, or worked values in a test.
package typealias RandomSource = (_ count: Int) throws(CryptographyError) -> SecretBytes

/// `count` random bytes that are no secret: nonces, salts, identifiers.
///
/// - Parameters:
///   - count: how many.
///   - source: where they come from.
/// - Returns: the bytes.
/// - Throws: what `source` throws.
package func publicRandom(
    count: Int, from source: RandomSource
) throws(CryptographyError) -> [UInt8] {
    try source(count).withBytes { Array(copying: $0) }
}

/// Whether both hold the same bytes; takes the same time wherever they differ.
package func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    constantTimeEqual(a.span, b.span)
}

/// Whether both hold the same bytes; takes the same time wherever they differ.
package func constantTimeEqual(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    return unsafe a.withUnsafeBufferPointer { a in
        unsafe b.withUnsafeBufferPointer { b in
            unsafe shim_equal(a.baseAddress, b.baseAddress, a.count) == 1
        }
    }
}

extension Array where Element == UInt8 {
    /// Wipes what passed through an ordinary array on its way into a secret, and what is left of it behind the end.
    ///
    /// It must be the only one that holds these bytes: otherwise it would wipe a copy.
    package mutating func wipe() {
        append(contentsOf: repeatElement(0, count: capacity - count))
        unsafe withUnsafeMutableBytes { unsafe shim_cleanse($0.baseAddress, $0.count) }
    }

    /// The bytes of a span, as an array.
    package init(copying span: Span<UInt8>) {
        self = unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
    }
}

/// What can go wrong in this module.
package enum CryptographyError: Error, Equatable {
    /// libcrypto or the random generator refused: no memory, or a broken installation.
    case libraryFailed
    /// A tag or a confirmation did not fit: altered data, or another key.
    case notAuthentic
    /// Bytes that are no point of P-256, or a computation that ended at infinity.
    case invalidPoint
    /// A length or a cost parameter out of bounds.
    case invalidParameter
}

/// How libcrypto is started.
package enum CryptographyLibrary {
    /// Starts it for a process that only makes codes: several times faster, but TLS is impossible afterwards.
    ///
    /// Must come before anything else of this module. The system's openssl.cnf is not read then.
    package static func startOffline() { shim_crypto_offline() }
}
