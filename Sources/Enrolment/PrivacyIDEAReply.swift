internal import Cryptography
internal import JSON
internal import OATH

extension PrivacyIDEA {
    /// An answer that says yes.
    struct Reply {
        let json: SecretJSON

        /// Takes an answer.
        ///
        /// - Parameters:
        ///   - answer: whatever came.
        ///   - secret: what was sent, where that is all that an answer of somebody else's could give away; without it
        ///     nothing of such an answer is quoted.
        /// - Throws: `EnrolmentError.foreign` where privacyIDEA did not say it, `.privacyIDEA` where it says no.
        init(
            _ answer: IssuerAnswer, to secret: Shared<SecretBytes>? = nil
        ) throws(EnrolmentError) {
            // A path that it does not know is answered with a page, and with status 200.
            guard answer.mediaType == "application/json", let json = SecretJSON(answer.body),
                json.isThere("result", "status")
            else {
                let line = secret.flatMap { Self.firstLine(answer.body.value, without: $0.value) }
                throw .foreign(status: answer.status, line: line ?? "")
            }
            guard answer.status == 200, json.isTrue("result", "status"),
                json.isTrue("result", "value")
            else { throw .privacyIDEA(Self.refusal(json)) }
            self.json = json
        }

        private static func refusal(_ json: SecretJSON) -> PrivacyIDEARefusal {
            let words =
                json.string("result", "error", "message") ?? json.string("detail", "message") ?? ""
            let code = json.integer("result", "error", "code") ?? 0
            switch code {
            case 4031 where words.contains("Unknown realm"): return .unknownRealm
            case 4031: return login(json.string("detail", "message"))
            case 4033, 4304: return .loginOver
            case 403: return .throttled
            case 303: return .notPermitted(words)
            case 601: return .noToken
            default: return .other(code, words)
            }
        }

        private static func login(_ reason: String?) -> PrivacyIDEARefusal {
            let reasons: [(String, PrivacyIDEARefusal)] = [
                ("wrong otp", .wrongPassword), ("Failcounter exceeded", .locked),
                ("Outside validity period", .expired), ("Token is disabled", .disabled),
                ("no tokens assigned", .spent), ("not yet enrolled", .spent),
            ]
            guard let reason else { return .unexplained }
            return reasons.first { reason.contains($0.0) }?.1 ?? .other(4031, reason)
        }

        /// The first line with anything in it, for a person to read; nil where the body may hold a secret.
        private static func firstLine(
            _ body: borrowing SecretBytes, without secret: borrowing SecretBytes
        ) -> String? {
            let isSecret = body.withBytes { bytes in
                secret.withBytes { mayHoldSecrets(bytes, $0) }
            }
            guard !isSecret else { return nil }
            return body.withBytes { bytes in
                let text = String(
                    decoding: [UInt8](copying: bytes.extracting(first: 1024)), as: UTF8.self)
                let line = text.split(whereSeparator: \.isNewline).first { line in
                    line.contains { !$0.isWhitespace }
                }
                return String((line ?? "").drop { $0.isWhitespace }.prefix(120))
            }
        }

        /// Whether a body is JSON, which may be privacyIDEA's own behind somebody's label, or shows what was sent or
        /// what privacyIDEA answers, as a page for those who look for faults does.
        private static func mayHoldSecrets(_ body: Span<UInt8>, _ secret: Span<UInt8>) -> Bool {
            let start = body.indices.first { !" \t\r\n".utf8.contains(body[$0]) }
            let isJSON = start.map { "{[\"".utf8.contains(body[$0]) } ?? false
            // A token to log in with begins with the base64 of a brace and a quotation mark.
            let words: [StaticString] = ["otpauth:", "seed://", "eyJ"]
            return isJSON
                || body.indices.contains { place in
                    words.contains { body.holds($0, at: place) } || body.holds(secret, at: place)
                }
        }
    }
}

extension PrivacyIDEA.Reply {
    /// What authorises further requests: visible ASCII.
    var login: Shared<SecretBytes>? {
        guard let token = json.secret("result", "value", "token"), token.count > 0,
            token.withBytes({ bytes in
                bytes.indices.allSatisfy { (0x21...0x7E).contains(bytes[$0]) }
            })
        else { return nil }
        return Shared(token)
    }

    /// The token as the server decided that it is.
    func keyURI() throws(EnrolmentError) -> KeyURI {
        guard let text = json.secret("detail", "googleurl", "value") else {
            throw .unexpected("googleurl")
        }
        guard let uri = text.withBytes({ KeyURI($0) }) else { throw .unacceptable("googleurl") }
        // 80 bits are what the first authenticators had; RFC 4226 wants 128.
        let bits = 8 * uri.seed.value.count
        guard bits >= 80 else { throw .unacceptable("secret: \(bits) bits") }
        return uri
    }

    /// How the token stands; nil where nothing more is to be done.
    func state() throws(EnrolmentError) -> String? {
        let state = json.string("detail", "rollout_state")
        guard state != nil || !json.isTrue("detail", "rollout_state") else {
            throw .unexpected("rollout_state")
        }
        return state == "" || state == "enrolled" ? nil : state
    }
}

extension PrivacyIDEA {
    /// An issuer's name, without blanks around it; nil where that is none.
    static func issuerName(_ text: String) -> String? {
        let rest = text.drop { $0.isWhitespace }
        let end = rest.lastIndex { !$0.isWhitespace }.map { rest.index(after: $0) }
        let name = String(rest[..<(end ?? rest.startIndex)])
        return EnrolmentParameters.isIssuerName(name) ? name : nil
    }
}
