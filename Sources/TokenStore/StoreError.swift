package import Cryptography

/// Why a store does not open.
package enum StoreError: Error, Equatable {
    /// Not a file of the format `otptoken-store/1`.
    case notAStore
    /// It is one, but something in it is not as this program writes it; what, in a few words.
    case damaged(String)
    /// A token that this version does not know how to handle; why.
    case unsupported(String)
    /// Longer than a store can be.
    case tooLarge
    /// libcrypto failed.
    case cryptography(CryptographyError)
}
