internal import Cryptography

/// The cookie of a browser that skips the mailed code: a random text for each account that does so there, and nothing
/// else.
enum SkipCookie {
    /// Behind the name of the other cookie.
    static let suffix = "-skip"
    /// It comes with forms of this site alone.
    static let attributes = "; Path=/; HttpOnly; SameSite=Strict; Max-Age=\(CodeSkip.lifetime)"
    private static let idCount = 32
    /// How many accounts may share a browser.
    private static let maximumCount = 16

    /// The texts in a cookie; none in one that is not from here.
    static func read(_ value: String) -> [String] {
        value.split(separator: ".").prefix(maximumCount).map(String.init)
            .filter { Hex.decode($0)?.count == idCount }
    }

    static func text(_ ids: [String]) -> String { ids.joined(separator: ".") }

    /// A new text, and those that were there before.
    static func adding(
        to ids: [String], random: RandomSource
    ) throws(IssuerError) -> (new: String, all: [String]) {
        let bytes = try IssuerError.wrapping { () throws(CryptographyError) in
            try publicRandom(count: idCount, from: random)
        }
        let new = Hex.encode(bytes.span)
        return (new, Array(([new] + ids).prefix(maximumCount)))
    }
}
