internal import CShims
internal import Glibc

/// The reason why a system call failed.
package struct Errno: Error, Equatable, CustomStringConvertible {
    package let number: CInt

    package init(_ number: CInt) { self.number = number }

    /// The reason of the call that failed just now, in this thread.
    static var last: Errno { Errno(errno) }

    package var description: String {
        var text = [CChar](repeating: 0, count: 128)
        unsafe shim_error_text(number, &text, text.count)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    package static let noSuchFile = Errno(ENOENT)
    package static let exists = Errno(EEXIST)
    package static let invalid = Errno(EINVAL)
    package static let brokenPipe = Errno(EPIPE)
    package static let symbolicLink = Errno(ELOOP)
    package static let wouldBlock = Errno(EWOULDBLOCK)
}

/// Calls again as long as a signal interrupts it.
///
/// - Parameter call: returns -1 and sets errno when it fails.
/// - Returns: what the call returned.
/// - Throws: the reason of any other failure.
func retrying<Number: FixedWidthInteger & SignedInteger>(
    _ call: () -> Number
) throws(Errno) -> Number {
    while true {
        let result = call()
        if result != -1 { return result }
        if errno != EINTR { throw .last }
    }
}
