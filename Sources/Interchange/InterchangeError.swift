package import Cryptography

/// Why a file of somebody else's tokens does not come in.
package enum InterchangeError: Error, Equatable {
    /// It is in none of the formats, as far as can be seen.
    case unknownFormat
    /// It is not, or not only, what its format says; where, in the format's own words.
    case malformed(String)
    /// It is encrypted, and there is no password.
    case needsPassword
    /// It does not open: another password, or it was altered.
    case notAuthentic
    /// The password is right, and yet what it protects was altered.
    case altered
    /// A number that makes the key costlier than anybody needs; its name.
    case excessive(String)
    /// It is protected in a way that is not known here; in the format's own word.
    case unsupported(String)
    /// libcrypto failed.
    case cryptography(CryptographyError)

    /// Decrypts; what does not fit is `failure`.
    static func opening<Result: ~Copyable>(
        orThrow failure: InterchangeError = .notAuthentic,
        _ calls: () throws(CryptographyError) -> Result
    ) throws(InterchangeError) -> Result {
        do throws(CryptographyError) {
            return try calls()
        } catch .notAuthentic {
            throw failure
        } catch {
            throw .cryptography(error)
        }
    }
}
