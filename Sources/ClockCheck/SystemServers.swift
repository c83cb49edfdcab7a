/// The time servers that this machine's own time service uses, as its configuration names them.
///
/// What cannot be a host is left out: these files are somebody else's, and no reason to fail.
package enum SystemServers {
    /// A server to ask.
    package struct Server: Hashable, Sendable {
        /// A name in ASCII, or an address without brackets.
        package let host: String
        /// That of the key exchange with NTS, else that of NTP; nil for the protocol's own.
        package let port: UInt16?
        package let isNTS: Bool

        package init(host: String, port: UInt16? = nil, isNTS: Bool = false) {
            self.host = host
            self.port = port
            self.isNTS = isNTS
        }
    }

    /// Further files that a chrony.conf names.
    package enum Inclusion: Equatable, Sendable {
        /// Each file that a pattern of the shell matches.
        case files(String)
        /// Each file of these folders whose name ends so, ordered by name; one name counts once, in the first folder.
        case folders([String], ending: String)
    }

    /// The longest text read, in bytes; what is longer is left out.
    package static let maximumCount = 64 << 10
    /// The most servers that are named.
    package static let maximumServers = 32
    /// How deep one chrony.conf may lie in another, and how many there may be.
    private static let maximumDepth = 10, maximumTexts = 100

    // MARK: systemd-timesyncd

    /// Reads timesyncd.conf(5): `NTP=`, or where that is empty `FallbackNTP=`, of the section `[Time]`.
    ///
    /// - Parameter texts: the file, then its drop-ins in their order. A later line adds to an earlier one; an empty one
    ///   takes all before it back.
    /// - Returns: the servers, each once.
    package static func timesyncd(_ texts: [[UInt8]]) -> [Server] {
        var names: [String: [String]] = [:]
        for text in texts {
            var isTime = false
            for line in joined(lines(text)) {
                if line.hasPrefix("[") {
                    isTime = line == "[Time]"
                } else if isTime, let sign = line.firstIndex(of: "=") {
                    let key = words(line[..<sign]).joined(separator: " ")
                    let values = words(line[line.index(after: sign)...])
                    names[key] = values.isEmpty ? [] : names[key, default: []] + values
                }
            }
        }
        func servers(_ key: String) -> [Server] {
            distinct(names[key, default: []].filter(isHost).map { Server(host: $0) })
        }
        let preferred = servers("NTP")
        return preferred.isEmpty ? servers("FallbackNTP") : preferred
    }

    /// Lines without blanks at either end and without comments; a backslash at the end joins the next one.
    private static func joined(_ lines: [String]) -> [String] {
        var joined: [String] = []
        var open = ""
        for line in lines where !(line.hasPrefix("#") || line.hasPrefix(";")) {
            if line.hasSuffix("\\") {
                open += line.dropLast() + " "
            } else {
                joined.append(open + line)
                open = ""
            }
        }
        return open.isEmpty ? joined : joined + [open]
    }

    // MARK: chrony

    /// Reads chrony.conf(5): `server`, `pool` and `peer`.
    ///
    /// - Parameters:
    ///   - text: the file.
    ///   - read: the texts of further files, in their order.
    /// - Returns: the servers, each once.
    package static func chrony(
        _ text: [UInt8], reading read: (Inclusion) -> [[UInt8]]
    ) -> [Server] {
        var count = 0
        func servers(_ text: [UInt8], _ depth: Int) -> [Server] {
            var found: [Server] = []
            for line in lines(text) where line.first.map({ !"!;#%".contains($0) }) == true {
                let words = words(line[...])
                guard let directive = words.first?.lowercased() else { continue }
                if let server = server(directive, words) { found.append(server) }
                guard depth < maximumDepth, let inclusion = inclusion(directive, words) else {
                    continue
                }
                for text in read(inclusion) where count < maximumTexts {
                    count += 1
                    found += servers(text, depth + 1)
                }
                if found.count > 2 * maximumServers { found = distinct(found) }
            }
            return found
        }
        return distinct(servers(text, 0))
    }

    private static func server(_ directive: String, _ words: [String]) -> Server? {
        guard ["server", "pool", "peer"].contains(directive), words.count > 1, isHost(words[1])
        else { return nil }
        let options = words.dropFirst(2).map { $0.lowercased() }
        // It is watched there, and never believed.
        guard !options.contains("noselect") else { return nil }
        let isNTS = options.contains("nts")
        guard let option = options.firstIndex(of: isNTS ? "ntsport" : "port") else {
            return Server(host: words[1], isNTS: isNTS)
        }
        guard option + 1 < options.count, let port = port(options[option + 1]) else { return nil }
        return Server(host: words[1], port: port, isNTS: isNTS)
    }

    private static func inclusion(_ directive: String, _ words: [String]) -> Inclusion? {
        let paths = Array(words.dropFirst())
        guard let path = paths.first, paths.allSatisfy({ $0.hasPrefix("/") }) else { return nil }
        switch directive {
        case "include": return .files(path)
        case "confdir": return .folders(paths, ending: ".conf")
        case "sourcedir": return .folders(paths, ending: ".sources")
        default: return nil
        }
    }

    // MARK: Both

    /// Lines without blanks at either end.
    private static func lines(_ text: [UInt8]) -> [String] {
        guard text.count <= maximumCount else { return [] }
        return text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).map { line in
            let start = line.drop(while: isBlank)
            let end = start.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start.startIndex
            return String(decoding: start[..<end], as: UTF8.self)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func words(_ text: Substring) -> [String] {
        text.split { $0 == " " || $0 == "\t" }.map(String.init)
    }

    private static func distinct(_ servers: [Server]) -> [Server] {
        var seen: Set<Server> = []
        return Array(servers.filter { seen.insert($0).inserted }.prefix(maximumServers))
    }

    private static func port(_ text: String) -> UInt16? {
        // Digits alone: UInt16 would take a sign.
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(text), port > 0
        else { return nil }
        return port
    }

    /// A name of letters, digits and hyphens (RFC 1123; the underscore that some networks use too), or an address.
    private static func isHost(_ text: String) -> Bool {
        if text.contains(":") { return isIPv6(text) }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, labels.allSatisfy(isLabel), let last = labels.last else {
            return false
        }
        if last.utf8.contains(where: { !(48...57).contains($0) }) { return true }
        return labels.count == 4 && labels.allSatisfy { $0.utf8.count <= 3 && UInt8($0) != nil }
    }

    private static func isLabel(_ text: Substring) -> Bool {
        (1...63).contains(text.utf8.count) && text.first != "-" && text.last != "-"
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Groups of up to four hexadecimal digits (RFC 4291, section 2.2); whether they are as many as they should be is
    /// found out when the address is used.
    private static func isIPv6(_ text: String) -> Bool {
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        return (3...9).contains(groups.count)
            && groups.allSatisfy { group in
                group.utf8.count <= 4
                    && group.utf8.allSatisfy {
                        UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                            || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 | 0x20
                    }
            }
    }
}
