/// What a mail about an issued token tells: server, service ID and user ID.
///
/// It is found in a command that is to be pasted, `otptoken init --server …`, and behind labels in English and
/// Japanese. That a mail says so proves nothing: TLS and SPAKE2+ do.
package struct IssuanceNotice: Sendable {
    /// What a mail may tell.
    package enum Item: Sendable, CaseIterable {
        case server, serviceID, userID
    }

    /// A mail tells two different values for one thing.
    package struct Ambiguity: Error, Equatable, Sendable {
        package let item: Item
        package let first: String
        package let second: String
    }

    /// Different values of each, in the order of the mail; no more than two are kept.
    private var found: [Item: [String]] = [:]
    /// Addresses whose label does not say what they are for.
    private var addresses: [String] = []

    /// Looks for the values in a text.
    ///
    /// - Parameters:
    ///   - text: that of a mail.
    ///   - server: the one form of a server's URL; nil for what is none.
    ///   - id: the one form of an ID; nil for what is none.
    package init(_ text: String, server: (String) -> String?, id: (String) -> String?) {
        let lines = text.unicodeScalars.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" }
        ).map { NoticeLine($0) }
        for (index, line) in lines.enumerated() {
            if let start = line.startOfCommand {
                let more = lines[(index + 1)...].prefix(4).prefix {
                    !$0.isBlank && !$0.isSteering
                }
                for (item, value) in NoticeCommand.values(line.scalars[start...], more) {
                    add(item, item == .server ? server(value) : id(value))
                }
            }
            // Between label and value there may be one empty line.
            let next = lines[(index + 1)...].prefix(2).first { !$0.isBlank }
            for (label, value) in line.labelledValues(next: next) {
                switch value {
                case .url(let text): add(label, server(text))
                case .id(let text): add(label, id(text))
                }
            }
        }
    }

    /// What the mail tells.
    ///
    /// - Parameter item: of which.
    /// - Returns: the form that the reader of its kind gave it; nil when the mail does not tell.
    /// - Throws: `Ambiguity` with two candidates.
    package func value(of item: Item) throws(Ambiguity) -> String? {
        var values = found[item, default: []]
        if item == .server, values.isEmpty { values = addresses }
        guard values.count < 2 else {
            throw Ambiguity(item: item, first: values[0], second: values[1])
        }
        return values.first
    }

    private mutating func add(_ item: Item, _ value: String?) {
        guard let value else { return }
        if !found[item, default: []].contains(value), found[item, default: []].count < 2 {
            found[item, default: []].append(value)
        }
    }

    private mutating func add(_ label: NoticeLabel, _ value: String?) {
        guard let value, label.item != .server || !isAppStore(value) else { return }
        if label.isCertain {
            add(label.item, value)
        } else if !addresses.contains(value), addresses.count < 2 {
            addresses.append(value)
        }
    }
}

/// Where an app is to be had, which issuance mails for telephones tell too.
private func isAppStore(_ url: String) -> Bool {
    let host = url.lowercased().split(separator: "/").dropFirst().first ?? ""
    return ["apps.apple.com", "itunes.apple.com", "play.google.com"].contains(String(host))
}

/// The command in an issuance mail, as a person would paste it into a shell.
enum NoticeCommand {
    private static let options: [(name: String, item: IssuanceNotice.Item)] = [
        ("--server", .server), ("--service-id", .serviceID), ("--user-id", .userID),
    ]

    /// The options of a command; a mail program may have broken its line, wherever there is a blank.
    static func values(
        _ start: ArraySlice<Unicode.Scalar>, _ more: ArraySlice<NoticeLine>
    ) -> [(IssuanceNotice.Item, String)] {
        let lines = [start] + more.map { $0.scalars[...] }
        let words = words(Array(lines.joined(separator: ["\n"]).prefix(4096))[...])
        var values: [(IssuanceNotice.Item, String)] = []
        for (index, word) in words.enumerated() {
            for (name, item) in options {
                if word == name, index + 1 < words.count {
                    values.append((item, words[index + 1]))
                } else if word.hasPrefix(name + "=") {
                    values.append((item, String(word.dropFirst(name.utf8.count + 1))))
                }
            }
        }
        return values
    }

    /// Words as a shell takes them; those behind a quotation mark that is not closed are left out.
    private static func words(_ text: ArraySlice<Unicode.Scalar>) -> [String] {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var quote: Unicode.Scalar?
        var rest = text
        func add(_ scalar: Unicode.Scalar) {
            word = word ?? .init()
            word?.append(scalar)
        }
        while let scalar = rest.popFirst() {
            if scalar == quote {
                quote = nil
            } else if quote != nil {
                add(scalar)
            } else if scalar == "'" || scalar == "\"" {
                quote = scalar
                word = word ?? .init()
            } else if scalar == "\\" {
                if let next = rest.popFirst(), next != "\n" { add(next) }
            } else if scalar == " " || scalar == "\n" {
                if let word { words.append(String(word)) }
                word = nil
            } else {
                add(scalar)
            }
        }
        if let word, quote == nil { words.append(String(word)) }
        return words
    }
}
