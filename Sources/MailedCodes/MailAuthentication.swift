/// What the mail host that took a mail in has found about its signature (DKIM, RFC 8601).
package enum MailAuthentication: Equatable, Sendable {
    /// The sender's domain has signed it.
    case passed
    /// A signature is wrong.
    case failed
    /// The signature is right, but another domain's; which.
    case otherDomain(String)
    /// No host that is believed says anything about a signature.
    case unknown

    /// Reads the fields Authentication-Results.
    ///
    /// Of a host's own fields only the first counts: a host puts its own on top, and one below came with the mail.
    ///
    /// - Parameters:
    ///   - mail: the mail.
    ///   - hosts: the names of hosts that are believed; anybody can write a field of another one.
    ///   - sender: the address that it comes from.
    package init(of mail: MailMessage, believing hosts: [String], sender: String) {
        self = .unknown
        let names = hosts.map { $0.lowercased() }
        let domain = String(sender.lowercased().drop { $0 != "@" }.dropFirst())
        for value in mail.values(of: "authentication-results") {
            var clauses = Self.clauses(value)[...]
            // A version may stand behind the name.
            let name = clauses.popFirst()?.first ?? ""
            guard names.contains(name) else { continue }
            self = Self.result(clauses, domain)
            return
        }
    }

    private static func result(_ clauses: ArraySlice<[String]>, _ domain: String) -> Self {
        var worst = Self.unknown
        for words in clauses {
            let result = words.first ?? ""
            guard result.hasPrefix("dkim=") || result.hasPrefix("dkim/") else { continue }
            switch result.drop(while: { $0 != "=" }).dropFirst() {
            case "pass":
                let signer = signer(words)
                if isSame(signer, domain) { return .passed }
                if worst == .unknown { worst = .otherDomain(signer) }
            case "fail", "permerror", "policy": worst = .failed
            default: continue
            }
        }
        return worst
    }

    private static func signer(_ words: [String]) -> String {
        for (name, isIdentity) in [("header.d=", false), ("header.i=", true)] {
            guard let word = words.first(where: { $0.hasPrefix(name) }) else { continue }
            let value = word.dropFirst(name.utf8.count)
            return String(isIdentity ? value.drop { $0 != "@" }.dropFirst() : value)
        }
        return ""
    }

    /// Whether a signing domain stands for the sender's: the same, or one that the other lies in.
    private static func isSame(_ signer: String, _ domain: String) -> Bool {
        guard signer.contains("."), domain.contains(".") else { return false }
        return signer == domain || domain.hasSuffix("." + signer) || signer.hasSuffix("." + domain)
    }

    /// Clauses between semicolons, as words in small letters; blanks around an equals sign fall away.
    private static func clauses(_ value: String) -> [[String]] {
        var clauses: [[String]] = [[]]
        var word = ""
        var isQuoted = false
        var joins = false
        func end(_ clauses: inout [[String]]) {
            if !word.isEmpty { clauses[clauses.count - 1].append(word.lowercased()) }
            word = ""
        }
        for scalar in withoutComments(value) {
            switch scalar {
            case "\"": isQuoted.toggle()
            case ";" where !isQuoted:
                end(&clauses)
                clauses.append([])
            case " ", "\t":
                if isQuoted { word.unicodeScalars.append(scalar) }
                if !isQuoted, !joins, !word.isEmpty { end(&clauses) }
                continue
            case "=" where !isQuoted && word.isEmpty:
                // It belongs to the word before.
                let last = clauses.count - 1
                if let former = clauses[last].popLast() { word = former }
                word += "="
            default: word.unicodeScalars.append(scalar)
            }
            joins = scalar == "=" && !isQuoted
        }
        end(&clauses)
        return clauses
    }
}
