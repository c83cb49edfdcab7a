/// What stands in front of a value.
struct NoticeLabel {
    let item: IssuanceNotice.Item
    /// Whether it can mean nothing else.
    let isCertain: Bool

    /// Small letters, without blanks; what begins like another one stands in front of that.
    static let all: [(text: [Unicode.Scalar], label: NoticeLabel)] =
        labels(
            [
                "server url", "server address", "server", "サーバーurl", "サーバurl", "サーバーアドレス",
                "サーバアドレス", "サーバー",
                "サーバ", "ｻｰﾊﾞｰ", "ｻｰﾊﾞ", "接続先url", "接続先サーバー", "接続先サーバ", "接続先",
            ], .server)
        + labels(["url"], .server, isCertain: false)
        + labels(["your service id", "service id", "サービスid", "ｻｰﾋﾞｽid"], .serviceID)
        + labels(
            ["your user id", "user id", "ユーザーid", "ユーザid", "ﾕｰｻﾞｰid", "ﾕｰｻﾞid", "利用者id"], .userID)

    private static func labels(
        _ texts: [String], _ item: IssuanceNotice.Item, isCertain: Bool = true
    ) -> [(text: [Unicode.Scalar], label: NoticeLabel)] {
        texts.map { text in
            (
                text.unicodeScalars.filter { $0 != " " },
                NoticeLabel(item: item, isCertain: isCertain)
            )
        }
    }
}

/// A line of a mail, with full-width letters, digits and signs made half-width, and what nobody sees left out.
struct NoticeLine {
    /// What may be a value.
    enum Value {
        case url(String)
        case id(String)
    }

    let scalars: [Unicode.Scalar]
    /// Nobody knows what a person sees in a line with characters that steer a terminal, or the direction of writing:
    /// nothing is taken from it.
    let isSteering: Bool

    init(_ line: some Sequence<Unicode.Scalar>) {
        scalars = line.compactMap(Self.folded)
        isSteering = scalars.contains {
            $0.isASCII
                ? $0.value < 0x20 || $0.value == 0x7F
                : [.control, .format].contains($0.properties.generalCategory)
        }
    }

