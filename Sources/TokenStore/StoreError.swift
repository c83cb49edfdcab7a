package import Cryptography

/// Why a store does not open.
package enum StoreError: Error, Equatable {
    /// Not a file of the format `otptoken-store/1`.
    case notAStore
    /// It is one, but something in it is not as this program writes it; what, in a few words.
    case damaged(String)
    /// Its authentication tags say that it was altered, or cut short.
    case notAuthentic
    /// It holds a token of a kind that this version does not know; which.
    case unknownKind(String)
    /// A token has a value that could not be read back.
    case unwritable
    /// Longer than a store can be.
    case tooLarge
    /// libcrypto failed.
    case cryptography(CryptographyError)
}
