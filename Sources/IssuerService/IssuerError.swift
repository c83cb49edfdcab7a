package import Cryptography
package import Platform

/// Why the issuer cannot do something.
package enum IssuerError: Error, Equatable {
    /// There is no issuer in this folder.
    case missing(home: String)
    /// There is one already.
    case exists(home: String)
    /// What was given is out of bounds.
    case invalid(Field)
    /// A file is not as this program wrote it, or was sealed with another key; nothing was changed.
    case damaged(path: String)
    /// A file cannot be read or written.
    case file(path: String, FileError)
    /// Nobody has this user ID.
    case noSuchUser
    /// A mail was not handed on; it lies in the outbox still.
    case notSent(path: String)
    /// A mail with a code was not handed on to this address; there is no copy of it.
    case codeNotSent(String)
    /// A service has a key already.
    case keyExists(String)
    /// No service of this name has a key.
    case noSuchKey(String)
    /// Somebody has an account with this address already.
    case accountExists(String)
    /// Nobody has an account with this address.
    case noSuchAccount(String)
    /// Too many passwords are looked at just now.
    case busy
    /// Without a certificate it listens on loopback alone; the address that was asked for.
    case needsCertificate(address: String)
    /// It cannot listen, or its certificate does not load.
    case network(NetworkError)
    /// libcrypto failed.
    case cryptography(CryptographyError)

    /// What an issuer or a user is made of.
    package enum Field: Sendable {
        case serviceID, name, url, email, keyName, password
    }

    static func naming<Result: ~Copyable>(
        _ path: String, _ work: () throws(FileError) -> Result
    ) throws(IssuerError) -> Result {
        do throws(FileError) { return try work() } catch { throw .file(path: path, error) }
    }

    static func wrapping<Result: ~Copyable>(
        _ work: () throws(CryptographyError) -> Result
    ) throws(IssuerError) -> Result {
        do throws(CryptographyError) { return try work() } catch { throw .cryptography(error) }
    }
}
