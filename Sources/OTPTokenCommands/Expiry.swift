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
        guard let expiresAt, time >= expiresAt - Self.noticeTime else { return .far }
        guard time < expiresAt else { return .ended }
        return .soon(days: Int((expiresAt - time) / 86400))
    }

    /// What there is to be told of its end at this time; nil while it is far.
    func expiryNotice(at time: Int64) -> String? {
        switch expiry(at: time) {
        case .far: nil
        case .soon(let days): Messages.endsSoon(self, days: days)
        case .ended: Messages.hasEnded(self)
        }
    }
}
