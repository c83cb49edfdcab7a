internal import Cryptography
internal import Enrolment
internal import Platform
internal import TokenStore

/// What a backend keeps of a token, as keys of the token's own; the key `backend` is missing for the rule.
extension Token {
    private static let backendKey = "backend"

    /// Where it was enrolled; nil for a backend that this version does not know.
    var backend: Backend? {
        guard let mark = extras.first(where: { $0.key == Self.backendKey }) else {
            return .otptoken
        }
        return Backend.allCases.first { backend in
            mark.value.value.withBytes { [UInt8](copying: $0) == Array(backend.rawValue.utf8) }
        }
    }

    /// The number by which privacyIDEA knows it.
    var serial: String? {
        extras.first { $0.key == PrivacyIDEA.serialKey }?.value.value.withBytes {
            $0.printableASCII
        }
    }

    /// Where it is from, in a word.
    var host: String { ServerURL(server)?.authority ?? server }

    /// What the backend keeps.
    var marks: Marks { extras.map { Mark($0.key, $0.value) } }

    /// Whose it is.
    var person: Enrolling { Enrolling(serviceID: serviceID, userID: userID) }

    /// The enrolment that it waits for.
    var keptEnrolment: KeptEnrolment { KeptEnrolment(seed: seed, totp: totp, marks: marks) }

    /// The keys of a token.
    ///
    /// - Parameters:
    ///   - marks: what the backend keeps.
    ///   - backend: which one.
    /// - Returns: them, behind that of the backend.
    static func extras(_ marks: Marks, of backend: Backend) -> [Extra] {
        let word = Shared(SecretBytes(copying: Array(backend.rawValue.utf8).span))
        let name = backend == .otptoken ? [] : [Extra(key: backendKey, value: word)]
        return name + marks.map { Extra(key: $0.key, value: $0.value) }
    }
}