    var isBlank: Bool { scalars.allSatisfy { $0 == " " } }

    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x09, 0xA0, 0x2000...0x200A, 0x202F, 0x3000: " "
        case 0xAD, 0x200B...0x200F, 0x2060, 0xFEFF: nil
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0)
        default: scalar
        }
    }

    /// Where `otptoken init` stands, or nil.
    var startOfCommand: Int? {
        let command = Array("otptoken init ".unicodeScalars)
        guard !isSteering, scalars.count >= command.count else { return nil }
        return (0...(scalars.count - command.count)).first { start in
            scalars[start] == command[0] && scalars[start...].starts(with: command)
        }
    }

    /// The values behind labels: the first label begins the line, apart from signs in front of it.
    ///
    /// - Parameter next: the line below, where a value may stand whose label is alone on its line.
    /// - Returns: each label and its value, in their order.
    func labelledValues(next: NoticeLine?) -> [(NoticeLabel, Value)] {
        var values: [(NoticeLabel, Value)] = []
        var place = 0
        guard !isSteering else { return [] }
        while let (label, gap) = label(at: place) {
            let start = gap.upperBound
            // Behind a colon any word may be an ID, behind blanks it may just go on with the sentence.
            let isPointed = scalars[gap].contains { $0 != " " && !$0.isASCIILetter }
            guard start < scalars.count else {
                // A label below says that there is no value here.
                guard let next, !next.isSteering, next.label(at: 0) == nil else { break }
                let below = next.skip(Self.isGap, from: 0)
                if let (value, _) = next.value(label, at: below, any: false) {
                    values.append((label, value))
                }
                break
            }
            guard let (value, end) = value(label, at: start, any: isPointed) else { break }
            values.append((label, value))
            place = end
        }
        return values
    }

    // MARK: Labels

    private static func isBracket(_ scalar: Unicode.Scalar) -> Bool {
        "()[]{}<>「」『』【】〔〕〈〉《》\"'`".unicodeScalars.contains(scalar)
    }

    /// What may stand between label and value.
    private static func isGap(_ scalar: Unicode.Scalar) -> Bool {
        isBracket(scalar) || " :=|→は、,".unicodeScalars.contains(scalar)
    }

    /// What may stand in front of a label.
    private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
        isBracket(scalar) || " >|*-+#・•●○◎◆◇■□▼▽▲△★☆※,、;/".unicodeScalars.contains(scalar)
    }

    private func skip(_ isPassed: (Unicode.Scalar) -> Bool, from start: Int) -> Int {
        scalars[start...].firstIndex { !isPassed($0) } ?? scalars.count
    }

    /// The label that begins here behind signs, and what separates it from its value.
    private func label(at place: Int) -> (NoticeLabel, gap: Range<Int>)? {
        let start = skip(Self.isSign, from: place)
        for (text, label) in NoticeLabel.all {
            guard let end = end(of: text, at: start) else { continue }
            var value = skip(Self.isGap, from: end)
            // "The user ID is 12345678901234DC".
            if value > end, scalars[value...].starts(with: "is".unicodeScalars),
                scalars[(value + 2)...].first.map(Self.isGap) ?? true
            {
                value = skip(Self.isGap, from: value + 2)
            }
            if value > end || end == scalars.count { return (label, end..<value) }
        }
        return nil
    }

    /// Where a label ends that begins here; blanks, hyphens and underscores within it do not count.
    private func end(of text: [Unicode.Scalar], at start: Int) -> Int? {
        var place = start
        for (index, wanted) in text.enumerated() {
            if index > 0 { place = skip({ " -_".unicodeScalars.contains($0) }, from: place) }
            guard place < scalars.count else { return nil }
            let scalar = scalars[place]
            guard scalar == wanted || scalar.isASCIILetter && scalar.value | 0x20 == wanted.value
            else { return nil }
            place += 1
        }
        return place
    }

    // MARK: Values

    /// The value that begins here, and where it ends; `any`: an ID may look like a word of a sentence.
    private func value(_ label: NoticeLabel, at start: Int, any: Bool) -> (Value, end: Int)? {
        label.item == .server ? url(at: start) : id(at: start, any: any)
    }

    private func text(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(scalars[range]))
    }

    /// A URL up to the next blank, or to what can be no part of one.
    private func url(at start: Int) -> (Value, end: Int)? {
        var end = skip(
            { (0x21...0x7E).contains($0.value) && !"<>\"[]{}|\\^`".unicodeScalars.contains($0) },
            from: start)
        while end > start, ".,;:!?)'".unicodeScalars.contains(scalars[end - 1]) { end -= 1 }
        let url = text(start..<end)
        guard ["https://", "http://"].contains(where: url.lowercased().hasPrefix) else {
            return nil
        }
        return (.url(url), end)
    }

    /// An ID: groups of the issuer's shape, else one word.
    private func id(at start: Int, any: Bool) -> (Value, end: Int)? {
        let endOfGroups = endOfGroups(at: start)
        var end = endOfGroups ?? skip(\.isPartOfID, from: start)
        // Further digits would belong to it, in a shape that is not known.
        guard end > start, scalars[skip({ $0 == " " }, from: end)...].first?.isASCIIDigit != true
        else { return nil }
        if endOfGroups != nil {
            return (.id(text(start..<end).filter { $0 != " " && $0 != "-" }), end)
        }
        guard end == scalars.count || !scalars[end].isPartOfWord else { return nil }
        while end > start, scalars[end - 1] == "." { end -= 1 }
        // One that looks like a word must not stand among others.
        let mayBeWord = any && skip(Self.isGap, from: end) == scalars.count
        guard mayBeWord || scalars[start..<end].contains(where: \.isASCIIDigit) else { return nil }
        return (.id(text(start..<end)), end)
    }

    /// The end of groups that make up 8 digits, or 14 digits and 2 letters; of the longest such ones.
    private func endOfGroups(at start: Int) -> Int? {
        var longest: Int?
        var (digits, letters) = (0, 0)
        for place in start..<scalars.count {
            let scalar = scalars[place]
            if scalar.isASCIIDigit, letters == 0 {
                digits += 1
            } else if scalar.isASCIILetter {
                letters += 1
            } else if scalar != " ", scalar != "-" {
                break
            } else if place == start {
                return nil
            } else {
                continue
            }
            guard digits <= 14, letters <= 2 else { break }
            // A full stop ends a sentence.
            let next = scalars[(place + 1)...].first == "." ? place + 2 : place + 1
            let isEnd = next == scalars.count || !scalars[next].isPartOfWord
            if isEnd, (digits, letters) == (8, 0) || (digits, letters) == (14, 2) {
                longest = place + 1
            }
        }
        return longest
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIIDigit: Bool { (0x30...0x39).contains(value) }
    fileprivate var isASCIILetter: Bool { (0x61...0x7A).contains(value | 0x20) }
    fileprivate var isPartOfID: Bool {
        isASCIIDigit || isASCIILetter || "._@-".unicodeScalars.contains(self)
    }

    /// Whether an ID that ends in front of this is not all there is: any sign of ASCII but those that close.
    fileprivate var isPartOfWord: Bool {
        isASCII && !" ()[]{}<>\"'`,;:|".unicodeScalars.contains(self)
    }
}
