internal import Platform
internal import TokenStore

/// How near a token is to its end.
enum Expiry: Equatable {
    /// It has none, or not soon.
    case far
    /// Within `Token.noticeTime`: whole days that are left.
    case soon(days: Int)
    case ended
}

extension Token {
    /// How long before the end of a token its person is told, in seconds.
    static let noticeTime: Int64 = 30 * 86400

    /// How near the end is.
    ///
    /// - Parameter time: unix seconds.
    /// - Returns: how near.
    func expiry(at time: Int64) -> Expiry {
        guard let expiresAt else { return .far }
        guard time < expiresAt else { return .ended }
        // It may come from elsewhere, and be any number.
        let (left, isTooFar) = expiresAt.subtractingReportingOverflow(time)
        return isTooFar || left > Self.noticeTime ? .far : .soon(days: Int(left / 86400))
    }
}

extension Session {
    /// Tells which tokens end soon, or have ended.
    ///
    /// - Parameters:
    ///   - tokens: those whose codes are shown.
    ///   - time: unix seconds.
    func tellEnds(of tokens: [Token], at time: Int64) {
        // By index: no token is copied.
        for index in tokens.indices {
            switch tokens[index].expiry(at: time) {
            case .far: continue
            case .soon(let days): note(Messages.endsSoon(tokens[index], days: days))
            case .ended: note(Messages.hasEnded(tokens[index]))
            }
        }
    }
}
