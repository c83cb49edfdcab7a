internal import Cryptography
internal import JSON

/// The JSON export of FreeOTP+.
enum FreeOTPPlus {
    /// Whether a JSON text is such an export.
    static func isLikely(_ json: SecretJSON) -> Bool {
        json.isThere("tokens") && json.isThere("tokenOrder")
    }

    static func read(_ json: SecretJSON) throws(InterchangeError) -> Harvest {
        guard let tokens = json.elements("tokens") else { throw .malformed("tokens") }
        var harvest = Harvest()
        for token in tokens {
            var draft = TokenDraft()
            draft.kind = token.string("type") ?? draft.kind
            draft.issuer = [token.string("issuerExt"), token.string("issuerInt")].firstText
            draft.account = token.text("label")
            draft.algorithm = token.string("algo") ?? draft.algorithm
            draft.digits = token.number("digits", default: draft.digits)
            draft.period = token.number("period", default: draft.period)
            draft.judge(token.bytes("secret"), into: &harvest)
        }
        return harvest
    }
}
